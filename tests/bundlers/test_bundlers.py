from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.bundlers import LARGEST, Bundle, is_bundle_manifest, is_manifest_name, read_bundle
from tests.bundlers import bundle_of, in_shop

WEBPACK = "main.8f2b1c0d9e3a4b5c6d7e.js"
VITE = "assets/main-YDlxgRyH.js"


@pytest.mark.parametrize("path", ["shop/manifest.json", "shop/.vite/manifest.json"])
def test_the_hidden_folder_of_vite_counts_as_the_one_around_it(path: str) -> None:
    assert bundle_of({"src/main.ts": {"file": VITE}}, VITE, path=path).digested == {f"shop/{VITE}"}


@pytest.mark.parametrize(
    "prefix", ["", "/static/", "https://cdn.example.com/static/", "auto/", "dist/", "../static/shop/"]
)
def test_a_file_is_found_behind_any_public_path(prefix: str) -> None:
    assert bundle_of({"main.js": f"{prefix}{WEBPACK}?v=3#top"}, WEBPACK).digested == {f"shop/{WEBPACK}"}


def test_a_source_map_is_digested_as_its_file_is() -> None:
    manifest = {"main.js": WEBPACK, "print.js": "print.js"}
    known = (WEBPACK, f"{WEBPACK}.map", "print.js", "print.js.map")
    assert bundle_of(manifest, *known).digested == {f"shop/{WEBPACK}", f"shop/{WEBPACK}.map"}


def test_an_entry_is_left_without_what_is_missing_and_that_is_told() -> None:
    manifest = {
        "src/main.ts": {"file": VITE, "isEntry": True, "css": ["assets/gone.css"], "imports": ["_gone.js"]},
        "_gone.js": {"file": "assets/gone.js"},
    }
    bundle = bundle_of(manifest, VITE)
    assert bundle.entries == {"src/main.ts": in_shop(scripts=(VITE,))}
    assert set(bundle.missing) == {"assets/gone.js", "assets/gone.css"}


def test_what_no_entry_needs_may_be_missing() -> None:
    assert bundle_of({"src/photo.png": {"file": "assets/photo-rgUxigNn.png"}}).missing == ()


def test_an_entry_whose_name_cannot_be_printed_is_none() -> None:
    entry = {"file": VITE, "isEntry": True}
    bundle = bundle_of({"\ud800.ts": entry, "a\nb.ts": entry, "src/main.ts": entry}, VITE)
    assert set(bundle.entries) == {"src/main.ts"}


@pytest.mark.parametrize(
    "manifest",
    [
        {"name": "A web app", "start_url": "/", "icons": [{"src": WEBPACK}]},
        {"main.js": "static/js/jquery.validate.js"},
        {"main.js": "../../../etc/passwd"},
        {"src/main.ts": {"file": 3}},
        {"inputs": {}, "outputs": {"main.js": 7}},
        {"assets": [None, {"name": 3}], "entrypoints": {"main": {"assets": 3}}},
        {"assets": {}, "chunks": {"main": 3}},
        [],
        None,
        "text",
        3,
    ],
)
def test_names_nothing(manifest: object) -> None:
    assert bundle_of(manifest, WEBPACK).digested == set()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": %s}' % (b"9" * 5000)])
def test_broken_json_tells_nothing(content: bytes) -> None:
    assert read_bundle("shop/manifest.json", content, {"shop/a.js"}) == Bundle()


@pytest.mark.parametrize("path", ["stats.json", "meta.json", "manifest.json"])
def test_what_is_too_large_to_tell_is_not_published_either(path: str) -> None:
    """The stats of webpack have all sources in them, unless it is told to leave them out."""
    assert is_bundle_manifest(path, lambda: b"{" + b" " * LARGEST)


def test_a_manifest_that_is_too_large_tells_nothing() -> None:
    content = json.dumps({"main.js": WEBPACK}).encode()
    assert read_bundle("manifest.json", content, {WEBPACK}).digested
    assert not read_bundle("manifest.json", content.ljust(LARGEST + 1), {WEBPACK}).digested


KNOWN = {f"shop/{name}" for name in (VITE, WEBPACK, "main.js", "main.css")}
words = st.sampled_from(
    [
        *("file", "css", "assets", "imports", "isEntry", "name", "src", "style.css", "files"),
        *("inputs", "outputs", "entryPoint", "cssBundle", "path", "kind", "import-statement"),
        *("entrypoints", "chunks", "info", "immutable", "origins", "loc", "request", "moduleIdentifier"),
        *("vite/legacy-polyfills", "vite/legacy-polyfills-legacy", "main-legacy.js", ""),
        *("main.js", "main.css", VITE, WEBPACK),
    ]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | words,
    lambda inner: st.lists(inner) | st.dictionaries(words | st.text(max_size=3), inner),
    max_leaves=30,
)


@given(json_values)
def test_any_json_is_read_and_only_known_paths_are_told(manifest: object) -> None:
    bundle = read_bundle("shop/manifest.json", json.dumps(manifest).encode(), KNOWN)
    told = {path for entry in bundle.entries.values() for files in entry[:4] for path in files}
    assert told | bundle.digested <= KNOWN


def test_long_names_and_deep_paths_take_no_time() -> None:
    assert bundle_of({"a": "-abcdefgh" * 50_000, "b": "/a" * 100_000 + "/x-Aa11Aa11.js"}).digested == set()


@pytest.mark.parametrize(("path", "is_manifest"), [
    ("a/manifest.json", True),
    ("a/b/asset-manifest.json", True),
    ("rev-manifest.json", True),
    ("webpack-stats.json", True),
    ("a/manifest.webmanifest", False),
    ("a/my-manifest.json", False),
    ("a/stats.json", False),
    ("a/meta.json", False),
])  # fmt: skip
def test_manifests_are_looked_for_everywhere(path: str, is_manifest: bool) -> None:
    assert is_manifest_name(path) is is_manifest


STATS = {"assets": [], "entrypoints": {}}
METAFILE = {"inputs": {}, "outputs": {}}
WEB_APP = {"name": "Books", "start_url": "./index.html", "icons": [{"src": "icon.png"}]}


@pytest.mark.parametrize(("path", "content", "is_bundlers"), [
    ("manifest.json", {"main.js": WEBPACK}, True),
    ("manifest.json", {"src/main.ts": {"file": VITE}}, True),
    ("manifest.json", WEB_APP, False),
    ("stats.json", STATS, True),
    ("stats.json", {"visitors": 3}, False),
    ("meta.json", METAFILE, True),
    ("meta.json", {"title": "Books"}, False),
    ("data/stats.json", STATS, False),
    ("index.html", {}, False),
])  # fmt: skip
def test_a_manifest_at_the_top_of_an_output_is_known_by_what_is_in_it(
    path: str, content: object, is_bundlers: bool
) -> None:
    assert is_bundle_manifest(path, json.dumps(content).encode) is is_bundlers


@pytest.mark.parametrize(("path", "is_bundlers"), [
    (".vite/manifest.json", True),
    ("webpack-stats.json", True),
    ("asset-manifest.json", True),
    ("assets/manifest.json", False),
    ("main.js", False),
])  # fmt: skip
def test_a_file_is_not_read_where_its_name_tells(path: str, is_bundlers: bool) -> None:
    def read() -> bytes:
        raise AssertionError

    assert is_bundle_manifest(path, read) is is_bundlers
