from django.contrib import admin

from readers.models import Reader, Review


@admin.register(Reader)
class ReaderAdmin(admin.ModelAdmin):
    list_display = ["name", "card", "joined_on"]
    search_fields = ["name", "card"]


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    list_display = ["book", "reader", "stars"]
    list_filter = ["stars"]
    autocomplete_fields = ["book", "reader"]
