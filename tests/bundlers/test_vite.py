from __future__ import annotations

from stator.frontend import Entry
from tests.bundlers import bundle_of, in_shop

MANIFEST = {
    "_shared-CHxnSbK0.js": {"file": "assets/shared-CHxnSbK0.js", "css": ["assets/shared-B_i-6Aw1.css"]},
    "_shared-B_i-6Aw1.css": {"file": "assets/shared-B_i-6Aw1.css", "src": "_shared-B_i-6Aw1.css"},
    "index.html": {
        "file": "assets/index-DRgnbFWW.js",
        "name": "index",
        "isEntry": True,
        "imports": ["src/main.js", "src/main.js"],
    },
    "src/lazy.js": {
        "file": "assets/lazy-Bgd7S-nb.js",
        "name": "lazy",
        "isDynamicEntry": True,
        "css": ["assets/lazy-ByrGpIAY.css"],
    },
    "src/main.js": {
        "file": "assets/main-DOmRxnMC.js",
        "name": "main",
        "src": "src/main.js",
        "isEntry": True,
        "imports": ["_shared-CHxnSbK0.js"],
        "dynamicImports": ["src/lazy.js"],
        "css": ["assets/main-DUcn7EB4.css"],
        "assets": ["assets/photo-rgUxigNn.png", "assets/plain.png"],
    },
    "src/print.css": {"file": "assets/print-BmDjxjbB.css", "name": "print", "isEntry": True},
    "src/robots.txt": {"file": "assets/robots.txt"},
}
FILES = (
    "assets/shared-CHxnSbK0.js",
    "assets/shared-B_i-6Aw1.css",
    "assets/index-DRgnbFWW.js",
    "assets/lazy-Bgd7S-nb.js",
    "assets/lazy-ByrGpIAY.css",
    "assets/main-DOmRxnMC.js",
    "assets/main-DUcn7EB4.css",
    "assets/photo-rgUxigNn.png",
    "assets/print-BmDjxjbB.css",
)
PLAIN = ("assets/plain.png", "assets/robots.txt")


def test_every_digested_file_keeps_its_name_and_no_plain_one() -> None:
    assert bundle_of(MANIFEST, *FILES, *PLAIN).digested == {f"shop/{file}" for file in FILES}


def test_an_entry_has_the_style_sheets_and_modules_of_all_that_it_imports() -> None:
    main = in_shop(
        scripts=("assets/main-DOmRxnMC.js",),
        styles=("assets/shared-B_i-6Aw1.css", "assets/main-DUcn7EB4.css"),
        preloads=("assets/shared-CHxnSbK0.js",),
    )
    page = in_shop(
        scripts=("assets/index-DRgnbFWW.js",),
        styles=("assets/shared-B_i-6Aw1.css", "assets/main-DUcn7EB4.css"),
        preloads=("assets/shared-CHxnSbK0.js", "assets/main-DOmRxnMC.js"),
    )
    style = in_shop(styles=("assets/print-BmDjxjbB.css",))
    assert bundle_of(MANIFEST, *FILES, *PLAIN) == (
        {
            "src/main.js": main,
            "main": main,
            "index.html": page,
            "index": page,
            "src/print.css": style,
            "print": style,
        },
        {f"shop/{file}" for file in FILES},
        (),
    )


def entries_of(manifest: dict[str, dict[str, object]]) -> dict[str, Entry]:
    files = {str(chunk["file"]) for chunk in manifest.values()}
    styles = {style for chunk in manifest.values() for style in chunk.get("css", ())}
    return dict(bundle_of(manifest, *files, *styles).entries)


def test_chunks_that_import_each_other_are_loaded_once() -> None:
    entries = entries_of(
        {
            "main.js": {
                "file": "main.js",
                "isEntry": True,
                "imports": ["_a.js", "_b.js"],
                "css": ["main.css"],
            },
            "_a.js": {"file": "a.js", "imports": ["_b.js", "main.js"], "css": ["a.css"]},
            "_b.js": {"file": "b.js", "imports": ["_a.js"], "css": ["b.css", "a.css"]},
        }
    )
    styles = ("b.css", "a.css", "main.css")
    assert entries["main.js"] == in_shop(scripts=("main.js",), styles=styles, preloads=("b.js", "a.js"))


def test_a_chain_of_imports_may_be_longer_than_the_stack_is_deep() -> None:
    chain = {f"_{n}.js": {"file": f"{n}.js", "imports": [f"_{n + 1}.js"]} for n in range(5_000)}
    entries = entries_of({"main.js": {"file": "main.js", "isEntry": True, "imports": ["_0.js"]}, **chain})
    assert len(entries["main.js"].preloads) == 5_000


def test_an_import_that_is_no_chunk_is_on_another_host() -> None:
    manifest = {"main.js": {"file": "main.js", "isEntry": True, "imports": ["https://esm.sh/lit"]}}
    assert entries_of(manifest) == {"main.js": in_shop(scripts=("main.js",))}


def test_one_style_sheet_of_all_belongs_to_each_entry_with_scripts() -> None:
    entries = entries_of(
        {
            "src/a.js": {"file": "a.js", "isEntry": True},
            "src/b.js": {"file": "b.js", "isEntry": True},
            "style.css": {"file": "style-BmahW0Y4.css", "src": "style.css"},
        }
    )
    assert {entry.styles for entry in entries.values()} == {("shop/style-BmahW0Y4.css",)}


def test_a_source_called_style_is_its_own_where_chunks_have_theirs() -> None:
    entries = entries_of(
        {
            "src/a.js": {"file": "a.js", "isEntry": True, "css": ["a.css"]},
            "src/b.js": {"file": "b.js", "isEntry": True},
            "style.css": {"file": "style.css"},
        }
    )
    assert entries["src/b.js"].styles == ()


LEGACY = {
    "src/main.ts": {"file": "main.js", "name": "main", "isEntry": True, "imports": ["_shared.js"]},
    "_shared.js": {"file": "shared.js"},
    "src/main-legacy.ts": {"file": "main-legacy.js", "name": "main", "isEntry": True},
}
POLYFILLS = {
    "vite/legacy-polyfills-legacy": {"file": "polyfills-legacy.js", "name": "polyfills", "isEntry": True}
}


def test_browsers_without_modules_get_polyfills_first() -> None:
    main = in_shop(
        scripts=("main.js",), preloads=("shared.js",), legacy=("polyfills-legacy.js", "main-legacy.js")
    )
    assert entries_of({**LEGACY, **POLYFILLS}) == {"src/main.ts": main, "main": main}


def test_polyfills_for_modules_go_first_too_and_their_path_may_climb_out() -> None:
    entries = entries_of(
        {
            **LEGACY,
            "../../vite/legacy-polyfills": {"file": "polyfills.js", "isEntry": True},
            "../../vite/legacy-polyfills-legacy": {"file": "polyfills-legacy.js", "isEntry": True},
        }
    )
    assert set(entries) == {"src/main.ts", "main"}
    assert entries["main"].scripts == ("shop/polyfills.js", "shop/main.js")


def test_without_polyfills_a_name_that_says_legacy_is_one_as_any_other() -> None:
    entries = entries_of(LEGACY)
    assert entries["src/main-legacy.ts"] == in_shop(scripts=("main-legacy.js",))
    assert entries["src/main.ts"].legacy == ()


def test_a_short_name_that_two_have_goes_to_the_scripts() -> None:
    entries = entries_of(
        {
            "src/main.css": {"file": "main-BmDjxjbB.css", "name": "main", "isEntry": True},
            "src/main.js": {"file": "main-DOmRxnMC.js", "name": "main", "isEntry": True},
        }
    )
    assert entries["main"] == entries["src/main.js"]
    assert entries["src/main.css"].styles == ("shop/main-BmDjxjbB.css",)


def test_an_entry_that_starts_nothing_is_none() -> None:
    assert entries_of({"src/robots.txt": {"file": "robots.txt", "isEntry": True}}) == {}
