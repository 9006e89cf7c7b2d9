"""Proxy: a request is handed to the development server of a front end, and its answer handed back.

Facts (RFC 9110, 7.6.1). Fields that are about one connection go no further, and neither do those that
``Connection`` names. ``Host`` becomes that of the server, which refuses hosts that it does not know; so
whoever calls has looked at the client's.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

PATIENCE = 60.0  # seconds: the first answer waits until dependencies are bundled
_BLOCK = 1 << 16
_OF_A_CONNECTION = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
_WRITTEN_ANEW = {"host", "content-length"}

Fields = tuple[tuple[str, str], ...]


class Unreachable(OSError):
    """The server gives no answer; ``str()`` says why."""


class Passed(NamedTuple):
    """The answer of the server. ``blocks`` of its body are to be read to their end, or closed."""

    status: int
    fields: Fields
    blocks: Blocks

    @property
    def content(self) -> bytes:
        """The whole body, after which there are no more blocks."""
        return b"".join(self.blocks)


class Blocks:
    """The body of an answer, block for block as it comes."""

    def __init__(self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> None:
        self._connection = connection
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        while block := self.read():
            yield block

    def read(self) -> bytes:
        """Return what has come, empty at the end. Raises ``Unreachable`` where that comes too early."""
        try:
            block = self._response.read1(_BLOCK)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(str(error)) from error
        if not block:
            missing = self._response.length
            self.close()
            if missing:
                raise Unreachable(f"it hung up {missing} bytes before the end")
        return block

    def close(self) -> None:
        self._response.close()
        self._connection.close()


def ask(
    address: str, method: str, target: str, fields: Iterable[tuple[str, str]], body: bytes = b""
) -> Passed:
    """Ask the server at ``address`` for ``target``, a path with its query. Raises ``Unreachable``."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", parts.netloc)
        for name, value in _passed_on(fields):
            if name.lower() not in _WRITTEN_ANEW:
                connection.putheader(name, value)
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise Unreachable(str(error) or error.__class__.__name__) from error
    if response.chunked:  # then that tells the length, whatever else does (RFC 9112, 6.3)
        del response.headers["Content-Length"]
    return Passed(response.status, tuple(_passed_on(response.getheaders())), Blocks(connection, response))


def _passed_on(fields: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    fields = tuple(fields)
    named = {
        token.strip().lower()
        for name, value in fields
        if name.lower() == "connection"
        for token in value.split(",")
    }
    return ((name, value) for name, value in fields if name.lower() not in _OF_A_CONNECTION | named)
