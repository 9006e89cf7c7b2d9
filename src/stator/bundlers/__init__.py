"""Bundlers' manifests: what a page loads to start an entry, and which names already carry a digest.

Each form has a file that reads it. Rspack writes webpack's, and Parcel does with a reporter
(``docs/frontends/tools.md``). A manifest is known by what is in it, not by its name: a web app's
``manifest.json`` is none.

Names in a manifest are relative to its own folder (Vite's hidden ``.vite/`` counts as the folder around it),
to the folder that the tool was started in, or URLs.

A file keeps its name by the word of the tool. One that says which names carry a digest is believed; of others
a name must look digested too, since a tool that was told to write plain names writes a manifest as well. In
doubt a name counts as plain: it then gets a digest from us, and has two.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Container
from typing import Any

from stator.bundlers import esbuild, flat, vite, webpack
from stator.bundlers.bundle import Bundle, Told, placed
from stator.bundlers.digested import looks_digested

__all__ = [
    "LARGEST",
    "Bundle",
    "is_bundle_manifest",
    "is_manifest_name",
    "looks_digested",
    "read_bundle",
]

LARGEST = 16 << 20  # a manifest of more bytes is no bundler's
_BY_BUNDLERS_ONLY = frozenset({
    "asset-manifest.json",
    "assets-manifest.json",
    "parcel-manifest.json",
    "rev-manifest.json",
    "webpack-stats.json",
})  # fmt: skip
_MANIFESTS = _BY_BUNDLERS_ONLY | {"manifest.json"}
_BUNDLE_FILES = _BY_BUNDLERS_ONLY | {".vite/manifest.json"}
_BY_OTHERS_TOO = {"manifest.json", "meta.json", "stats.json"}
_ENDINGS = ("manifest.json", "webpack-stats.json")  # asked of every file of a site, and no for nearly all

_READERS: tuple[Callable[[dict[str, Any]], Told | None], ...] = (
    vite.read,
    esbuild.read,
    webpack.read_stats,
    webpack.read_tracked,
    flat.read,
)


def is_manifest_name(path: str) -> bool:
    """Say whether a file of this name may be a bundler's manifest, wherever it is."""
    return path.endswith(_ENDINGS) and posixpath.basename(path) in _MANIFESTS


def is_bundle_manifest(path: str, read: Callable[[], bytes]) -> bool:
    """Say whether a file of a front end's output, by its path there, is what the bundler tells of the others.

    ``read`` returns its content, and is called only if other files have such a name too, as a web app's own
    ``manifest.json`` has. What is too large to be read counts: it may well have all sources in it.
    """
    if path not in _BY_OTHERS_TOO:
        return path in _BUNDLE_FILES
    content = read()
    return len(content) > LARGEST or _told(content) is not None


def read_bundle(path: str, content: bytes, known: Container[str]) -> Bundle:
    """Return what the bundler's manifest with the logical path ``path`` tells.

    ``known`` are the logical paths that exist: all paths in the result are among them. Anything that is not a
    bundler's manifest (a web app's ``manifest.json``, broken JSON) tells nothing.
    """
    told = _told(content)
    return placed(told, path, known) if told else Bundle()


def _told(content: bytes) -> Told | None:
    """Return what a manifest tells in the bundler's own names, ``None`` if no bundler has written it."""
    if len(content) > LARGEST:
        return None
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict):
        return None
    return next(filter(None, (read(manifest) for read in _READERS)), None)
