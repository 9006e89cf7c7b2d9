"""From a request to a ``Response`` value, in the order of RFC 9110.

Facts. The table holds the exact names that are published. A name that is not in it belongs to the
application behind us, unless it looks like a digested one: such a name is asked for by a page of a
release that we do not know, and an answer to it that a cache keeps would outlive the mistake (RFC 9110
lets a 404 be cached). So it is answered here, with ``no-store``.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import IO

from stator.paths import parse_digested
from stator.serve.file_table import Entry, FileTable, Headers

METHODS = "GET, HEAD"
BLOCK = 1 << 16  # bytes of a file that are in memory at a time
_ENTITY_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: status, header fields as HTTP names them, and the body, in memory or in a file.

    A ``file`` of another ``size`` than this is not the one that was published (``opened``).
    """

    status: int
    headers: Headers
    body: bytes = b""
    file: str | None = None
    size: int = 0


def respond(table: FileTable, method: str, name: str, if_none_match: str | None) -> Response | None:
    """Return the answer for ``name``, the path below the prefix, decoded; ``None`` if it is not ours.

    ``if_none_match`` is the value of that field, ``None`` when the request has none.
    """
    entry = table.get(name)
    if entry is None:
        return _missing(method) if parse_digested(name) else None
    if method not in {"GET", "HEAD"}:
        return _plain(405, "This file can be read with GET and HEAD.\n", method, ("Allow", METHODS))
    if if_none_match is not None and _matches(entry, if_none_match):
        return Response(304, entry.validators)
    return Response(200, entry.headers, file=entry.file, size=entry.size)


def opened(response: Response, method: str) -> tuple[Response, IO[bytes] | None]:
    """Return the answer to send and its file, opened, if it has one; the caller closes it.

    A file that is gone, or that has changed its size since it was published, is missing: its headers
    would be untrue, and a wrong ``Content-Length`` spoils the connection. HEAD is told so too.
    """
    if response.file is None:
        return response, None
    try:
        file = open(response.file, "rb")  # noqa: SIM115  (the caller closes it)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return _missing(method), None
    as_published = os.fstat(file.fileno()).st_size == response.size
    if as_published and method != "HEAD":
        return response, file
    file.close()
    return response if as_published else _missing(method), None


def _missing(method: str) -> Response:
    return _plain(404, "There is no such file.\n", method, ("Cache-Control", "no-store"))


def _plain(status: int, text: str, method: str, *fields: tuple[str, str]) -> Response:
    body = text.encode()
    headers = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *fields)
    return Response(status, headers, b"" if method == "HEAD" else body)


def _matches(entry: Entry, if_none_match: str) -> bool:
    """Evaluate ``If-None-Match`` by weak comparison (RFC 9110, 13.1.2 and 8.8.3.2)."""
    if if_none_match.strip() == "*":
        return True
    return any(tag.removeprefix("W/") == entry.etag for tag in _ENTITY_TAG.findall(if_none_match))
