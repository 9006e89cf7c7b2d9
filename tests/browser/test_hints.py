"""What tags let a browser fetch early, in Chromium over HTTP/2: sooner, once, checked, without complaint."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from stator import manifest_text
from stator.manifest import NAME
from tests.browser.visit import FONTS, Visit
from tests.parts import TESTS
from tests.serve.servers import started
from tests.sites import write

pytestmark = [pytest.mark.other_programs, pytest.mark.needs("chromium"), pytest.mark.needs("openssl")]

HINTED = "tests.browser.hinted"
FONT = TESTS.parent / "examples/library/static/fonts/Literata Latin.woff2"
# Chromium says what was preloaded in vain a few seconds after the page has loaded.
LONG_ENOUGH = 4_500
EARLY = """() => performance.getEntriesByType("resource")
    .filter(one => one.initiatorType === "early-hints").map(one => one.name)"""
FILES = {
    "css/app.css": "@import 'base.css'; p {font-family: text}",
    "css/base.css": "@import 'colours.css'; @font-face {font-family: text; src: url(../text.woff2)}",
    "css/colours.css": "p {color: rgb(1, 2, 3)}",
    "js/old.js": "globalThis.ran = [...(globalThis.ran ?? []), 'old']",
    "js/main.js": "import './near.js'; globalThis.ran = [...(globalThis.ran ?? []), 'main']",
    "js/near.js": "import './far.js'; globalThis.ran = [...(globalThis.ran ?? []), 'near']",
    "js/far.js": "export {}; globalThis.ran = [...(globalThis.ran ?? []), 'far']",
    "js/bare.js": "import 'near'",
}
MODULES = {"js/main.js", "js/near.js", "js/far.js"}
OTHERS = {"css/app.css", "css/base.css", "css/colours.css", "js/old.js", "text.woff2"}


class Site:
    """The site, served over TLS: ``page(name)`` opens a page in a browser that knows nothing of it."""

    def __init__(self, address: str, chromium: Any, paths: dict[str, str]) -> None:
        self.address = address
        self._chromium = chromium
        self._paths = {f"{address}static/{name}": path for path, name in paths.items()}

    def page(self, name: str) -> Visit:
        visit = Visit(self._chromium.new_context().new_page())
        visit.page.goto(self.address + name, wait_until="networkidle")
        return visit

    def paths_of(self, urls: list[str]) -> list[str]:
        return sorted(self._paths[url] for url in urls)


def certified(folder: Path) -> tuple[str, str]:
    """Return the options by which hypercorn has a certificate, and that by which Chromium believes it.

    Without belief nothing would be cached.
    """
    key, certificate = folder / "key.pem", folder / "cert.pem"
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=127.0.0.1"
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made.split(), *files], capture_output=True, check=True)
    shown = ["openssl", "pkey", "-in", str(key), "-pubout", "-outform", "der"]
    public = sha256(subprocess.run(shown, capture_output=True, check=True).stdout).digest()
    trust = f"--ignore-certificate-errors-spki-list={b64encode(public).decode()}"
    return f"--certfile={certificate} --keyfile={key}", trust


def published(folder: Path) -> Path:
    write(folder / "static", {**FILES, "text.woff2": FONT.read_bytes()})
    collect = "from django.core.management import call_command as call; call('collectstatic', verbosity=0)"
    subprocess.run(
        [sys.executable, "-c", f"import {HINTED}; {collect}"],
        cwd=TESTS.parent,
        env={**os.environ, "STATOR_TEST_ROOT": str(folder / "root")},
        check=True,
    )
    return folder / "root"


@pytest.fixture(scope="module")
def serve(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Site]]:
    with ExitStack() as stack:
        options, trust = certified(tmp_path_factory.mktemp("certificate"))
        chromium = browser.browser_type.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", trust]
        )
        stack.callback(chromium.close)

        def serve(root: Path) -> Site:
            server = stack.enter_context(started("hypercorn", root, HINTED, options))
            paths = manifest_text.from_json((root / NAME).read_bytes()).paths
            return Site("https://{}:{}/".format(*server.address), chromium, dict(paths))

        yield serve


@pytest.fixture(scope="module")
def site(serve: Callable[[Path], Site], tmp_path_factory: pytest.TempPathFactory) -> Site:
    return serve(published(tmp_path_factory.mktemp("hinted")))


@pytest.fixture(scope="module")
def visits(site: Site) -> dict[str, tuple[Visit, Visit]]:
    """The first two visits to each page."""
    visited = {name: (site.page(name), site.page(name)) for name in ("plain", "mapped")}
    visited["mapped"][1].page.wait_for_timeout(LONG_ENOUGH)
    return visited


@pytest.mark.parametrize(
    ("name", "modules", "early"),
    [("plain", MODULES, OTHERS | MODULES), ("mapped", MODULES | {"js/bare.js"}, OTHERS)],
)
def test_all_is_fetched_once_and_the_second_time_before_the_page(
    site: Site, visits: dict[str, tuple[Visit, Visit]], name: str, modules: set[str], early: set[str]
) -> None:
    first, second = visits[name]
    for visit in (first, second):
        assert visit.complaints == []
        assert site.paths_of([response.url for response in visit.static()]) == sorted(modules | OTHERS)
        assert visit.page.evaluate("globalThis.ran.toSorted()") == ["far", "main", "near", "old"]
        assert visit.page.evaluate(FONTS) == ["loaded"]
        assert visit.page.evaluate("getComputedStyle(document.querySelector('p')).color") == "rgb(1, 2, 3)"
    assert first.page.evaluate(EARLY) == []
    assert site.paths_of(second.page.evaluate(EARLY)) == sorted(early)


def test_what_is_fetched_early_is_checked_all_the_same(serve: Callable[[Path], Site], tmp_path: Path) -> None:
    root = published(tmp_path)
    near = root / manifest_text.from_json((root / NAME).read_bytes()).paths["js/near.js"]
    near.write_bytes(near.read_bytes().replace(b"'near'", b"'evil'"))
    site = serve(root)
    for name in ("plain", "plain", "mapped"):
        visit = site.page(name)
        assert visit.page.evaluate("globalThis.ran") == ["old"]
        assert any("integrity" in complaint for complaint in visit.complaints)
