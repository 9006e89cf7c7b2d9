"""Tags: what a browser makes of a page, in one pass, however broken it is (HTML, "Tokenization").

The rules of this file:

1. Any text is a page: what is open at its end is nothing, and what follows a broken thing is read.
2. Patterns move on and never go back, so the work grows with the page and not with what is wrong in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_OPENING = re.compile(
    r"<(?:(?P<comment>!--)|(?P<other>[!?]|/(?![a-zA-Z]))|/[a-zA-Z]|(?P<name>[a-zA-Z][^ \t\n\r\f/>]*+))"
)
_COMMENT_END = re.compile("--!?>")
_ATTRIBUTE = re.compile(
    r"""
    [ \t\n\r\f/]*+
    (?:
        (?P<end>>)
    |   (?P<name>[^ \t\n\r\f/>][^ \t\n\r\f/>=]*+)
        (?:
            [ \t\n\r\f]*+ = [ \t\n\r\f]*+
            (?:
                "(?P<double>[^"]*+)(?:"|\Z)
            |   '(?P<single>[^']*+)(?:'|\Z)
            |   (?P<bare>[^ \t\n\r\f"'>][^ \t\n\r\f>]*+)
            |   (?=>)
            )
        )?
    )
    """,
    re.VERBOSE,
)
# A semicolon is asked for, as in an address "&copy=1" is a parameter.
_ENTITY = re.compile(r"&#?\w{1,32};")
# What stands in these is text up to their own end tag.
_TEXT_END = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}


class Tag(NamedTuple):
    """A start tag: its name and its attributes, names in lower case, and where it begins, counted from 1.

    ``text`` is what stands up to its end tag, where nothing but text may stand there.
    """

    name: str
    attributes: Mapping[str, str]
    line: int
    column: int
    text: str = ""


def tags(page: str) -> Iterator[Tag]:
    """Yield the start tags of a page, in order."""
    position, lines = 0, _Lines(page)
    while opening := _OPENING.search(page, position):
        if opening["comment"]:
            position = _behind(_COMMENT_END.search(page, opening.start() + 2), page)  # "<!-->" is one
        elif opening["other"]:
            position = (page.find(">", opening.start() + 2) + 1) or len(page)
        else:
            attributes, text_from = _attributes(page, opening.end())
            if not text_from:
                return
            position = text_from
            name = (opening["name"] or "").lower()
            if not name:
                continue
            if name in _TEXT_END:
                end = _TEXT_END[name].search(page, position)
                position = end.start() if end else len(page)
            yield Tag(name, attributes, *lines.at(opening.start()), page[text_from:position])


def _behind(found: re.Match[str] | None, page: str) -> int:
    return found.end() if found else len(page)


def _attributes(page: str, position: int) -> tuple[Mapping[str, str], int]:
    """Return the attributes of a tag, of equal ones the first, and where it ends, 0 where the page does."""
    attributes: dict[str, str] = {}
    while found := _ATTRIBUTE.match(page, position):
        position = found.end()
        if found["end"]:
            return attributes, position
        value = found["double"] or found["single"] or found["bare"] or ""
        attributes.setdefault(found["name"].lower(), _ENTITY.sub(_meant, value))
    return attributes, 0


def _meant(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])


class _Lines:
    """Tells line and column of positions, asked in order, so that each line is read once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._counted, self._line, self._line_start = 0, 1, 0

    def at(self, position: int) -> tuple[int, int]:
        if passed := self._text.count("\n", self._counted, position):
            self._line += passed
            self._line_start = self._text.rfind("\n", self._counted, position) + 1
        self._counted = position
        return self._line, position - self._line_start + 1
