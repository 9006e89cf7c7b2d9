from __future__ import annotations

import pytest

from stator.config import Options, matcher
from stator.setting import read_options


@pytest.mark.parametrize(
    "chosen",
    [
        {"CACHE_DIR": "/x"},
        {"CACHE_SIZE": 1},
        {"MANIFEST": "/x"},
        {"RETENTION": {"releases": 0, "age": 0}},
        {"HEADERS": {"*": {"X": "y"}}},
        {"ROOT_FILES": "/x"},
        {"MEDIA": {"PDF": "inline"}},
    ],
)
def test_options_that_change_no_file_throw_no_finished_work_away(chosen: dict[str, object]) -> None:
    assert read_options(chosen).deciding() == Options().deciding()


@pytest.mark.parametrize(
    "chosen",
    [
        {"MINIFY": False},
        {"CODINGS": ["br"]},
        {"KEEP_PLAIN": False},
        {"PREDIGESTED": ["x"]},
        {"ON_MISSING": "warn"},
    ],
)
def test_options_that_change_files_or_findings_are_told_apart(chosen: dict[str, object]) -> None:
    assert read_options(chosen).deciding() != Options().deciding()


def test_a_pattern_crosses_folders() -> None:
    assert matcher(["vendor/*"])("vendor/a/b.js")
    assert not matcher(["vendor/*"])("own/vendor/a.js")
    assert not matcher([])("anything")


@pytest.mark.parametrize(("path", "package", "policy"), [
    ("own/a.css", False, "error"),
    ("pkg/a.css", True, "warn"),
    ("legacy/a.css", False, "ignore"),
    ("legacy/strict/a.css", True, "error"),
])  # fmt: skip
def test_the_first_pattern_decides_what_a_broken_reference_is(path: str, package: bool, policy: str) -> None:
    options = read_options({"ON_MISSING": {"legacy/strict/*": "error", "legacy/*": "ignore"}})
    assert options.missing_policy(path, package=package) == policy
