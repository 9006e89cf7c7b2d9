"""Which minifiers there are, for what was asked for and what is installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stator.errors import ConfigError
from stator.media_types import CSS, JAVASCRIPT, JSON
from stator.minify.tools import leaves_alone, tools
from tests.minify.programs import ESBUILD, program

BY_HAND = {CSS, JSON, "application/manifest+json", "application/geo+json"}
COPIES = "mkdir out; cp *.js out/"


@pytest.fixture(autouse=True)
def _nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin") + ":/usr/bin:/bin")


def test_css_and_json_need_nothing_installed(tmp_path: Path) -> None:
    found = tools(True, project=str(tmp_path))

    assert set(found) == BY_HAND
    assert all(tool.kind == kind and tool.one and tool.batch is None for kind, tool in found.items())


def test_nothing_wanted_is_nothing(tmp_path: Path) -> None:
    assert tools(False, esbuild=str(tmp_path / "missing")) == {}


def test_wanted_by_media_type_and_others_by_default(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "esbuild", COPIES)

    assert set(tools({CSS: False, JAVASCRIPT: True})) == {*BY_HAND, JAVASCRIPT} - {CSS}
    assert set(tools({JAVASCRIPT: False})) == BY_HAND
    assert set(tools({})) == {*BY_HAND, JAVASCRIPT}


@pytest.mark.parametrize(
    ("places", "chosen"),
    [
        (["given/esbuild", "node_modules/.bin/esbuild", "bin/esbuild"], "given/esbuild"),
        (["node_modules/.bin/esbuild", "bin/esbuild"], "node_modules/.bin/esbuild"),
        (["bin/esbuild"], "bin/esbuild"),
    ],
)
def test_esbuild_is_given_or_the_projects_or_on_path(tmp_path: Path, places: list[str], chosen: str) -> None:
    for number, place in enumerate(places):
        program(tmp_path / place, COPIES, version=f"echo 0.{number}.{len(place)}")
    given = str(tmp_path / "given/esbuild") if chosen == "given/esbuild" else ""

    tool = tools(True, esbuild=given, project=str(tmp_path))[JAVASCRIPT]

    assert f" 0.0.{len(chosen)} --minify" in tool.id
    assert tool.one is None
    assert tool.batch
    assert tool.batch({"a.js": b"a"}) == {"a.js": b"a"}


def test_a_broken_esbuild_of_the_project_gives_way_to_the_one_on_path(tmp_path: Path) -> None:
    program(tmp_path / "node_modules/.bin/esbuild", "", version="exit 1")
    program(tmp_path / "bin/esbuild", "", version="echo 1.2.3")

    assert " 1.2.3 " in tools(True, project=str(tmp_path))[JAVASCRIPT].id


def test_no_esbuild_that_works_is_no_error(tmp_path: Path) -> None:
    program(tmp_path / "bin/esbuild", "", version="echo Usage: something else")

    assert set(tools(True, project=str(tmp_path))) == BY_HAND


@pytest.mark.parametrize("version", ["exit 1", "echo Python 3.11", "kill -9 $$"])
def test_a_given_program_that_is_not_esbuild_is_an_error(tmp_path: Path, version: str) -> None:
    given = program(tmp_path / "other", "", version)

    with pytest.raises(ConfigError, match=re.escape(given)):
        tools(True, esbuild=given)


def test_a_given_program_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not run"):
        tools(True, esbuild=str(tmp_path / "missing"))


@pytest.mark.needs("npm corpus")
def test_the_id_names_the_version_of_the_real_program() -> None:
    assert re.search(
        r"esbuild \d+, \d+\.\d+\.\d+ --minify --target=esnext", tools(True, ESBUILD)[JAVASCRIPT].id
    )


@pytest.mark.parametrize(
    "path",
    [
        "jquery.min.js",
        "css/app.min.css",
        "app-min.js",
        "app.MIN.JS",
        "app.min.3f2a9c1b7d5e.js",
        "data.min.json",
        "app.js.map",
        "app.min.css.map",
    ],
)
def test_leaves_alone(path: str) -> None:
    assert leaves_alone(path)


@pytest.mark.parametrize(
    "path",
    ["app.js", "admin.js", "min.js", "x.min/app.js", "a-min/b.css", "vue.prod.js", "minimal.css", "map.js"],
)
def test_does_not_leave_alone(path: str) -> None:
    assert not leaves_alone(path)
