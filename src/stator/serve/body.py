"""The bytes of an answer: a file on disk, or pieces of it, in blocks."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import BinaryIO

from stator.serve.ranges import Span
from stator.serve.response import Response, missing

BLOCK = 1 << 18  # bytes of a file that are in memory at a time
_log = logging.getLogger(__name__)


class Body:
    """The bytes of a file, or the pieces of it that are asked for; whoever gets one closes it.

    ``file`` is open, at its start. ``whole`` says that all of it is to be sent.
    """

    def __init__(self, file: BinaryIO, response: Response) -> None:
        self.file = file
        self.whole: bool = not response.pieces
        self._pieces = response.pieces or (Span(0, response.form.size if response.form else 0),)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
            else:
                yield from self._blocks(piece)

    def _blocks(self, span: Span) -> Iterator[bytes]:
        self.file.seek(span.start)
        left = span.size
        while left and (block := self.file.read(min(left, BLOCK))):
            left -= len(block)
            yield block

    def close(self) -> None:
        self.file.close()


def opened(response: Response, method: str) -> tuple[Response, Body | None]:
    """Return the answer to send and its body, opened, if that is in a file.

    A file that is gone, or that has changed its size since it was published, is missing: its headers
    would be untrue, and a wrong ``Content-Length`` spoils the connection. HEAD is told so too.
    """
    form = response.form
    if form is None:
        return response, None
    try:
        file = open(form.file, "rb", buffering=0)  # noqa: SIM115  (the caller closes it)
    except OSError as error:
        if not isinstance(error, (FileNotFoundError, NotADirectoryError, IsADirectoryError)):
            _log.error("%s cannot be read: %s", form.file, error.strerror)
        return missing(method), None
    as_published = os.fstat(file.fileno()).st_size == form.size
    if as_published and method != "HEAD":
        return response, Body(file, response)
    file.close()
    return response if as_published else missing(method), None


def content_of(response: Response) -> bytes | None:
    """Return all bytes of the file of an answer, ``None`` if it is not as it was published."""
    response, body = opened(response, "GET")
    if body is None:
        return None
    try:
        content = b"".join(body)
    finally:
        body.close()
    return content if response.form and len(content) == response.form.size else None
