"""What scanners of templates and modules report: names, starts and faults, at offsets in bytes.

A scanner only looks: it gets bytes in UTF-8 and returns sights in order of position; ``content[start:end]``
is what each is about. ``asked`` makes of them what the checks read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from stator.diagnose.scan.request import Asked, Fault, Kind, Request, Start
from stator.findings import Places

SHOWN = 80  # characters of an expression
_TAG = 1024  # bytes, above which a tag of HTML is hardly one
_ASIDE = re.compile(rb"<(?:a|area|meta)\s[^<>]*\Z", re.IGNORECASE)


class Name(NamedTuple):
    """A name, as it stands there; not ``exact`` where escapes or pieces make it look otherwise.

    Not ``fetched``: no browser asks for it by itself, since it is where a link leads, or is told of the page.
    """

    start: int
    end: int
    name: str
    kind: Kind
    exact: bool = True
    fetched: bool = True


class Computed(NamedTuple):
    """A name, or the start of one, that is known in full only at run time; ``text`` is what is written."""

    start: int
    end: int
    text: str
    kind: Kind


class Starting(NamedTuple):
    """The name of a front end as it stands there, and what is started of it, as in ``Start``.

    ``entry_span`` is where that stands, that of the name where none is written.
    """

    start: int
    end: int
    frontend: str
    entry: str | None
    entry_span: tuple[int, int]


class Wrong(NamedTuple):
    """A fault: the id of its check, what that check has to know of it, and what to write instead."""

    start: int
    end: int
    id: str
    said: str
    instead: str = ""


Sight = Name | Computed | Starting | Wrong


def named(start: int, end: int, name: str, kind: Kind, *, exact: bool = True) -> Name | Computed:
    """Return the sight of a literal. An empty one and a folder's are where a script's names begin."""
    if not name or name.endswith("/"):
        return Computed(start, end, name, kind)
    return Name(start, end, name, kind, exact)


def computed(content: bytes, start: int, end: int, kind: Kind) -> Computed:
    """Return the sight of an expression, with as much of its text as a message has room for."""
    return Computed(start, end, content[start:end].decode("utf-8", "replace")[:SHOWN], kind)


def unfetched(sights: Iterable[Sight], text: bytes) -> Iterator[Sight]:
    """Yield the sights of a template, with what they are in told from its text, tags blanked in it."""
    for sight in sights:
        if isinstance(sight, Name) and _ASIDE.search(text, max(sight.start - _TAG, 0), sight.start):
            yield sight._replace(fetched=False)
        else:
            yield sight


def asked(file: str, content: bytes, sights: Iterable[Sight], *, package: bool = False) -> Asked:
    """Return what a file asks for, with places."""
    places = Places(file, content)
    requests: list[Request] = []
    unknown: list[Request] = []
    starts: list[Start] = []
    faults: list[Fault] = []
    for sight in sights:
        place = places.at(sight.start, sight.end)
        match sight:
            case Name():
                request = Request(sight.name, sight.kind, place, package, sight.exact, sight.fetched)
                requests.append(request)
            case Computed():
                unknown.append(Request(sight.text, sight.kind, place, package, exact=False))
            case Starting():
                entry_place = places.at(*sight.entry_span)
                starts.append(Start(sight.frontend, sight.entry, place, entry_place, package))
            case Wrong():
                faults.append(Fault(sight.id, place, sight.said, package, sight.instead))
    return Asked(tuple(requests), tuple(unknown), tuple(starts), tuple(faults), read=1)
