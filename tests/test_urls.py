from __future__ import annotations

import pytest

from stator.urls import (
    Meaning,
    leading_to,
    path_and_suffix,
    quoted,
    target_of,
    with_base_name,
    without_escapes,
)

BASE = "css/app.css"


@pytest.mark.parametrize(
    ("specifier", "path"),
    [
        ("a.png", "css/a.png"),
        (" a.png ", "css/a.png"),
        ("../img/a.png?v=1#x", "img/a.png"),
        ("font.eot?#iefix", "css/font.eot"),
        ("a%20b.png", "css/a b.png"),
        ("%C3%BC.png", "css/ü.png"),
        ("/static/img/a.png", "img/a.png"),
        ("sprite.svg#path/to/../x", "css/sprite.svg"),
    ],
)
def test_files(specifier: str, path: str) -> None:
    assert target_of(specifier, BASE, "/static/") == (Meaning.FILE, path)


CDN = "https://cdn.example.com/static/"


@pytest.mark.parametrize(
    ("static_url", "root"),
    [
        (CDN, CDN),
        (CDN, "//cdn.example.com/static/"),
        (CDN, "/static/"),
        ("//cdn.example.com/static/", "//cdn.example.com/static/"),
        ("//cdn.example.com/static/", "/static/"),
    ],
)
def test_files_below_a_host_in_all_ways_to_write_it(static_url: str, root: str) -> None:
    assert target_of(f"{root}img/a.png", BASE, static_url) == (Meaning.FILE, "img/a.png")


@pytest.mark.parametrize(
    ("specifier", "static_url"),
    [
        ("/media/a.png", CDN),
        ("//other.example.com/static/a.png", CDN),
        ("https://other.example.com/static/a.png", CDN),
        ("//cdn.example.com/static/a.png", "/static/"),
        ("//a.example/b.png", "https://cdn.example.com/"),
        ("//a.example/b.png", "/"),
    ],
)
def test_other_hosts_are_elsewhere(specifier: str, static_url: str) -> None:
    assert target_of(specifier, BASE, static_url).meaning is Meaning.ELSEWHERE


@pytest.mark.parametrize(
    "specifier",
    [
        "",
        "#id",
        "?x",
        "https://a.b/c.png",
        "//cdn/x.png",
        "data:,x",
        "about:blank",
        "/media/x.png",
        "MAILTO:x",
        "/",
    ],
)
def test_elsewhere(specifier: str) -> None:
    assert target_of(specifier, BASE, "/static/").meaning is Meaning.ELSEWHERE


@pytest.mark.parametrize(("specifier", "meaning"), [
    ("../../a.png", Meaning.OUTSIDE),
    ("/static/../../x", Meaning.OUTSIDE),
    ("../", Meaning.FOLDER),
    ("./", Meaning.FOLDER),
    (".", Meaning.FOLDER),
    ("img/", Meaning.FOLDER),
    ("/static/", Meaning.FOLDER),
])  # fmt: skip
def test_neither_file_nor_elsewhere(specifier: str, meaning: Meaning) -> None:
    assert target_of(specifier, BASE, "/static/").meaning is meaning


@pytest.mark.parametrize(("specifier", "meaning"), [
    ("react", Meaning.BARE),
    ("@scope/name", Meaning.BARE),
    ("util.js", Meaning.BARE),
    ("./util.js", Meaning.FILE),
    ("../util.js", Meaning.FILE),
    ("/static/util.js", Meaning.FILE),
    ("node:fs", Meaning.ELSEWHERE),
    ("#internal", Meaning.ELSEWHERE),
])  # fmt: skip
def test_modules_tell_bare_names_from_files(specifier: str, meaning: Meaning) -> None:
    assert target_of(specifier, "js/app.js", "/static/", module=True).meaning is meaning


@pytest.mark.parametrize(
    ("static_url", "specifier"),
    [
        ("https://cdn.example.com/static/", "https://cdn.example.com/static/img/a.png"),
        ("//cdn.example.com/", "//cdn.example.com/img/a.png"),
        ("/", "/img/a.png"),
    ],
)
def test_every_form_of_static_url(static_url: str, specifier: str) -> None:
    assert target_of(specifier, BASE, static_url) == (Meaning.FILE, "img/a.png")
    assert target_of("//elsewhere.com/img/a.png", BASE, static_url).meaning is Meaning.ELSEWHERE


@pytest.mark.parametrize(
    ("specifier", "path", "other", "written"),
    [
        ("../img/lgo.png", "img/lgo.png", "img/logo.png", "../img/logo.png"),
        ("a.png?v=1#x", "css/a.png", "img/a.png", "../img/a.png?v=1#x"),
        ("./utils", "css/utils", "css/utils.js", "./utils.js"),
        ("../x.js", "x.js", "css/deep/x.js", "./deep/x.js"),
        ("x.png", "css/x.png", "css/ü (1).png", "%C3%BC%20%281%29.png"),
        ("/static/img/lgo.png", "img/lgo.png", "img/logo.png", "/static/img/logo.png"),
        ("https://cdn.example.com/s/a.png#x", "a.png", "b/a.png", "https://cdn.example.com/s/b/a.png#x"),
        ("/static/a%20b.png", "a b.png", "b.png", "/static/b.png"),
    ],
)
def test_another_file_is_named_in_the_form_that_was_written(
    specifier: str, path: str, other: str, written: str
) -> None:
    assert leading_to(specifier, other, "css/app.css", path) == written


@pytest.mark.parametrize(
    ("specifier", "path", "written"),
    [
        ("a.png", "css/a.1.png", "a.1.png"),
        ("./a.png", "css/a.1.png", "./a.1.png"),
        ("../img/a.png?v=1#x", "img/a.1.png", "../img/a.1.png?v=1#x"),
        ("font.eot?#iefix", "css/font.1.eot", "font.1.eot?#iefix"),
        ("/static/x/a.png", "x/a.1.png", "/static/x/a.1.png"),
        ("a%20b.png", "a b.1.png", "a%20b.1.png"),
        ("it's (1).png", "it's (1).9.png", "it%27s%20%281%29.9.png"),
        ("ü.png", "ü.1.png", "%C3%BC.1.png"),
        ("../a.png?u=/x/y#/z", "a.1.png", "../a.1.png?u=/x/y#/z"),
    ],
)
def test_only_the_last_segment_changes(specifier: str, path: str, written: str) -> None:
    assert with_base_name(specifier, path) == written


def test_suffix_begins_at_the_first_mark() -> None:
    assert path_and_suffix("a?b#c") == ("a", "?b#c")
    assert path_and_suffix("a#b?c") == ("a", "#b?c")
    assert path_and_suffix("a") == ("a", "")


def test_quoting_leaves_nothing_that_could_end_a_string_or_a_url() -> None:
    every = "".join(map(chr, range(32, 127)))
    assert not set("\"'()\\ <>`{}|^") & set(quoted(every))
    assert not set("\"'()\\ <>`{}|^") & set(without_escapes(every))
    assert without_escapes("a%20b?x#y") == "a%20b?x#y"
