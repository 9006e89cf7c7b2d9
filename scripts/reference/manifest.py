"""The page of the manifest: what stands in the template, and an example that the code writes."""

from __future__ import annotations

import hashlib

from scripts.reference import markdown
from scripts.reference.markdown import code
from stator import manifest_text
from stator.frontend import Entry, Frontend
from stator.manifest import Content, Loads, Manifest, Release, Row


def example() -> Manifest:
    """Return a release with a front end, after one that had another style sheet."""

    def content(text: str, size: int, **codings: int) -> Content:
        return Content(size, hashlib.sha256(text.encode()).digest(), tuple(codings.items()))

    def entry(script: str) -> dict[str, Frontend]:
        return {"shop": Frontend({"src/main.tsx": Entry((script,), styles=("css/base.css",))})}

    base, old = content("base", 5120, br=1033, gzip=1207), content("old", 7000, br=1514, gzip=1702)
    names = {
        "css/app.css": "css/app.3f2a9c1b7d5e.css",
        "css/base.css": "css/base.8c1f0e2b9d7a.css",
        "shop/main-Bx7kQ2aP.js": "shop/main-Bx7kQ2aP.js",
    }
    files = {
        names["css/app.css"]: content("app", 48310, br=5212, zstd=5903, gzip=6044),
        names["css/base.css"]: base,
        names["shop/main-Bx7kQ2aP.js"]: content("main", 151_377, br=43_209),
    }
    loads = {"css/app.css": Loads(("css/base.css",)), "shop/main-Bx7kQ2aP.js": Loads(module=True)}
    earlier = Release(
        "51bd03a2c6f09e77",
        {"css/app.0d5e1f7a2b3c.css": old},
        (),
        1_795_000_000,
        {
            "css/app.css": Row("css/app.0d5e1f7a2b3c.css", old, True, Loads(("css/base.css",))),
            "shop/main-Bx7kQ2aP.js": None,
        },
        "Stator 1.0",
        {},
    )
    return Manifest(
        "8c1f0e2b9d7a4c55",
        names,
        files,
        True,
        (earlier,),
        "Stator 1.0",
        loads,
        entry("shop/main-Bx7kQ2aP.js"),
    )


def page() -> str:
    return markdown.page(
        "manifest",
        "scripts/reference/manifest.py",
        example=code(manifest_text.to_json(example()).decode(), "json"),
    )
