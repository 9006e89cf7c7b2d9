from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.bundlers import is_manifest_name, looks_digested, predigested

KNOWN = {
    "shop/assets/main-YDlxgRyH.js",
    "shop/assets/main-B_x-9aQz.css",
    "shop/assets/logo-ab12cd34.svg",
    "shop/assets/plain.js",
    "shop/assets/icon-ab12cd34.png",
    "main.8f2b1c0d9e3a4b5c6d7e.js",
    "static/js/main.abcdef12.chunk.js",
    "static/js/main.abcdef12.js",
    "static/js/jquery.validate.js",
}

VITE = {
    "src/main.ts": {
        "file": "assets/main-YDlxgRyH.js",
        "src": "src/main.ts",
        "isEntry": True,
        "css": ["assets/main-B_x-9aQz.css"],
        "assets": ["assets/logo-ab12cd34.svg"],
    },
    "src/plain.ts": {"file": "assets/plain.js"},
}


def read(path: str, manifest: object) -> set[str]:
    return predigested(path, json.dumps(manifest).encode(), KNOWN)


@pytest.mark.parametrize("path", ["shop/manifest.json", "shop/.vite/manifest.json"])
def test_vite(path: str) -> None:
    assert read(path, VITE) == {
        "shop/assets/main-YDlxgRyH.js",
        "shop/assets/main-B_x-9aQz.css",
        "shop/assets/logo-ab12cd34.svg",
    }


@pytest.mark.parametrize("prefix", ["", "/static/", "https://cdn.example.com/static/", "auto/"])
def test_webpack_with_any_public_path(prefix: str) -> None:
    name = "main.8f2b1c0d9e3a4b5c6d7e.js"
    assert read("manifest.json", {"main.js": prefix + name}) == {name}


def test_create_react_app() -> None:
    manifest = {
        "files": {"main.js": "/static/js/main.abcdef12.js"},
        "entrypoints": ["static/js/main.abcdef12.js"],
    }
    assert read("asset-manifest.json", manifest) == {"static/js/main.abcdef12.js"}


@pytest.mark.parametrize(
    "manifest",
    [
        {"name": "A web app", "icons": [{"src": "shop/assets/icon-ab12cd34.png"}]},
        {"main.js": "static/js/jquery.validate.js"},
        {"gone.js": "gone-12345678.js"},
        {"main.js": "../../main.8f2b1c0d9e3a4b5c6d7e.jsx"},
        [],
        None,
        "text",
        3,
    ],
)
def test_names_nothing(manifest: object) -> None:
    assert read("manifest.json", manifest) == set()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_broken_json_names_nothing(content: bytes) -> None:
    assert predigested("manifest.json", content, KNOWN) == set()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(sorted(KNOWN)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_any_json_is_read_and_only_known_names_are_found(manifest: object) -> None:
    assert read("manifest.json", manifest) <= KNOWN


@pytest.mark.parametrize(("name", "plain"), [
    ("main-YDlxgRyH.js", "main.ts"),
    ("main-B_x-9aQz.css", ""),
    ("app.3f2a9c1b.css", "app.css"),
    ("app.8f2b1c0d9e3a4b5c6d7e.js.map", ""),
    ("main.abcdef12.chunk.js", "main.js"),
    ("chunk-4QWZ7XKB.js", ""),
])  # fmt: skip
def test_looks_digested(name: str, plain: str) -> None:
    assert looks_digested(name, plain)


@pytest.mark.parametrize(("name", "plain"), [
    ("app.js", "app.ts"),
    ("android-chrome-192x192.png", ""),
    ("icon-1024x768.png", ""),
    ("apple-touch-icon-180x180.png", ""),
    ("icon-maskable-512.png", ""),
    ("logo-2024-summer.png", ""),
    ("photo-20241122.jpg", ""),
    ("vendor-bootstrap5.js", ""),
    ("jquery.validate.js", "jquery.validate.js"),
    ("promo-summer24.js", "promo-summer24.ts"),
    ("settings-advanced.js", ""),
    ("-" * 100_000, ""),
    ("", ""),
])  # fmt: skip
def test_looks_plain(name: str, plain: str) -> None:
    assert not looks_digested(name, plain)


def test_long_names_and_deep_paths_take_no_time() -> None:
    assert read("manifest.json", {"a": "-abcdefgh" * 50_000, "b": "/a" * 100_000 + "/x-Aa11Aa11.js"}) == set()


def test_names_of_manifests() -> None:
    assert is_manifest_name("a/manifest.json")
    assert not is_manifest_name("a/manifest.webmanifest")
