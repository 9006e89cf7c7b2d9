"""Mentions: what a page and the files behind it make a browser ask for, and how it asks.

The rules of this file:

1. What a browser loads by itself counts: sheets, scripts, pictures, fonts, sound. A link that somebody may
   follow does not, nor does what a script asks for when it runs.
2. Sheets and scripts are read by the scanners of ``stator.references``; modules by their static imports,
   through the page's import map (HTML, "import maps", without scopes).
3. Only ``http:`` and ``https:``; of a reference that is broken beyond being an address nothing is said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from stator.diagnose.visit.address import LONGEST, address
from stator.diagnose.visit.tags import Tag, tags
from stator.findings import Place, Places
from stator.media_types import extension
from stator.references import Kind, scanner_for


class Use(StrEnum):
    """What a browser wants a file for, in the words of messages."""

    STYLE = "style sheet"
    SCRIPT = "script"
    MODULE = "module"
    FONT = "font"
    IMAGE = "picture"
    MEDIA = "sound or video"
    MANIFEST = "web app manifest"
    OTHER = "file"


class Mention(NamedTuple):
    """A file that a browser asks for. ``url`` is absolute, without fragment.

    ``page`` is the address of the page that leads to it. ``cors`` says that the browser asks across origins
    with CORS, so that the answer must allow it. ``integrity`` is that attribute's value.
    """

    url: str
    use: Use
    place: Place
    page: str
    cors: bool = False
    integrity: str = ""


class Mentions(NamedTuple):
    """What a page makes a browser ask for, in order, and the import map that holds for its modules."""

    found: tuple[Mention, ...] = ()
    imports: Mapping[str, str] = MappingProxyType({})


# What the attribute ``as`` of a preload is for.
_PRELOADED = {
    "style": Use.STYLE,
    "script": Use.SCRIPT,
    "font": Use.FONT,
    "image": Use.IMAGE,
    "video": Use.MEDIA,
    "audio": Use.MEDIA,
}
# What a link is for, by a word of its ``rel``.
_LINKED = {
    "stylesheet": Use.STYLE,
    "modulepreload": Use.MODULE,
    "icon": Use.IMAGE,
    "apple-touch-icon": Use.IMAGE,
    "mask-icon": Use.IMAGE,
    "manifest": Use.MANIFEST,
}
# Tags and the attributes that name one file each.
_NAMED: Mapping[str, tuple[tuple[str, Use], ...]] = {
    "img": (("src", Use.IMAGE),),
    "input": (("src", Use.IMAGE),),
    "image": (("href", Use.IMAGE), ("xlink:href", Use.IMAGE)),
    "use": (("href", Use.IMAGE), ("xlink:href", Use.IMAGE)),
    "video": (("src", Use.MEDIA), ("poster", Use.IMAGE)),
    "audio": (("src", Use.MEDIA),),
    "source": (("src", Use.MEDIA),),
    "track": (("src", Use.OTHER),),
    "embed": (("src", Use.OTHER),),
    "object": (("data", Use.OTHER),),
}
_SCRIPT_TYPES = re.compile(r"(?:(?:text|application)/(?:x-)?(?:java|ecma)script)?", re.IGNORECASE)
_FONTS = frozenset([".woff2", ".woff", ".ttf", ".otf", ".ttc", ".eot"])
_STATIC_IMPORTS = frozenset([Kind.JS_IMPORT, Kind.JS_EXPORT])


def of_page(content: bytes, url: str) -> Mentions:
    """Return what a page makes a browser ask for. Any bytes are a page; what is no HTML mentions nothing."""
    reader = _Page(url)
    for tag in tags(content.decode("utf-8", "replace")):
        reader.read(tag)
    found = [*reader.found]
    for inline in reader.inline:
        code = inline.text.encode()
        if inline.is_module:
            inside = _of_module(code, reader.base, url, reader.imports)
        else:
            inside = _of_style(code, reader.base, url)
        found += [mention._replace(place=inline.place) for mention in inside]
    return Mentions(tuple(found), reader.imports)


def of_file(content: bytes, mention: Mention, imports: Mapping[str, str]) -> tuple[Mention, ...]:
    """Return what a style sheet or a module makes a browser ask for; other files mention nothing."""
    if mention.use is Use.STYLE:
        return tuple(_of_style(content, mention.url, mention.page))
    if mention.use is Use.MODULE:
        return tuple(_of_module(content, mention.url, mention.page, imports))
    return ()


def _of_style(content: bytes, base: str, page: str) -> Iterator[Mention]:
    scan = scanner_for(".css")
    places = Places(base, content)
    for reference in scan(content).references if scan else ():
        if reference.kind is not Kind.SOURCE_MAP and (url := address(reference.specifier, base)):
            use = Use.STYLE if reference.kind is Kind.CSS_IMPORT else _use_by_name(url)
            yield Mention(url, use, places.at(*reference.span), page, cors=use is Use.FONT)


def _of_module(content: bytes, base: str, page: str, imports: Mapping[str, str]) -> Iterator[Mention]:
    scan = scanner_for(".js")
    places = Places(base, content)
    for reference in scan(content).references if scan else ():
        if reference.kind in _STATIC_IMPORTS and (url := _imported(reference.specifier, base, imports)):
            yield Mention(url, Use.MODULE, places.at(*reference.span), page, cors=True)


def _imported(specifier: str, base: str, imports: Mapping[str, str]) -> str:
    """Return the address of an imported module, ``""`` for a bare name that no import map knows."""
    is_bare = not specifier.startswith(("/", "./", "../")) and not urlsplit(specifier).scheme
    key = specifier if is_bare else address(specifier, base)
    if key in imports:
        return imports[key]
    for prefix in _folders(key):
        if prefix in imports:
            return imports[prefix] + key.removeprefix(prefix)
    return "" if is_bare else key


def _folders(key: str) -> Iterator[str]:
    """Yield what an import map may have in place of a key: all that ends with a slash, the longest first."""
    end = min(len(key), LONGEST)
    while (end := key.rfind("/", 0, end)) >= 0:
        yield key[: end + 1]


_CANDIDATE = re.compile(r"[ \t\n\r\f,]*+([^ \t\n\r\f]++)")


def _candidates(srcset: str) -> Iterator[str]:
    """Yield the addresses in a ``srcset`` (HTML, "parse a srcset attribute"), which may hold commas."""
    position = 0
    while found := _CANDIDATE.match(srcset, position):
        yield found[1].rstrip(",")
        position = found.end()
        if not found[1].endswith(","):
            position = (srcset.find(",", position) + 1) or len(srcset)


def _use_by_name(url: str) -> Use:
    return Use.FONT if extension(urlsplit(url).path) in _FONTS else Use.IMAGE


class _Inline(NamedTuple):
    """A sheet or a module that stands in the page itself."""

    text: str
    place: Place
    is_module: bool = False


class _Page:
    """Reads the tags of a page from top to bottom, as a browser's preloader does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.base = url
        self.found: list[Mention] = []
        self.inline: list[_Inline] = []
        self.imports: dict[str, str] = {}
        self._has_base = False

    def read(self, tag: Tag) -> None:
        attributes = tag.attributes
        if tag.name == "base" and not self._has_base and "href" in attributes:
            self._has_base = True
            self.base = address(attributes["href"], self.url) or self.base
        for name, use in _NAMED.get(tag.name, ()):
            self._mention(attributes.get(name, ""), use, tag)
        if tag.name == "link":
            self._link(tag)
        if tag.name == "script":
            self._script(tag)
        if tag.name == "style":
            self.inline.append(_Inline(tag.text, self._place(tag)))
        if tag.name in {"img", "source"}:
            for candidate in _candidates(attributes.get("srcset", "")):
                self._mention(candidate, Use.IMAGE, tag)
        if style := attributes.get("style", ""):
            self.inline.append(_Inline(style, self._place(tag)))

    def _place(self, tag: Tag) -> Place:
        return Place(self.url, tag.line, tag.column)

    def _link(self, tag: Tag) -> None:
        words = tag.attributes.get("rel", "").lower().split()
        if "preload" in words:
            use = _PRELOADED.get(tag.attributes.get("as", "").lower(), Use.OTHER)
            self._mention(tag.attributes.get("href", ""), use, tag)
            return
        used = next((_LINKED[word] for word in words if word in _LINKED), None)
        if used:
            self._mention(tag.attributes.get("href", ""), used, tag)

    def _script(self, tag: Tag) -> None:
        kind = tag.attributes.get("type", "").strip().lower()
        if kind == "importmap":
            self._read_import_map(tag.text)
        elif kind == "module" and "src" not in tag.attributes:
            self.inline.append(_Inline(tag.text, self._place(tag), is_module=True))
        elif kind == "module":
            self._mention(tag.attributes.get("src", ""), Use.MODULE, tag)
        elif _SCRIPT_TYPES.fullmatch(kind):
            self._mention(tag.attributes.get("src", ""), Use.SCRIPT, tag)

    def _read_import_map(self, text: str) -> None:
        # A browser ignores one that is broken; of one that is nested too deep Python says so in its own way.
        with suppress(ValueError, AttributeError, RecursionError):
            for key, target in json.loads(text).get("imports", {}).items():
                is_bare = not key.startswith(("/", "./", "../")) and not urlsplit(key).scheme
                if url := address(str(target), self.base):
                    self.imports[key if is_bare else address(key, self.base)] = url

    def _mention(self, specifier: str, use: Use, tag: Tag) -> None:
        url = address(specifier, self.base)
        if url:
            cors = use in {Use.MODULE, Use.FONT} or "crossorigin" in tag.attributes
            integrity = tag.attributes.get("integrity", "")
            self.found.append(Mention(url, use, self._place(tag), self.url, cors, integrity))
