from django import forms

from catalogue.models import Book
from readers.models import Review
from readers.widgets import StarRating, TagInput


class ReviewForm(forms.ModelForm):
    stars = forms.TypedChoiceField(coerce=int, choices=[(n, n) for n in range(1, 6)], widget=StarRating)

    class Meta:
        model = Review
        fields = ["book", "stars", "note", "tags"]
        widgets = {"note": forms.Textarea({"rows": 3}), "tags": TagInput}
        help_texts = {"tags": "Words that fit the book, separated by commas."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reader = self.instance.reader
        borrowed = Book.objects.filter(loans__reader=reader)
        self.fields["book"].queryset = borrowed.exclude(reviews__reader=reader).distinct()
