"""Templates in Jinja's language: the static files that they ask for, by the lexer of their own environment.

An environment may have other delimiters, so its lexer reads the template. That lexer makes all line ends
equal and leaves out white space, but changes nothing else: each token is found where the one before ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from stator.diagnose.scan.addresses import CLOSING, OPENING, VALUE, behind_variable, form_of
from stator.diagnose.scan.request import Kind
from stator.diagnose.scan.sights import Sight, computed, named, unfetched

Lex = Callable[[str], Iterable[tuple[int, str, str]]]

_TAG_OF_DJANGO = re.compile(r"""\{%-?\s*static\s+("[^"]*"|'[^']*'|[\w.]+)\s*-?%\}""")
_BLOCKS = frozenset(("block_begin", "linestatement_begin"))
_USING = frozenset(("extends", "include", "import", "from"))
_CLOSERS = ("end", "else", "elif")


class Token(NamedTuple):
    """A token that is not white space: its offsets in bytes, its type as the lexer calls it, its text."""

    start: int
    end: int
    type: str
    text: str


def scan(
    content: bytes, lex: Lex, functions: Collection[str], prefixes: Sequence[str] = (), file: str = ""
) -> list[Sight]:
    """Return what a template asks for, in order of position.

    ``lex`` is the method of the environment, ``functions`` are the names under which it has ``static()``;
    the rest is as for ``templates.scan``. Raises what ``lex`` raises of a template that it cannot read.
    """
    source = content.decode()
    tokens = list(_tokens(source, lex))
    text = bytearray(content)
    variables = []
    for piece in _pieces(tokens):
        start, end = piece[0].start, piece[-1].end
        text[start:end] = _blank(piece) * (end - start)
        if [token.text for token in piece[1:-1]] == ["STATIC_URL"] and piece[0].type == "variable_begin":
            variables.append((start, end))
    blanked = bytes(text)
    sights = [
        *_calls(content, tokens, functions),
        *(behind_variable(blanked, *span) for span in variables),
        *form_of(file)(blanked, prefixes),
    ]
    return sorted(unfetched(sights, blanked), key=lambda sight: (sight.start, sight.end))


def call_in(content: bytes, lex: Lex, function: str) -> tuple[int, int] | None:
    """Return the offsets of what the first call of a function is given, ``None`` where nothing calls it."""
    tokens = list(_tokens(content.decode(), lex))
    first = next(_calls(content, tokens, {function}), None)
    return (first.start, first.end) if first else None


def uses(content: bytes, lex: Lex) -> tuple[str, ...]:
    """Return the names of the templates that this one extends, includes and imports.

    "" stands for what is known at run time only. Raises what ``lex`` raises.
    """
    pieces = (piece for piece in _pieces(_tokens(content.decode(), lex)) if len(piece) > 2)
    return tuple(
        _used(first) for opening, word, first, *_ in pieces if opening.type in _BLOCKS and word.text in _USING
    )


def _used(token: Token) -> str:
    return _text(token.text) if token.type == "string" else ""


def for_jinja(tag: str) -> str:
    """Return the call that does what a tag of Django's language does, "" for any but ``{% static %}``."""
    found = _TAG_OF_DJANGO.fullmatch(tag)
    return f"{{{{ static({found[1]}) }}}}" if found else ""


def _tokens(source: str, lex: Lex) -> Iterator[Token]:
    offsets = [0, *accumulate(len(char.encode()) for char in source)]
    same_length = source.replace("\r\n", " \n").replace("\r", "\n")
    position = 0
    for _, type, value in lex(same_length):
        text = value.strip()
        if text:
            start = same_length.index(text, position)
            position = start + len(text)
            yield Token(offsets[start], offsets[position], type, text)


def _pieces(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """Yield the tokens of each tag, output or comment, from its beginning to its end."""
    piece: list[Token] = []
    for token in tokens:
        if token.type == "data":
            continue
        piece.append(token)
        if token.type.endswith("_end") or token.type in {"raw_begin", "linecomment"}:
            yield piece
            piece = []
    if piece:
        yield piece


def _blank(piece: Sequence[Token]) -> bytes:
    match piece[0].type:
        case "variable_begin":
            return VALUE
        case "block_begin" | "linestatement_begin":
            return CLOSING if len(piece) > 1 and piece[1].text.startswith(_CLOSERS) else OPENING
        case "raw_begin" | "raw_end":
            return CLOSING
        case _:
            return b" "


def _calls(content: bytes, tokens: Sequence[Token], functions: Collection[str]) -> Iterator[Sight]:
    for index, token in enumerate(tokens):
        if token.type != "name" or token.text not in functions:
            continue
        before = tokens[index - 1].text if index else ""
        match [(each.type, each.text) for each in tokens[index + 1 : index + 4]]:
            case _ if before in {".", "|", "macro", "import", "as"}:
                pass  # something else of the same name
            case [("operator", "("), ("operator", ")"), *_]:
                pass
            case [("operator", "("), ("string", literal), ("operator", ")" | ",")]:
                name = _text(literal)
                found = tokens[index + 2]
                yield named(found.start + 1, found.end - 1, name, Kind.CALL, exact=name == literal[1:-1])
            case [("operator", "("), *_]:
                yield computed(content, token.start, _end_of_call(tokens, index + 1), Kind.CALL)


def _text(literal: str) -> str:
    return literal[1:-1].encode("ascii", "backslashreplace").decode("unicode-escape")


def _end_of_call(tokens: Sequence[Token], opening: int) -> int:
    depth = 0
    for token in tokens[opening:]:
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.type == "operator" else 0
        if not depth:
            return token.end
    return tokens[-1].end
