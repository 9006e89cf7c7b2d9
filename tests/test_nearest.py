from __future__ import annotations

import pytest

from stator.nearest import Names

NAMES = ["app/css/site.css", "app/img/logo.png", "other/img/logo.png", "app/js/main.js", "Readme.txt"]


@pytest.mark.parametrize(("asked", "meant"), [
    ("app/img/logo.PNG", "app/img/logo.png"),
    ("readme.TXT", "Readme.txt"),
    ("app/images/logo.png", "app/img/logo.png"),
    ("app/css/stie.css", "app/css/site.css"),
    ("img/logo.png", "app/img/logo.png"),
    ("app/js/Main.js", "app/js/main.js"),
    ("app/js/main", "app/js/main.js"),
    ("nothing/like/it", None),
    ("", None),
])  # fmt: skip
def test_nearest(asked: str, meant: str | None) -> None:
    assert Names(NAMES).nearest(asked) == meant


def test_other_case_is_no_other_spelling() -> None:
    assert Names(NAMES).other_case("app/css/site.css") is None
    assert Names(NAMES).other_case("app/css/sitf.css") is None


def test_among_many_names_the_same_folder_counts() -> None:
    names = Names([f"many/{number}.js" for number in range(5000)] + ["few/main.js"])
    assert names.nearest("few/mian.js") == "few/main.js"
