"""A server whose answers are a function of the request, for faults that no real one would have."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Reply(NamedTuple):
    """What is sent: status, fields, bytes. ``length`` is said where it is not theirs; ``None`` says none."""

    body: bytes = b""
    fields: Mapping[str, str] = {}
    status: int = 200
    length: int | None = -1


class Asked(NamedTuple):
    """A request: its target, and its fields by their names in lower case."""

    target: str
    fields: Mapping[str, str]


Answering = Callable[[Asked], Reply]


@contextmanager
def serving(answer: Answering) -> Iterator[str]:
    """Answer requests to 127.0.0.1 until the block ends; yield the origin."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # head and body in one piece: the client's system waits for the second of two

        def do_GET(self) -> None:
            reply = answer(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response_only(reply.status)
            for name, value in reply.fields.items():
                self.send_header(name, value)
            if reply.length is not None:
                self.send_header("Content-Length", str(len(reply.body) if reply.length < 0 else reply.length))
            if reply.length is None or reply.length >= 0:
                self.close_connection = True
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            if not isinstance(sys.exc_info()[1], ConnectionError):  # a visit may hang up when it likes
                super().handle_error(request, client_address)

    with Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
