from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from catalogue.models import Book
from desk.forms import LendForm
from desk.models import Loan
from readers.models import Reader

librarians_only = staff_member_required(login_url="login")


def dashboard(request):
    context = {
        "books": Book.objects.count(),
        "readers": Reader.objects.count(),
        "on_loan": Loan.objects.open().count(),
        "overdue": Loan.objects.overdue().count(),
        "loans": Loan.objects.open().select_related("book", "reader").order_by("due_on"),
        "year": "loans" in settings.STATOR["FRONTENDS"],
    }
    return render(request, "desk/dashboard.html", context)


def loans(_request):
    """All loans for the charts, without the readers' names."""
    rows = Loan.objects.values("lent_on", "returned_on", "book__genre")
    return JsonResponse(
        {
            "today": timezone.localdate(),
            "loans": [
                {"lent": r["lent_on"], "back": r["returned_on"], "genre": r["book__genre"]} for r in rows
            ],
        }
    )


@require_POST
@librarians_only
def lend(request, book_id):
    book = get_object_or_404(Book, pk=book_id)
    form = LendForm(request.POST, instance=Loan(book=book))
    if form.is_valid():
        form.save()
        form = None
    return _lending(request, book, form)


@require_POST
@librarians_only
def take_back(request, loan_id):
    loan = get_object_or_404(Loan.objects.open().select_related("book"), pk=loan_id)
    loan.returned_on = timezone.localdate()
    loan.save()
    return _lending(request, loan.book)


def _lending(request, book, form=None):
    """The panel alone when htmx asks for it, the whole page of the book otherwise."""
    if not request.htmx:
        return redirect(book)
    context = {"book": Book.objects.with_free().get(pk=book.pk), "form": form}
    response = render(request, "desk/lending.html", context)
    response["HX-Trigger"] = "loans-changed"
    return response
