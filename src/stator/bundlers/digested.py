"""Digested names of other tools, known by how they look."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from stator.urls import path_and_suffix

LONGEST_ENDING = 100  # characters of a name in which a digest is looked for

# At the end of the stem: 8 or more hexadecimal digits, or the 8 characters that Rollup, Vite and esbuild use.
_DIGEST = re.compile(r"[.-](?P<digest>[0-9a-f]{8,64}|[A-Za-z0-9_-]{8})(?:\.[a-z]+)?\.[a-z0-9]+(?:\.map)?\Z")
_NO_DIGEST = re.compile(r"\d+|\d+x\d+|[a-z_-]+")  # a date, the size of an image, a word


def looks_digested(name: str, plain: str = "") -> bool:
    """Say whether a file's name carries a digest; ``plain`` is what the file was called before, if known."""
    match = _DIGEST.search(name, max(0, len(name) - LONGEST_ENDING))
    if match is None or posixpath.splitext(name)[0] == posixpath.splitext(plain)[0]:
        return False
    return _NO_DIGEST.fullmatch(match["digest"]) is None


def digested_among(files: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the paths or URLs whose names look digested, of pairs with what each stands for, if known."""
    return frozenset(
        file
        for file, plain in files
        if looks_digested(posixpath.basename(path_and_suffix(file)[0]), posixpath.basename(plain))
    )
