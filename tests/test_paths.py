from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.errors import UnsafePath
from stator.paths import digested_path, join_relative, logical_path, parse_digested

DIGEST = "3f2a9c1b7d5e"

segments = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1, max_size=20
)
valid_paths = st.lists(segments.filter(lambda one: one not in {".", ".."}), min_size=1, max_size=4).map(
    "/".join
)


@pytest.mark.parametrize(
    "path", ["a", "css/app.css", "a b/ü.svg", "x/...", "%2F.txt", "a;b", ".well-known/x"]
)
def test_valid(path: str) -> None:
    assert logical_path(path) == path


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "empty"),
        ("/etc/passwd", "empty"),
        ("a//b", "empty"),
        ("a/", "empty"),
        ("./a", "'.'"),
        ("a/../b", "'..'"),
        ("..", "'..'"),
        ("a\\b", "backslash"),
        ("a\0b", "control"),
        ("a\nb", "control"),
        ("a\udcff", "UTF-8"),
        ("x" * 243, "more than 242 bytes"),
        ("ü" * 122, "more than 242 bytes"),
    ],
)
def test_unsafe(path: str, why: str) -> None:
    with pytest.raises(UnsafePath, match=why):
        logical_path(path)


@pytest.mark.parametrize(
    ("path", "digested"),
    [
        ("css/app.css", f"css/app.{DIGEST}.css"),
        ("app.min.js", f"app.min.{DIGEST}.js"),
        ("app.css.map", f"app.css.{DIGEST}.map"),
        ("LICENSE", f"LICENSE.{DIGEST}"),
        ("v1.2/LICENSE", f"v1.2/LICENSE.{DIGEST}"),
        (".well-known/x", f".well-known/x.{DIGEST}"),
        (".htaccess", f".htaccess.{DIGEST}"),
        ("a.", f"a.{DIGEST}."),
        (f"x.{DIGEST}", f"x.{DIGEST}.{DIGEST}"),
    ],
)
def test_digested_path_and_back(path: str, digested: str) -> None:
    assert digested_path(path, DIGEST) == digested
    assert parse_digested(digested) == (path, DIGEST)


@given(valid_paths)
def test_every_digested_path_is_read_back(path: str) -> None:
    assert parse_digested(digested_path(path, DIGEST)) == (path, DIGEST)


@pytest.mark.parametrize(
    "name",
    [
        "app.css",
        "app.3f2a9c1b.css",
        "app-3f2a9c1b7d5e.css",
        "app.3F2A9C1B7D5E.css",
        DIGEST,
        f"a/{DIGEST}.css",
    ],
)
def test_names_that_carry_no_digest_of_ours(name: str) -> None:
    assert parse_digested(name) is None


@pytest.mark.parametrize(
    ("base", "relative", "joined"),
    [
        ("css/app.css", "a.png", "css/a.png"),
        ("css/app.css", "./a.png", "css/a.png"),
        ("css/app.css", "../img/a.png", "img/a.png"),
        ("css/app.css", "x/../../img/a.png", "img/a.png"),
        ("app.css", "img/a.png", "img/a.png"),
        ("app.css", "../a.png", None),
        ("css/app.css", "../../css/a.png", None),
        ("css/app.css", "../../../../etc/passwd", None),
        ("css/app.css", "..", ""),
        ("css/app.css", ".", "css"),
        ("a/b/c.js", "./d/", "a/b/d"),
    ],
)
def test_join_relative(base: str, relative: str, joined: str | None) -> None:
    assert join_relative(base, relative) == joined
