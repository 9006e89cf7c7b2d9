"""The ``index.html`` of a front end, made to start from any address of a site.

The rules of this file:

1. The tool has written the page for the folder that its files are in, so references are relative to that or,
   where it was told nothing, begin with a slash. Each that leads to a published file becomes its URL.
2. Scripts and style sheets get their integrity, and a place for the nonce of the answer; those in the page
   too, since all of it is the site's own.
3. Everything else stays as it is, ``<base>`` too: routers need it, and what was rewritten does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from itertools import accumulate, chain
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.utils.html import escape

from stator.django.tags.hints import MODULE, Hint
from stator.django.tags.static import Static, base_url, is_published, published
from stator.frontend import PAGE
from stator.urls import Meaning, path_and_suffix, target_of

Attributes = Mapping[str, str | None]
Locate = Callable[[str], Static | None]

# Attributes that name one file.
_URLS = {
    "script": ("data-src", "src"),  # Vite's legacy entry is started by a script that reads the first
    "link": ("href",),
    "img": ("src",),
    "source": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "input": ("src",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
}
_SOURCE_SETS = frozenset({"srcset", "imagesrcset"})
# A URL ends with white space, or the commas before that: one with data has others (HTML, "parse a srcset").
_SOURCE = re.compile(r"[\s,]*+(?P<url>\S*[^\s,])(?:,|(?P<descriptor>[^,]*))")
_INLINE = frozenset({"script", "style"})
_CHECKED_LINKS = frozenset({"stylesheet", "modulepreload"})
_NONCE = ' nonce="{}"'
# Where Vite's code looks for the nonce of what it adds later.
_VITES_NONCE = f'<meta property="csp-nonce"{_NONCE}>'


class IndexPage(NamedTuple):
    """A page, cut where an answer with a nonce has more, and what it loads.

    ``slots`` is what stands between the pieces then, each with ``{}`` for the nonce.
    """

    pieces: tuple[str, ...]
    slots: tuple[str, ...]
    hints: tuple[Hint, ...]


class StartTag(NamedTuple):
    """A start tag: its name, its attributes, and where it stands in the text."""

    name: str
    attributes: Attributes
    start: int
    end: int


def index_page(name: str, text: str) -> IndexPage:
    """Return the page of the front end ``name``, by its text and by what is published of it."""
    tags = _start_tags(text)
    base = next((tag.attributes.get("href") for tag in tags if tag.name == "base"), None)
    locate = _locator(name, elsewhere=bool(urlsplit(base or "").netloc))
    pieces, slots, hints, position = [""], [], [], 0
    for tag in tags:
        file, attributes = _located(tag, locate)
        hints += [file.hint(kind)] if file and (kind := _kind(tag)) is not None else []
        if _takes_nonce(tag):
            pieces[-1] += text[position : tag.start] + _written(tag.name, attributes)
            slots.append(_NONCE)
            pieces.append(_end(text, tag))
        elif attributes != tag.attributes:
            pieces[-1] += text[position : tag.start] + _written(tag.name, attributes) + _end(text, tag)
        else:
            pieces[-1] += text[position : tag.end]
        position = tag.end
        if tag.name == "head":
            slots.append(_VITES_NONCE)
            pieces.append("")
    pieces[-1] += text[position:]
    return IndexPage(tuple(pieces), tuple(slots), tuple(hints))


def with_nonce(page: IndexPage, nonce: str) -> str:
    """Return the text of the page for an answer with this nonce, empty for none."""
    if not nonce:
        return "".join(page.pieces)
    filled = (slot.format(escape(nonce)) for slot in page.slots)
    return "".join(chain.from_iterable(zip(page.pieces, [*filled, ""], strict=True)))


# --- what of a tag changes


def _located(tag: StartTag, locate: Locate) -> tuple[Static | None, Attributes]:
    """Return the file that a tag names, if it is known, and the attributes with its URL and integrity."""
    attributes = dict(tag.attributes)
    found = None
    for key in _URLS.get(tag.name, ()):
        if value := attributes.get(key):
            found = locate(value)
            attributes[key] = found.url if found else value
    for key in _SOURCE_SETS.intersection(attributes):
        attributes[key] = ", ".join(_located_sources(attributes[key] or "", locate))
    if _takes_nonce(tag):
        attributes.pop("nonce", None)
        if found and found.integrity and found.url in {attributes.get("src"), attributes.get("href")}:
            attributes["integrity"] = found.integrity
            if found.cors:
                attributes.setdefault("crossorigin", "anonymous")
    return found, attributes


def _located_sources(value: str, locate: Locate) -> Iterator[str]:
    for candidate in _SOURCE.finditer(value):
        found = locate(candidate["url"])
        yield f"{found.url if found else candidate['url']} {(candidate['descriptor'] or '').strip()}".strip()


def _takes_nonce(tag: StartTag) -> bool:
    return tag.name in _INLINE or (tag.name == "link" and not _CHECKED_LINKS.isdisjoint(_relations(tag)))


def _relations(tag: StartTag) -> list[str]:
    return (tag.attributes.get("rel") or "").lower().split()


def _kind(tag: StartTag) -> str | None:
    """Return what the page loads a file as, ``None`` for what need not be announced."""
    if tag.name == "script" and "nomodule" not in tag.attributes:
        return MODULE if tag.attributes.get("type") == "module" else "script"
    if tag.name == "link":
        relations = _relations(tag)
        return "style" if relations == ["stylesheet"] else MODULE if "modulepreload" in relations else None
    return None


def _written(name: str, attributes: Attributes) -> str:
    """Return a start tag without its end."""
    values = (
        f' {key}="{escape(value)}"' if value is not None else f" {key}" for key, value in attributes.items()
    )
    return f"<{name}{''.join(values)}"


def _end(text: str, tag: StartTag) -> str:
    return "/>" if text.endswith("/>", tag.start, tag.end) else ">"  # an element of SVG may end there


# --- where a reference leads


def _locator(name: str, *, elsewhere: bool) -> Locate:
    """Return what finds the files that references in the page mean.

    ``elsewhere``: the page says that relative ones are of another host.
    """

    def locate(url: str) -> Static | None:
        path, suffix = path_and_suffix(url)
        target = target_of(url, f"{name}/{PAGE}", base_url())
        meant = [target.path] if target.meaning is Meaning.FILE else []
        if path.startswith("/") and not path.startswith("//"):
            meant.append(f"{name}/{unquote(path[1:])}")
        elif elsewhere and not urlsplit(url).netloc:
            return None
        file = next((published(one) for one in meant if is_published(one)), None)
        return file._replace(url=file.url + suffix) if file else None

    return locate


# --- where tags are


def _start_tags(text: str) -> list[StartTag]:
    finder = _Finder(text)
    finder.feed(text)
    finder.close()
    return finder.found


class _Finder(HTMLParser):
    """Finds the start tags of a page; what is in scripts and comments is none."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[StartTag] = []
        self._lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, column = self.getpos()
        start = self._lines[line - 1] + column
        written = self.get_starttag_text() or ""
        attributes: dict[str, str | None] = {}
        for key, value in attrs:
            attributes.setdefault(key, value)  # of equal ones the first counts
        self.found.append(StartTag(tag, attributes, start, start + len(written)))
