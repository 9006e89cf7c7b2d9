from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from catalogue.models import Book


class Reader(models.Model):
    name = models.CharField(max_length=80)
    card = models.CharField("library card", max_length=8, unique=True)
    joined_on = models.DateField()
    about = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("readers:profile", args=[self.pk])


class Review(models.Model):
    reader = models.ForeignKey(Reader, models.CASCADE, related_name="reviews")
    book = models.ForeignKey(Book, models.CASCADE, related_name="reviews")
    stars = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    note = models.TextField(blank=True)
    tags = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["reader", "book"], name="one_review_per_reader")]

    def __str__(self):
        return f"{self.book}: {self.stars} of 5"

    @property
    def tag_list(self):
        return [tag for tag in (tag.strip() for tag in self.tags.split(",")) if tag]
