"""What is said of names, in the project and in packages; ``tests/sites`` has a site for each id."""

from __future__ import annotations

from pathlib import Path

import pytest

from stator.config import Options
from stator.diagnose.check import run
from stator.diagnose.checks.requests import CHECKS, MISTAKES
from stator.diagnose.facts.project import Project
from stator.diagnose.missing import wanted
from stator.diagnose.scan.request import Kind, Request
from stator.findings import Finding, How, Level, Mend
from tests.diagnose.projects import project, request

FILES = {"css/app.css": "", "vendor/chart-3.7.1.js": "", "a/same.js": "", "b/same.js": ""}


def said(of: Project) -> list[Finding]:
    return list(run(CHECKS, of))


def told(folder: Path, *requests: Request) -> list[Finding]:
    return said(project(folder, FILES, *requests))


@pytest.mark.parametrize("name", [
    "css/app.css", "css/app.css#top", " css/app.css ", "css/%61pp.css", "", "css/", "nowhere/", "#top",
])  # fmt: skip
def test_silent_about_what_is_there_and_about_folders(tmp_path: Path, name: str) -> None:
    assert told(tmp_path, request(name)) == []


@pytest.mark.parametrize(("name", "id", "instead"), [
    ("css/App.css", "name-case", "css/app.css"),
    ("css/App.css#top", "name-case", "css/app.css#top"),
    ("/css/app.css?v=1", "name-leading-slash", "css/app.css?v=1"),
    ("vendor/chart-3.6.0.js", "other-version", "vendor/chart-3.7.1.js"),
    ("app.css", "name-misspelt", "css/app.css"),
    ("same.js", "name-misspelt", None),
    ("nobody/has-it.svg", "name-missing", None),
    ("../settings.txt", "name-missing", None),
    ("css/app.css?v=1", "name-with-query", "css/app.css"),
    ("css/app.css?v=1#top", "name-with-query", "css/app.css#top"),
    ("css\\app.css", "name-backslash", "css/app.css"),
])  # fmt: skip
def test_which_mistake_it_is_and_what_to_write(
    tmp_path: Path, name: str, id: str, instead: str | None
) -> None:
    (finding,) = told(tmp_path, request(name))
    assert finding.id == id
    assert finding.mend == (Mend(How.REPLACE, instead) if instead else None)
    assert finding.place.column == 1
    assert finding.hint


def test_of_a_package_at_most_a_warning(tmp_path: Path) -> None:
    mine, theirs = told(tmp_path, request("css/App.css"), request("css/App.css", package=True))
    assert (mine.level, mine.package) == (Level.ERROR, False)
    assert (theirs.level, theirs.package) == (Level.WARNING, True)


def test_nothing_is_to_be_replaced_where_the_name_is_not_written_letter_for_letter(tmp_path: Path) -> None:
    (finding,) = told(tmp_path, request("css/App.css", exact=False))
    assert finding.mend is None
    assert "css/app.css" in finding.hint


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.ADDRESS])
def test_it_does_not_matter_what_asks(tmp_path: Path, kind: Kind) -> None:
    (finding,) = told(tmp_path, request("css/App.css", kind))
    assert finding.id == "name-case"


def test_why_a_name_is_missing_is_found_out_once_for_all_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(wanted, "reasons", lambda search: asked.append(search.name) or [])
    found = told(tmp_path, request("css/app.css"), request("one.css"), request("two.css"))
    assert asked == ["one.css", "two.css"]
    assert [finding.id for finding in found] == ["name-missing", "name-missing"]
    assert len(MISTAKES) > 10


def test_each_project_is_looked_at_anew(tmp_path: Path) -> None:
    asked = request("css/new.css")
    assert [finding.id for finding in told(tmp_path, asked)] == ["name-missing"]
    assert said(project(tmp_path, {"css/new.css": ""}, asked)) == []


def test_computed_names_are_counted_by_file(tmp_path: Path) -> None:
    made = project(tmp_path, FILES)
    computed = [
        request(f"{{% static {name} %}}", file=file) for file in ("a.html", "b.html") for name in "xyzuv"
    ]
    found = said(made._replace(asked=made.asked._replace(computed=tuple(computed))))
    assert [(finding.id, finding.level, finding.place.file) for finding in found] == [
        ("computed-name", Level.INFO, "a.html"),
        ("computed-name", Level.INFO, "b.html"),
    ]
    assert found[0].message.startswith("5 names cannot be proven")
    assert "{% static x %}" in found[0].message
    assert "and 2 more" in found[0].message


def test_the_nearest_name_is_looked_for_only_of_so_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wanted, "_MOST_COMPARED", 2)
    found = told(
        tmp_path, *(request(name) for name in ("css/ap.css", "css/app.cs", "css/appp.css", "/css/app.css"))
    )
    assert [finding.id for finding in found] == [
        "name-leading-slash",
        "name-misspelt",
        "name-misspelt",
        "name-missing",
    ]


def test_one_name_in_many_places_is_told_once_with_the_others_named(tmp_path: Path) -> None:
    files = [f"{letter}.html" for letter in "abcde"]
    (finding,) = told(tmp_path, *(request("nobody/has-it.svg", file=file) for file in files))
    assert (finding.place.file, finding.path) == ("a.html", "nobody/has-it.svg")
    assert "So it is in 4 other places: b.html:1:1, c.html:1:1, d.html:1:1 and 1 more." in finding.message


def test_names_that_have_nothing_in_common_are_told_apart(tmp_path: Path) -> None:
    assert len(told(tmp_path, request("nobody/has-it.svg"), request("else/where.webp"))) == 2


def test_a_place_that_nobody_wants_to_hear_of_hides_no_other(tmp_path: Path) -> None:
    made = project(
        tmp_path, FILES, request("nobody/has-it.svg", file="old.html"), request("nobody/has-it.svg")
    )
    setup = made.setup._replace(options=Options(suppress=(("name-missing", "old.html"),)))
    assert [finding.place.file for finding in said(made._replace(setup=setup))] == ["old.html", "page.html"]
