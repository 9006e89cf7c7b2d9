"""Contents: what is wrong inside of source files, seen in one reading of each.

Rule 1: a file is read once, whatever is looked for in it; of one that is no text, or too large to be written
by a person, only the beginning. Rule 2: what is looked for is a row of a table. Rule 3: files may be hostile,
so each look takes time in proportion to the file: no match reaches over the next place at which one could
begin, but for a bounded piece, and nothing that a pattern has passed over is given back. Rule 4: which
sightings are a problem, and how to say so, is for the checks.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
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
_DUMPS = frozenset([".bak", ".dump", ".sql"])
_TEXTS = _STYLES | _SCRIPTS | _PAGES | _DATA | _SOURCES | _KEYS | _DUMPS
_FONTS = frozenset([".eot", ".otf", ".ttf", ".woff", ".woff2"])
_PICTURES = frozenset([".avif", ".gif", ".ico", ".jpeg", ".jpg", ".png", ".webp"])
_MENTIONING = _SCRIPTS | _PAGES | _DATA | _SOURCES  # what a style sheet names, the build knows
_NAMED_FILE = re.compile(
    rb"\.(?:avif|eot|gif|ico|jpe?g|m?js|otf|png|svg|ttf|webp|woff2?)(?![\w.-])", re.IGNORECASE
)
_BETWEEN_NAMES = re.compile(rb"[\s\"'`/\\()<>{}=,;]")
_LONGEST_NAME = 255


Spans = Iterator[tuple[int, int]]


class _Look(NamedTuple):
    """What is looked for.

    ``id`` is that of a check, or of one of the things that a check is about. ``sign`` is in every content
    that has what is looked for; ``spans`` yields what of it is marked.
    """

    id: str
    extensions: frozenset[str]  # none for files of all kinds
    sign: bytes
    spans: Callable[[bytes], Spans]


def _matching(pattern: bytes, flags: int = 0) -> Callable[[bytes], Spans]:
    """Return the look for group 1 of a pattern; a match without that is passed over."""
    finditer = re.compile(pattern, flags).finditer
    return lambda content: (found.span(1) for found in finditer(content) if found[1] is not None)


_MARKERS = re.compile(rb"^(?:<{7} [^\r\n]*+|={7}(?=\r?$)|>{7} )", re.MULTILINE)


def _conflicts(content: bytes) -> Spans:
    """Yield the line that begins each conflict which has all three of git's markers."""
    opened, is_parted = None, False
    for marker in _MARKERS.finditer(content):
        sign = marker[0][:1]
        if sign == b"<" and opened is None:
            opened = marker.span()
        elif sign == b"=" and opened is not None:
            is_parted = True
        elif sign == b">" and opened is not None and is_parted:
            yield opened
            opened, is_parted = None, False


# A comment that is never closed goes to the end of the file.
_COMMENT = rb"/\*.*?(?:\*/|\Z)"
_REST_OF_TAG = rb"(?>(?:[^\r\n{%]|\{(?!%)|%(?!\})){0,300})%\}"
_BREAKS = rb"(?>(?:\s{1,100}+|\\[rn]){0,8})"  # of lines, in JSON too

_LOOKS = [
    _Look("merge-conflict", _TEXTS, b"<<<<<<< ", _conflicts),
    _Look(
        "lfs-pointer",
        frozenset(),
        b"version https://git-lfs.github.com/spec/",
        _matching(
            rb"\A(version https://git-lfs\.github\.com/spec/\S++)\r?\n[^\0]*?^oid sha256:", re.MULTILINE
        ),
    ),
    _Look(
        "html-as-asset",
        _STYLES | _SCRIPTS | _FONTS | _PICTURES | frozenset([".json", ".wasm"]),
        b"<",
        _matching(rb"\A(?:\xef\xbb\xbf)?\s*+(<!doctype html|<html)\b", re.IGNORECASE),
    ),
    # Comments are passed over, as is what follows // in a string: a tag may be missed, and none is invented.
    _Look(
        "template-tag-in-asset",
        _STYLES,
        b"{%",
        _matching(
            _COMMENT + rb"|(\{%[-+]?\s*+(?:static|load|url|if|for|include|block|extends|with|"
            rb"get_static_prefix|get_media_prefix)\b" + _REST_OF_TAG + rb")",
            re.DOTALL,
        ),
    ),
    _Look(
        "template-tag-in-asset",
        _STYLES,
        b"{{",
        _matching(
            _COMMENT + rb"|(\{\{\s*+[A-Za-z_][\w.]{0,100}+\s*+(?:\|[^\r\n{}]{0,200}+)?\}\})",
            re.DOTALL,
        ),
    ),
    _Look(
        "template-tag-in-asset",
        _SCRIPTS,  # where many other languages have {{ }} and {% if %}
        b"{%",
        _matching(_COMMENT + rb"|//[^\r\n]*+|(\{%\s*+(?:static|url)\s" + _REST_OF_TAG + rb")", re.DOTALL),
    ),
    _Look(
        "private-key",
        frozenset(),
        b"PRIVATE KEY-----",
        _matching(
            rb"(-----BEGIN (?:[A-Z]{1,20} ){0,4}PRIVATE KEY-----)"
            + _BREAKS
            + rb"(?>(?:[A-Za-z-]{1,40}+: [^\r\n\\]{0,200}+"
            + _BREAKS
            + rb"){0,5})[A-Za-z0-9+/=]{48}"
        ),
    ),
    _Look(
        "users-of-database",
        _DUMPS,
        b"auth_user",
        _matching(
            rb"^\s{0,20}+((?:INSERT INTO|COPY) [`\"\w]{0,40}?\.?[`\"]?auth_user[`\"]?)[ (]", re.MULTILINE
        ),
    ),
    _Look(
        "password-hash",
        _TEXTS,
        b"pbkdf2_sha256$",
        _matching(rb"(pbkdf2_sha256\$)[0-9]{4,8}\$[A-Za-z0-9]{8,64}\$[A-Za-z0-9+/]{40,86}={0,2}"),
    ),
    _Look(
        "access-key",
        _TEXTS,
        b"AKIA",
        # The keys in Amazon's own examples end with EXAMPLE.
        _matching(
            rb"\b(AKIA(?![0-9A-Z]{9}EXAMPLE)[0-9A-Z]{16})\b[^\0]{1,200}?[Ss][Ee][Cc][Rr][Ee][Tt]\w{0,20}"
            rb"[\"']?\s{0,4}[:=]\s{0,4}[\"']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
        ),
    ),
]


class Sighting(NamedTuple):
    """Something that was looked for: the id of its look, where it is, and the text that is marked."""

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
    is_text = kind in _DUMPS or (kind in _TEXTS and source.size <= LARGEST_TEXT)
    is_unknown = kind not in _FONTS | _PICTURES and source.size <= LARGEST_UNKNOWN
    with source.open() as file:
        return file.read(min(source.size, LARGEST_TEXT) if is_text or is_unknown else BEGINNING) or b""


def _seen(source: SourceFile, content: bytes) -> Iterator[Sighting]:
    kind = extension(source.path)
    looks = [one for one in _LOOKS if one.sign in content and (not one.extensions or kind in one.extensions)]
    places = Places(printable(source.location), content)
    for look in looks:
        for span in itertools.islice(look.spans(content), MOST_SIGHTINGS):
            yield Sighting(
                look.id, source, places.at(*span), content[slice(*span)].decode("utf-8", "replace")
            )
