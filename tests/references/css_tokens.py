"""What tokens mean: the references of a style sheet, worked out from the tokens of another implementation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import tinycss2

from stator.references.reference import Kind

CLOSERS = {"(": ")", "function": ")", "[": "]", "{": "}"}


class Token(NamedTuple):
    type: str  # url, string, function, at, comment, a bracket, a semicolon, or other
    start: int = 0
    end: int = 0
    value: str | None = None


def references(tokens: list[Token]) -> Iterator[tuple[Token, Kind]]:
    """Yield the tokens that are specifiers; comments yield themselves where they may name a source map."""
    tokens = [*tokens, Token("other"), Token("other")]
    awaited: dict[int, Kind] = {}  # index of a token: what it is if it is a string or a URL
    opened: list[str] = []
    for index, (token, following) in enumerate(pairwise(tokens)):
        behind = next((i for i in range(index + 1, len(tokens)) if tokens[i].type != "comment"), 0)
        name = (token.value or "").lower()
        comparing = bool(opened) and opened[0] == "@"
        if token.type == "comment":
            yield token, Kind.SOURCE_MAP
        elif comparing and len(opened) == 1 and token.type in {"{", "}", ";"}:
            opened.clear()
        elif token.type == "at":
            if name == "import":
                awaited[behind] = Kind.CSS_IMPORT
            elif re.fullmatch("namespace|(-[a-z]+-)?document", name) and not opened:
                opened.append("@")
        elif token.type == "url":
            if not comparing:
                yield token, awaited.get(index, Kind.CSS_URL)
        elif token.type == "string":
            kind = awaited.get(index) or (Kind.CSS_IMAGE_SET if opened[-1:] == ["image-set"] else None)
            if kind and not comparing:
                yield token, kind
        elif token.type == "function" and name == "url" and following.type == "string":
            awaited[index + 1] = awaited.get(index, Kind.CSS_URL)
        elif token.type == "function" and name == "src" and tokens[behind].type == "string":
            awaited[behind] = awaited.get(index, Kind.CSS_SRC)
        is_image_set = token.type == "function" and re.fullmatch("(-[a-z]+-)?image-set", name)
        if is_image_set:
            opened.append("image-set")
        elif opened and token.type in CLOSERS:
            opened.append(CLOSERS[token.type])
        elif opened and token.type == opened[-1].replace("image-set", ")"):
            opened.pop()


def is_left_out(value: str) -> bool:
    value = value.strip(" \t\n\r\f")
    return not value or value.lower().startswith("data:")


def source_map_in(comment: bytes) -> tuple[int, int] | None:
    match = re.search(rb"^/\*[@#]\s*sourceMappingURL=(\S*?)\s*(\*/)?\Z", comment)
    return match.span(1) if match and match[1] else None


def tokens_of_tinycss2(text: str) -> list[Token]:
    return list(_flat(tinycss2.parse_component_value_list(text)))


def _flat(nodes: list[Any]) -> Iterator[Token]:
    """Undo tinycss2's grouping into blocks, for only tokens decide."""
    for node in nodes:
        match node.type:
            case "whitespace":
                continue
            case "url" | "string":
                yield Token(node.type, value=node.value)
            case "comment":
                yield Token("comment", value=node.value)
            case "at-keyword":
                yield Token("at", value=node.value)
            case "function":
                yield Token("function", value=node.name)
                yield from _flat(node.arguments)
                yield Token(")")
            case "() block" | "[] block" | "{} block":
                yield Token(node.type[0])
                yield from _flat(node.content)
                yield Token(node.type[1])
            case "literal" if node.value == ";":
                yield Token(";")
            case "error" if node.kind in {")", "]", "}"}:
                yield Token(node.kind)
            case _:
                yield Token("other")


def values_of_tinycss2(content: bytes) -> list[str]:
    """Return the specifiers that tinycss2 sees, source maps aside."""
    tokens = tokens_of_tinycss2(content.decode("utf-8-sig", "replace"))
    values = [token.value or "" for token, kind in references(tokens) if kind is not Kind.SOURCE_MAP]
    return [value for value in values if not is_left_out(value)]
