"""Visitors notice what they are there for, and nothing else."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from itertools import repeat
from urllib.parse import urlsplit

import pytest

from tests.publish.purge.listening import Asked, Reply, listening
from tests.rolling.visitors import Visitors, page_of, references

MODULE = b'import "./b.js";'
DIGESTED = "a.0123456789ab.js"


def visited(**files: Reply | Sequence[Reply]) -> tuple[list[str], int]:
    """Return the kinds of what two visits find wrong, and how many were harmed.

    The page loads ``a``, a module with a digest and an integrity, and that loads ``b``. A file has one answer
    for all, or one for each time.
    """
    answers = {"page": Reply(), "a": Reply(MODULE), "b": Reply(b"1"), **files}
    coming = {name: repeat(one) if isinstance(one, Reply) else iter(one) for name, one in answers.items()}
    asked_for = {"/": "page", f"/{DIGESTED}": "a", "/b.js": "b"}
    pages = 0

    def answer(asked: Asked) -> Reply:
        nonlocal pages
        reply = next(coming[asked_for[asked.target]])
        if asked.target != "/":
            return reply
        pages += reply == Reply()
        if pages == 2 or reply == files.get("page"):
            visitors.leave()
        return reply._replace(body=page(listener.origin))

    with listening(answer) as listener:
        place = urlsplit(listener.origin)
        visitors = Visitors(lambda: [("127.0.0.1", place.port or 0)], 0, 1)
        asyncio.run(visitors.visit(1))
    return [problem.kind for problem in visitors.problems], visitors.harmed


def page(origin: str) -> bytes:
    integrity = {f"{origin}/{DIGESTED}": "sha256-" + b64encode(hashlib.sha256(MODULE).digest()).decode()}
    imports = json.dumps({"integrity": integrity})
    return (
        f'<meta name="release" content="1"><script type="importmap">{imports}</script>'
        f'<script src="{origin}/{DIGESTED}"></script>'
    ).encode()


GZIPPED = Reply(gzip.compress(MODULE), fields={"Content-Encoding": "gzip"})


CASES: Mapping[str, tuple[Mapping[str, Reply | Sequence[Reply]], tuple[list[str], int]]] = {
    "nothing": ({}, ([], 0)),
    "nothing, coded": ({"a": GZIPPED}, ([], 0)),
    "nothing, under a plain name": ({"b": [Reply(b"1"), Reply(b"2")]}, ([], 0)),
    "nothing, at a second server": ({"page": [Reply(status=500), Reply(), Reply()]}, ([], 0)),
    "nothing, after half a page": ({"page": [Reply(cut=True), Reply(), Reply()]}, ([], 0)),
    "missing": ({"b": Reply(status=404)}, (["missing", "missing"], 2)),
    "missing, for one": ({"b": [Reply(), Reply(status=404)]}, (["missing"], 1)),
    "refused": ({"b": Reply(status=503)}, (["refused", "refused"], 2)),
    "other bytes": ({"a": [Reply(MODULE), Reply(b"other")]}, (["altered", "changed"], 1)),
    "half of it": ({"a": [Reply(MODULE), Reply(MODULE, cut=True)]}, (["refused"], 1)),
    "what cannot be decoded": ({"a": [GZIPPED, GZIPPED._replace(body=b"?")]}, (["altered"], 1)),
    "no page": ({"page": Reply(status=500)}, (["page"], 0)),
}


@pytest.mark.parametrize(("files", "wanted"), CASES.values(), ids=CASES)
def test_what_is_wrong(files: Mapping[str, Reply | Sequence[Reply]], wanted: tuple[list[str], int]) -> None:
    assert visited(**files) == wanted


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("a.js", 'import "./b.js";\nsay("c.js");', ["http://x/s/b.js"]),
        ("a.css", '@import "b.css";a{background:url("../c.svg")}', ["http://x/s/b.css", "http://x/c.svg"]),
        ("a.css", "@import'b.css';a{background:url(c.svg)}", ["http://x/s/b.css", "http://x/s/c.svg"]),
        ("a.css", '@import url("b.css");', ["http://x/s/b.css"]),
        ("a.svg", '<a href="b.svg"/>', []),
    ],
)
def test_what_a_file_refers_to(name: str, text: str, wanted: list[str]) -> None:
    assert list(references(f"http://x/s/{name}", text)) == wanted


def test_what_a_page_says() -> None:
    said = page_of(page("http://x").decode())
    assert (said.release, said.references, list(said.integrity)) == (
        "1",
        [f"http://x/{DIGESTED}"],
        [f"http://x/{DIGESTED}"],
    )
