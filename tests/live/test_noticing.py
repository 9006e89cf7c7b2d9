from __future__ import annotations

import os
from pathlib import Path

import pytest

from stator.live.changes import Change, Changes, now
from stator.live.noticing import Noticing
from stator.live.sources import Sources
from tests.sites import found, write


class Project:
    """Folders with static files and with templates, and what was noticed of them."""

    def __init__(self, folder: Path) -> None:
        self.first, self.second, self.templates = folder / "first", folder / "second", folder / "templates"
        write(folder, {
            "first/css/app.css": "",
            "first/js/app.js": "",
            "second/css/app.css": "",
            "second/img/a.png": "",
            "second/css/app.css.map": "",
            "templates/page.html": "",
        })  # fmt: skip
        self.forgotten = 0
        self.changes = Changes()
        sources = Sources(lambda: found(self.first, self.second), lambda _: None)
        folders = [str(self.first), str(self.second)]
        self._noticing = Noticing(sources, self.changes, folders, [str(self.templates)], self._forget)
        self.notice(self.first)

    def _forget(self) -> None:
        self.forgotten += 1

    def notice(self, *paths: Path) -> Change | None:
        since = now()
        self._noticing(map(str, paths))
        return self.changes.since(since)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def swap(change: Change | None) -> tuple[str, ...]:
    assert change is not None
    assert not change.reload
    return change.names


def is_reload(change: Change | None) -> bool:
    return change is not None and change.reload


def test_style_sheets_and_images_are_swapped(project: Project) -> None:
    changed = [project.first / "css/app.css", project.second / "img/a.png"]
    assert swap(project.notice(*changed)) == ("css/app.css", "img/a.png")


def test_one_file_that_cannot_be_swapped_loads_the_page_again(project: Project) -> None:
    change = project.notice(project.first / "css/app.css", project.first / "js/app.js")
    assert is_reload(change)


def test_what_is_shadowed_changes_nothing(project: Project) -> None:
    assert project.notice(project.second / "css/app.css") is None


def test_a_source_map_changes_nothing(project: Project) -> None:
    assert project.notice(project.second / "css/app.css.map") is None
    assert swap(project.notice(project.second / "css/app.css.map", project.first / "css/app.css"))


@pytest.mark.parametrize("name", ["css/.app.css.swp", "css/app.css~", "css/4913", "elsewhere"])
def test_what_editors_leave_behind_changes_nothing(project: Project, name: str) -> None:
    if "4913" not in name:  # which is gone before anybody looks
        write(project.first, {name: ""}) if "else" not in name else None
    assert project.notice(project.first / name) is None


def test_a_file_that_comes_loads_the_page_again_since_it_may_have_been_missed(project: Project) -> None:
    write(project.second, {"deep/er/new.css": ""})
    change = project.notice(project.second / "deep")  # of nested folders only the outermost is reported
    assert is_reload(change)
    assert change.names == ("deep/er/new.css",)  # type: ignore[union-attr]
    assert swap(project.notice(project.second / "deep/er/new.css")) == ("deep/er/new.css",)


def test_a_file_that_goes_loads_the_page_again(project: Project) -> None:
    (project.second / "img/a.png").unlink()
    assert is_reload(project.notice(project.second / "img/a.png"))


def test_a_folder_that_goes_takes_its_files_along(project: Project) -> None:
    os.rename(project.second / "img", project.second.parent / "away")
    assert is_reload(project.notice(project.second / "img"))


def test_the_next_of_the_same_name_takes_the_place_of_one_that_goes(project: Project) -> None:
    (project.first / "css/app.css").unlink()
    assert swap(project.notice(project.first / "css/app.css")) == ("css/app.css",)


def test_a_file_that_is_replaced_is_swapped(project: Project) -> None:
    write(project.first, {"css/new": "body {}"})
    os.replace(project.first / "css/new", project.first / "css/app.css")
    assert swap(project.notice(project.first / "css/new", project.first / "css/app.css")) == ("css/app.css",)


def test_a_template_loads_the_page_again_once_it_is_forgotten(project: Project) -> None:
    assert is_reload(project.notice(project.templates / "page.html"))
    assert project.forgotten == 1


@pytest.mark.parametrize(
    "name", ["views.py", "db.sqlite3", "db.sqlite3-journal", ".page.html.swp", "debug.log"]
)
def test_what_lies_among_templates_and_is_none_changes_nothing(project: Project, name: str) -> None:
    write(project.templates, {name: ""})
    assert project.notice(project.templates / name) is None
    assert project.forgotten == 0
