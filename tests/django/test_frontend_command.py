"""``manage.py stator frontend``, with shell commands in place of tools, and with the real Vite."""

from __future__ import annotations

import base64
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from stator.django.finders import FRONTEND_FINDER
from stator.frontends.developing import server_of
from tests.django.conftest import Project
from tests.live.listening import listening
from tests.live.site import FILES
from tests.parts import TOOLCHAINS
from tests.processes import free_port, wait_until
from tests.serve.http import Answer, ask
from tests.sites import write

COPY = "mkdir -p dist && cp src/a.css dist/"


def said(*words: str, **chosen: object) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO(), no_color=True, **chosen)
    return out.getvalue()


def failure(*words: str) -> tuple[CommandError, str]:
    complained = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command(*words, stdout=StringIO(), stderr=complained, no_color=True)
    return raised.value, complained.getvalue()


def frontends(project: Project, **builds: str) -> dict[str, object]:
    for name in builds:
        write(project.folder / name, {"src/a.css": "a { color: red }"})
    return {
        "STATOR": {
            "FRONTENDS": {
                name: {"root": str(project.folder / name), "build": build} for name, build in builds.items()
            }
        },
        "STATICFILES_FINDERS": [*settings.STATICFILES_FINDERS, FRONTEND_FINDER],
    }


def test_build_builds_what_has_changed_and_says_so(project: Project) -> None:
    with project.settings(**frontends(project, shop=COPY, map=COPY)):
        lines = said("stator", "frontend", "build").splitlines()
        assert [line.partition(" ")[0] for line in lines] == ["shop:", "map:"]
        assert re.fullmatch(r"shop: built in [\d.]+ m?s \(its output is missing\)", lines[0])
        assert said("stator", "frontend", "build") == "shop: unchanged\nmap: unchanged\n"
        write(project.folder / "map", {"src/a.css": "b {}"})
        assert said("stator", "frontend", "build", "--dry-run") == (
            "shop: unchanged\nmap: would be built (its sources have changed)\n"
        )
        assert said("stator", "frontend", "build", "shop") == "shop: unchanged\n"
        assert "you have asked for it" in said("stator", "frontend", "build", "shop", "--force")
        assert said("stator", "frontend", "build", verbosity=0) == ""


def test_a_failure_ends_with_what_the_tool_has_said(project: Project) -> None:
    with project.settings(**frontends(project, shop="echo no; echo way >&2; exit 9")):
        error, complained = failure("stator", "frontend", "build")
        assert complained == "no\nway\n"
        assert error.returncode == 1
        assert "exit code 9" in str(error)


@pytest.mark.parametrize("what", ["build", "dev"])
def test_a_name_that_is_none_is_told(project: Project, what: str) -> None:
    with project.settings(**frontends(project, shop=COPY)):
        error, _ = failure("stator", "frontend", what, "shpo")
        assert error.returncode == 2
        assert "There are: shop." in str(error)


def test_a_project_without_any_is_told_how_to_name_one(project: Project) -> None:
    error, _ = failure("stator", "frontend", "build")
    assert error.returncode == 2
    assert "'FRONTENDS'" in str(error)


def test_dev_needs_debug(project: Project) -> None:
    with project.settings(**frontends(project, shop=COPY), DEBUG=False):
        error, _ = failure("stator", "frontend", "dev")
        assert "DEBUG" in str(error)


def test_collectstatic_builds_first_where_it_is_told_to(project: Project) -> None:
    with project.settings(**frontends(project, shop=COPY)):
        said("collectstatic", "--build", interactive=False)
        assert "shop/a.css" in project.published()
        write(project.folder / "shop", {"src/a.css": "b {}"})
        text = said("collectstatic", "--build", "--dry-run", interactive=False)
        assert "shop: would be built (its sources have changed)" in text
        assert (project.root / "shop/a.css").read_text() != "b {}"
        said("collectstatic", "--build", interactive=False)
        assert (project.root / "shop/a.css").read_text() == "b {}"


def test_collectstatic_publishes_nothing_where_the_build_fails(project: Project) -> None:
    with project.settings(**frontends(project, shop=f"{COPY}; exit 1")):
        error, _ = failure("collectstatic", "--build", "--noinput")
        assert error.returncode == 1
        assert not project.root.exists()


# --- dev

LISTENS = "django | Live reload is on"
SETTINGS = """
from settings import *

STATOR = {"FRONTENDS": {"shop": {"root": BASE_DIR / "shop"%s}}}
"""
VITE = {
    "shop/package.json": '{"type": "module", "devDependencies": {"vite": "8"}}',
    "shop/index.html": '<!doctype html><script type="module" src="/src/main.js"></script>',
    "shop/src/main.js": 'import "./site.css";\nexport const answer = 42;\n',
    "shop/src/site.css": "body { color: red }\n",
}


@dataclass(frozen=True)
class Developed:
    """A project that is being developed: its folder, where Django listens, what was said, and by whom."""

    folder: Path
    address: tuple[str, int]
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def root(self) -> str:
        return str(self.folder / "shop")

    def get(self, target: str, **fields: str) -> Answer:
        return ask(self.address, target, "GET", **fields)

    def says(self, text: str) -> None:
        wait_until(
            lambda: text in self.log.read_text() or self.process.poll() is not None, f"{text!r} is said"
        )
        assert text in self.log.read_text()


@contextmanager
def developed(folder: Path, rules: str = "", *options: str) -> Iterator[Developed]:
    """Run ``stator frontend dev`` in a project until the block ends."""
    write(folder, {**FILES, "with_shop.py": SETTINGS % rules})
    address, log = ("127.0.0.1", free_port()), folder / "log.txt"
    words = ["stator", "frontend", "dev", "--addrport", f"127.0.0.1:{address[1]}", *options]
    paths = os.pathsep.join(path for path in (str(folder), os.environ.get("PYTHONPATH")) if path)
    environ = {"PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "with_shop"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["env", "--default-signal=INT", sys.executable, "-m", "django", *words],
            cwd=folder,
            env={**os.environ, **environ},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Developed(folder, address, log, process)
    finally:
        process.terminate()
        process.wait()
    assert "Traceback" not in log.read_text(), log.read_text()


def processes_of(folder: Path) -> list[str]:
    """Return what runs in the folder, or below."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and (process / "cwd").readlink().is_relative_to(folder):
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -9)])
def test_dev_runs_all_and_ends_all(tmp_path: Path, number: signal.Signals, code: int) -> None:
    rules = ', "build": "", "dev": "echo watching; touch ../watched; sleep 600"'
    write(tmp_path, {"shop/src/a.css": ""})
    with developed(tmp_path, rules, "--noreload") as site:
        site.says("shop   | watching\n")
        site.says(LISTENS)
        site.process.send_signal(number)
        assert site.process.wait() == code
        wait_until(lambda: processes_of(tmp_path) == [], "all have ended")


def test_a_page_hears_of_what_a_tool_that_watches_has_written(tmp_path: Path) -> None:
    waits = "until [ -e ../go ]; do sleep 0.01; done"
    rules = f', "build": "", "dev": "cp src/a.css dist/; {waits}; echo >> dist/a.css; sleep 600"'
    write(tmp_path, {"shop/src/a.css": "a {}"})
    with developed(tmp_path, rules, "--noreload") as site:
        site.says(LISTENS)
        assert site.get("/static/shop/a.css").body == b"a {}"
        with listening(site.address) as stream:
            assert stream.next("hello")
            (tmp_path / "go").touch()
            assert stream.next("swap").data == ["shop/a.css"]
        assert site.get("/static/shop/a.css").body == b"a {}\n"


@pytest.mark.parametrize(
    ("option", "told"), [("--force-color", "FORCE_COLOR=1"), ("--no-color", "NO_COLOR=1")]
)
def test_colours_are_for_terminals(tmp_path: Path, option: str, told: str) -> None:
    write(tmp_path, {"shop/src/a.css": ""})
    rules = ', "build": "", "dev": "env | grep ^[A-Z]*_COLOR="'
    with developed(tmp_path, rules, "--no-runserver", option) as site:
        assert site.process.wait() == 0
    text = site.log.read_text()
    assert told in text
    assert ("\033[" in text) is (option == "--force-color")


def test_without_djangos_server_the_tool_is_alone_and_its_end_is_the_end(tmp_path: Path) -> None:
    write(tmp_path, {"shop/src/a.css": ""})
    with developed(tmp_path, ', "build": "", "dev": "exit 4"', "--no-runserver") as site:
        assert site.process.wait() == 4
    assert site.log.read_text().splitlines()[-1] == "shop | has ended with exit code 4, so all is ended"


@pytest.fixture(scope="module")
def vite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Developed]:
    """A project of Vite's, developed."""
    folder = tmp_path_factory.mktemp("vite")
    write(folder, VITE)
    (folder / "shop/node_modules").mkdir()
    (folder / "shop/node_modules/.bin").symlink_to(TOOLCHAINS / ".bin")
    with developed(folder, ', "install": ""', "--noreload") as site:
        site.says(LISTENS)
        wait_until(lambda: bool(server_of(site.root) or site.process.poll()), "Vite listens")
        yield site


@pytest.mark.needs("toolchains")
@pytest.mark.other_programs
def test_what_vite_makes_comes_from_the_address_of_django(vite: Developed) -> None:
    module = vite.get("/static/shop/src/main.js")
    assert module.status == 200
    assert b'import "/static/shop/src/site.css"' in module.body
    assert module["content-type"] == "text/javascript"
    assert vite.get("/static/shop/src/main.js", if_none_match=str(module["etag"])).status == 304
    assert vite.get("/static/shop/@vite/client").status == 200
    assert vite.get("/static/css/app.css").status == 200


@pytest.mark.needs("toolchains")
@pytest.mark.other_programs
def test_its_websocket_is_at_the_address_of_django(vite: Developed) -> None:
    token = re.search(rb'wsToken = "([\w-]+)"', vite.get("/static/shop/@vite/client").body)
    assert token
    with socket.create_connection(vite.address, 10) as connection:
        connection.sendall(upgrade(f"/static/shop/?token={token[1].decode()}", vite))
        received = b""
        while b"}" not in received:
            received += connection.recv(1000)
    assert received.startswith(b"HTTP/1.1 101 ")
    assert b'{"type":"connected"}' in received


@pytest.mark.needs("toolchains")
@pytest.mark.other_programs
@pytest.mark.parametrize(
    ("target", "host", "status"),
    [
        ("/static/shop/?token=wrong", None, b"400"),  # by Vite
        ("/static/shop/", "rebound.test", b"400"),  # by us
        ("/static/other/", None, b"404"),
        ("/", None, b"200"),
    ],
)
def test_other_websockets_get_an_ordinary_answer(
    vite: Developed, target: str, host: str | None, status: bytes
) -> None:
    with socket.create_connection(vite.address, 10) as connection:
        connection.sendall(upgrade(target, vite, host))
        answer = connection.recv(1000)
    assert answer.split()[1] == status, answer


def upgrade(target: str, site: Developed, host: str | None = None) -> bytes:
    ours = f"127.0.0.1:{site.address[1]}"
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: {host or ours}",
        f"Origin: http://{ours}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Protocol: vite-hmr",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
