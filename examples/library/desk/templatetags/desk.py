from django import template

from desk.forms import LendForm

register = template.Library()


@register.inclusion_tag("desk/_lending.html", takes_context=True)
def lending(context, book, form=None):
    """The panel beside a book: who has it, and, for librarians, lending and returning."""
    return {
        "book": book,
        "loans": book.loans.open().select_related("reader"),
        "form": form or LendForm(),
        "user": context["request"].user,
    }
