"""Status 103: what the last page at a path needed is told before the next one is made."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from stator.django import early_hints
from stator.django.early_hints import EARLY_HINT, EarlyHints
from stator.django.tags.hints import MODULE, Hint
from stator.django.tags.page import NEEDS

SHEET, MODULES = Hint("/static/a.css", "style"), Hint("/static/a.js", MODULE, "sha256-x")
LINKS = [
    b"</static/a.css>; rel=preload; as=style",
    b'</static/a.js>; rel=modulepreload; integrity="sha256-x"',
]
NAVIGATION = (b"sec-fetch-mode", b"navigate")
PAGE = [(b"Content-Type", b"text/html; charset=utf-8")]


class Site:
    """An application of which each answer is a page that needs a sheet and a module, or as it is told."""

    def __init__(self) -> None:
        self.status = 200
        self.headers = PAGE
        self.blocks = [b"<html>", b"</html>"]
        self.served = EarlyHints(self._answer)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        for hint in (SHEET, MODULES):
            scope[NEEDS].early[hint.url] = hint
        scope[NEEDS].take(SHEET)
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        for block in self.blocks:
            await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body"})

    def ask(self, path: str = "/", **others: Any) -> list[Any]:
        """Return the messages of an answer to a navigation on a server that can send early hints."""
        sent: list[Any] = []
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "headers": [NAVIGATION],
            "extensions": {EARLY_HINT: {}},
            **others,
        }

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.served(scope, None, send))  # type: ignore[arg-type]
        return sent

    def told(self, path: str = "/", **others: Any) -> list[bytes]:
        """Return what the second answer says early."""
        self.ask(path, **others)
        first = self.ask(path, **others)[0]
        return first["links"] if first["type"] == EARLY_HINT else []


def test_the_second_answer_says_early_what_the_first_needed() -> None:
    site = Site()
    assert site.ask()[0]["type"] == "http.response.start"
    first, second = site.ask()[:2]
    assert first == {"type": EARLY_HINT, "links": LINKS}
    assert second["type"] == "http.response.start"


def test_the_head_of_a_page_has_what_style_sheets_import_beside_what_was_there() -> None:
    site = Site()
    site.headers = [*PAGE, (b"link", b"</feed>; rel=alternate")]
    assert site.ask()[0]["headers"] == [*site.headers, (b"link", LINKS[0])]


def test_no_path_tells_of_another() -> None:
    site = Site()
    site.ask("/a")
    assert site.ask("/b")[0]["type"] != EARLY_HINT


def test_no_host_tells_of_another() -> None:
    site = Site()
    one, other = ([NAVIGATION, (b"host", host)] for host in (b"one.test", b"other.test"))
    site.ask(headers=one)
    assert site.ask(headers=other)[0]["type"] != EARLY_HINT
    assert site.ask(headers=one)[0]["type"] == EARLY_HINT


def test_a_path_that_only_takes_room_is_not_remembered() -> None:
    assert Site().told("/" + "x" * 2000) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"method": "HEAD"},
        {"method": "POST"},
        {"headers": []},
        {"headers": [(b"sec-fetch-mode", b"cors")]},
        {"extensions": {}},
        {"extensions": None},
    ],
)
def test_only_navigations_are_told_and_only_where_the_server_can(asked: dict[str, Any]) -> None:
    site = Site()
    site.ask()
    assert site.ask(**asked)[0]["type"] == "http.response.start"


@pytest.mark.parametrize(
    ("status", "headers"),
    [(404, PAGE), (302, PAGE), (200, [(b"content-type", b"application/json")]), (200, [])],
)
def test_what_is_no_page_any_more_is_forgotten(status: int, headers: list[tuple[bytes, bytes]]) -> None:
    site = Site()
    site.ask()
    site.status, site.headers = status, headers
    site.ask()
    assert site.ask()[0]["type"] == "http.response.start"


@pytest.mark.parametrize(
    ("blocks", "headers"),
    [
        ([b'<script type="importmap">'], []),
        ([b'<script type="impo', b'rtmap">'], []),
        ([b"i", b"m", b"p", b"o", b"r", b"t", b"m", b"a", b"p"], []),
        ([b"\x1f\x8b"], [(b"content-encoding", b"gzip")]),
    ],
)
def test_no_module_is_told_where_the_page_may_have_an_import_map(
    blocks: list[bytes], headers: list[tuple[bytes, bytes]]
) -> None:
    site = Site()
    site.blocks, site.headers = blocks, PAGE + headers
    assert site.told() == LINKS[:1]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early_hints, "MOST_PATHS", 2)
    site = Site()
    for path in ("/1", "/2", "/1", "/3"):
        site.ask(path)
    assert [site.ask(path)[0]["type"] == EARLY_HINT for path in ("/1", "/3")] == [True, True]
    assert site.ask("/2")[0]["type"] != EARLY_HINT
    monkeypatch.setattr(early_hints, "MOST_BYTES", len(LINKS[0]) + 1)
    assert site.told("/4") == LINKS[:1]


def test_other_connections_pass() -> None:
    assert Site().ask(type="websocket") == []
