"""What is told of an entry is all that a page needs to start it."""

from __future__ import annotations

import mimetypes
from typing import Any

import pytest

from stator.build import Build
from stator.frontend import Entry
from tests.sites import content_of, names_of
from tests.toolchains import BUNDLERS, Output, collected

pytestmark = [
    pytest.mark.needs("toolchains"),
    pytest.mark.needs("chromium"),
    pytest.mark.other_programs,
]

SITE = "http://localhost/"
STATIC = f"{SITE}static/"
BODY = "<link rel=icon href=data:,><body class='shelf lazy'><button id=open>Open</button>"


def visit(browser: Any, finished: Build, html: str) -> tuple[Any, list[str]]:
    """Return a page of this text, and the list of what goes wrong in it."""
    page, wrong = browser.new_page(), []
    published = {name: path for path, name in names_of(finished).items()}

    def answer(route: Any) -> None:
        name = route.request.url.removeprefix(STATIC)
        if name == SITE:
            route.fulfill(body=html, content_type="text/html")
        elif name in published:
            content_type = mimetypes.guess_type(name)[0]
            route.fulfill(body=content_of(finished, published[name]), content_type=content_type)
        else:
            wrong.append(route.request.url)
            route.abort()

    page.route("**", answer)
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(SITE)
    return page, wrong


def page_of(finished: Build, entry: Entry) -> str:
    kind = "type=module" if entry.module else "defer"
    return "".join([
        *(f"<link rel=stylesheet href='{url(finished, path)}'>" for path in entry.styles),
        *(f"<link rel=modulepreload href='{url(finished, path)}'>" for path in entry.preloads),
        BODY,
        *(f"<script {kind} src='{url(finished, path)}'></script>" for path in entry.scripts),
    ])  # fmt: skip


def page_without_modules(finished: Build, entry: Entry) -> str:
    *before, last = (url(finished, path) for path in entry.legacy)
    scripts = "".join(f"<script src='{one}'></script>" for one in before)
    return f"{BODY}{scripts}<script>System.import('{last}')</script>"


def url(finished: Build, path: str) -> str:
    return f"{STATIC}{finished.artifacts[path].name}"


def opens(page: Any) -> bool:
    """Say whether the page loads its chunk when it is asked to, with all style sheets."""
    page.click("#open")
    page.wait_for_function("document.body.innerText.includes('opened')")
    style = page.evaluate("(({display, color}) => [display, color])(getComputedStyle(document.body))")
    return bool(style == ["grid", "rgb(0, 128, 128)"])


@pytest.mark.parametrize("name", BUNDLERS)
def test_an_entry_starts_and_loads_its_chunks(output: Output, browser: Any, name: str) -> None:
    finished = collected(output(name))
    entry = finished.frontends["shop"].entries["src/main.js"]
    page, wrong = visit(browser, finished, page_of(finished, entry))
    assert opens(page)
    assert wrong == []


def test_legacy_scripts_start_an_entry_without_modules(output: Output, browser: Any) -> None:
    finished = collected(output("vite"))
    entry = finished.frontends["shop"].entries["src/main.js"]
    page, wrong = visit(browser, finished, page_without_modules(finished, entry))
    assert opens(page)
    assert wrong == []


@pytest.mark.parametrize("name", [name for name in BUNDLERS if name != "esbuild"])  # it bundles no workers
def test_workers_and_images_are_found(output: Output, browser: Any, name: str) -> None:
    finished = collected(output(name))
    entry = finished.frontends["shop"].entries["src/search.js"]
    page, wrong = visit(browser, finished, page_of(finished, entry))
    page.wait_for_function("document.images[0]?.naturalWidth === 44")
    assert "5" in page.inner_text("body")
    assert wrong == []
