from django.contrib import admin

from catalogue.models import Book


@admin.register(Book)
class BookAdmin(admin.ModelAdmin):
    list_display = ["title", "author", "year", "genre", "copies"]
    list_filter = ["genre"]
    search_fields = ["title", "author"]
