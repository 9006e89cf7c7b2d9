"""Real servers on a free port of 127.0.0.1, started for some tests and ended with them."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from stator.serve.wsgi import StaticFiles
from tests.processes import free_port, running
from tests.serve.apps import wsgi_page
from tests.serve.http import Address, Answer, ask, wire


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, the process it is, and the folder it serves."""

    address: Address
    pid: int
    root: Path

    def get(self, target: str | bytes, method: str = "GET", **fields: str) -> Answer:
        return ask(self.address, target, method, **fields)

    def wire(self, request: bytes) -> bytes:
        return wire(self.address, request)

    def open_files(self) -> list[str]:
        return open_files(self.root, self.pid)


def open_files(root: Path, pid: int) -> list[str]:
    """Return the files below ``root`` that a process and, if it is not this one, its children hold open."""
    held = []
    for process in [pid] if pid == os.getpid() else list(_family(pid)):
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed meanwhile
                target = os.readlink(descriptor)
                if target.startswith(f"{root}/"):
                    held.append(target)
    return held


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended meanwhile
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


# server: its command, after "python -m"
COMMANDS = {
    "gunicorn": "gunicorn --bind 127.0.0.1:{port} --no-control-socket {module}:wsgi_application",
    "waitress": "waitress --listen=127.0.0.1:{port} {module}:wsgi_application",
    "granian": "granian --interface wsgi --host 127.0.0.1 --port {port} {module}:wsgi_application",
    "granian-asgi": "granian --interface asgi --host 127.0.0.1 --port {port} {module}:asgi_application",
    "uvicorn": "uvicorn --host 127.0.0.1 --port {port} {module}:asgi_application",
    "hypercorn": "hypercorn --bind 127.0.0.1:{port} {module}:asgi_application",
}


@contextmanager
def started(
    server: str, root: Path, module: str = "tests.serve.apps", options: str = "", **environ: str
) -> Iterator[Server]:
    """Run ``server`` for the site in ``root`` and end it."""
    if server == "wsgiref":
        yield from _in_a_thread(root)
        return
    port = free_port()
    command = COMMANDS[server].format(port=port, module=module)
    whole = [sys.executable, "-m", *command.split(), *options.split()]
    log = root.parent / f"{server}-{port}.log"
    address = ("127.0.0.1", port)
    with running(whole, address, log, STATOR_TEST_ROOT=str(root), **environ) as process:
        yield Server(address, process.pid, root)


class _Silent(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def _in_a_thread(root: Path) -> Iterator[Server]:
    with make_server("127.0.0.1", 0, StaticFiles(wsgi_page, str(root)), handler_class=_Silent) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Server(server.server_address, os.getpid(), root)
        finally:
            server.shutdown()
            thread.join()
