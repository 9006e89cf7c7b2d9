"""Front ends for tests of pages: what tools would have built, written by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from stator.django.finders import FRONTEND_FINDER
from tests.sites import write

MANIFEST = {
    "src/main.tsx": {
        "file": "assets/main-YDlxgRyH.js",
        "name": "main",
        "src": "src/main.tsx",
        "isEntry": True,
        "imports": ["_shared-B2kQ1xZa.js"],
        "dynamicImports": ["src/lazy.tsx"],
        "css": ["assets/main-Dd4kXq2w.css"],
    },
    "_shared-B2kQ1xZa.js": {
        "file": "assets/shared-B2kQ1xZa.js",
        "name": "shared",
        "css": ["assets/shared-C9vT3mNp.css"],
    },
    "src/lazy.tsx": {
        "file": "assets/lazy-Ab3dEf6h.js",
        "name": "lazy",
        "src": "src/lazy.tsx",
        "isDynamicEntry": True,
        "imports": ["_shared-B2kQ1xZa.js"],
    },
}
LEGACY = {
    **MANIFEST,
    "src/main-legacy.tsx": {
        "file": "assets/main-legacy-Xy7zAb2c.js",
        "name": "main",
        "src": "src/main-legacy.tsx",
        "isEntry": True,
    },
    "../../vite/legacy-polyfills-legacy": {
        "file": "assets/polyfills-legacy-Qw8eRt5y.js",
        "name": "polyfills",
        "src": "../../vite/legacy-polyfills-legacy",
        "isEntry": True,
    },
}
INDEX = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <base href="/planner/">
    <link rel="icon" type="image/svg+xml" href="./logo.svg" />
    <script type="module" crossorigin src="./assets/main-YDlxgRyH.js"></script>
    <link rel="modulepreload" crossorigin href="./assets/shared-B2kQ1xZa.js">
    <link rel="stylesheet" crossorigin href="./assets/main-Dd4kXq2w.css">
    <style nonce="old">body{}</style>
  </head>
  <body><div id="root"></div>
    <!-- <script src="./assets/gone.js"></script> -->
    <img src="/logo.svg" srcset="logo.svg 1x, logo.svg#a 2x"><a href="./assets/main-Dd4kXq2w.css">x</a>
    <script>if (1 < 2) document.title = '<script src="./logo.svg">'</script>
  </body>
</html>
"""
FILES: dict[str, str | bytes] = {
    "assets/main-YDlxgRyH.js": "import './shared-B2kQ1xZa.js'; import('./lazy-Ab3dEf6h.js')",
    "assets/shared-B2kQ1xZa.js": "export const x = 1",
    "assets/lazy-Ab3dEf6h.js": "import './shared-B2kQ1xZa.js'",
    "assets/main-Dd4kXq2w.css": "a{}",
    "assets/shared-C9vT3mNp.css": "b{}",
    "assets/main-legacy-Xy7zAb2c.js": "System.register([], function(){})",
    "assets/polyfills-legacy-Qw8eRt5y.js": "var System",
    "logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "index.html": INDEX,
}


def vite(folder: Path, manifest: dict[str, Any] = MANIFEST) -> dict[str, object]:
    """Write what Vite would have built in ``folder``, and return the settings of the front end."""
    write(folder, {"package.json": "{}", "src/main.tsx": "", "src/site.css": ""})
    write(folder / "dist", {**FILES, ".vite/manifest.json": json.dumps(manifest)})
    return {"root": str(folder), "kind": "vite", "build": "", "install": ""}


def plain(folder: Path) -> dict[str, object]:
    """Write what a tool without a manifest would have built, and return the settings of the front end."""
    write(folder, {"package.json": "{}"})
    write(folder / "dist", {"site.css": "a{}", "site.js": "var x", "notes.txt": "x"})
    return {"root": str(folder), "build": "", "install": ""}


def settings_of(**frontends: dict[str, object]) -> dict[str, Any]:
    """Return the settings of a project that has these front ends."""
    finders = [
        "django.contrib.staticfiles.finders.FileSystemFinder",
        "django.contrib.staticfiles.finders.AppDirectoriesFinder",
        FRONTEND_FINDER,
    ]
    return {"STATICFILES_FINDERS": finders, "STATOR": {"FRONTENDS": frontends}}
