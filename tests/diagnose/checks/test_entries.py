"""What is said of front ends that templates start; ``tests/sites`` has a site for each id."""

from __future__ import annotations

from pathlib import Path

import pytest

from stator.config import FrontendRules, Options
from stator.diagnose.check import run
from stator.diagnose.checks.entries import CHECKS
from stator.diagnose.facts.project import Project
from stator.diagnose.scan.request import Asked, Start
from stator.findings import Finding, How, Level, Mend, Place
from stator.frontend import Entry, Frontend
from tests.diagnose.projects import project

MAIN, ADMIN = Entry(("shop/main.js",)), Entry(("shop/admin.js",))
ONE = {"shop": Frontend({"src/main.tsx": MAIN})}
TWO = {"shop": Frontend({"src/main.tsx": MAIN, "src/admin.tsx": ADMIN})}
TWO_NAMES_OF_ONE = {"shop": Frontend({"index.html": MAIN, "src/main.tsx": MAIN})}
FILES = {"shop/print.css": "", "shop/logo.svg": ""}
NAME, ENTRY = Place("page.html", 1, 14), Place("page.html", 1, 21)


def start(name: str = "shop", entry: str | None = "", *, package: bool = False) -> Start:
    return Start(name, entry, NAME, ENTRY if entry else NAME, package)


def told(
    folder: Path, frontends: dict[str, Frontend], *starts: Start, entry: str | None = None
) -> list[Finding]:
    made = project(folder, FILES)
    rules = (FrontendRules("shop", "shop", entry=entry), FrontendRules("unbuilt", "unbuilt"))
    return list(run(CHECKS, chosen(made, frontends, rules)._replace(asked=Asked(starts=starts))))


def chosen(made: Project, frontends: dict[str, Frontend], rules: tuple[FrontendRules, ...]) -> Project:
    setup = made.setup._replace(options=Options(frontends=rules))
    return made._replace(setup=setup, built=made.built._replace(frontends=frontends))


@pytest.mark.parametrize(("frontends", "name", "entry"), [
    (TWO, "shop", "src/admin.tsx"),
    (ONE, "shop", ""),
    (TWO_NAMES_OF_ONE, "shop", ""),
    (TWO, "shop", "print.css"),
    (TWO, "shop", None),
    ({}, "shop", "src/mian.tsx"),
    (ONE, "unbuilt", "src/main.tsx"),
    (ONE, "unbuilt", ""),
])  # fmt: skip
def test_silent_about_what_pages_can_start_and_what_nobody_knows(
    tmp_path: Path, frontends: dict[str, Frontend], name: str, entry: str | None
) -> None:
    assert told(tmp_path, frontends, start(name, entry)) == []


@pytest.mark.parametrize(("name", "entry", "id", "place", "instead"), [
    ("shp", "src/main.tsx", "frontend-unknown", NAME, "shop"),
    ("Shop", None, "frontend-unknown", NAME, "shop"),
    ("else", "", "frontend-unknown", NAME, None),
    ("", "", "frontend-unknown", NAME, None),
    ("shop", "src/mian.tsx", "frontend-entry-unknown", ENTRY, "src/main.tsx"),
    ("shop", "admin.tsx", "frontend-entry-unknown", ENTRY, "src/admin.tsx"),
    ("shop", "else.css", "frontend-entry-unknown", ENTRY, None),
    ("shop", "logo.svg", "frontend-entry-unknown", ENTRY, None),
    ("shop", "", "frontend-entry-unknown", NAME, None),
])  # fmt: skip
def test_what_is_unknown_and_what_to_write(
    tmp_path: Path, name: str, entry: str | None, id: str, place: Place, instead: str | None
) -> None:
    (finding,) = told(tmp_path, TWO, start(name, entry))
    assert (finding.id, finding.level, finding.place) == (id, Level.ERROR, place)
    assert finding.mend == (Mend(How.REPLACE, instead) if instead else None)
    assert finding.hint


def test_all_that_there_is_is_listed(tmp_path: Path) -> None:
    frontend, entry = told(tmp_path, TWO, start("else"), start(entry="else.ts"))
    assert frontend.message.endswith("Known are: 'shop', 'unbuilt'.")
    assert entry.message.endswith("Known are: 'src/admin.tsx', 'src/main.tsx'.")


def test_an_entry_of_the_settings_is_looked_for_where_the_tag_names_none(tmp_path: Path) -> None:
    assert told(tmp_path, TWO, start(), entry="src/admin.tsx") == []
    (finding,) = told(tmp_path, TWO, start(), entry="src/mian.tsx")
    assert (finding.id, finding.place, finding.mend) == ("frontend-entry-unknown", NAME, None)
    assert "'src/mian.tsx'" in finding.message


def test_a_project_may_leave_all_front_ends_out(tmp_path: Path) -> None:
    """As where there is no Node: its templates have tags in branches that are not at work."""
    made = project(tmp_path, FILES)._replace(asked=Asked(starts=(start(),)))
    assert list(run(CHECKS, made)) == []


def test_nothing_is_said_while_the_settings_cannot_be_read(tmp_path: Path) -> None:
    made = project(tmp_path, FILES)._replace(asked=Asked(starts=(start(),)))
    assert list(run(CHECKS, made._replace(setup=made.setup._replace(problem=("wrong", "mend"))))) == []


def test_of_a_package_at_most_a_warning(tmp_path: Path) -> None:
    starts = start("shp", package=True), start(entry="src/mian.tsx", package=True)
    found = told(tmp_path, TWO, *starts)
    assert [(one.level, one.package) for one in found] == [(Level.WARNING, True)] * 2
