from __future__ import annotations

from pathlib import Path

import pytest

from stator.config import Options, matcher, read_options
from stator.errors import ConfigError


def test_nothing_chosen_gives_the_defaults() -> None:
    assert read_options({}) == Options()


@pytest.mark.parametrize(
    ("settings", "field", "value"),
    [
        ({"KEEP_PLAIN": False}, "keep_plain", False),
        ({"KEEP_PLAIN": ["img/*"]}, "keep_plain", ("img/*",)),
        ({"ON_MISSING": "ignore"}, "on_missing", (("*", "ignore"),)),
        ({"ON_MISSING": {"a/*": "warn"}}, "on_missing", (("a/*", "warn"),)),
        ({"IGNORE": ["*.psd"]}, "ignore", ("*.psd",)),
        ({"PREDIGESTED": ("assets/*",)}, "predigested", ("assets/*",)),
        ({"MANIFEST": Path("/x/m.json")}, "manifest", "/x/m.json"),
        ({"RETENTION": {"releases": 0}}, "releases", 0),
        ({"FOLLOW_SYMLINKS": True}, "follow_symlinks", True),
    ],
)
def test_chosen(settings: dict[str, object], field: str, value: object) -> None:
    assert getattr(read_options(settings), field) == value


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (None, "must be a dictionary"),
        ([], "must be a dictionary"),
        ({"KEPP_PLAIN": True}, "Did you mean 'KEEP_PLAIN'?"),
        ({"keep_plain": True}, "Did you mean 'KEEP_PLAIN'?"),
        ({3: True}, "no option 3"),
        ({"XYZ": 1}, "There are: KEEP_PLAIN"),
        ({"KEEP_PLAIN": "yes"}, "must be a list of patterns, not 'yes' (str)"),
        ({"IGNORE": "*.psd"}, "STATOR['IGNORE'] = ['vendor/*']"),
        ({"IGNORE": [1]}, "1 (int)"),
        ({"IGNORE": 7}, "list of patterns"),
        ({"ON_MISSING": "eror"}, "'error', 'warn', 'ignore'"),
        ({"ON_MISSING": {"*": True}}, "'error', 'warn', 'ignore'"),
        ({"ON_MISSING": None}, "'error', 'warn', 'ignore'"),
        ({"MANIFEST": 3}, "absolute path of a file"),
        ({"MANIFEST": b"x"}, "path of a file"),
        ({"MANIFEST": ""}, "path of a file"),
        ({"MANIFEST": "m.json"}, "absolute path"),
        ({"RETENTION": 3}, "{'releases': 3}"),
        ({"RETENTION": {"releases": -1}}, "a number from 0 up"),
        ({"RETENTION": {"releases": True}}, "a number from 0 up"),
        ({"RETENTION": {"release": 1}}, "the key 'releases'"),
        ({"FOLLOW_SYMLINKS": "no"}, "True or False"),
    ],
)
def test_a_bad_setting_says_what_would_be_right(settings: object, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_options(settings)
    assert said in str(raised.value)
    assert raised.value.exit_code == 2


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
