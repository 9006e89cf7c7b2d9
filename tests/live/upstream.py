"""A server in place of a tool's: it says what it was asked, and speaks as it is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Speak = Callable[[socket.socket, bytes], None]


@contextmanager
def upstream(speak: Speak) -> Iterator[str]:
    """Listen until the block ends, and have ``speak`` answer each request by its head. Yields the origin."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, speak), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, speak: Speak) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection, speak), daemon=True).start()


def _answer(connection: socket.socket, speak: Speak) -> None:
    with connection:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1 << 16)
        speak(connection, head)


def saying(answer: bytes, heard: list[bytes] | None = None) -> Speak:
    """Return what answers with these bytes, and keeps the heads of requests in ``heard``."""

    def speak(connection: socket.socket, head: bytes) -> None:
        if heard is not None:
            heard.append(head)
        connection.sendall(answer)

    return speak
