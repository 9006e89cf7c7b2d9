from __future__ import annotations

import pytest

from tests.bundlers import bundle_of, in_shop

FILES = (
    "runtime.70f854.js",
    "624.a64240.css",
    "624.187d82.js",
    "main.d7037a.css",
    "main.c41cee.js",
    "photo.png",
)
MAIN = in_shop(
    scripts=("runtime.70f854.js", "624.187d82.js", "main.c41cee.js"),
    styles=("624.a64240.css", "main.d7037a.css"),
    module=False,
)


def stats(**more: object) -> dict[str, object]:
    info = {file: {"immutable": True} for file in FILES} | {"photo.png": {"sourceFilename": "src/photo.png"}}
    return {
        "assets": [{"name": file, "info": info[file]} for file in FILES],
        "entrypoints": {"main": {"name": "main", "assets": [{"name": file} for file in FILES[:5]]}},
        **more,
    }


def test_an_entry_has_all_that_its_stats_list_in_order() -> None:
    assert bundle_of(stats(), *FILES).entries == {"main": MAIN}


def test_stats_say_which_names_are_digested_however_they_look() -> None:
    assert bundle_of(stats(), *FILES).digested == {f"shop/{file}" for file in FILES[:5]}


def test_stats_with_chunks_tell_the_sources_of_an_entry() -> None:
    chunks = [
        {"origins": [{"moduleIdentifier": "", "loc": "main", "request": "./src/main.js"}]},
        {"origins": [{"moduleIdentifier": "a|src/main.js", "loc": "3:15-86", "request": "./lazy.js"}]},
        {"origins": [{"moduleIdentifier": "", "loc": "main"}, None]},
    ]
    assert bundle_of(stats(chunks=chunks), *FILES).entries == {"main": MAIN, "src/main.js": MAIN}


def test_stats_say_whether_scripts_are_modules() -> None:
    manifest = {
        "assets": [{"name": "main.js", "info": {"javascriptModule": True}}],
        "entrypoints": {"main": {"assets": [{"name": "main.js"}]}},
    }
    assert bundle_of(manifest, "main.js").entries["main"].module


@pytest.mark.parametrize("as_listed", [str, lambda file: {"name": file, "path": f"/srv/dist/{file}"}])
def test_webpack_bundle_tracker_of_any_version(as_listed: object) -> None:
    manifest = {
        "status": "done",
        "assets": {"main.8f2b1c0d.js": {"name": "main.8f2b1c0d.js"}, "plain.js": {"name": "plain.js"}},
        "chunks": {"main": [as_listed(file) for file in ("runtime.js", "main.css", "main.8f2b1c0d.js")]},
    }
    bundle = bundle_of(manifest, "runtime.js", "main.css", "main.8f2b1c0d.js", "plain.js")
    main = in_shop(scripts=("runtime.js", "main.8f2b1c0d.js"), styles=("main.css",), module=False)
    assert bundle == ({"main": main}, {"shop/main.8f2b1c0d.js"}, ())
