"""How findings of a visit are told: the step that is broken, the file, and what nginx is to be told."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from http import HTTPStatus

from stator.diagnose.check import Found
from stator.diagnose.visit.answer import Answer
from stator.diagnose.visit.served import Served
from stator.findings import How, Level, Mend

DAY = 24 * 60 * 60
BEFORE = "# nginx, before the server block"
INSIDE = "# nginx, in the location of STATIC_URL"
_UNITS = (("day", DAY), ("hour", 60 * 60), ("minute", 60), ("second", 1))


class Step(StrEnum):
    """The steps from a template to a screen, which people go through by hand: any of them can be broken."""

    REQUEST = "The request"
    URL = "The URL"
    SERVER = "The server"
    FILE = "The file"
    MANIFEST = "The manifest"
    TEMPLATE = "The template"
    CACHE = "The cache"


def found(
    served: Served, step: Step, message: str, hint: str, mend: Mend | None = None, level: Level | None = None
) -> Found:
    """Return what is wrong with a file; ``message`` follows its name."""
    return Found(served.mention.place, f"{step}: {served.called} {message}", hint, mend, level, served.name)


def nginx(*lines: str, before: Iterable[str] = ()) -> Mend:
    """Return what nginx is to be told where it serves static files, in place of what it is told there now.

    ``before`` is what comes before the server block.
    """
    outside = [BEFORE, *before] if before else []
    return Mend(How.PASTE, "\n".join([*outside, INSIDE, *lines]))


def shell_quoted(path: str) -> str:
    return "'" + path.replace("'", "'\\''") + "'"


def status_text(answer: Answer) -> str:
    """Return a status with its name: ``404 (Not Found)``."""
    try:
        return f"{answer.status} ({HTTPStatus(answer.status).phrase})"
    except ValueError:
        return str(answer.status)


def time_text(seconds: int) -> str:
    """Return a time in the largest unit that it has: ``30 days``."""
    unit, length = next((one for one in _UNITS if seconds >= one[1]), _UNITS[-1])
    count = seconds // length
    return f"{count} {unit}{'' if count == 1 else 's'}"
