from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from stator.config import DestinationRules, Options
from stator.diagnose.checks.middleware import OURS
from stator.diagnose.facts.project import Project, Published
from stator.diagnose.facts.setup import Setup
from stator.diagnose.scan.request import Asked
from stator.diagnose.visit.knowledge import Area, Knowledge, knowledge_of
from stator.load_path import LoadPath
from stator.manifest import Content, Manifest, Release, manifest_of
from tests.sites import compiled, found, write

PAGE = "https://shop.example/polls/"


@pytest.mark.parametrize(
    ("static_url", "url", "expected"),
    [
        ("/static/", "https://shop.example/static/css/a%20b.css?v=1", (Area.STATIC, "css/a b.css")),
        ("static/", "https://shop.example/static/a.css", (Area.STATIC, "a.css")),
        ("/static/", "https://shop.example/polls/static/a.css", (Area.OTHER, "polls/static/a.css")),
        ("/static/", "https://cdn.example/static/a.css", (Area.OTHER, "static/a.css")),
        ("https://cdn.example/s/", "https://cdn.example/s/a.css", (Area.STATIC, "a.css")),
        ("https://cdn.example:443/s/", "https://cdn.example/s/a.css", (Area.STATIC, "a.css")),
        ("/static/", "https://shop.example/media/a.png", (Area.MEDIA, "a.png")),
        ("/", "https://shop.example/a.css", (Area.OTHER, "a.css")),
        ("https://[broken/", "https://shop.example/a.css", (Area.OTHER, "a.css")),
        (None, "https://shop.example/static/a.css", (Area.OTHER, "static/a.css")),
    ],
)
def test_whose_an_address_is(static_url: str | None, url: str, expected: tuple[Area, str]) -> None:
    assert Knowledge(static_url, "/media/").place_of(url, PAGE) == expected


def test_what_a_project_knows(tmp_path: Path) -> None:
    load_path = found(write(tmp_path, {"css/app.css": "b {}", "lib.js": "1"}))
    build = compiled(load_path)
    manifest = manifest_of(build.artifacts.values())
    published = Published(
        "/srv/static", "", {"lib.js": (1, 7)}, manifest, closed=("lib.js",), closed_above=("/srv",)
    )
    options = Options(headers=(("*", (("X", "1"),)),))
    setup = Setup(static_url="/static/", media_url="/media/", options=options)
    known = knowledge_of(Project(setup, load_path, (), build, published, Asked()))

    assert (known.destination, known.closed, known.closed_above) == ("", ("lib.js",), ("/srv",))
    assert known[:3] == ("/static/", "/media/", "/srv/static")
    assert known.files == {"lib.js": 1}
    assert not known.precompresses
    assert known.nearest("css/ap.css") == "css/app.css"
    assert set(known.sources) == {"css/app.css", "lib.js"}
    assert known.headers == options.headers
    elsewhere = setup._replace(
        options=options._replace(destination=DestinationRules(service="s3", bucket="assets"))
    )
    project = Project(elsewhere, load_path, (), build, published, Asked())
    assert knowledge_of(project).destination == "s3://assets"
    digested = manifest.paths["css/app.css"]
    assert known.content("css/app.css") == known.content(digested) == manifest.files[digested]
    assert known.content("other.css") is None
    assert (known.never_changes(digested), known.never_changes("css/app.css")) == (True, False)
    assert known.never_changes("other.css") is None
    assert known.other_release("css/app.ffffffffffff.css") == "css/app.css"
    assert known.other_release(digested) == known.other_release("other.ffffffffffff.css") == ""


def test_which_codings_a_name_may_have() -> None:
    nothing = hashlib.sha256().digest()
    files = {"a.css": Content(0, nothing, (("br", 1),)), "b.css": Content(0, nothing)}
    manifest = Manifest("", {name: name for name in files}, files, plain=True)
    known = Knowledge(manifest=manifest, precompresses=True)
    assert list(known.codings("a.css")) == ["br"]
    assert list(known.codings("b.css")) == []
    for unknown in (known.codings("other.css"), Knowledge().codings("a.css")):
        assert list(unknown) == ["br", "zstd", "gzip"]
    assert list(Knowledge().codings("a.png")) == []


def test_a_project_without_a_manifest_knows_names_by_their_form() -> None:
    known = Knowledge()
    assert known.never_changes("a.0123456789ab.css")
    assert known.never_changes("a.css") is None
    assert known.other_release("a.0123456789ab.css") == ""


def test_a_name_that_only_an_earlier_release_has() -> None:
    nothing = Content(0, hashlib.sha256().digest())
    old, new, gone = "a.ffffffffffff.css", "a.0123456789ab.css", "b.ffffffffffff.css"
    earlier = Release("before", {old: nothing, gone: nothing})
    known = Knowledge(manifest=Manifest("", {"a.css": new}, {new: nothing}, plain=True, earlier=(earlier,)))
    names = (old, new, gone, "a.css", "a.111111111111.css")
    assert [known.earlier_release(name) for name in names] == ["a.css", "", "", "", ""]
    assert Knowledge().earlier_release(old) == ""


@pytest.mark.parametrize(
    ("setup", "serves"),
    [
        (Setup(static_url="/static/", fronts=frozenset()), False),
        (Setup(static_url="/static/", fronts=frozenset(), middleware=(OURS,)), True),
        (Setup(static_url="/static/", fronts=frozenset(), debug=True), True),
        (Setup(static_url="/static/"), True),
    ],
)
def test_whether_the_application_serves(setup: Setup, serves: bool) -> None:
    load_path = LoadPath({}, {})
    project = Project(setup, load_path, (), compiled(load_path), Published(), Asked())
    assert knowledge_of(project).serves is serves
