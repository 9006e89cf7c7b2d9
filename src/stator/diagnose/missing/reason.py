"""A reason why a file was not found, with what to do about it, and how both are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from stator.diagnose.missing.search import Search
from stator.findings import How, Mend

COLLECT = Mend(How.RUN, "python manage.py collectstatic --noinput")


class Reason(NamedTuple):
    """Why a file was not found, in a sentence, and what to do about it in another.

    ``id`` is that of the mistake. A mend that replaces has the name to ask for instead; commands are for a
    shell in the folder of the project.
    """

    id: str
    what: str
    hint: str
    mend: Mend | None = None


Check = Callable[[Search], Iterator[Reason]]


def instead(search: Search, id: str, what: str, name: str, more: str = "") -> Reason:
    """Return the reason for a name that must be written in another way.

    The hint has the name alone, since templates, modules and widgets each write more around it.
    """
    hint = f"Write '{name}', which is {search.prefix}{name}{more}."
    return Reason(id, what, hint, Mend(How.REPLACE, name))


def upload(what: str) -> Reason:
    """Return the reason for the name of an upload; ``what`` says how that is known."""
    return Reason(
        "name-of-upload",
        f"{what}, and an upload is no static file.",
        "Ask the field that keeps it for its address: {{ object.field.url }}. What belongs to the site "
        "itself is kept in a static/ folder.",
    )


def as_text(reason: Reason) -> str:
    """Return a reason in lines, as findings are printed."""
    told = [reason.what, f"hint: {reason.hint}"]
    if reason.mend and reason.mend.how is How.RUN:
        told += [f"run: {line}" for line in reason.mend.text.splitlines()]
    return "\n".join(told)


def as_json(reason: Reason) -> dict[str, Any]:
    """Return a reason as a dictionary that ``json`` can write."""
    mend = {"how": str(reason.mend.how), "text": reason.mend.text} if reason.mend else None
    return {"id": reason.id, "what": reason.what, "hint": reason.hint, "mend": mend}
