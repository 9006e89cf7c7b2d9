"""The example site in real browsers, through each server that can stand before it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.browser.behind import behind
from tests.browser.example import Example
from tests.browser.visit import FONTS, TRANSFERRED, Visit
from tests.conformance.web_servers import public_folder
from tests.parts import AVAILABLE, CORPUS, TESTS
from tests.processes import free_port, running

pytestmark = pytest.mark.other_programs

PAGES = ["/", "/books/1/", "/desk/"]
# Django's own application behind an application server, files by the middleware.
APPLICATION_SERVERS = {
    "uvicorn": ["-m", "uvicorn", "--port", "{port}", "library.asgi:application"],
    "granian": ["-m", "granian", "--interface", "wsgi", "--port", "{port}", "library.wsgi:application"],
}
WEB_SERVERS = ("nginx", "next nginx", "caddy", "apache")
SERVERS = [
    *APPLICATION_SERVERS,
    *(pytest.param(name, marks=pytest.mark.needs(name)) for name in WEB_SERVERS if name in AVAILABLE),
]


@pytest.fixture(scope="module", params=SERVERS)
def site(request: Any, example: Example, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ExitStack() as stack:
        if request.param in APPLICATION_SERVERS:
            port = free_port()
            command = [part.format(port=port) for part in APPLICATION_SERVERS[request.param]]
            log = tmp_path_factory.mktemp("log") / "log"
            where, settings = ("127.0.0.1", port), "library.settings"
            environ = {"PYTHONPATH": str(example.folder), "DJANGO_SETTINGS_MODULE": settings}
            stack.enter_context(running([sys.executable, *command], where, log, **environ))
            yield f"http://127.0.0.1:{port}"
        else:
            folder = stack.enter_context(public_folder())
            static = shutil.copytree(example.folder / "static_root", folder / "static")
            media = shutil.copytree(example.folder / "media", folder / "media")
            language = request.param.removeprefix("next ")
            front = behind(request.param, language, static, media=media, upstream=example.host)
            yield stack.enter_context(front)


@pytest.mark.needs("chromium")
def test_chromium(site: str, browser: Any) -> None:
    context = browser.new_context()
    visit = Visit(context.new_page())
    fonts = []
    for path in PAGES:
        visit.page.goto(site + path, wait_until="networkidle")
        fonts += visit.page.evaluate(FONTS)
    first = visit.page.evaluate(TRANSFERRED)
    assert visit.complaints == []
    assert visit.refused() == []
    assert "loaded" in fonts
    assert "error" not in fonts
    assert [one for one in visit.static() if "javascript" in one.headers["content-type"]]
    assert [one for one in visit.responses if "/media/" in one.url and one.status == 200]
    visit.page.goto(site, wait_until="networkidle")
    visit.page.goto(site + PAGES[-1], wait_until="networkidle")
    again = visit.page.evaluate(TRANSFERRED)
    assert len(again) == len(first) > 5
    assert not any(again)
    context.close()


@pytest.mark.needs("firefox")
@pytest.mark.needs("npm corpus")
def test_firefox(site: str) -> None:
    script = TESTS / "oracles/firefox.mjs"
    done = subprocess.run(["node", script, site, *PAGES], cwd=CORPUS.parent, capture_output=True, check=True)
    told = json.loads(done.stdout)
    assert (told["complaints"], told["failed"], told["lost"]) == ([], [], [])
    assert told["fonts"]
    assert all(size for _, size in told["first"]), "what is transferred can be told"
    assert len(told["again"]) > 5
    assert [(name, size) for name, size in told["again"] if size] == []
