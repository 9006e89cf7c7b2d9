"""A server that keeps what it is asked, and answers as a test tells it to."""

from __future__ import annotations

import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Asked(NamedTuple):
    """A request as it came, its fields by their names in lower case."""

    method: str
    target: str
    fields: Mapping[str, str]
    body: bytes


class Reply(NamedTuple):
    """What is sent back; of a ``cut`` one only half, before the line goes dead."""

    body: bytes = b""
    status: int = 200
    fields: Mapping[str, str] = {}
    cut: bool = False


Answering = Callable[[Asked], Reply]


class Listener(NamedTuple):
    """Where it listens, and what it was asked."""

    origin: str
    asked: list[Asked]


@contextmanager
def listening(answer: Answering, tls: ssl.SSLContext | None = None) -> Iterator[Listener]:
    """Answer requests to 127.0.0.1 until the block ends."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fields = {name.lower(): value for name, value in self.headers.items()}
            asked.append(Asked(self.command, self.path, fields, body))
            reply = answer(asked[-1])
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.fields}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
            self.close_connection = self.close_connection or reply.cut

        do_GET = do_POST = do_PURGE = do_BAN = answer  # noqa: N815  (what the library asks for)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            if not isinstance(sys.exc_info()[1], OSError):  # whoever asks may hang up
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Listener(f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
