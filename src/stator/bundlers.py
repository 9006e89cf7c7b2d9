"""Bundlers' manifests: which names already carry a digest, by the word of the tool that gave it.

Two forms are known. Vite's has an entry for each chunk, with ``file`` and lists of ``css`` and ``assets``.
That of webpack, Rspack, gulp-rev and Create React App maps one name to another, at the top or under
``files``. Names are relative to the manifest's own folder (Vite's hidden ``.vite/`` counts as the folder
around it), or URLs.

A file keeps its name if such a manifest names it *and* the name looks digested, since a bundler told to
write plain names writes a manifest too. In doubt a name counts as plain: it then gets a digest from us, and
has two.
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
_ENDINGS = tuple(FILE_NAMES)  # asked of every file of a site, and no for nearly all
LARGEST = 16 << 20  # a manifest of more bytes is no bundler's
LONGEST_ENDING = 100  # characters of a name in which a digest is looked for
DEEPEST = 20  # segments of a URL that are tried as the beginning of a path

# At the end of the stem: 8 or more hexadecimal digits, or the 8 characters that Rollup, Vite and esbuild use.
_DIGEST = re.compile(r"[.-](?P<digest>[0-9a-f]{8,64}|[A-Za-z0-9_-]{8})(?:\.[a-z]+)?\.[a-z0-9]+(?:\.map)?\Z")
_NO_DIGEST = re.compile(r"\d+|\d+x\d+|[a-z_-]+")  # a date, the size of an image, a word


def is_manifest_name(path: str) -> bool:
    """Say whether a file of this name may be a bundler's manifest."""
    return path.endswith(_ENDINGS) and posixpath.basename(path) in FILE_NAMES


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
    for plain, named in _pairs(manifest):
        url_path, _ = path_and_suffix(named)
        if looks_digested(posixpath.basename(url_path), posixpath.basename(plain)):
            found.update(_first_known(url_path, folder, known))
    return found


def looks_digested(name: str, plain: str = "") -> bool:
    """Say whether a file's name carries a digest; ``plain`` is what the file was called before, if known."""
    match = _DIGEST.search(name, max(0, len(name) - LONGEST_ENDING))
    if match is None or posixpath.splitext(name)[0] == posixpath.splitext(plain)[0]:
        return False
    return _NO_DIGEST.fullmatch(match["digest"]) is None


def _pairs(manifest: Any) -> Iterator[tuple[str, str]]:
    """Yield each name with the plain name it stands for, which is empty where the manifest has none."""
    if not isinstance(manifest, dict):
        return
    for plain, entry in manifest.items():
        if isinstance(entry, str):
            yield plain, entry
        elif isinstance(entry, dict) and plain == "files":
            yield from ((name, file) for name, file in entry.items() if isinstance(file, str))
        elif isinstance(entry, dict) and isinstance(entry.get("file"), str):
            yield plain, entry["file"]
            for more in (entry.get("css"), entry.get("assets")):
                yield from (("", file) for file in more or () if isinstance(file, str))


def _first_known(url_path: str, folder: str, known: Container[str]) -> list[str]:
    """Return the known path that a name means. Of one with a public path only the last segments count."""
    segments = url_path.split("/")
    for first in range(max(0, len(segments) - DEEPEST), len(segments)):
        path = join_relative(f"{folder}/x" if folder else "x", "/".join(segments[first:]))
        if path and path in known:
            return [path]
    return []
