from __future__ import annotations

import json

import pytest

from stator.findings import Finding, How, Level, Mend, Place, Places, as_json, as_text, ordered


@pytest.mark.parametrize(
    ("content", "start", "line", "column", "text"),
    [
        (b"abc", 1, 1, 2, "abc"),
        (b"a\nbcd\ne", 3, 2, 2, "bcd"),
        (b"a\r\nbcd\r\ne", 4, 2, 2, "bcd"),
        (b"a\rbcd\re", 3, 2, 2, "bcd"),
        ("ä\nüöx".encode(), 7, 2, 3, "üöx"),
        (b"\xff\nx\xfey", 4, 2, 3, "x\ufffdy"),
        (b"", 0, 1, 1, ""),
        (b"a\n", 2, 2, 1, ""),
    ],
)
def test_places_count_lines_and_characters(
    content: bytes, start: int, line: int, column: int, text: str
) -> None:
    place = Places("f", content).at(start, start)
    assert (place.line, place.column, place.excerpt) == (line, column, text)


def finding(place: Place, hint: str = "") -> Finding:
    return Finding("an-id", Level.ERROR, "it is so", place, hint)


def test_text_is_a_compilers_message() -> None:
    content = b"a {\n    background: url(img/x.png);\n}\n"
    start = content.index(b"img")
    text = as_text(finding(Places("/site/app/a.css", content).at(start, start + 9), "Do this."), "/site")
    assert text == (
        "app/a.css:2:21: error: it is so [an-id]\n"
        "    background: url(img/x.png);\n"
        "                    ^~~~~~~~~\n"
        "    hint: Do this."
    ).replace("                    ^", "                    ^")


def test_text_of_a_minified_line_shows_the_part_that_matters() -> None:
    content = b"a{}" * 5000 + b"b{c:url(x.png)}" + b"d{}" * 5000
    start = content.index(b"x.png")
    _, line, marker = as_text(finding(Places("a.css", content).at(start, start + 5))).splitlines()
    assert len(line) < 110
    assert line[marker.index("^") :].startswith("x.png")


def test_text_without_a_line_is_one_line() -> None:
    assert as_text(finding(Place("a.css"))) == "a.css: error: it is so [an-id]"


def test_text_shows_no_control_characters() -> None:
    place = Places("a.css", b"\x1b[31m\x07x").at(6, 7)
    assert "\x1b" not in as_text(finding(place))
    assert "\x07" not in as_text(finding(place))


@pytest.mark.parametrize(
    ("mend", "told"),
    [
        (Mend(How.REPLACE, "img/x.png"), "    write: img/x.png"),
        (Mend(How.RUN, "git rm --cached x"), "    run: git rm --cached x"),
        (Mend(How.PASTE, "A = [\n    1,\n\n]"), "    paste:\n        A = [\n            1,\n\n        ]"),
    ],
)
def test_text_ends_with_what_to_do_to_the_letter(mend: Mend, told: str) -> None:
    text = as_text(finding(Place("a.css"), "Do this.")._replace(mend=mend))
    assert text == f"a.css: error: it is so [an-id]\n    hint: Do this.\n{told}"
    assert as_json(finding(Place("a.css"))._replace(mend=mend))["mend"] == {
        "how": mend.how.value,
        "text": mend.text,
    }


def test_nothing_in_a_text_steers_the_terminal() -> None:
    told = as_text(
        Finding("id", Level.ERROR, "\x1b[31m", Place("a\nb\udcff"), "\x07", mend=Mend(How.RUN, "rm \x1b"))
    )
    assert told == ("a\\nb\\udcff: error: \\x1b[31m [id]\n    hint: \\x07\n    run: rm \\x1b")


def test_json_can_be_written() -> None:
    place = Places("a.css", b"\xff url(x)").at(6, 7)
    assert json.loads(json.dumps(as_json(finding(place))))["column"] == 7


def test_order_is_by_place_and_each_is_told_once() -> None:
    first, second = finding(Place("a", 2)), finding(Place("a", 10))
    assert ordered([second, first, second]) == (first, second)
