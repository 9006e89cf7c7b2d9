"""Evil uploads in a real browser: whatever one opens, no script runs in the site's origin.

A server is a fixture that serves a folder of uploads: another one is one line in ``SERVERS``.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.browser.behind import behind
from tests.browser.evil import AS_SCRIPTS, RUN_UNGUARDED, uploads
from tests.conformance.web_servers import public_folder
from tests.parts import AVAILABLE
from tests.processes import wait_until
from tests.serve.servers import started
from tests.sites import write

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.other_programs]

PROJECT = "tests.django.media_project"
COOKIE = "session=of-the-visitor"
NAMES = sorted(uploads("http://beacon.invalid"))
# How a page of the site loads something, and is told that it has.
EMBED = """([address, tag, attribute]) => new Promise(done => {
    const element = document.createElement(tag);
    element.onload = element.onerror = () => done();
    element[attribute] = address;
    document.body.append(element);
    setTimeout(done, 1500);  // nothing tells that it is to be saved
})"""
RUN = """([address, kind]) => new Promise(done => {
    const script = document.createElement("script");
    script.type = kind;
    script.onload = script.onerror = () => done();
    script.src = address;
    document.body.append(script);
})"""
TELL = """address => new Promise(done => {
    const image = new Image();
    image.onload = image.onerror = () => done();
    image.src = address;
})"""
WIDTH = """address => new Promise((done, fail) => {
    const image = new Image();
    image.onload = () => done(image.naturalWidth);
    image.onerror = () => fail(new Error(address));
    image.src = address;
})"""


class Beacon:
    """A server elsewhere that is told by each script that runs, and of what it could read."""

    def __init__(self) -> None:
        self.told: list[str] = []
        told = self.told

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                told.append(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://localhost:{self.server.server_address[1]}"

    def ran(self) -> set[str]:
        """Return the files whose scripts have run in the site's origin: they could read the cookie."""
        told = [path[1:].partition("?") for path in self.told]
        return {name for name, _, read in told if quote(COOKIE, safe="") in read}


@contextmanager
def in_a_thread(server: http.server.ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def django_under(kind: str, root: Path) -> Iterator[str]:
    with started(kind, root, PROJECT) as server:
        yield "http://{}:{}".format(*server.address)


@contextmanager
def configured(program: str, language: str, root: Path) -> Iterator[str]:
    with public_folder() as folder:
        media = shutil.copytree(root, folder / "media")
        (folder / "static").mkdir()
        with behind(program, language, folder / "static", "tests.conformance.page", media=media) as address:
            yield address


@contextmanager
def without_rules(root: Path) -> Iterator[str]:
    """Serve the folder as a server does that trusts it: for what the test must be able to see."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return super().translate_path(path.removeprefix("/media"))

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(root))
    )
    with in_a_thread(server):
        yield f"http://127.0.0.1:{server.server_address[1]}"


# Each serves the uploads in a folder under /media/ of the address that it gives.
SERVERS: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "gunicorn": functools.partial(django_under, "gunicorn"),
    "granian": functools.partial(django_under, "granian"),
    "uvicorn": functools.partial(django_under, "uvicorn"),
    "nginx": functools.partial(configured, "nginx", "nginx"),
    "caddy": functools.partial(configured, "caddy", "caddy"),
    "apache": functools.partial(configured, "apache", "apache"),
}


@pytest.fixture(scope="module")
def beacon() -> Iterator[Beacon]:
    made = Beacon()
    with in_a_thread(made.server):
        yield made


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, beacon: Beacon) -> Path:
    return write(tmp_path_factory.mktemp("site") / "media", uploads(beacon.address))


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[pytest.mark.needs(name)] if name in AVAILABLE else []) for name in SERVERS
    ],
)
def site(request: pytest.FixtureRequest, root: Path) -> Iterator[str]:
    with SERVERS[request.param](root) as address:
        yield address


@pytest.fixture(scope="module")
def unguarded(root: Path) -> Iterator[str]:
    with without_rules(root) as address:
        yield address


class Visitor:
    """Somebody who is signed in, with a page of the site open."""

    def __init__(self, browser: Any, site: str, beacon: Beacon) -> None:
        self.site, self.beacon = site, beacon
        self.context = browser.new_context()
        name, _, value = COOKIE.partition("=")
        self.context.add_cookies([{"name": name, "value": value, "url": site}])
        self.page = self.context.new_page()

    def at_home(self) -> None:
        """Open a page of the site."""
        self.page.goto(f"{self.site}/", wait_until="load")
        assert COOKIE in self.page.evaluate("document.cookie"), "scripts of the site itself can read it"

    def opens(self, name: str) -> None:
        """Open the upload by its address, until all that it asks for has come, or it is to be saved."""
        from playwright.sync_api import Error

        try:
            self.page.goto(self.site + address_of(name), wait_until="load")
        except Error as error:
            assert "Download is starting" in error.message or "ERR_ABORTED" in error.message, error.message  # noqa: PT017

    def embeds(self, names: Sequence[str], tag: str, attribute: str) -> None:
        """Put uploads into a page of the site."""
        self.loads(EMBED, [[address_of(name), tag, attribute] for name in names])

    def runs(self, names: Sequence[str], kind: str) -> None:
        """Let a page of the site take uploads for scripts of its own."""
        self.loads(RUN, [[address_of(name), kind] for name in names])

    def loads(self, load: str, what: list[list[str]]) -> None:
        self.page.evaluate(f"all => Promise.all(all.map({load})).then(() => null)", what)
        # The beacon would have been told by now: it hears of this later.
        self.page.evaluate(TELL, f"{self.beacon.address}/end")
        self.beacon.told.remove("/end")


def address_of(name: str) -> str:
    return f"/media/{quote(name)}"


@pytest.fixture(scope="module")
def guest(browser: Any, site: str, beacon: Beacon) -> Iterator[Visitor]:
    made = Visitor(browser, site, beacon)
    yield made
    made.context.close()


@pytest.fixture
def visitor(guest: Visitor) -> Visitor:
    guest.at_home()  # what was open before tells nothing any more
    guest.beacon.told.clear()
    return guest


@pytest.mark.parametrize("name", NAMES)
def test_opened_by_its_address_no_script_runs(visitor: Visitor, name: str) -> None:
    visitor.opens(name)
    assert visitor.beacon.told == []
    assert visitor.page.title() != "ran"


@pytest.mark.parametrize(
    ("tag", "attribute"), [("iframe", "src"), ("object", "data"), ("embed", "src"), ("img", "src")]
)
def test_embedded_in_a_page_of_the_site_no_script_runs(visitor: Visitor, tag: str, attribute: str) -> None:
    visitor.embeds(NAMES, tag, attribute)
    assert visitor.beacon.told == []


@pytest.mark.parametrize("kind", ["", "module"])
def test_a_page_that_takes_an_upload_for_a_script_does_not_run_it(visitor: Visitor, kind: str) -> None:
    """So a policy that trusts the site's own scripts (CSP 'self') does not trust uploads."""
    visitor.runs(AS_SCRIPTS, kind)
    assert visitor.beacon.told == []


def test_pictures_are_shown(visitor: Visitor) -> None:
    """Even one that is something else too, and an SVG: as a picture it can run nothing."""
    assert visitor.page.evaluate(WIDTH, "/media/polyglot.gif") == 1
    assert visitor.page.evaluate(WIDTH, "/media/evil.svg") > 0
    assert visitor.beacon.told == []


# Where a server has no rules, the same files do run: the tests above would see it.


@pytest.fixture
def victim(browser: Any, unguarded: str, beacon: Beacon) -> Iterator[Visitor]:
    made = Visitor(browser, unguarded, beacon)
    made.at_home()
    beacon.told.clear()
    yield made
    made.context.close()


@pytest.mark.parametrize("name", RUN_UNGUARDED)
def test_without_rules_a_document_runs_when_it_is_opened(victim: Visitor, name: str) -> None:
    victim.opens(name)
    wait_until(lambda: name in victim.beacon.ran(), "it tells that it runs")


@pytest.mark.parametrize(("tag", "attribute"), [("iframe", "src"), ("object", "data"), ("embed", "src")])
def test_without_rules_a_document_runs_when_it_is_embedded(victim: Visitor, tag: str, attribute: str) -> None:
    victim.embeds(["evil.html", "evil.svg"], tag, attribute)
    wait_until(lambda: {"evil.html", "evil.svg"} <= victim.beacon.ran(), "both tell that they run")


@pytest.mark.parametrize("kind", ["", "module"])
def test_without_rules_a_script_is_one(victim: Visitor, kind: str) -> None:
    victim.runs(["evil.js"], kind)
    wait_until(lambda: "evil.js" in victim.beacon.ran(), "it tells that it runs")
