"""Contents: what is wrong inside of source files, seen in one reading of each.

Rule 1: a file is read once, whatever is looked for in it; of one that is no text, or too large to be written
by a person, only the beginning. Rule 2: what is looked for is a row of a table; group 1 of its pattern is
what is marked. Rule 3: which sightings are a problem, and how to say so, is for the checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from stator.findings import Place, Places
from stator.load_path import SourceFile, printable
from stator.media_types import extension

LARGEST_TEXT = 4 << 20  # bytes
LARGEST_UNKNOWN = 64 << 10  # of a file whose name does not say what it is
BEGINNING = 1 << 10
MOST_SIGHTINGS = 20  # of one kind in one file

_STYLES = frozenset([".css"])
_SCRIPTS = frozenset([".cjs", ".js", ".mjs"])
_PAGES = frozenset([".htm", ".html", ".md", ".svg", ".txt", ".xml"])
_DATA = frozenset([".csv", ".json", ".toml", ".webmanifest", ".yaml", ".yml"])
_SOURCES = frozenset([".coffee", ".jsx", ".less", ".sass", ".scss", ".svelte", ".ts", ".tsx", ".vue"])
_KEYS = frozenset([".asc", ".cert", ".conf", ".crt", ".env", ".key", ".pem", ".ppk", ".pub"])
_TEXTS = _STYLES | _SCRIPTS | _PAGES | _DATA | _SOURCES | _KEYS
_FONTS = frozenset([".eot", ".otf", ".ttf", ".woff", ".woff2"])
_PICTURES = frozenset([".avif", ".gif", ".ico", ".jpeg", ".jpg", ".png", ".webp"])
_MENTIONING = _SCRIPTS | _PAGES | _DATA | _SOURCES  # what a style sheet names, the build knows
_NAMED_FILE = re.compile(
    rb"\.(?:avif|eot|gif|ico|jpe?g|m?js|otf|png|svg|ttf|webp|woff2?)(?![\w.-])", re.IGNORECASE
)
_BETWEEN_NAMES = re.compile(rb"[\s\"'`/\\()<>{}=,;]")
_LONGEST_NAME = 255


class _Look(NamedTuple):
    """``sign`` is in every content that the pattern could match, and is found in no time."""

    id: str
    extensions: frozenset[str]  # none for files of all kinds
    sign: bytes
    pattern: re.Pattern[bytes]


_LOOKS = [
    _Look(
        "merge-conflict",
        _TEXTS,
        b"<<<<<<< ",
        re.compile(rb"^(<{7} [^\r\n]*)\r?$.*?^={7}\r?$.*?^>{7} ", re.MULTILINE | re.DOTALL),
    ),
    _Look(
        "lfs-pointer",
        frozenset(),
        b"version https://git-lfs.github.com/spec/",
        re.compile(
            rb"\A(version https://git-lfs\.github\.com/spec/\S+)\r?\n[^\0]*?^oid sha256:", re.MULTILINE
        ),
    ),
    _Look(
        "html-as-asset",
        _STYLES | _SCRIPTS | _FONTS | _PICTURES | frozenset([".json", ".wasm"]),
        b"<",
        re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(<!doctype html|<html)\b", re.IGNORECASE),
    ),
    # Comments are passed over, as is what follows // in a string: a tag may be missed, and none is invented.
    _Look(
        "template-tag-in-asset",
        _STYLES,
        b"{%",
        re.compile(
            rb"/\*.*?\*/|(\{%[-+]?\s*(?:static|load|url|if|for|include|block|extends|with|get_static_prefix|"
            rb"get_media_prefix)\b[^\r\n]*?%\})",
            re.DOTALL,
        ),
    ),
    _Look(
        "template-tag-in-asset",
        _STYLES,
        b"{{",
        re.compile(rb"/\*.*?\*/|(\{\{\s*[A-Za-z_][\w.]*(?:\s*\|[^\r\n{}]*)?\s*\}\})", re.DOTALL),
    ),
    _Look(
        "template-tag-in-asset",
        _SCRIPTS,  # where many other languages have {{ }} and {% if %}
        b"{%",
        re.compile(rb"/\*.*?\*/|//[^\r\n]*|(\{%\s*(?:static|url)\s[^\r\n]*?%\})", re.DOTALL),
    ),
    _Look(
        "secret-published",
        frozenset(),
        b"PRIVATE KEY-----",
        re.compile(
            rb"(-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----)(?:\\[rn]|\s|[A-Za-z-]+: [^\n]*)*[A-Za-z0-9+/=]{48}"
        ),
    ),
]


class Sighting(NamedTuple):
    """Something that was looked for: the id of its check, where it is, and the text that is marked."""

    id: str
    source: SourceFile
    place: Place
    text: str


class Contents(NamedTuple):
    """What was seen in all files. ``mentioned`` are last segments of the names of files in their texts."""

    sightings: tuple[Sighting, ...] = ()
    mentioned: frozenset[str] = frozenset()


def look_into(sources: Iterable[SourceFile]) -> Contents:
    """Return what is in the files; one that cannot be read is told of by the build."""
    sightings: list[Sighting] = []
    mentioned: set[str] = set()
    for source in sources:
        try:
            content = _read(source)
        except OSError:
            continue
        sightings += _seen(source, content)
        if extension(source.path) in _MENTIONING:
            mentioned.update(mentions(content))
    return Contents(tuple(sightings), frozenset(mentioned))


def mentions(content: bytes) -> Iterator[str]:
    """Yield the last segment of everything in a text that looks like the name of an image, font or script."""
    for ending in _NAMED_FILE.finditer(content):
        before = content[max(0, ending.start() - _LONGEST_NAME) : ending.start()]
        stem = _BETWEEN_NAMES.split(before)[-1]
        yield (stem + ending[0]).decode("utf-8", "replace")


def _read(source: SourceFile) -> bytes:
    kind = extension(source.path)
    is_text = kind in _TEXTS and source.size <= LARGEST_TEXT
    is_unknown = kind not in _FONTS | _PICTURES and source.size <= LARGEST_UNKNOWN
    with source.open() as file:
        return file.read(source.size if is_text or is_unknown else BEGINNING) or b""


def _seen(source: SourceFile, content: bytes) -> Iterator[Sighting]:
    kind = extension(source.path)
    looks = [one for one in _LOOKS if one.sign in content and (not one.extensions or kind in one.extensions)]
    places = Places(printable(source.location), content)
    for look in looks:
        marked = [found for found in look.pattern.finditer(content) if found[1]]
        for found in marked[:MOST_SIGHTINGS]:
            yield Sighting(look.id, source, places.at(*found.span(1)), found[1].decode("utf-8", "replace"))
