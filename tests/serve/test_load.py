"""Many clients, idle ones, and ones that leave: the server goes on answering, and nothing is left behind."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from stator import manifest as manifests
from stator import manifest_text
from stator.manifest import Content, Manifest
from stator.paths import digested_path
from tests.processes import wait_until
from tests.serve import site
from tests.serve.http import request_of
from tests.serve.http_cases import url
from tests.serve.servers import Server, _family, started
from tests.sites import write

CSS = b"body{}\n"
LARGE = 64 << 20
IDLE, LEAVING, PIPELINED = 200, 500, 50
SHA256 = hashlib.sha256(CSS).digest()
STYLE, FILM = (digested_path(path, SHA256.hex()[:12]) for path in ("app.css", "film.mp4"))
GROWTH = 24 << 20  # bytes by which a server may grow while 500 clients leave; a file is 64 MB

KINDS = {
    "WSGI under gunicorn": (
        "gunicorn",
        "tests.serve.apps",
        "--worker-class=gthread --threads=4 --keep-alive=60",
    ),
    "WSGI under granian": ("granian", "tests.serve.apps", ""),
    "ASGI under uvicorn": ("uvicorn", "tests.serve.apps", ""),
    "Django under gunicorn": (
        "gunicorn",
        "tests.serve.django_project",
        "--worker-class=gthread --threads=4 --keep-alive=60",
    ),
    "Django under uvicorn": ("uvicorn", "tests.serve.django_project", ""),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("site") / "public"
    files = {STYLE: Content(len(CSS), SHA256), FILM: Content(LARGE, SHA256)}
    manifest = Manifest("00", {"app.css": STYLE, "film.mp4": FILM}, files, plain=False)
    write(folder, {STYLE: CSS, FILM: b"", manifests.NAME: manifest_text.to_json(manifest)})
    os.truncate(folder / FILM, LARGE)
    return folder


@pytest.fixture(scope="module", params=KINDS)
def server(request, root) -> Iterator[Server]:
    kind, module, options = KINDS[request.param]
    with started(kind, root, module, options) as running:
        yield running


def connections(server: Server) -> int:
    """Return how many sockets the server's processes hold."""
    held = 0
    for process in _family(server.pid):
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            try:
                held += os.readlink(descriptor).startswith("socket:")
            except FileNotFoundError:  # closed meanwhile
                continue
    return held


def memory(server: Server) -> int:
    """Return the resident memory of the server's processes in bytes."""
    pages = 0
    for process in _family(server.pid):
        pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def waits_for_a_request(server: Server) -> bool:
    return b"gunicorn" in Path(f"/proc/{server.pid}/cmdline").read_bytes()


def ask(server: Server) -> bytes:
    answer = server.get(url(STYLE))
    assert answer.status == 200
    return answer.body


KEPT_ALIVE = request_of(url(STYLE)).replace(b"Connection: close\r\n", b"")
HALF = b"GET /static/app.css HTTP/1.1\r\nHost: a\r\n"  # and no more


def test_idle_connections_keep_nobody_waiting(server: Server) -> None:
    # A thread of gunicorn waits for the whole of a first request: it wants a proxy in front, and says so.
    said = [KEPT_ALIVE] if waits_for_a_request(server) else [KEPT_ALIVE, HALF, b""]
    with ExitStack() as idle:
        for number in range(IDLE):
            one = idle.enter_context(socket.create_connection(server.address, timeout=10))
            request = said[number % len(said)]
            one.sendall(request)
            assert request != KEPT_ALIVE or one.recv(1000).startswith(b"HTTP/1.1 200")
        for _ in range(20):
            assert ask(server) == CSS


def test_clients_that_leave_in_the_middle_take_nothing_with_them(server: Server) -> None:
    for _ in range(20):
        _leave(server)
    before, held = memory(server), connections(server)
    for _ in range(LEAVING):
        _leave(server)
    assert ask(server) == CSS
    wait_until(lambda: not server.open_files(), "the files are closed")
    wait_until(lambda: connections(server) <= held, "the connections are closed")
    assert memory(server) - before < GROWTH


def _leave(server: Server) -> None:
    with socket.create_connection(server.address, timeout=10) as connection:
        connection.sendall(request_of(url(FILM)))
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")


def test_requests_that_come_all_at_once_are_answered_in_their_order(server: Server) -> None:
    asked = [STYLE, site.UNKNOWN_DIGEST] * PIPELINED
    requests = b"".join(request_of(url(name)).replace(b"Connection: close\r\n", b"") for name in asked)
    with socket.create_connection(server.address, timeout=10) as connection:
        connection.sendall(requests)
        with connection.makefile("rb") as answers:
            for name in asked:
                status, length = _head(answers)
                assert status == (200 if name == STYLE else 404)
                assert len(answers.read(length)) == length


def _head(answers) -> tuple[int, int]:
    status, length = int(answers.readline().split()[1]), 0
    while (line := answers.readline()) not in {b"\r\n", b""}:
        field, _, value = line.partition(b":")
        if field.lower() == b"content-length":
            length = int(value)
    return status, length
