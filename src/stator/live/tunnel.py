"""Tunnel: a connection that is upgraded (a WebSocket) is joined with one to a development server.

Facts. A client sends nothing after the request for an upgrade until that is answered (RFC 6455, 4.1), so
nothing of it is in a buffer. Afterwards both sides speak at any time, and what they say is none of our
business. Where one of them hangs up the connection is of no use to the other.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit

PATIENCE = 10.0  # seconds until the server has taken the connection
_BLOCK = 1 << 16


def is_upgrade(fields: Iterable[tuple[str, str]]) -> bool:
    """Say whether a request with these fields asks for a WebSocket."""
    told = {name.lower(): value.lower() for name, value in fields}
    tokens = {token.strip() for token in told.get("connection", "").split(",")}
    return "upgrade" in tokens and told.get("upgrade") == "websocket"


def join(client: socket.socket, address: str, target: str, fields: Iterable[tuple[str, str]]) -> None:
    """Hand the client's request to the server at ``address``, and carry bytes until one of them hangs up.

    Raises ``OSError`` where the server cannot be reached; then nothing was said to the client.
    """
    parts = urlsplit(address)
    others = [f"{name}: {value}" for name, value in fields if name.lower() != "host"]
    head = "\r\n".join([f"GET {target} HTTP/1.1", f"Host: {parts.netloc}", *others, "", ""])
    with socket.create_connection((parts.hostname or "", parts.port or 80), PATIENCE) as server:
        server.settimeout(None)
        server.sendall(head.encode("latin-1"))
        back = threading.Thread(target=_carry, args=(server, client), daemon=True)
        back.start()
        _carry(client, server)
        back.join()


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while block := one.recv(_BLOCK):
            other.sendall(block)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
