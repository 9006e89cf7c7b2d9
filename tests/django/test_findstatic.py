from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.django.conftest import Project
from tests.sites import write


def find(*names: str, **chosen: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("findstatic", *names, stdout=out, stderr=err, **chosen)
    return out.getvalue().rstrip("\n"), err.getvalue().rstrip("\n")


@pytest.fixture
def other(project: Project, tmp_path: Path) -> Project:
    project.write({"a.css": "", "both.css": ""})
    write(tmp_path / "other", {"both.css": ""})
    with project.settings(STATICFILES_DIRS=[str(project.sources), ("", str(tmp_path / "other"))]):
        yield project


def test_the_winner_and_the_losers_with_who_offers_them(other: Project) -> None:
    out, _ = find("both.css")
    assert out.splitlines() == [
        "Found 'both.css' here:",
        f"  {other.sources / 'both.css'}  (STATICFILES_DIRS[0], wins)",
        f"  {other.folder / 'other/both.css'}  (STATICFILES_DIRS[1], is shadowed)",
    ]


def test_one_alone_neither_wins_nor_loses(other: Project) -> None:
    out, _ = find("a.css")
    assert out.splitlines()[1] == f"  {other.sources / 'a.css'}  (STATICFILES_DIRS[0])"


def test_first(other: Project) -> None:
    out, _ = find("both.css", all=False)
    assert len(out.splitlines()) == 2


def test_bare_paths_for_scripts(other: Project) -> None:
    out, _ = find("both.css", verbosity=0)
    assert out.splitlines() == [str(other.sources / "both.css"), str(other.folder / "other/both.css")]


def test_where_it_looked(other: Project) -> None:
    out, _ = find("a.css", verbosity=2)
    assert "Looking in the following locations:" in out
    assert f"  {other.sources}" in out


def test_what_was_near(other: Project) -> None:
    out, err = find("A.css")
    assert out == ""
    assert err.splitlines()[:2] == [
        "No matching file found for 'A.css'.",
        "The file is called 'a.css': upper and lower case differ.",
    ]
