from django import forms
from django.core.exceptions import ValidationError

from catalogue.models import Book
from desk.models import Loan


class LendForm(forms.ModelForm):
    class Meta:
        model = Loan
        fields = ["reader"]

    def clean(self):
        if Book.objects.with_free().get(pk=self.instance.book_id).free < 1:
            raise ValidationError("All copies are out.")
        return super().clean()
