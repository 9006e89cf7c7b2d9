from rest_framework import serializers, viewsets

from catalogue.models import Book


class BookSerializer(serializers.ModelSerializer):
    free = serializers.IntegerField(read_only=True)

    class Meta:
        model = Book
        fields = ["id", "title", "author", "year", "pages", "genre", "blurb", "cover", "copies", "free"]


class BookViewSet(viewsets.ModelViewSet):
    """The books of the library: open to read, for librarians to change."""

    queryset = Book.objects.with_free()
    serializer_class = BookSerializer

    def perform_create(self, serializer):
        book = serializer.save()
        serializer.instance = self.get_queryset().get(pk=book.pk)
