from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse


class BookQuerySet(models.QuerySet):
    def with_free(self):
        """Each book with `free`, the number of its copies that are not on loan."""
        free = F("copies") - Count("loans", filter=Q(loans__returned_on=None))
        return self.annotate(free=free).order_by("title")

    def matching(self, words):
        return self.filter(Q(title__icontains=words) | Q(author__icontains=words))


class Book(models.Model):
    class Genre(models.TextChoices):
        NOVEL = "novel", "Novels"
        POETRY = "poetry", "Poetry"
        ESSAYS = "essays", "Essays"
        SCIENCE = "science", "Science"
        TRAVEL = "travel", "Travel"
        CHILDREN = "children", "For children"

    title = models.CharField(max_length=120)
    author = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    pages = models.PositiveSmallIntegerField()
    genre = models.CharField(max_length=10, choices=Genre)
    blurb = models.TextField(blank=True)
    cover = models.ImageField(upload_to="covers/", blank=True)
    copies = models.PositiveSmallIntegerField(default=1)

    objects = BookQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["title", "author"], name="one_entry_per_book")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("catalogue:book", args=[self.pk])
