from __future__ import annotations

import pytest

from stator.diagnose.checks.wording import by_folder, few, files_text, shell_path, shown
from stator.load_path import Origin, SourceFile


def source(location: str, size: int = 0) -> SourceFile:
    return SourceFile(location.rpartition("/")[2], location, Origin("", "/"), size=size)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a"], "a"),
        (["a", "b", "c"], "a, b, c"),
        (["a", "b", "c", "d"], "a, b, c and 1 more"),
        (["a"] * 2003, "a, a, a and 2,000 more"),
        (["a\n"], "a\\n"),
    ],
)
def test_few(names: list[str], expected: str) -> None:
    assert few(names) == expected


def test_files() -> None:
    assert files_text([source("/a", 1), source("/b", 2)]) == "2 files (3 B)"


def test_paths_are_told_from_the_project() -> None:
    assert shown("/site/static/a", "/site") == "static/a"
    assert shown("/other/a", "/site") == "/other/a"
    assert shell_path("/site/a b", "/site") == "'a b'"
    assert shell_path("/other/a", "/site") == "../other/a"


def test_folders_come_in_order_each_once() -> None:
    found = [source("/b/1"), source("/a/2"), source("/b/0"), source("/a/c/3")]
    assert [(place.file, [one.path for one in inside]) for place, inside in by_folder(found)] == [
        ("/a", ["2"]),
        ("/a/c", ["3"]),
        ("/b", ["0", "1"]),
    ]
