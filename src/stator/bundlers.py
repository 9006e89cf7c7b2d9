"""Bundlers' manifests: which names already carry a digest, by the word of the tool that gave it.

A manifest names files relative to its own folder (Vite's hidden ``.vite/`` counts as the folder around
it). What is named there *and* looks digested is left alone; a bundler told to write plain names also
writes a manifest, and those files still need a digest from us.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Container, Iterator
from typing import Any

from stator.paths import join_relative
from stator.urls import path_and_suffix

FILE_NAMES = frozenset({"manifest.json", "asset-manifest.json", "assets-manifest.json"})
LARGEST = 16 << 20  # a manifest of more bytes is no bundler's

# app-B3xYz_12.js, app.3f2a9c1b.css: a mark, then eight or more letters of a base64url or hexadecimal digest
_DIGESTED = re.compile(r"[.-](?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{8,}\.[a-z0-9]+(?:\.map)?")


def is_manifest_name(path: str) -> bool:
    """Say whether a file of this name may be a bundler's manifest."""
    return posixpath.basename(path) in FILE_NAMES


def predigested(path: str, content: bytes, known: Container[str]) -> set[str]:
    """Return the logical paths that the manifest at ``path`` names and that carry a digest.

    Anything that is not a bundler's manifest (a web app's ``manifest.json``, broken JSON) names none.
    """
    if len(content) > LARGEST:
        return set()
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError):
        return set()
    folder = posixpath.dirname(path).removesuffix(".vite").rstrip("/")
    found = set()
    for name in _strings(manifest):
        url_path, _ = path_and_suffix(name)
        if not _DIGESTED.search(url_path, max(url_path.rfind("/"), 0)):
            continue
        # With a publicPath the name is a URL: the part of it below the manifest's folder counts.
        for start in _starts(url_path):
            candidate = join_relative(f"{folder}/x" if folder else "x", url_path[start:])
            if candidate and candidate in known:
                found.add(candidate)
                break
    return found


def _strings(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, str):
            yield current
        elif isinstance(current, dict):
            pending += current.values()
        elif isinstance(current, list):
            pending += current


def _starts(url_path: str) -> Iterator[int]:
    """Yield the places where the last parts of a path begin, the longest first."""
    position = 0
    while position >= 0:
        yield position + (url_path[position : position + 1] == "/")
        position = url_path.find("/", position + 1)
