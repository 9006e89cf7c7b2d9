"""Requests: the static files that templates, modules and widgets ask for, and the front ends they start."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from stator.diagnose.scan.pieces import Template
from stator.findings import Place


class Kind(StrEnum):
    """What asks for a file, in the words of messages."""

    TAG = "{% static %}"
    STATOR_TAG = "a tag of Stator"
    CALL = "static()"
    MEDIA = "Media"
    ADDRESS = "an address"


class Request(NamedTuple):
    """A name that a page will ask for.

    ``name`` is what is given to ``static``, decoded, or of an address the whole of it. ``place`` marks it as
    it is written; ``package`` says that it is written in an installed package. ``exact`` says that the place
    marks the name letter for letter, so that another one can be written there; ``fetched`` that a browser
    asks for it by itself.
    """

    name: str
    kind: Kind
    place: Place
    package: bool = False
    exact: bool = True
    fetched: bool = True


class Start(NamedTuple):
    """An entry of a front end that a page will start, both as they are written.

    ``entry`` is "" where the one of the settings is meant, and ``None`` where it is known at run time only.
    ``place`` marks the name of the front end, ``entry_place`` the entry, or that name again if there is none.
    """

    frontend: str
    entry: str | None
    place: Place
    entry_place: Place
    package: bool = False


class Fault(NamedTuple):
    """Something wrong in a template itself: the id of a check, and where.

    ``instead`` takes the place of what is marked, "" where it is not known or follows from ``said``.

    ``load-missing`` marks the first tag that needs ``{% load static %}`` in front of it, ``said`` is that
    tag. ``load-removed`` marks the name of the library, which is ``said`` too. ``static-url-variable`` marks
    the variable and the name of the file behind it, up to a query; ``said`` is the name.

    ``template-broken`` marks the tag that does not compile, ``said`` is what the engine says of it.
    ``tag-not-closed`` marks what was meant as a tag, ``name-with-variable`` a name with its quotes,
    ``media-no-list`` a text with its quotes, and ``said`` is each of them. ``jinja-static-missing`` marks
    what the first call is given.
    """

    id: str
    place: Place
    said: str = ""
    package: bool = False
    instead: str = ""


class Asked(NamedTuple):
    """All that is asked for.

    ``computed`` are the places where a name is known only at run time, each with its text; ``starts`` what is
    started of front ends; ``unread`` the templates and modules that could not be read, each with the reason;
    ``read`` how many were. ``templates`` are those of them that are no modules.
    """

    requests: tuple[Request, ...] = ()
    computed: tuple[Request, ...] = ()
    starts: tuple[Start, ...] = ()
    faults: tuple[Fault, ...] = ()
    unread: tuple[tuple[Place, str], ...] = ()
    read: int = 0
    templates: tuple[Template, ...] = ()


def together(parts: Iterable[Asked]) -> Asked:
    """Return all that several files ask for."""
    requests, computed, starts, faults, unread, read, templates = zip(Asked(), *parts, strict=True)
    return Asked(
        tuple(chain.from_iterable(requests)),
        tuple(chain.from_iterable(computed)),
        tuple(chain.from_iterable(starts)),
        tuple(chain.from_iterable(faults)),
        tuple(chain.from_iterable(unread)),
        sum(read),
        tuple(chain.from_iterable(templates)),
    )
