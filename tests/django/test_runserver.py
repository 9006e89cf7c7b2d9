from __future__ import annotations

import socket
from pathlib import Path

import pytest
from django.contrib.staticfiles.management.commands import runserver as django_runserver
from django.core.management import load_command_class

from stator.django.management.commands import runserver
from tests.django.test_proxy import proxied
from tests.live.listening import EVENTS, listening
from tests.live.site import FILES, Site, developed
from tests.processes import wait_until
from tests.serve.http import matches, request_of

OURS = "stator.django.middleware.StatorMiddleware"
SECURITY = "django.middleware.security.SecurityMiddleware"
COMMON = "django.middleware.common.CommonMiddleware"
APP_CSS = str(FILES["static/css/app.css"]).encode()
SCRIPT = b"client.js"


def options_of(command: object) -> set[str]:
    parser = command.create_parser("manage.py", "runserver")  # type: ignore[attr-defined]
    return {option for action in parser._actions for option in action.option_strings}


def test_it_is_the_command_of_the_project_and_has_all_of_djangos_options() -> None:
    command = load_command_class("stator.django", "runserver")
    assert isinstance(command, runserver.Command)
    assert options_of(command) == options_of(django_runserver.Command()) | {"--nolive"}


@pytest.mark.parametrize(("middleware", "then"), [
    ([], [OURS]),
    ([COMMON], [OURS, COMMON]),
    ([SECURITY, COMMON], [SECURITY, OURS, COMMON]),
    ([COMMON, OURS], [COMMON, OURS]),
    (["tests.django.test_runserver.Derived"], ["tests.django.test_runserver.Derived"]),
])  # fmt: skip
def test_our_middleware_goes_where_it_belongs_unless_it_is_there(
    middleware: list[str], then: list[str]
) -> None:
    assert runserver.with_ours(middleware) == then


class Derived(runserver.StatorMiddleware):
    pass


def says(site: Site, text: str) -> None:
    wait_until(lambda: text in site.log.read_text(), f"{text!r} is said")


def test_it_does_all_where_the_middleware_is_not_installed(tmp_path: Path) -> None:
    with developed("runserver", tmp_path, STATOR_TEST_WITHOUT="1") as site:
        says(site, "Live reload is on.\n")
        matches(site.get("/static/css/app.css"), 200, APP_CSS, cache="no-cache")
        assert site.get("/").body.count(SCRIPT) == 1
        with listening(site.address, since=1) as stream:
            assert stream.next("reload")


def test_nostatic_leaves_static_files_to_others(tmp_path: Path) -> None:
    with developed("runserver", tmp_path, "--nostatic") as site:
        says(site, "(--nostatic)")
        assert site.get("/static/css/app.css").status == 404
        assert site.get(EVENTS).status == 404
        assert SCRIPT not in site.get("/").body


def test_nolive_serves_files_and_reloads_nothing(tmp_path: Path) -> None:
    with developed("runserver", tmp_path, "--nolive") as site:
        says(site, "(--nolive)")
        matches(site.get("/static/css/app.css"), 200, APP_CSS)
        assert site.get(EVENTS).status == 404
        assert SCRIPT not in site.get("/").body


def test_with_debug_off_it_is_djangos_own(tmp_path: Path) -> None:
    with developed("runserver", tmp_path, "--insecure", STATOR_TEST_DEBUG_OFF="1") as site:
        assert site.get("/static/css/app.css").body == APP_CSS
        assert "Live reload" not in site.log.read_text()


def test_it_listens_on_ipv6(tmp_path: Path) -> None:
    with developed("runserver", tmp_path, "--ipv6", host="[::1]") as site:
        matches(site.get("/static/css/app.css"), 200, APP_CSS)


def test_without_threads_no_page_holds_the_server(tmp_path: Path) -> None:
    with developed("runserver", tmp_path, "--nothreading --noreload") as site:
        with listening(site.address) as stream:
            assert [event.kind for event in stream.events()] == ["hello"]
        matches(site.get("/static/css/app.css"), 200, APP_CSS)


UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket"}


def upgraded(address: tuple[str, int], target: str, **fields: str) -> bytes:
    """Ask for a WebSocket, say something where it is granted, and return all that comes back."""
    with socket.create_connection(address, 10) as connection:
        connection.sendall(
            request_of(target, fields={**UPGRADE, **fields}).replace(b"Connection: close\r\n", b"")
        )
        received = connection.recv(1000)
        if received.startswith(b"HTTP/1.1 101 "):
            connection.sendall(b"ping")
        while more := connection.recv(1000):
            received += more
    return received


def test_websockets_of_front_ends_are_passed_through(tmp_path: Path) -> None:
    with proxied("runserver", tmp_path, "--noreload") as running:
        assert upgraded(running.site.address, "/static/shop/").endswith(b"\r\n\r\nPING")
        assert upgraded(running.site.address, "/static/sh%6Fp/").endswith(b"\r\n\r\nPING")
        assert upgraded(running.site.address, "/static/shop/broken") == b""  # it has hung up
        for origin, status in (
            ("http://127.0.0.1:1", b"101"),
            ("http://evil.test", b"403"),
            ("null", b"403"),
            ("http://evil.test/http://127.0.0.1", b"403"),
        ):
            assert upgraded(running.site.address, "/static/shop/", Origin=origin).split()[1] == status
        matches(running.get("/static/shop/src/main.js"), 200)


def test_they_need_a_thread_each(tmp_path: Path) -> None:
    with proxied("runserver", tmp_path, "--noreload --nothreading") as running:
        assert upgraded(running.site.address, "/static/shop/").startswith(b"HTTP/1.1 501 ")
        matches(running.get("/static/shop/src/main.js"), 200)


def test_without_watchfiles_it_says_how_to_install_it(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(
        "import importlib.util as util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, *more: None if name == 'watchfiles' else find(name, *more)\n"
    )
    with developed("runserver", tmp_path / "site", before=blocked) as site:
        says(site, "pip install 'stator[dev]'")
