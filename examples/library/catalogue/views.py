from django.views.generic import DetailView, ListView

from catalogue.models import Book


class BookList(ListView):
    """All books, those that were not asked for hidden: scripts can show them again without asking anew."""

    queryset = Book.objects.with_free()

    def get_context_data(self, **kwargs):
        words, genre = self.request.GET.get("q", "").strip(), self.request.GET.get("genre", "")
        return super().get_context_data(
            genres=Book.Genre.choices, words=words, genre=genre, found=set(_find(words, genre)), **kwargs
        )


def _find(words, genre):
    books = Book.objects.matching(words)
    return books.filter(genre=genre) if genre in Book.Genre.values else books


class BookDetail(DetailView):
    queryset = Book.objects.with_free().prefetch_related("reviews__reader")
