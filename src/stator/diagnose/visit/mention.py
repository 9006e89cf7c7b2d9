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
import string
from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from html.parser import HTMLParser
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from stator.diagnose.visit.address import address
from stator.findings import Place, Places
from stator.media_types import extension
from stator.references import Kind, scanner_for

_Attributes = Mapping[str, str]


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
    """What a page makes a browser ask for, in order, and the import map that holds for its modules.

    ``unread`` is where the page could not be read on, ``None`` where all of it was.
    """

    found: tuple[Mention, ...] = ()
    imports: Mapping[str, str] = MappingProxyType({})
    unread: Place | None = None


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
    unread = None
    try:
        reader.feed(content.decode("utf-8", "replace"))
        reader.close()
    except AssertionError:  # so Python's parser tells of a declaration that it does not know
        unread = reader.place()
    found = [*reader.found]
    for inline in reader.inline:
        code = inline.text.encode()
        if inline.is_module:
            inside = _of_module(code, reader.base, url, reader.imports)
        else:
            inside = _of_style(code, reader.base, url)
        found += [mention._replace(place=inline.place) for mention in inside]
    return Mentions(tuple(found), reader.imports, unread)


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
    prefix = max((one for one in imports if one.endswith("/") and key.startswith(one)), key=len, default="")
    if prefix:
        return imports[prefix] + key.removeprefix(prefix)
    return "" if is_bare else key


def _candidates(srcset: str) -> Iterator[str]:
    """Yield the addresses in a ``srcset`` (HTML, "parse a srcset attribute"), which may hold commas."""
    rest = srcset
    while rest := rest.lstrip(f"{string.whitespace},"):
        url, *behind = rest.split(maxsplit=1)
        yield url.rstrip(",")
        rest = "".join(behind)
        if not url.endswith(","):
            rest = rest.partition(",")[2]


def _use_by_name(url: str) -> Use:
    return Use.FONT if extension(urlsplit(url).path) in _FONTS else Use.IMAGE


class _Inline(NamedTuple):
    """A sheet or a module that stands in the page itself."""

    text: str
    place: Place
    is_module: bool = False


class _Page(HTMLParser):
    """Reads a page from top to bottom, as a browser's preloader does."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url = url
        self.base = url
        self.found: list[Mention] = []
        self.inline: list[_Inline] = []
        self.imports: dict[str, str] = {}
        self._has_base = False
        self._reading = ""  # what the text until the next end tag is: style, module or importmap
        self._read: list[str] = []
        self._read_from = Place(url)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in reversed(attrs)}  # the first of a name counts
        if tag == "base" and not self._has_base and "href" in attributes:
            self._has_base = True
            self.base = address(attributes["href"], self.url) or self.base
        for name, use in _NAMED.get(tag, ()):
            self._mention(attributes.get(name, ""), use, attributes)
        if tag == "link":
            self._link(attributes)
        if tag == "script":
            self._script(attributes)
        if tag == "style":
            self._begin("style")
        if tag in {"img", "source"}:
            for candidate in _candidates(attributes.get("srcset", "")):
                self._mention(candidate, Use.IMAGE, attributes)
        if style := attributes.get("style", ""):
            self.inline.append(_Inline(style, self.place()))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  (inside these only their own end is a tag)
        text = "".join(self._read)
        if self._reading == "importmap":
            self._read_import_map(text)
        elif self._reading:
            self.inline.append(_Inline(text, self._read_from, self._reading == "module"))
        self._reading = ""

    def handle_data(self, data: str) -> None:
        if self._reading:
            self._read.append(data)

    def place(self) -> Place:
        line, column = self.getpos()
        return Place(self.url, line, column + 1)

    def _begin(self, kind: str) -> None:
        self._reading, self._read, self._read_from = kind, [], self.place()

    def _link(self, attributes: _Attributes) -> None:
        words = attributes.get("rel", "").lower().split()
        if "preload" in words:
            use = _PRELOADED.get(attributes.get("as", "").lower(), Use.OTHER)
            self._mention(attributes.get("href", ""), use, attributes)
            return
        used = next((_LINKED[word] for word in words if word in _LINKED), None)
        if used:
            self._mention(attributes.get("href", ""), used, attributes)

    def _script(self, attributes: _Attributes) -> None:
        kind = attributes.get("type", "").strip().lower()
        if kind in {"module", "importmap"} and "src" not in attributes:
            self._begin(kind)
        elif kind == "module":
            self._mention(attributes.get("src", ""), Use.MODULE, attributes)
        elif _SCRIPT_TYPES.fullmatch(kind):
            self._mention(attributes.get("src", ""), Use.SCRIPT, attributes)

    def _read_import_map(self, text: str) -> None:
        with suppress(ValueError, AttributeError):  # a browser ignores one that is broken
            for key, target in json.loads(text).get("imports", {}).items():
                is_bare = not key.startswith(("/", "./", "../")) and not urlsplit(key).scheme
                if url := address(str(target), self.base):
                    self.imports[key if is_bare else address(key, self.base)] = url

    def _mention(self, specifier: str, use: Use, attributes: _Attributes) -> None:
        url = address(specifier, self.base)
        if url:
            cors = use in {Use.MODULE, Use.FONT} or "crossorigin" in attributes
            integrity = attributes.get("integrity", "")
            self.found.append(Mention(url, use, self.place(), self.url, cors, integrity))
