"""HTTP as it is on the wire: a request is bytes, and an answer is all that came before the server hung up."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any

Address = tuple[str, int]

# How `matches` calls the header fields.
FIELDS = {
    "type": "content-type",
    "cache": "cache-control",
    "etag": "etag",
    "allow": "allow",
    "sniff": "x-content-type-options",
}


@dataclass(frozen=True)
class Answer:
    """Status, header fields in order with names in lower case, and the bytes that followed."""

    method: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __getitem__(self, name: str) -> str | None:
        found = [value for field, value in self.headers if field == name]
        assert len(found) < 2, f"{name} was sent {len(found)} times"
        return found[0] if found else None


def wire(address: Address, request: bytes) -> bytes:
    """Send the request as it is and return everything that comes back."""
    with socket.create_connection(address, timeout=10) as connection:
        received = b""
        try:
            connection.sendall(request)
            while block := connection.recv(1 << 20):
                received += block
        except ConnectionError:
            pass  # the server closed before it had read it all: what it said is what counts
        return received


def request_of(target: str | bytes, method: str = "GET", fields: dict[str, str] | None = None) -> bytes:
    target = target.encode() if isinstance(target, str) else target
    lines = [f"{name}: {value}".encode("latin-1") for name, value in (fields or {}).items()]
    head = [method.encode() + b" " + target + b" HTTP/1.1", b"Host: 127.0.0.1", b"Connection: close", *lines]
    return b"\r\n".join([*head, b"", b""])


def parse(received: bytes, method: str) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = tuple(
        (name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)
    )
    return Answer(method, int(first.split()[1]), headers, body)


def ask(address: Address, target: str | bytes, method: str = "GET", **fields: str) -> Answer:
    """Return the answer; fields are written as Python names: ``if_none_match``."""
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return parse(wire(address, request_of(target, method, named)), method)


def matches(answer: Answer, status: int, body: bytes | None = None, **fields: Any) -> None:
    """Check an answer: its status, its body when one is given, its fields (``None``: not there).

    What is true of every answer is checked in every answer.
    """
    assert answer.status == status
    for name, value in fields.items():
        assert answer[FIELDS[name]] == value, name
    if body is not None:
        assert len(answer.body) == len(body)
        assert answer.body == body
    length = answer["content-length"]
    if status == 304:
        assert answer.body == b""
        assert answer["content-type"] is None
    elif answer.method == "HEAD":
        assert answer.body == b""
        assert length is not None
    else:
        assert length == str(len(answer.body))
    if status >= 400:
        assert "immutable" not in (answer["cache-control"] or "")
        assert answer["etag"] is None
    assert answer["content-disposition"] is None
