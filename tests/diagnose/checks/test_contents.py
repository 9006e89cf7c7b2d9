from __future__ import annotations

from pathlib import Path

import pytest

from stator.diagnose.check import Found
from stator.findings import How, Level, Mend
from tests.diagnose.mending import first_finding, mend
from tests.diagnose.sites import SITES, copied, doctor
from tests.diagnose.sources import project, told


@pytest.mark.parametrize(
    ("path", "tag", "expected"),
    [
        ("css/app.css", "{% static 'img/a.svg' %}", "../img/a.svg"),
        ("app.css", '{%static "img/a.svg"%}', "img/a.svg"),
        ("img/app.css", "{% static 'img/a.svg' %}", "a.svg"),
        ("css/app.css", "{% static 'img/b.svg' %}", None),
        ("css/app.css", "{% static name %}", None),
        ("js/app.js", "{% static 'img/a.svg' %}", None),
    ],
)
def test_what_to_write_for_a_tag(tmp_path: Path, path: str, tag: str, expected: str | None) -> None:
    (found,) = told("template-tag-in-asset", project(tmp_path, {path: f"'{tag}'", "img/a.svg": "<svg/>"}))
    assert found.mend == (Mend(How.REPLACE, expected) if expected else None)


def test_the_mend_of_a_tag_works_to_the_letter(tmp_path: Path) -> None:
    site = copied(SITES / "template-tag-in-asset" / "speaks", tmp_path)
    finding = first_finding(site)
    assert finding["id"] == "template-tag-in-asset"
    mend(site, finding)
    assert {"template-tag-in-asset", "missing-reference"}.isdisjoint(doctor(site).ids)
    assert 'url("../img/paper.svg")' in (site / "static/css/app.css").read_text()


def test_each_kind_of_sighting_has_its_check(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    found = project(
        tmp_path, {"a.jpg": pointer, "b.woff2": "<html>", "c.css": "<<<<<<< a\n=======\n>>>>>>> b"}
    )
    for id, path in (("lfs-pointer", "a.jpg"), ("html-as-asset", "b.woff2"), ("merge-conflict", "c.css")):
        assert [one.path for one in told(id, found)] == [path]


def map_of(source: str, content: str = '"x"', root: str = "") -> str:
    return f'{{"version": 3, "sourceRoot": "{root}", "sources": ["{source}"], "sourcesContent": [{content}]}}'


def told_of_map(tmp_path: Path, text: str) -> list[Found]:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.ts").write_text("x")
    return told(
        "source-map-with-sources",
        project(tmp_path, {"js/app.js.map": text, "js/app.js": "x", "js/open.js": "x"}),
    )


@pytest.mark.parametrize(
    "source", ["../../src/app.ts", "webpack://shop/./src/app.ts", "webpack:///src/app.ts?1a2b"]
)
def test_a_map_that_holds_what_is_not_published(tmp_path: Path, source: str) -> None:
    (found,) = told_of_map(tmp_path, map_of(source))
    assert "src/app.ts" in found.message
    assert found.level is None


def test_the_root_of_sources_counts(tmp_path: Path) -> None:
    assert len(told_of_map(tmp_path, map_of("app.ts", root="../../src/"))) == 1


def test_a_map_that_names_a_machine(tmp_path: Path) -> None:
    (found,) = told_of_map(tmp_path, map_of("/home/me/shop/app.ts"))
    assert found.level is Level.INFO


@pytest.mark.parametrize(
    "text",
    [
        map_of("../../src/app.ts", "null"),
        map_of("../src/vendor.ts"),
        map_of("open.js"),
        map_of("../../node_modules/vue/vue.js"),
        '{"sections": []}',
        "[]",
        "{",
        '{"sources": 1, "sourcesContent": 2}',
    ],
)
def test_a_map_that_gives_nothing_away(tmp_path: Path, text: str) -> None:
    assert told_of_map(tmp_path, text) == []
