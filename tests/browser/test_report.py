"""The report of the example site, held against what Chromium asks for on its pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any
from urllib.parse import unquote

import pytest

from tests.browser.example import Example
from tests.browser.visit import Visit

pytestmark = [pytest.mark.other_programs, pytest.mark.needs("chromium")]

PAGES = [
    ("/", "catalogue/book_list.html"),
    ("/books/1/", "catalogue/book_detail.html"),
    ("/desk/", "desk/dashboard.html"),
    pytest.param("/planner/", "visit/planner.html", marks=pytest.mark.needs("node")),
    ("/api/", "rest_framework/api.html"),
]
PARTS = ("asks", "loads", "later")
BY_TAGS = {"django_htmx/htmx-2.min.js"}  # by a tag of a package, of which templates say nothing


@pytest.fixture(scope="module")
def report(example: Example) -> Any:
    command = [sys.executable, "manage.py", "stator", "report", "--format", "json", "-o", "-"]
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "library.settings"}
    done = subprocess.run(command, cwd=example.folder, env=environ, check=True, capture_output=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize(("path", "template"), PAGES)
def test_what_a_page_asks_for_is_told(
    example: Example, browser: Any, report: Any, path: str, template: str
) -> None:
    context = browser.new_context()
    visit = Visit(context.new_page())
    visit.page.goto(f"http://{example.host}{path}", wait_until="networkidle")
    urls = [response.url.partition("/static/")[2].partition("?")[0] for response in visit.static()]
    context.close()
    [page] = [page for page in report["pages"] if page["name"] == template]
    paths = dict(zip(report["files"]["names"], report["files"]["paths"], strict=True))
    asked = {paths[unquote(url)] for url in urls} - BY_TAGS
    named, loaded, later = ({report["files"]["paths"][file] for file in page[part]} for part in PARTS)
    assert asked <= named | loaded | later
    assert asked & named
