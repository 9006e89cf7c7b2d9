"""What a development server has comes from the address of Django, under every kind of server."""

from __future__ import annotations

import fcntl
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live.site import FILES, Site, developed
from tests.live.upstream import upstream
from tests.serve.http import Answer, matches
from tests.sites import write

SETTINGS = """
from settings import *

ALLOWED_HOSTS = ["127.0.0.1"]
STATOR = {"FRONTENDS": {
    "shop": {"root": BASE_DIR / "shop", "kind": "vite"},
    "map": {"root": BASE_DIR / "map", "kind": "plain", "build": "true"},
}}
"""
BIG = bytes(range(256)) * 8192
SLOW = threading.Event()


def speak(connection: socket.socket, head: bytes) -> None:
    """Answer as the development server of a front end."""
    target = head.split()[1].decode()
    body, status = f"{target} for {host_of(head)}".encode(), "200 OK"
    if target.endswith("/gone"):
        status = "404 Not Found"
    if target.endswith("/big"):
        body = BIG
    if target.endswith("/slow"):
        SLOW.wait(20)
    if target.endswith("/broken"):
        return
    if b"Upgrade: websocket" in head:
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        connection.sendall(connection.recv(100).upper())
        return
    length = "" if target.endswith("/unknown") else f"Content-Length: {len(body)}\r\n"
    fields = f"{length}Content-Type: text/javascript\r\nVary: Origin\r\nVary: Accept\r\nConnection: close\r\n"
    connection.sendall(f"HTTP/1.1 {status}\r\n{fields}\r\n".encode())
    if not head.startswith(b"HEAD"):
        connection.sendall(body)


def host_of(head: bytes) -> str:
    return next(line[6:] for line in head.decode().split("\r\n") if line.startswith("Host: "))


class Running:
    """A site with a front end, and a server for that, whose record is held as by ``stator frontend dev``."""

    def __init__(self, site: Site, origin: str) -> None:
        self.site = site
        self.origin = origin
        self.get = site.get


@contextmanager
def proxied(server: str, folder: Path, options: str = "") -> Iterator[Running]:
    """Run the site with that server, until the block ends."""
    write(
        folder,
        {
            "before/with_shop.py": SETTINGS,
            "shop/dist/built.js": "built",
            "map/src/x": "",
            "static/shop/of-an-app.css": "a{}",
        },
    )
    record = write(folder, {"shop/node_modules/.stator/dev.json": ""}) / "shop/node_modules/.stator/dev.json"
    with upstream(speak) as origin, record.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        json.dump({"address": f"{origin}/static/shop/", "react": True}, held)
        held.flush()
        environ = {"DJANGO_SETTINGS_MODULE": "with_shop"}
        with developed(server, folder, options, before=folder / "before", **environ) as site:
            yield Running(site, origin)


OTHERS = [
    pytest.param(server, marks=pytest.mark.other_programs) for server in ("uvicorn", "gunicorn gthread")
]


@pytest.fixture(scope="module", params=["runserver", *OTHERS])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with proxied(request.param, tmp_path_factory.mktemp("site")) as site:
        yield site


def test_what_a_front_end_has_comes_from_its_server(running: Running) -> None:
    answer = running.get("/static/shop/src/main.js?t=1%20")
    body = f"/static/shop/src/main.js?t=1%20 for {running.origin[7:]}".encode()
    matches(answer, 200, body, type="text/javascript")
    assert answer["vary"] == "Origin, Accept"
    assert running.get("/static/shop/gone").status == 404
    head = running.get("/static/shop/src/main.js", "HEAD")
    assert (head.status, head.body) == (200, b"")


def test_what_was_built_some_time_is_no_part_of_it(running: Running) -> None:
    """Vite makes a module of a picture, if one asks for that; what stands in the output is the picture."""
    assert running.get("/static/shop/built.js").body != b"built"


def test_an_app_of_the_same_name_keeps_its_files(running: Running) -> None:
    matches(running.get("/static/shop/of-an-app.css"), 200, b"a{}")


def test_it_passes_through_whole(running: Running) -> None:
    matches(running.get("/static/shop/big"), 200, BIG)
    assert running.origin[7:].encode() in running.get("/static/shop/unknown").body  # in chunks, or to the end


def test_other_files_are_found_as_ever(running: Running) -> None:
    matches(running.get("/static/css/app.css"), 200, str(FILES["static/css/app.css"]).encode())
    for name in ("shopping/x.js", "map/x.js", "other/x.js"):
        assert running.get(f"/static/{name}").status == 404


def test_a_server_that_gives_no_answer_is_told(running: Running) -> None:
    answer = running.get("/static/shop/broken")
    assert answer.status == 502
    assert b"stator frontend dev shop" in answer.body


def test_react_gets_what_its_pages_run_first(running: Running) -> None:
    answer = running.get("/static/__stator__/refresh/shop.js")
    matches(answer, 200, type="text/javascript; charset=utf-8")
    assert b'from "/static/shop/@react-refresh"' in answer.body
    assert running.get("/static/__stator__/refresh/map.js").status == 404


def test_nobody_waits_for_a_server_that_thinks(running: Running) -> None:
    SLOW.clear()
    answers: list[Answer] = []
    asking = threading.Thread(target=lambda: answers.append(running.get("/static/shop/slow")))
    asking.start()
    try:
        matches(running.get("/static/css/app.css"), 200)
        assert not answers
    finally:
        SLOW.set()
        asking.join()
    assert answers[0].status == 200
