"""Paths: the one definition of a valid logical path, and of what a digest does to a name.

A logical path is what ``{% static %}`` is given: relative, with forward slashes, without ``.`` and ``..``.
It is checked where it enters; inside, a path is right.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from stator.errors import UnsafePath

DIGEST_LENGTH = 12  # hexadecimal digits, as many as Django's, so that patterns people have go on matching
NAME_BYTES = 255  # what file systems allow for one segment
_DIGEST_ROOM = DIGEST_LENGTH + 1
_PLAIN_BYTES = NAME_BYTES - _DIGEST_ROOM
# The ending that a file's precompressed form has after its name, by the name of the coding.
CODING_SUFFIXES = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}
WORK_FOLDER = ".stator"  # in a published folder: where unfinished files are, and nothing else
LOCK_FILE = ".stator.lock"  # in a published folder that cannot be locked itself

_UNUSABLE = re.compile(r"[\x00-\x1f\x7f\\]")
# What nearly all paths are made of: whoever reads a manifest asks for a hundred thousand of them.
_USUAL = re.compile(
    rf"(?:(?!\.\.?(?:/|\Z)|{re.escape(WORK_FOLDER)}(?:/|\Z))[\w.@+~ -]{{1,{_PLAIN_BYTES}}}(?:/(?!\Z)|\Z))+",
    re.ASCII,
)
_DIGEST = re.compile(rf"[0-9a-f]{{{DIGEST_LENGTH}}}")


def logical_path(path: str) -> str:
    """Return ``path`` when it is a valid logical path, with room in its name for a digest.

    Raises ``UnsafePath``, whose text says why, in words that can follow the name.
    """
    return _checked(path, _PLAIN_BYTES)


def published_name(name: str) -> str:
    """Return ``name`` when a file can be published under it. Raises ``UnsafePath`` as ``logical_path``."""
    return _checked(name, NAME_BYTES)


def _checked(path: str, longest: int) -> str:
    if _USUAL.fullmatch(path):
        return path
    if _UNUSABLE.search(path):
        raise UnsafePath("holds a backslash or a control character, which no URL can carry safely")
    try:
        path.encode()
    except UnicodeEncodeError:
        raise UnsafePath("is not valid UTF-8, so no URL can name it") from None
    if path.partition("/")[0] == WORK_FOLDER:
        raise UnsafePath(f"lies in {WORK_FOLDER}, where Stator keeps unfinished files")
    for segment in path.split("/"):
        if segment in {"", ".", ".."}:
            raise UnsafePath("has an empty, '.' or '..' segment")
        if len(segment.encode()) > longest:
            raise UnsafePath(f"has a segment of more than {longest} bytes")
    return path


def is_plain_segment(name: str) -> bool:
    """Say at once of most names in a folder that they are valid segments of any path; ask of the others."""
    return len(name) <= _PLAIN_BYTES and name.isascii() and name.isprintable() and "\\" not in name


def folders_of(paths: Iterable[str]) -> set[str]:
    """Return every folder around files of these paths, at any depth."""
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def digested_path(path: str, digest: str) -> str:
    """Return the published name: ``css/app.css`` and ``3f2a…`` give ``css/app.3f2a….css``."""
    stem, extension = posixpath.splitext(path)
    return f"{stem}.{digest}{extension}"


def parse_digested(path: str) -> tuple[str, str] | None:
    """Return logical path and digest of a name made by ``digested_path``, or ``None`` for any other."""
    stem, extension = posixpath.splitext(path)
    for path_before, digest in (
        (stem, extension[1:]),
        (stem.rpartition(".")[0] + extension, stem.rpartition(".")[2]),
    ):
        if _DIGEST.fullmatch(digest) and digested_path(path_before, digest) == path:
            return path_before, digest
    return None


def join_relative(base: str, relative: str) -> str | None:
    """Return the path that ``relative`` names when written in the file ``base``.

    ``None`` when it climbs out of the root. The root itself is an empty path.
    """
    joined = posixpath.normpath(posixpath.join("/", posixpath.dirname(base), relative))[1:]
    depth = base.count("/")
    for segment in relative.split("/"):
        depth += -1 if segment == ".." else segment not in {"", "."}
        if depth < 0:
            return None
    return joined
