from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from stator.artifact import Coded
from stator.cache import Blob
from stator.config import Options
from stator.diagnose.check import Found
from stator.diagnose.checks import weight as weight_checks
from stator.diagnose.facts.project import Project, Published
from stator.diagnose.facts.setup import Setup
from stator.diagnose.scan.request import Asked, Kind, Request, Start
from stator.findings import Level, Place
from stator.manifest import manifest_of
from stator.media_types import JAVASCRIPT
from tests.diagnose.sources import project, told


def noise(size: int) -> bytes:
    """Return hexadecimal digits that no coding makes smaller than a half."""
    return b"".join(hashlib.sha256(b"%d" % n).hexdigest().encode() for n in range(size // 64 + 1))[:size]


def budgets(*rules: tuple[str, int], codings: tuple[str, ...] = ()) -> Setup:
    return Setup(options=Options(budgets=rules, codings=codings))


@pytest.mark.parametrize(
    ("rules", "is_over"),
    [
        ([("*.js", 999)], True),
        ([("*.js", 1000)], False),
        ([("*.css", 1)], False),
        ([("*.js", 1), ("js/*", 1000)], False),
        ([("js/*", 1000), ("*.js", 1)], True),
        ([], False),
    ],
)
def test_the_last_budget_that_matches_counts(
    tmp_path: Path, rules: list[tuple[str, int]], is_over: bool
) -> None:
    found = told("over-budget", project(tmp_path, {"js/app.js": noise(1000)}, budgets(*rules)))
    assert bool(found) is is_over


def test_before_a_collect_what_gzip_makes_of_it_counts(tmp_path: Path) -> None:
    setup = budgets(("*", 1000), codings=("br", "gzip"))
    found = told(
        "over-budget",
        project(tmp_path, {"a.js": b"x" * 5000, "b.js": noise(5000), "c.png": noise(1500)}, setup),
    )
    assert [one.path for one in found] == ["b.js", "c.png"]
    assert {one.level for one in found} == {Level.WARNING}


def collected(before: Project, coded: int, *, changed: bool = False) -> Project:
    """Return the project with a release of its sources, all in one form of so many bytes."""
    artifacts = [
        artifact._replace(codings=(Coded("br", Blob(coded, b"")),))
        for artifact in before.built.artifacts.values()
    ]

    class Last:
        def has_content(self, _: Any) -> bool:
            return not changed

    last: Any = Last()
    return before._replace(published=Published(manifest=manifest_of(artifacts), last=last))


@pytest.mark.parametrize(("coded", "is_over"), [(500, False), (501, True)])
def test_after_a_collect_the_smallest_form_counts(tmp_path: Path, coded: int, is_over: bool) -> None:
    before = project(tmp_path, {"a.js": noise(5000)}, budgets(("*", 500)))
    found = told("over-budget", collected(before, coded))
    assert [one.level for one in found] == [None] * is_over


def test_what_was_published_of_another_content_does_not_count(tmp_path: Path) -> None:
    before = project(tmp_path, {"a.js": noise(5000)}, budgets(("*", 500)))
    (found,) = told("over-budget", collected(before, 10, changed=True))
    assert found.level is Level.WARNING


@pytest.mark.parametrize(
    ("name", "size", "is_heavy"),
    [
        ("a.png", weight_checks.HEAVY_IMAGE + 1, True),
        ("a.JPG", weight_checks.HEAVY_IMAGE + 1, True),
        ("a.png", weight_checks.HEAVY_IMAGE, False),
        ("a.bmp", 10, True),
        ("a.tiff", 10, True),
        ("a.webm", weight_checks.HEAVY_IMAGE + 1, False),
    ],
)
def test_images(tmp_path: Path, name: str, size: int, is_heavy: bool) -> None:
    assert bool(told("heavy-image", project(tmp_path, {name: bytes(size)}))) is is_heavy


LONG = b"const a = 1;  // one\n" * 6000


@pytest.mark.parametrize(
    ("name", "content", "is_told"),
    [
        ("app.js", LONG, True),
        ("app.min.js", LONG, False),
        ("app.js", LONG.replace(b"\n", b" "), False),
        ("app.js", LONG[:5000], False),
        ("app.css", LONG, False),
    ],
)
def test_scripts(tmp_path: Path, name: str, content: bytes, is_told: bool) -> None:
    setup = Setup(options=Options(minify=((JAVASCRIPT, False),)))
    assert bool(told("unminified-script", project(tmp_path, {name: content}, setup))) is is_told


def test_equal_files(tmp_path: Path) -> None:
    large, small = noise(20_000), noise(5_000)
    files = {"a.js": large, "b/a.js": large, "c.js": large[:-1], "d.js": small, "e.js": small}
    (found,) = told("duplicate-files", project(tmp_path, files))
    assert "'a.js'" in found.message
    assert "b/a.js" in found.message


VITE = '{"src/main.ts": {"file": "assets/main-YDlxgRyH.js", "isEntry": true}}'


def unreferenced(folder: Path, files: dict[str, bytes | str], *names: str, computed: str = "") -> list[Found]:
    asked = Asked(
        tuple(Request(name, Kind.TAG, Place("home.html")) for name in names),
        (Request(computed, Kind.TAG, Place("home.html")),) if computed else (),
        read=1,
    )
    return told("unreferenced", project(folder, files, Setup(static_url="/static/"), asked=asked))


@pytest.mark.parametrize(
    ("files", "names", "computed"),
    [
        ({"a.png": ""}, ["a.png"], ""),
        ({"a.png": ""}, ["/static/a.png"], ""),
        ({"a.png": "", "a.css": "a{background:url(a.png)}"}, [], ""),
        ({"a.png": "", "a.js": "'/static/a.png'"}, ["a.js"], ""),
        ({"flags/nz.svg": ""}, [], "flags/"),
        ({"flags/nz.svg": ""}, [], "{% static 'flags/'|add:code %}"),
        ({"flags/nz.svg": ""}, [], 'static(f"flags/{code}.svg")'),
        ({"favicon.ico": "", "apple-touch-icon-180.png": "", "sw.js": ""}, [], ""),
        ({"a.css": "", "a.pdf": "", "a.json": ""}, [], ""),
        ({"assets/main-YDlxgRyH.js": "", ".vite/manifest.json": VITE}, [], ""),
    ],
)
def test_files_that_are_asked_for(
    tmp_path: Path, files: dict[str, bytes | str], names: list[str], computed: str
) -> None:
    assert unreferenced(tmp_path, files, *names, computed=computed) == []


def test_files_that_nothing_asks_for_are_told_once_a_folder(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        "img/a.png": "12345",
        "img/b.png": "123456",
        "img/c.png": "",
        "js/a.js": "",
    }
    images, scripts = unreferenced(tmp_path, files, "img/c.png", computed="{% static name %}")
    assert "2 files (11 B)" in images.message
    assert "a.js" in scripts.message


def test_nothing_is_told_where_nothing_was_looked_at(tmp_path: Path) -> None:
    assert told("unreferenced", project(tmp_path, {"a.png": ""})) == []


def test_what_a_front_end_starts_is_asked_for(tmp_path: Path) -> None:
    place = Place("home.html")
    asked = Asked(starts=(Start("shop", "main.js", place, place),), read=1)
    files = {"shop/main.js": "", "shop/other.js": ""}
    (found,) = told("unreferenced", project(tmp_path, files, Setup(static_url="/static/"), asked=asked))
    assert "other.js" in found.message
    assert "main.js" not in found.message
