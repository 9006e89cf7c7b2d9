"""A case: requests, what must be true of their answers, and why (the part of the RFC).

A field's value may speak of an earlier answer, the one to ``after``: ``{etag}``, ``{opaque}`` (the same
without its quotes), ``{modified}`` (Last-Modified), and a day around that, ``{before}`` and ``{later}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from email.utils import formatdate, parsedate_to_datetime
from itertools import starmap
from typing import NamedTuple
from urllib.parse import quote

from tests.conformance.wire import Answer, Request

DAY = 24 * 60 * 60
_PLACEHOLDER = re.compile(r"\{(etag|opaque|modified|before|later)\}")

# What a kind of server must be able to do for a case to be asked of it.
CODINGS = "codings"  # it negotiates codings
DIGESTS = "digests"  # it knows digested names, which never change
APPLICATION = "application"  # an application stands behind it, for names that are not published
MANIFEST = "manifest"  # it answers from the manifest, whatever lies in the folder
CHOICES = "choices"  # where the RFC leaves a choice, it makes ours

# Takes an answer, and the answer to ``after`` where the case has one; returns what is wrong, or nothing.
Check = Callable[[Answer, Answer | None], str | None]


class Turn(NamedTuple):
    request: Request
    checks: tuple[Check, ...]


class Case(NamedTuple):
    """``id`` is a sentence, ``section`` an RFC and the part of it that says so.

    The turns are asked on one connection, ``pipelined`` without waiting for answers.
    """

    id: str
    section: str
    turns: tuple[Turn, ...]
    needs: frozenset[str] = frozenset()
    after: Request | None = None
    pipelined: bool = False


def case(
    id: str,
    section: str,
    request: Request,
    *checks: Check,
    needs: Sequence[str] = (),
    after: Request | None = None,
) -> Case:
    """Return a case of one request. Where a placeholder needs it and none is given, ``after`` is a GET."""
    if after is None and any(_PLACEHOLDER.search(value) for _, value in request.fields):
        after = get(request.target, *[field for field in request.fields if field[0] == "Accept-Encoding"])
    return Case(id, section, (Turn(request, checks),), frozenset(needs), after)


def conversation(
    id: str, section: str, *turns: tuple[Request, Check], pipelined: bool = False, needs: Sequence[str] = ()
) -> Case:
    """Return a case of several requests on one connection, each with a check."""
    asked = tuple(Turn(request, (check,)) for request, check in turns)
    return Case(id, section, asked, frozenset(needs), None, pipelined)


def address(name: str) -> bytes:
    """Return the target of the file that is published as ``name``."""
    return b"/static/" + quote(name).encode()


def get(target: str | bytes, *fields: tuple[str, str], method: str = "GET", **named: str) -> Request:
    """Return a request for a published name, or for a target in bytes.

    Fields are pairs, or names in the form of Python: ``if_none_match``.
    """
    named_fields = tuple((name.replace("_", "-").title(), value) for name, value in named.items())
    return Request(address(target) if isinstance(target, str) else target, method, fields + named_fields)


def head(target: str | bytes, *fields: tuple[str, str], **named: str) -> Request:
    return get(target, *fields, method="HEAD", **named)


def renamed(case: Case, targets: Mapping[bytes, bytes]) -> Case:
    """Return the case for a server on which what stands under these targets stands under others."""

    def rename(request: Request) -> Request:
        return request._replace(target=targets.get(request.target, request.target))

    turns = tuple(turn._replace(request=rename(turn.request)) for turn in case.turns)
    return case._replace(turns=turns, after=case.after and rename(case.after))


def filled(request: Request, earlier: Answer | None) -> Request:
    """Return the request with what the earlier answer tells. Raises ``LookupError`` if that does not."""

    def fact(found: re.Match[str]) -> str:
        return _fact(earlier, found[1])

    def fill(name: str, value: str) -> tuple[str, str]:
        return name, _PLACEHOLDER.sub(fact, value)

    return request._replace(fields=tuple(starmap(fill, request.fields)))


def _fact(earlier: Answer | None, name: str) -> str:
    field = "etag" if name in {"etag", "opaque"} else "last-modified"
    value = earlier.get(field) if earlier else None
    if value is None:
        raise LookupError(f"the earlier answer has no {field}")
    if name in {"etag", "modified"}:
        return value
    if name == "opaque":
        return value.removeprefix("W/").strip('"')
    return dated(value, -DAY if name == "before" else DAY)


def dated(date: str, seconds: int) -> str:
    """Return an HTTP date so many seconds after another."""
    return formatdate(parsedate_to_datetime(date).timestamp() + seconds, usegmt=True)
