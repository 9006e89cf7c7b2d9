"""What a minified file may not do, with what it may beside it."""

from __future__ import annotations

import re

import pytest

from stator.minify.guard import NOT_SMALLER, drops_source_map, guard

LONG = b" " * 500
MAP = b"//# sourceMappingURL=a.js.map\n"
REFUSED = {
    "as long": ("a.css", b"a{}", b"b{}", NOT_SMALLER),
    "longer": ("a.txt", b"a", b"ab", NOT_SMALLER),
    "lost import": ("a.js", LONG + b"import './b.js'", b"", "it would lose the reference import './b.js'"),
    "lost url": ("a.css", LONG + b"a{b:url(c.png)}", b"a{}", "it would lose the reference url() 'c.png'"),
    "other url": ("a.css", LONG + b"a{b:url('c  d')}", b"a{b:url('cd')}", "lose the reference url() 'c  d'"),
    "gained": ("a.js", LONG + b"import(x+'y')", b"import('xy')", "it would gain the reference import() 'xy'"),
    "other kind": (
        "a.js",
        LONG + b"import './b.js'",
        b"import('./b.js')",
        "lose the reference import './b.js'",
    ),
    "map that stays": ("a.js", LONG + MAP, MAP, "it would keep a source map of other content"),
    "broken JSON": ("a.json", b"[1, 2]", b"[1,]", "it is not JSON"),
    "broken manifest": ("a.webmanifest", b"[1, 2]", b"[1,]", "it is not JSON"),
}
ALLOWED = {
    "same references": ("a.css", LONG + b"a{b:url( c.png )}", b"a{b:url(c.png)}"),
    "one of two equal references": ("a.js", LONG + b"import './b.js';import './b.js'", b"import './b.js'"),
    "other quotes": ("a.js", LONG + b"import './b.js'", b'import"./b.js"'),
    "other order": ("a.js", LONG + b"import 'a';import 'b'", b"import 'b';import 'a'"),
    "lost map": ("a.js", b"let a;\n" + MAP, b"let a;"),
    "JSON": ("a.json", b"[1, 2]", b"[1,2]"),
    "a language without references": ("a.svg", b"<a />", b"<a/>"),
}


@pytest.mark.parametrize(("path", "before", "after", "reason"), REFUSED.values(), ids=REFUSED)
def test_refuses(path: str, before: bytes, after: bytes, reason: str) -> None:
    assert reason in guard(path, before, after)


@pytest.mark.parametrize(("path", "before", "after"), ALLOWED.values(), ids=ALLOWED)
def test_allows(path: str, before: bytes, after: bytes) -> None:
    assert guard(path, before, after) == ""


def test_reasons_can_follow_the_words_of_a_finding() -> None:
    for path, before, after, _ in REFUSED.values():
        assert re.match(r"it would |what would come out ", guard(path, before, after))


@pytest.mark.parametrize(
    ("path", "before", "after", "drops"),
    [
        ("a.js", b"let a;\n" + MAP, b"let a;", True),
        ("a.css", b"a{}/*# sourceMappingURL=a.css.map */", b"a{}", True),
        ("a.js", b"let a;\n" + MAP, MAP, False),
        ("a.js", b"let a = 1;\n", b"let a=1;", False),
        ("a.js", b"let a = 'sourceMappingURL=x'", b"let a", False),
        ("a.json", b"[1, 2]", b"[1,2]", False),
    ],
)
def test_tells_of_a_source_map_that_is_dropped(path: str, before: bytes, after: bytes, drops: bool) -> None:
    assert drops_source_map(path, before, after) is drops
