import random
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from catalogue.covers import draw_cover
from catalogue.models import Book
from desk.models import LOAN_PERIOD, Loan
from desk.seed_data import BOOK_FIELDS, BOOKS, NOTES, READER_FIELDS, READERS
from readers.models import Reader, Review

DAY = timedelta(days=1)


class Command(BaseCommand):
    help = "Fill the demo with books, readers, loans and a librarian. What is there already stays as it is."

    @transaction.atomic
    def handle(self, *_args, **_options):
        today = timezone.localdate()
        chance = random.Random("the lending library")
        books = [_book(dict(zip(BOOK_FIELDS, row, strict=True))) for row in BOOKS]
        readers = [
            _reader(dict(zip(READER_FIELDS, row, strict=True)), joined_on=today - n * 90 * DAY)
            for n, row in enumerate(READERS, 1)
        ]
        if not Loan.objects.exists():
            Loan.objects.bulk_create(_loans(books, readers, today, chance))
        if not Review.objects.exists():
            Review.objects.bulk_create(_reviews(chance))
        users = get_user_model().objects
        if not users.filter(username="librarian").exists():
            users.create_superuser("librarian", password="librarian")
        self.stdout.write(
            f"{Book.objects.count()} books, {Reader.objects.count()} readers, {Loan.objects.count()} loans; "
            "sign in as librarian with the password librarian."
        )


def _book(fields):
    title, author = fields["title"], fields["author"]
    book, _ = Book.objects.get_or_create(title=title, author=author, defaults=fields)
    if not book.cover or not book.cover.storage.exists(book.cover.name):
        book.cover.save(f"{slugify(title)}.png", ContentFile(draw_cover(title, author, book.genre)))
    return book


def _reader(fields, joined_on):
    reader, _ = Reader.objects.get_or_create(card=fields["card"], defaults={**fields, "joined_on": joined_on})
    return reader


def _loans(books, readers, today, chance):
    """A year of loans, copy by copy, so that none is in two hands at once."""
    for book in books:
        for _ in range(book.copies):
            day = today - chance.randint(300, 365) * DAY
            while day < today:
                kept = chance.randint(6, 28) * DAY
                back = day + kept if day + kept < today else None
                yield Loan(
                    book=book,
                    reader=chance.choice(readers),
                    lent_on=day,
                    due_on=day + LOAN_PERIOD,
                    returned_on=back,
                )
                day += kept + chance.randint(3, 30) * DAY


def _reviews(chance):
    pairs = sorted(set(Loan.objects.exclude(returned_on=None).values_list("reader", "book")))
    for reader, book in chance.sample(pairs, min(len(pairs), 40)):
        stars, note, tags = chance.choice(NOTES)
        yield Review(reader_id=reader, book_id=book, stars=stars, note=note, tags=tags)
