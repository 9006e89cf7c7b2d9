from datetime import timedelta

from django.db import models
from django.utils import timezone

from catalogue.models import Book
from readers.models import Reader

LOAN_PERIOD = timedelta(weeks=3)


def three_weeks_from_today():
    return timezone.localdate() + LOAN_PERIOD


class LoanQuerySet(models.QuerySet):
    def open(self):
        return self.filter(returned_on=None)

    def overdue(self):
        return self.open().filter(due_on__lt=timezone.localdate())


class Loan(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="loans")
    reader = models.ForeignKey(Reader, models.CASCADE, related_name="loans")
    lent_on = models.DateField(default=timezone.localdate)
    due_on = models.DateField(default=three_weeks_from_today)
    returned_on = models.DateField(null=True, blank=True)

    objects = LoanQuerySet.as_manager()

    class Meta:
        ordering = ["-lent_on", "-pk"]

    def __str__(self):
        return f"{self.book} to {self.reader}"

    @property
    def is_overdue(self):
        return self.returned_on is None and self.due_on < timezone.localdate()
