from __future__ import annotations

import pytest

from stator.diagnose.scan.pieces import Template
from stator.manifest import Content, Row
from stator.report.pages import Page
from stator.report.visits import first_visit, return_visit

ROWS = {
    "app.css": Row("app.2.css", Content(100, b"new", (("br", 40), ("gzip", 50)))),
    "font.woff2": Row("font.1.woff2", Content(30, b"font")),
    "lib.js": Row("lib.1.js", Content(7, b"lib")),
}
BEFORE = {
    "app.css": Row("app.1.css", Content(90, b"old")),
    "fonts/old.woff2": Row("font.1.woff2", Content(30, b"font")),
    "lib.js": Row("lib.1.js", Content(7, b"lib")),
}


def page(*asks: str, plain: tuple[str, ...] = (), loads: tuple[str, ...] = ()) -> Page:
    return Page(Template("x.html", "django", "x.html"), asks, frozenset(plain), loads, later=("lib.js",))


@pytest.mark.parametrize(
    ("visited", "first", "again"),
    [
        (page(), (0, 0), (0, 0)),
        (page("app.css"), (1, 40), (1, 40)),
        (page("lib.js"), (1, 7), (0, 0)),
        (page("font.woff2"), (1, 30), (0, 0)),
        (page("app.css", loads=("font.woff2", "lib.js")), (3, 77), (1, 40)),
        (page("lib.js", plain=("lib.js",)), (1, 7), (1, 0)),
        (page("app.css", plain=("app.css",)), (1, 40), (1, 40)),
        (page("app.css", "lib.js", plain=("lib.js",)), (2, 47), (2, 40)),
    ],
    ids=[
        "nothing",
        "changed",
        "as before",
        "under another path before",
        "what is loaded counts, what may come later does not",
        "a plain name as before is asked for again",
        "a plain name that changed comes again",
        "both",
    ],
)
def test_what_visits_cost(visited: Page, first: tuple[int, int], again: tuple[int, int]) -> None:
    names = {row.name for row in BEFORE.values()}
    assert first_visit(visited, ROWS) == first
    assert return_visit(visited, ROWS, BEFORE, names) == again
