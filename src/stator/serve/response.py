"""From a request to a ``Response`` value, in the order of RFC 9110.

Facts. The table holds the exact names that are published. A name that is not in it belongs to the
application behind us, unless it looks like a digested one: such a name is asked for by a page of a
release that we do not know, and an answer to it that a cache keeps would outlive the mistake (RFC 9110
lets a 404 be cached). So it is answered here, with ``no-store``; no other error may be kept either.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple

from stator.fields import METHODS, NO_STORE, PREFLIGHT, Headers
from stator.paths import parse_digested
from stator.serve.file_table import Entry, FileTable, Representation
from stator.serve.negotiation import choose
from stator.serve.preconditions import failed, range_applies
from stator.serve.ranges import Span, spans_of
from stator.serve.request import Request

_OF_THE_WHOLE = {"content-type", "content-length"}
_BOUNDARY_BYTES = 12


class Response(NamedTuple):
    """An answer: status, header fields as HTTP names them, and the body.

    The body is ``body``, or with a ``form`` the bytes of its file: all of them, or ``pieces`` of it and text
    between them.
    """

    status: int
    headers: Headers
    body: bytes = b""
    form: Representation | None = None
    pieces: tuple[bytes | Span, ...] = ()


def respond(table: FileTable, request: Request, name: str) -> Response | None:
    """Return the answer for ``name``, the path below the prefix, decoded; ``None`` if it is not ours."""
    entry = table.get(name)
    if entry is None:
        return missing(request.method) if parse_digested(name) else None
    return answer(entry, request)


def answer(entry: Entry, request: Request) -> Response:
    """Return the answer to a request for the file of ``entry``."""
    if not entry.forms:
        return missing(request.method)
    if request.method == "OPTIONS":
        return _options(request)
    if request.method not in {"GET", "HEAD"}:
        text = "This file can be read with GET and HEAD.\n"
        return _refusal(405, text, request.method, (("Allow", METHODS),))
    coding = choose((form.coding for form in entry.forms), request.accept_encoding)
    if coding is None:
        text = "No form of this file is acceptable by the request's Accept-Encoding.\n"
        return _refusal(406, text, request.method, entry.varies)
    form = next(form for form in entry.forms if form.coding == coding)
    if request.is_plain:
        return Response(200, form.headers, form=form)
    status = failed(request, form)
    if status == 304:
        return Response(304, form.validators)
    if status is not None:
        text = "The file is not as the request wants it to be.\n"
        return _refusal(status, text, request.method, entry.varies)
    if request.range is not None and request.method == "GET" and range_applies(request, form):
        spans = spans_of(request.range, form.size)
        if spans is not None:
            return _partial(form, spans, entry)
    return Response(200, form.headers, form=form)


def missing(method: str) -> Response:
    """Return the answer that there is no such file, which no cache may keep."""
    return _refusal(404, "There is no such file.\n", method)


def _partial(form: Representation, spans: tuple[Span, ...], entry: Entry) -> Response:
    if not spans:
        text = "The file has no such bytes.\n"
        return _refusal(416, text, "GET", (("Content-Range", f"bytes */{form.size}"), *entry.varies))
    kept = tuple(field for field in form.headers if field[0].lower() != "content-length")
    if len(spans) == 1:
        length, place = ("Content-Length", str(spans[0].size)), ("Content-Range", _place(spans[0], form))
        return Response(206, (*kept, length, place), form=form, pieces=spans)
    return _multipart(form, spans)


def _multipart(form: Representation, spans: tuple[Span, ...]) -> Response:
    """Return several parts of a file as ``multipart/byteranges`` (RFC 9110, 14.6)."""
    # Random, since whoever uploads a file could put a boundary into it that can be foretold.
    boundary = os.urandom(_BOUNDARY_BYTES).hex()
    content_type = next((value for field, value in form.headers if field.lower() == "content-type"), "")
    kind = f"Content-Type: {content_type}\r\n" if content_type else ""
    pieces: list[bytes | Span] = []
    for span in spans:
        before = "\r\n" if pieces else ""
        pieces.append(
            f"{before}--{boundary}\r\n{kind}Content-Range: {_place(span, form)}\r\n\r\n".encode("latin-1")
        )
        pieces.append(span)
    pieces.append(f"\r\n--{boundary}--\r\n".encode())
    headers = (
        ("Content-Type", f"multipart/byteranges; boundary={boundary}"),
        ("Content-Length", str(_size(pieces))),
        *(field for field in form.headers if field[0].lower() not in _OF_THE_WHOLE),
    )
    return Response(206, headers, form=form, pieces=tuple(pieces))


def _place(span: Span, form: Representation) -> str:
    return f"bytes {span.start}-{span.end - 1}/{form.size}"


def _size(pieces: Iterable[bytes | Span]) -> int:
    return sum(piece.size if isinstance(piece, Span) else len(piece) for piece in pieces)


def _options(request: Request) -> Response:
    """Return what can be done with a file, for a script on another origin that asks before (Fetch, CORS)."""
    headers: Headers = (("Allow", METHODS), *(PREFLIGHT if request.preflight is not None else PREFLIGHT[:1]))
    return Response(204, headers)


def _refusal(status: int, text: str, method: str, fields: Headers = ()) -> Response:
    body = text.encode()
    headers = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", NO_STORE),
        ("X-Content-Type-Options", "nosniff"),
        *fields,
    )
    return Response(status, headers, b"" if method == "HEAD" else body)
