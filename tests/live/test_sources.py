from __future__ import annotations

import os
from pathlib import Path

import pytest

from stator.live.sources import Sources
from stator.load_path import LoadPath, Origin, SourceFile, load_path
from tests.sites import found, write


class Finders:
    """Two folders, the first of which goes before the second; what was asked of them is counted."""

    def __init__(self, folder: Path) -> None:
        self.first, self.second = folder / "first", folder / "second"
        self.walks = 0
        for made in (self.first, self.second):
            made.mkdir()

    def walk(self) -> LoadPath:
        self.walks += 1
        return found(self.first, self.second)

    def locate(self, name: str) -> str | None:
        places = [str(folder / name) for folder in (self.first, self.second)]
        return next((place for place in places if os.path.isfile(place)), None)


@pytest.fixture
def finders(tmp_path: Path) -> Finders:
    return Finders(tmp_path)


def location(sources: Sources, name: str) -> str | None:
    source = sources.get(name)
    return source.location if source else None


def test_the_folders_are_walked_once(finders: Finders) -> None:
    write(finders.first, {"a.css": "", "b.css": ""})
    sources = Sources(finders.walk, finders.locate)
    assert location(sources, "a.css") == str(finders.first / "a.css")
    assert location(sources, "b.css") == str(finders.first / "b.css")
    assert location(sources, "c.css") is None
    assert finders.walks == 1


@pytest.mark.parametrize("watched", [True, False])
def test_a_file_that_has_come_is_found(finders: Finders, watched: bool) -> None:
    sources = Sources(finders.walk, finders.locate)
    sources.watched = watched
    assert location(sources, "deep/a.css") is None
    write(finders.second, {"deep/a.css": ""})
    assert location(sources, "deep/a.css") == str(finders.second / "deep/a.css")
    assert finders.walks == 2


def test_without_a_watch_a_file_that_goes_before_is_found(finders: Finders) -> None:
    write(finders.second, {"a.css": ""})
    sources = Sources(finders.walk, finders.locate)
    assert location(sources, "a.css") == str(finders.second / "a.css")
    write(finders.first, {"a.css": ""})
    assert location(sources, "a.css") == str(finders.first / "a.css")


def test_with_a_watch_no_folder_is_asked(finders: Finders) -> None:
    write(finders.second, {"a.css": ""})
    sources = Sources(finders.walk, lambda _: pytest.fail("asked"))
    sources.watched = True
    assert location(sources, "a.css") == str(finders.second / "a.css")


def test_what_is_not_published_is_not_there(finders: Finders) -> None:
    write(finders.first, {".env": "SECRET", "a.css~": ""})
    sources = Sources(finders.walk, finders.locate)
    assert location(sources, ".env") is None
    assert location(sources, "a.css~") is None


@pytest.mark.parametrize(
    "name", ["", "../first/a.css", "a\0.css", "/a.css", "a//b.css", "x" * 5000, "\udcff.css"]
)
def test_a_name_that_cannot_be_is_not_looked_for(finders: Finders, name: str) -> None:
    write(finders.first, {"a.css": ""})
    assert Sources(finders.walk, lambda _: pytest.fail("asked")).get(name) is None


def test_a_file_of_a_storage_is_not_looked_for_in_folders() -> None:
    remote = SourceFile("a.css", "bucket:a.css", Origin("bucket", "bucket"), lambda: pytest.fail("opened"))
    sources = Sources(lambda: load_path([remote]), lambda _: pytest.fail("asked"))
    assert sources.get("a.css") is remote


def test_a_stale_index_is_made_anew_by_the_first_only(finders: Finders) -> None:
    sources = Sources(finders.walk, finders.locate)
    stale = sources.index
    assert sources.refresh(stale) is sources.refresh(stale)
    assert finders.walks == 2
