"""Python sources that are edited where the parser says, and nowhere else.

What is not edited stays byte for byte: quotes, comments, indentation, ends of lines, encoding. Positions are
offsets into the text as UTF-8, which is what the parser counts in, whatever the file is encoded in. Edits
are all of the text as it was read, so one does not move what another is about.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_LINE_END = re.compile(rb"\r\n|\r|\n")
_COMMA = re.compile(rb"[ \t]*,")
_REST_OF_LINE = re.compile(rb"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")


class Source(NamedTuple):
    """A module that was read: its file, the text as UTF-8, how the file is encoded, and what it says."""

    file: str
    text: bytes
    encoding: str
    tree: ast.Module

    @property
    def newline(self) -> bytes:
        """How its lines end: as the first one does."""
        found = _LINE_END.search(self.text)
        return found[0] if found else b"\n"

    @property
    def quote(self) -> bytes:
        """What it puts around texts, mostly."""
        return b"'" if self.text.count(b"'") > self.text.count(b'"') else b'"'

    @property
    def indent(self) -> bytes:
        """What it indents with."""
        return b"\t" if re.search(rb"^\t", self.text, re.MULTILINE) else b"    "


class Edit(NamedTuple):
    """New text, as UTF-8, for what stands between two positions."""

    start: int
    end: int
    text: bytes


class Item(NamedTuple):
    """A text that is an element of a list or a tuple."""

    source: Source
    around: ast.List | ast.Tuple
    node: ast.Constant


def read(file: str, content: bytes) -> Source:
    """Return the source of a file. Raises ``SyntaxError`` or ``ValueError`` where it is no Python."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    text = content.decode(encoding)
    return Source(file, text.encode(), encoding, ast.parse(text))


def edited(source: Source, edits: Iterable[Edit]) -> bytes:
    """Return the content of the file with the edits done; of two at one place the first comes first."""
    pieces, done = [], 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        pieces += [source.text[done : edit.start], edit.text]
        done = edit.end
    return b"".join([*pieces, source.text[done:]]).decode().encode(source.encoding)


# --- what stands where


def items(sources: Iterable[Source], value: str) -> list[Item]:
    """Return the elements of lists and tuples that are this text, or begin with it where it ends in a dot."""
    return [
        Item(source, around, element)
        for source in sources
        for around in ast.walk(source.tree)
        if isinstance(around, (ast.List, ast.Tuple))
        for element in around.elts
        if isinstance(element, ast.Constant) and _is_meant(element.value, value)
    ]


def texts(source: Source, value: str) -> Iterator[ast.Constant]:
    """Yield each place where this text is written, in one piece and without a prefix."""
    written = (f'"{value}"'.encode(), f"'{value}'".encode())
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and node.value == value:
            start, end = _span(source, node, node)
            if source.text[start:end] in written:
                yield node


def assignments(source: Source, name: str) -> Iterator[ast.stmt]:
    """Yield the statements, at the level of the module, that do nothing but assign to a name."""
    for statement in source.tree.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if [target.id for target in targets if isinstance(target, ast.Name)] == [name]:
                yield statement


def changed_names(source: Source) -> set[str]:
    """Return the names that a module assigns to, adds to or puts things into, wherever in it."""
    found = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            inner: ast.expr = node
            while isinstance(inner, ast.Subscript):
                inner = inner.value
            found.update([inner.id] if isinstance(inner, ast.Name) else [])
    return found


def _is_meant(found: object, value: str) -> bool:
    return found == value or (isinstance(found, str) and value.endswith(".") and found.startswith(value))


# --- edits


def replaced(source: Source, node: ast.Constant, value: str) -> Edit:
    """Return the edit that puts another text in place of one, in the same quotes."""
    start, end = _span(source, node, node)
    quote = source.text[start : start + 1]
    return Edit(start, end, quote + value.encode() + quote)


def put_before(item: Item, value: str) -> Edit:
    """Return the edit that puts a text before an element, on a line of its own where that has one."""
    source = item.source
    start, _ = _span(source, item.node, item.node)
    lead, literal = _lead(source, start), _literal(source, item.node, value)
    if lead is None:
        return Edit(start, start, literal + b", ")
    return Edit(start - len(lead), start - len(lead), lead + literal + b"," + source.newline)


def put_after(item: Item, value: str) -> Edit:
    """Return the edit that puts a text after an element, on a line of its own where that has one."""
    return added(item.source, item.node, item.node, _literal(item.source, item.node, value))


def added(source: Source, first: ast.expr, last: ast.expr, text: bytes) -> Edit:
    """Return the edit that puts an element, as it is written, after one that goes from node to node."""
    start, end = _span(source, first, last)
    lead = _lead(source, start)
    comma = _COMMA.match(source.text, end)
    rest = _REST_OF_LINE.match(source.text, comma.end()) if comma else None
    if lead is None or (comma and not rest):
        return Edit(end, end, b", " + text)
    if not rest:
        return Edit(end, end, b"," + source.newline + lead + text)
    return Edit(rest.end(), rest.end(), lead + text + b"," + source.newline)


def taken_out(item: Item) -> Edit | None:
    """Return the edit that takes out an element, ``None`` where a tuple would be none any more."""
    source, elements = item.source, item.around.elts
    number = elements.index(item.node)
    start, end = _span(source, item.node, item.node)
    comma = _COMMA.match(source.text, end)
    lead = _lead(source, start)
    rest = _REST_OF_LINE.match(source.text, comma.end() if comma else end)
    if isinstance(item.around, ast.Tuple) and len(elements) <= 2:
        return None
    if lead is not None and rest:
        return Edit(start - len(lead), rest.end(), b"")
    if number + 1 < len(elements):
        following = elements[number + 1]
        return Edit(start, _span(source, following, following)[0], b"")
    if lead is not None:
        return Edit(start - len(lead), comma.end() if comma else end, b"")
    if number:
        previous = elements[number - 1]
        return Edit(_span(source, previous, previous)[1], end, b"")
    return Edit(start, comma.end() if comma else end, b"")


def stated(source: Source, after: ast.stmt | None, lines: Iterable[str]) -> Edit:
    """Return the edit that puts lines after a statement, or at the end of the module."""
    text = b"".join(line.encode() + source.newline for line in lines)
    place = len(source.text) if after is None else _line_after(source, after)
    is_whole = source.text[:place].endswith((b"\n", b"\r")) or not place
    return Edit(place, place, (b"" if is_whole else source.newline) + text)


def is_alone(source: Source, statement: ast.stmt) -> bool:
    """Say whether no other statement begins on the line that this one ends on."""
    return not any(
        other.lineno == statement.end_lineno and other is not statement for other in source.tree.body
    )


def _line_after(source: Source, statement: ast.stmt) -> int:
    starts = _line_starts(source)
    return starts[statement.end_lineno or 0]


def _literal(source: Source, like: ast.Constant, value: str) -> bytes:
    start, _ = _span(source, like, like)
    quote = b"'" if source.text[start : start + 1] == b"'" else b'"'
    return quote + value.encode() + quote


def _lead(source: Source, position: int) -> bytes | None:
    """Return the white space before a position, ``None`` if something else is on the line before it."""
    line_start = 1 + max(source.text.rfind(end, 0, position) for end in (b"\n", b"\r"))
    lead = source.text[line_start:position]
    return None if lead.strip() else lead


def _span(source: Source, first: ast.expr, last: ast.expr) -> tuple[int, int]:
    starts = _line_starts(source)
    end_line, end_column = last.end_lineno or 0, last.end_col_offset or 0
    return starts[first.lineno - 1] + first.col_offset, starts[end_line - 1] + end_column


def _line_starts(source: Source) -> list[int]:
    starts = [0]
    for line in source.text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts
