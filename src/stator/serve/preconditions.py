"""Preconditions of a request, in the order of RFC 9110, 13.2.2.

Facts. Tags go over dates: where a client gives both, the date is not looked at. A date that is no date, or
with a method to which it does not apply, says nothing. ``If-Match`` compares strongly, ``If-None-Match``
weakly (8.8.3.2); all our tags are strong.
"""

from __future__ import annotations

import re

from stator.serve.file_table import Representation
from stator.serve.http_date import parse_http_date
from stator.serve.request import Request

_ENTITY_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def failed(request: Request, form: Representation) -> int | None:
    """Return the status that the preconditions lead to, 304 or 412, or ``None`` when they hold."""
    if request.if_match is not None:
        if not _names(request.if_match, form.etag, weakly=False):
            return 412
    elif request.if_unmodified_since is not None:
        since = parse_http_date(request.if_unmodified_since)
        if since is not None and form.modified > since:
            return 412
    if request.if_none_match is not None:
        return 304 if _names(request.if_none_match, form.etag, weakly=True) else None
    if request.if_modified_since is not None:
        since = parse_http_date(request.if_modified_since)
        return 304 if since is not None and form.modified <= since else None
    return None


def range_applies(request: Request, form: Representation) -> bool:
    """Say whether ``If-Range`` lets the ``Range`` field count: the client has a part of this very form."""
    if request.if_range is None:
        return True
    value = request.if_range.strip(" \t")
    return value == form.etag or parse_http_date(value) == form.modified


def _names(field: str, etag: str, *, weakly: bool) -> bool:
    """Say whether a list of entity tags has ``etag`` among them; ``*`` is any."""
    if field.strip(" \t") == "*":
        return True
    return any(tag == etag and (weakly or not weak) for weak, tag in _ENTITY_TAG.findall(field))
