from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from stator.manifest import Content, Loads, Manifest
from stator.references.reference import Kind
from stator.references.resolve import Link
from stator.report.loading import loading_of

NAMES = (
    "app.css",
    "base.css",
    "font.woff2",
    "logo.png",
    "app.js",
    "lib.js",
    "late.js",
    "deep.js",
    "app.js.map",
)
LOADS = {
    "app.css": Loads(("base.css",)),
    "app.js": Loads(("lib.js",), ("late.js",), module=True),
    "late.js": Loads(("deep.js", "lib.js"), module=True),
}


def link(target: str, kind: Kind) -> Link:
    return Link(0, 0, target, target, kind)


def besides(asked: Iterable[str], links: Mapping[str, list[Link]], loads: Mapping[str, Loads] = LOADS):
    files = {name: Content(1, b"") for name in NAMES}
    manifest = Manifest("1", {name: name for name in NAMES}, files, plain=False, loads=loads)
    return loading_of(manifest, links).besides(asked)


@pytest.mark.parametrize("kind", [Kind.CSS_URL, Kind.CSS_SRC, Kind.CSS_IMAGE_SET])
def test_what_style_sheets_name_is_loaded_however_far(kind: Kind) -> None:
    links = {"app.css": [link("base.css", Kind.CSS_IMPORT)], "base.css": [link("font.woff2", kind)]}
    assert besides(["app.css"], links) == (["base.css", "font.woff2"], [])


def test_what_modules_import_is_loaded_at_once_or_later() -> None:
    assert besides(["app.js"], {}) == (["lib.js"], ["deep.js", "late.js"])


def test_what_is_loaded_at_once_is_not_loaded_later() -> None:
    assert besides(["app.js", "late.js"], {}) == (["deep.js", "lib.js"], [])


def test_what_a_script_makes_an_address_of_comes_later() -> None:
    assert besides(["lib.js"], {"lib.js": [link("logo.png", Kind.JS_URL)]}) == ([], ["logo.png"])


def test_a_source_map_is_not_loaded() -> None:
    links = {"app.js": [link("app.js.map", Kind.SOURCE_MAP)], "app.js.map": [link("lib.js", Kind.MAP_FILE)]}
    assert besides(["app.js"], links, {}) == ([], [])


def test_files_that_load_one_another_end() -> None:
    circle = {"app.js": Loads(("lib.js",)), "lib.js": Loads(("app.js",))}
    assert besides(["app.js"], {}, circle) == (["lib.js"], [])


def test_what_the_release_lacks_is_not_loaded() -> None:
    links = {"app.css": [link("since.png", Kind.CSS_URL)], "since.css": [link("logo.png", Kind.CSS_URL)]}
    assert besides(["app.css"], links, {}) == ([], [])
