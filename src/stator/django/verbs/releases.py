"""``manage.py stator releases``: the releases that the manifest keeps, and what each costs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandParser

from stator.django.commands import publishing
from stator.progress import count_text, size_text
from stator.publish.releases import Kept, kept_releases

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command

_UNITS = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}
_HEAD = ("release", "since", "until", "age", "files", "size", "of its own")


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--format", choices=list(FORMATS), default="text", help="For people (text) or for programs (json)."
    )


def run(command: Command, opts: Mapping[str, Any]) -> None:
    kept = kept_releases(publishing().current())
    command.say(FORMATS[opts["format"]](kept, int(time.time())))


def age_text(seconds: int) -> str:
    """Return a time in the largest unit of which there are at least two: "47 hours", "3 days"."""
    seconds = max(seconds, 0)  # clocks are set back
    unit = next((unit for unit in _UNITS if seconds >= 2 * _UNITS[unit]), "second")
    return count_text(seconds // _UNITS[unit], unit)


def _as_text(kept: Sequence[Kept], now: int) -> str:
    lines = [_HEAD, *(_cells(one, now) for one in kept)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    return "\n".join(_line(cells, widths) for cells in lines)


def _cells(one: Kept, now: int) -> tuple[str, ...]:
    if one.until is None:
        until, age = "current", ""
    else:
        until, age = _time_text(one.until), age_text(now - one.until)
    since = "?" if one.since is None else _time_text(one.since)
    whole = (f"{one.files:,}", size_text(one.size)) if one.known else ("?", "?")
    return one.id, since, until, age, *whole, size_text(one.own)


def _time_text(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _line(cells: Iterable[str], widths: Sequence[int]) -> str:
    """Return a line of a table: words to the left, numbers to the right."""
    words = len(widths) - 3
    return "  ".join(
        cell.ljust(width) if column < words else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def _as_json(kept: Iterable[Kept], now: int) -> str:
    releases = [
        {
            "id": one.id,
            "current": one.until is None,
            "maker": one.maker or None,
            "since": one.since,
            "until": one.until,
            "age": None if one.until is None else max(now - one.until, 0),
            "files": one.files if one.known else None,
            "size": one.size if one.known else None,
            "own": one.own,
        }
        for one in kept
    ]
    return json.dumps({"releases": releases}, indent=2, ensure_ascii=False)


FORMATS: Mapping[str, Callable[[Sequence[Kept], int], str]] = {"text": _as_text, "json": _as_json}
