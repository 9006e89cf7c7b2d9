"""URLs: what a specifier means, and how a name is written as one (RFC 3986)."""

from __future__ import annotations

import functools
import posixpath
import re
from enum import Enum
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from stator.paths import join_relative

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# What may stand in the path of a URL unescaped (pchar and "/", RFC 3986, 3.3), less the characters that
# would end an unquoted url() or a string: a written name fits wherever a specifier can stand.
_PATH_SAFE = "/!$&*+,;=:@~"


class Meaning(Enum):
    """What a specifier refers to."""

    FILE = "a file of this site"
    ELSEWHERE = "another host, a view, a part of the same document"
    FOLDER = "a folder of this site, as in new URL('./', import.meta.url)"
    BARE = "a package's name, which an import map or a bundler resolves"
    OUTSIDE = "a place above the root of all static files"


class Target(NamedTuple):
    """The meaning of a specifier and, for a file, its logical path."""

    meaning: Meaning
    path: str = ""


ELSEWHERE = Target(Meaning.ELSEWHERE)


def path_and_suffix(specifier: str) -> tuple[str, str]:
    """Divide a specifier into its path and what follows it, query and fragment with their marks."""
    end = len(specifier)
    for mark in "?#":
        found = specifier.find(mark, 0, end)
        if found >= 0:
            end = found
    return specifier[:end], specifier[end:]


def target_of(specifier: str, base: str, static_url: str, *, module: bool = False) -> Target:
    """Return what ``specifier`` means in the file with the logical path ``base``.

    ``static_url`` is the URL under which all files are published, with its final slash. ``module`` says
    that it stands in an ``import``, where a name without ``./`` or ``/`` is a bare specifier (HTML,
    "resolve a module specifier").
    """
    url_path, _ = path_and_suffix(specifier.strip())
    if not url_path:
        return ELSEWHERE
    root = next((root for root in _roots(static_url) if _is_below(url_path, root)), None)
    if root:
        url_path, base = url_path[len(root) :], ""
    elif url_path.startswith("/") or _SCHEME.match(url_path):
        return ELSEWHERE
    elif module and is_bare(url_path):
        return Target(Meaning.BARE)
    path = join_relative(base, unquote(url_path))
    if path is None:
        return Target(Meaning.OUTSIDE)
    if not path or url_path.endswith("/") or url_path.rpartition("/")[2] in {".", ".."}:
        return Target(Meaning.FOLDER)
    return Target(Meaning.FILE, path)


def is_bare(specifier: str) -> bool:
    """Say whether a module specifier is a name that only an import map or a bundler resolves."""
    return not specifier.startswith(("/", "./", "../")) and not _SCHEME.match(specifier)


@functools.lru_cache(maxsize=8)
def _roots(static_url: str) -> tuple[str, ...]:
    """Return the ways to write ``static_url`` in a file below it: as it is, without scheme, without host."""
    parts = urlsplit(static_url)
    if not parts.netloc:
        return (static_url,)
    return tuple(dict.fromkeys((static_url, f"//{parts.netloc}{parts.path}", parts.path)))


def _is_below(url_path: str, root: str) -> bool:
    """Say whether an address is below a root: two slashes begin a host, which no path is."""
    return url_path.startswith(root) and url_path.startswith("//") is root.startswith("//")


def quoted(path: str) -> str:
    """Return a logical path as the path of a URL."""
    return quote(path, safe=_PATH_SAFE)


def with_base_name(specifier: str, path: str) -> str:
    """Return the specifier with the last segment of its path replaced by that of ``path``.

    Whatever leads there stays as the author wrote it, so a relative reference stays relative and one
    that began with ``STATIC_URL`` keeps that form; query and fragment stay too.
    """
    url_path, suffix = path_and_suffix(specifier)
    folder, slash, _ = url_path.rpartition("/")
    return f"{folder}{slash}{quoted(path.rpartition('/')[2])}{suffix}"


def leading_to(specifier: str, other: str, base: str, path: str) -> str:
    """Return the specifier that means ``other`` in the file ``base``, where this one means ``path``.

    A relative one stays relative, with ``./`` where it began with a dot, as modules need it; one that ends
    with the whole path, as behind ``STATIC_URL``, keeps what stands before. Query and fragment stay too.
    """
    url_path, suffix = path_and_suffix(specifier)
    if url_path.startswith("/") or _SCHEME.match(url_path):
        return f"{url_path.removesuffix(quoted(path)).removesuffix(path)}{quoted(other)}{suffix}"
    relative = posixpath.relpath(other, posixpath.dirname(base) or ".")
    dot = "./" if url_path.startswith(".") and not relative.startswith(".") else ""
    return f"{dot}{quoted(relative)}{suffix}"


def without_escapes(url: str) -> str:
    """Return the URL with everything percent-encoded that a string or an unquoted ``url()`` must escape."""
    return quote(url, safe=_PATH_SAFE + "%?#")
