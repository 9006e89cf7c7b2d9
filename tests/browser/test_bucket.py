"""Fonts and modules from a bucket of another origin, in Chromium: refused without rules, used with them."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from stator.publish.bucket.cors import apply
from stator.setting.destination import destination_rules
from tests.stores import Object, Store, seaweedfs

pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.needs("seaweedfs"),
    pytest.mark.other_programs,
]

MODULE = b'import {name} from "./name.js"; document.title = name;'
PAGE = """<!doctype html><title>nothing</title>
<link rel="icon" href="data:,">
<style>@font-face {{ font-family: F; src: url("{at}/font.woff2"); }} p {{ font-family: F; }}</style>
<p>text</p>
<script type="module" crossorigin integrity="{integrity}" src="{at}/app.js"></script>"""


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with seaweedfs() as bucket:
        store = bucket()
        store.objects.put("app.js", Object(MODULE, "text/javascript"))
        store.objects.put("name.js", Object(b'export const name = "loaded";', "text/javascript"))
        store.objects.put("font.woff2", Object(b"no font, but fetched", "font/woff2"))
        yield store


@pytest.fixture
def page_url(store: Store) -> Iterator[str]:
    digest = base64.b64encode(hashlib.sha256(MODULE).digest()).decode()
    page = PAGE.format(at=store.address, integrity=f"sha256-{digest}").encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def visit(browser: Any, url: str) -> tuple[str, list[str], list[str]]:
    """Return the title, what the console has said, and the files of the bucket that were used."""
    page = browser.new_page()
    said: list[str] = []
    used: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfinished", lambda request: used.append(request.url.rpartition("/")[2]))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    title = page.title()
    page.close()
    return title, said, used


def test_the_rules_are_what_makes_them_usable(browser: Any, store: Store, page_url: str) -> None:
    rules = destination_rules("DESTINATION", store.options)

    title, said, _ = visit(browser, page_url)
    assert title == "nothing"
    assert any("CORS policy" in line for line in said)

    assert apply(rules, ["*"], {})
    title, said, used = visit(browser, page_url)
    assert title == "loaded"
    assert {"app.js", "name.js", "font.woff2"} <= set(used)
    assert not any("CORS policy" in line for line in said)

    assert not apply(rules, ["*"], {})  # it has them


def test_another_origin_than_the_one_that_may(browser: Any, store: Store, page_url: str) -> None:
    rules = destination_rules("DESTINATION", store.options)
    apply(rules, ["https://www.example.com"], {})
    assert visit(browser, page_url)[0] == "nothing"
    apply(rules, [page_url.rstrip("/")], {})
    assert visit(browser, page_url)[0] == "loaded"
