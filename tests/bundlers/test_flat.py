from __future__ import annotations

from tests.bundlers import bundle_of, in_shop


def test_scripts_and_style_sheets_are_entries_of_their_own() -> None:
    manifest = {"main.js": "main.8f2b1c0d.js", "main.css": "main-b3e915f2e4.css", "photo.png": "photo.png"}
    bundle = bundle_of(manifest, *manifest.values())
    script = in_shop(scripts=("main.8f2b1c0d.js",), module=False)
    style = in_shop(styles=("main-b3e915f2e4.css",))
    assert bundle.entries == {"main.js": script, "main.css": style}
    assert bundle.digested == {"shop/main.8f2b1c0d.js", "shop/main-b3e915f2e4.css"}


def test_a_script_that_says_so_in_its_name_is_a_module() -> None:
    assert bundle_of({"main.mjs": "main.8f2b1c0d.mjs"}, "main.8f2b1c0d.mjs").entries["main.mjs"].module


def test_create_react_app_tells_what_its_entry_needs() -> None:
    files = ("static/css/main.0a1b2c3d.css", "static/js/main.abcdef12.js")
    manifest = {
        "files": {"main.css": f"/{files[0]}", "main.js": f"/{files[1]}", "index.html": "/index.html"},
        "entrypoints": list(files),
    }
    bundle = bundle_of(manifest, *files)
    assert bundle.entries["main"] == in_shop(scripts=files[1:], styles=files[:1], module=False)
    assert bundle.digested == {f"shop/{file}" for file in files}


def test_a_name_that_was_so_before_is_not_digested() -> None:
    assert bundle_of({"promo-summer24.js": "promo-summer24.js"}, "promo-summer24.js").digested == set()
