"""HTTP/1 as it is on the wire: requests are bytes, and an answer ends where its framing says (RFC 9112, 6.3).

The last request of an exchange asks for the connection to be closed, so whatever comes after the last answer
has been sent by mistake, and is seen.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, NamedTuple

Address = tuple[str, int]
Fields = tuple[tuple[str, str], ...]

PATIENCE = 10  # seconds for an answer
LONGEST_LINE = 1 << 16


class Request(NamedTuple):
    """One request; ``target`` is what stands in its first line. Host and length are added to ``fields``."""

    target: bytes
    method: str = "GET"
    fields: Fields = ()
    content: bytes = b""
    version: str = "1.1"

    def as_bytes(self, *, last: bool) -> bytes:
        fields = [("Host", "127.0.0.1"), *self.fields]
        names = {name.lower() for name, _ in fields}
        if self.content and "transfer-encoding" not in names:
            fields.append(("Content-Length", str(len(self.content))))
        if last and "connection" not in names:
            fields.append(("Connection", "close"))
        lines = [self.method.encode() + b" " + self.target + f" HTTP/{self.version}".encode()]
        lines += [f"{name}: {value}".encode("latin-1") for name, value in fields]
        return b"\r\n".join([*lines, b"", self.content])


class Answer(NamedTuple):
    """Status, header fields in order with names in lower case, and content, its transfer coding undone."""

    method: str
    status: int
    fields: Fields
    content: bytes

    def lines(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field == name]

    def get(self, name: str) -> str | None:
        """Return the value of a field, its lines joined as RFC 9110, 5.2 has it."""
        return ", ".join(self.lines(name)) if self.lines(name) else None


class BrokenAnswer(Exception):
    """What came back is no HTTP message, or not a whole one. The text says what is wrong with it."""


def exchange(address: Address, requests: Sequence[Request], *, pipelined: bool = False) -> list[Answer]:
    """Send the requests on one connection, each after the answer to the one before, or all at once.

    Returns one answer for each, or fewer when an answer said that the connection ends with it. Raises
    ``BrokenAnswer``.
    """
    sent = [request.as_bytes(last=request is requests[-1]) for request in requests]
    answers: list[Answer] = []
    with _connected(address) as (connection, stream):
        if pipelined:
            connection.sendall(b"".join(sent))
        for request, line in zip(requests, sent, strict=True):
            if not pipelined:
                connection.sendall(line)
            answers.append(read_answer(stream, request.method))
            if _ends_connection(answers[-1]):
                break
        surplus = stream.read()
    if surplus:
        raise BrokenAnswer(f"{len(surplus)} bytes follow the last answer: {surplus[:60]!r}")
    return answers


@contextmanager
def _connected(address: Address) -> Iterator[tuple[socket.socket, IO[bytes]]]:
    with (
        socket.create_connection(address, timeout=PATIENCE) as connection,
        connection.makefile("rb") as stream,
    ):
        try:
            yield connection, stream
        except TimeoutError:
            raise BrokenAnswer(
                f"nothing came for {PATIENCE} seconds, and the connection stayed open"
            ) from None
        except ConnectionError as error:
            raise BrokenAnswer(f"the connection broke: {error}") from None


def read_answer(stream: IO[bytes], method: str) -> Answer:
    """Return the final answer to a request of this method. Raises ``BrokenAnswer``."""
    while True:
        status, fields = _read_head(stream)
        if status >= 200:
            break
    answer = Answer(method, status, fields, b"")
    if method == "HEAD" or status in {204, 304}:
        return answer
    if answer.get("transfer-encoding"):
        if answer.get("content-length"):
            raise BrokenAnswer("both Content-Length and Transfer-Encoding")
        return answer._replace(content=b"".join(_read_chunks(stream)))
    length = answer.get("content-length")
    if length is None:
        return answer._replace(content=stream.read())
    if not length.isdecimal():
        raise BrokenAnswer(f"Content-Length: {length}")
    content = stream.read(int(length))
    if len(content) < int(length):
        raise BrokenAnswer(f"{len(content)} bytes of content, {length} promised")
    return answer._replace(content=content)


def _read_head(stream: IO[bytes]) -> tuple[int, Fields]:
    version, _, rest = _read_line(stream).partition(" ")
    if not version.startswith("HTTP/1."):
        raise BrokenAnswer(f"no HTTP/1 answer: {version[:60]!r}")
    fields = []
    while line := _read_line(stream):
        name, _, value = line.partition(":")
        fields.append((name.lower(), value.strip(" \t")))
    return int(rest[:3]), tuple(fields)


def _read_line(stream: IO[bytes]) -> str:
    line = stream.readline(LONGEST_LINE)
    if not line.endswith(b"\r\n"):
        raise BrokenAnswer(f"the answer breaks off after {line!r}" if line else "no answer: hung up")
    return line[:-2].decode("latin-1")


def _read_chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while size := int(_read_line(stream).partition(";")[0], 16):
        chunk = stream.read(size)
        if len(chunk) < size or _read_line(stream):
            raise BrokenAnswer("a chunk breaks off")
        yield chunk
    while _read_line(stream):
        pass  # trailers say nothing here


def _ends_connection(answer: Answer) -> bool:
    return "close" in (answer.get("connection") or "").lower()
