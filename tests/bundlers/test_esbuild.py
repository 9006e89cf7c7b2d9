from __future__ import annotations

from tests.bundlers import bundle_of, in_shop

STATIC, DYNAMIC = "import-statement", "dynamic-import"
METAFILE = {
    "inputs": {"src/main.js": {"bytes": 1}},
    "outputs": {
        "dist/main-Q4KLW7YW.js": {
            "imports": [
                {"path": "dist/chunk-OJ4AHM6K.js", "kind": STATIC},
                {"path": "dist/photo-4IYS4XEZ.png", "kind": "file-loader"},
                {"path": "dist/lazy-QUI6PS66.js", "kind": DYNAMIC},
                {"path": "https://esm.sh/lit", "kind": STATIC, "external": True},
            ],
            "entryPoint": "src/main.js",
            "cssBundle": "dist/main-5DLK72VT.css",
        },
        "dist/main-5DLK72VT.css": {"imports": [{"path": "dist/photo-4IYS4XEZ.png", "kind": "url-token"}]},
        "dist/chunk-OJ4AHM6K.js": {"imports": [], "exports": ["a"]},
        "dist/lazy-QUI6PS66.js": {"imports": [], "entryPoint": "src/lazy.js"},
        "dist/photo-4IYS4XEZ.png": {"imports": []},
        "dist/print.css": {"imports": [], "entryPoint": "src/print.css"},
    },
}
DIGESTED = (
    "main-Q4KLW7YW.js",
    "main-5DLK72VT.css",
    "chunk-OJ4AHM6K.js",
    "lazy-QUI6PS66.js",
    "photo-4IYS4XEZ.png",
)


def test_names_are_relative_to_where_esbuild_was_started() -> None:
    bundle = bundle_of(METAFILE, *DIGESTED, "print.css", path="shop/meta.json")
    assert bundle.digested == {f"shop/{file}" for file in DIGESTED}
    assert bundle.missing == ()


def test_entries_go_by_source_and_by_its_name() -> None:
    entries = bundle_of(METAFILE, *DIGESTED, "print.css").entries
    assert entries["main"] == in_shop(
        scripts=("main-Q4KLW7YW.js",), styles=("main-5DLK72VT.css",), preloads=("chunk-OJ4AHM6K.js",)
    )
    assert entries["src/print.css"] == in_shop(styles=("print.css",))
    sources = {"src/main.js", "src/lazy.js", "src/print.css"}
    assert set(entries) == sources | {"main", "lazy", "print"}


def test_an_output_with_the_name_of_its_source_is_not_digested() -> None:
    metafile = {"inputs": {}, "outputs": {"settings-Advanced.js": {"entryPoint": "src/settings-Advanced.js"}}}
    assert bundle_of(metafile, "settings-Advanced.js").digested == set()
