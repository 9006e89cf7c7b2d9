"""Listening to the stream of changes as a browser does, over a socket."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from tests.processes import PATIENCE, Address

EVENTS = "/static/__stator__/events"


@dataclass(frozen=True)
class Event:
    kind: str
    id: int
    data: Any


class Stream:
    """An open stream: its head, and one event after the other until the server ends it."""

    def __init__(self, lines: BinaryIO) -> None:
        self._lines = lines
        self.head = b"".join(iter(self._lines.readline, b"\r\n")).decode()

    def events(self) -> Iterator[Event]:
        """Yield the events that come, until the stream ends; signs of life are none."""
        fields: dict[str, str] = {}
        patience = time.monotonic() + PATIENCE
        for raw in self._lines:
            assert time.monotonic() < patience, "the stream goes on"
            line = raw.decode().strip()
            if not line and "event" in fields:
                yield Event(fields["event"], int(fields["id"]), json.loads(fields["data"]))
            if not line:
                fields = {}
            name, colon, value = line.partition(": ")
            if colon:
                fields[name] = value

    def next(self, kind: str) -> Event:
        return next(event for event in self.events() if event.kind == kind)


@contextmanager
def listening(
    address: Address, since: int | None = None, last: int | None = None, connection: str = "close"
) -> Iterator[Stream]:
    """Open a stream and close it with the block."""
    target = EVENTS if since is None else f"{EVENTS}?since={since}"
    lines = [f"GET {target} HTTP/1.1", "Host: 127.0.0.1", f"Connection: {connection}"]
    if last is not None:
        lines.append(f"Last-Event-ID: {last}")
    with socket.create_connection(address, timeout=PATIENCE) as opened, opened.makefile("rb") as received:
        opened.sendall("\r\n".join([*lines, "", ""]).encode())
        yield Stream(received)
