"""The page as text: what fills it, what it allows, and names that try to be more than text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from stator import report as room
from stator.report.page import MARK, SCRIPTS, data, render

FOLDER = Path(room.__file__).parent
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"><img src=x onerror=alert(1)>'",
    "@@script@@",
    "\u202egnp.exe\u2066",
    "\u2028\u2029\x7f\x1b[31m",
    "ä" * 300,
    "\\u003c\\",
]


class Read(HTMLParser):
    """A page as a browser takes it apart: its elements, and the text in some of them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.elements: list[tuple[str, Mapping[str, str | None]]] = []
        self.texts: dict[tuple[str, str | None], str] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] in {"script", "style"}:
            tag, attributes = self.elements[-1]
            key = (tag, attributes.get("type"))
            self.texts[key] = self.texts.get(key, "") + data

    def handle_endtag(self, tag: str) -> None:
        self.elements.append((f"/{tag}", {}))


def report(*paths: str) -> dict[str, Any]:
    return {"format": 1, "site": "library", "files": {"paths": list(paths)}}


def test_data_comes_back_as_it_was() -> None:
    told = Read(render(report(*HOSTILE))).texts["script", "application/json"]
    assert json.loads(told) == report(*HOSTILE)


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_no_name_becomes_markup(name: str) -> None:
    plain, hostile = Read(render(report("app.css"))), Read(render(report(name)))
    assert hostile.elements == plain.elements


@pytest.mark.parametrize(
    ("element", "directive"), [(("style", None), "style-src"), (("script", "module"), "script-src")]
)
def test_the_policy_allows_what_is_in_the_page_and_nothing_else(
    element: tuple[str, str | None], directive: str
) -> None:
    read = Read(render(report("app.css")))
    [policy] = [
        found["content"] or "" for tag, found in read.elements if tag == "meta" and "http-equiv" in found
    ]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    sha256 = base64.b64encode(hashlib.sha256(read.texts[element].encode()).digest()).decode()
    assert rules[directive] == f"'sha256-{sha256}'"
    assert rules["default-src"] == "'none'"


@pytest.mark.parametrize("name", ["page.css", *SCRIPTS])
def test_style_and_scripts_may_stand_in_a_page(name: str) -> None:
    text = FOLDER.joinpath(name).read_text("utf-8")
    assert not re.search(r"</s(cript|tyle)|<!--|@@|\r", text, re.IGNORECASE)


def test_all_scripts_are_in_the_page() -> None:
    there = {str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*.js")}
    assert set(SCRIPTS) == there


def test_equal_reports_are_equal_pages() -> None:
    assert render(report("app.css")) == render(report("app.css"))


def test_a_page_says_early_that_it_is_a_report() -> None:
    assert MARK in render(report("app.css"))[:4096]


def test_data_is_short() -> None:
    assert data({"a": [1, 2], "b": "ü<"}) == '{"a":[1,2],"b":"ü\\u003c"}'
