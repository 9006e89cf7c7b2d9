"""Findings: problems as data, each with an id, a level, a place, and the next step.

The stages of a build add findings; they neither print nor raise them. Printing is one function a style:
``as_text`` writes what compilers have taught people to read, ``as_json`` is for programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple

EXCERPT = 96  # columns of a source line that are shown; minified lines are longer than any screen

_LINE_END = re.compile(rb"\r\n|\r|\n")


class Level(StrEnum):
    """How much a finding matters: an error stops publishing, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Place(NamedTuple):
    """Where a problem is: a file and, where it is inside one, line and column, both counted from 1.

    Columns count characters. ``excerpt`` is the part of the line around the place, ``cut`` the number of
    characters before it, ``length`` how many are meant.
    """

    file: str
    line: int = 0
    column: int = 0
    excerpt: str = ""
    cut: int = 0
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class How(StrEnum):
    """How a mend is done: by text in place of what is marked, by text to paste, or by a command."""

    REPLACE = "replace"
    PASTE = "paste"
    RUN = "run"


class Mend(NamedTuple):
    """What mends a problem when it is done to the letter.

    ``REPLACE``: ``text`` takes the place of what the place of the finding marks. ``PASTE``: it goes into the
    file of that place, instead of the statement that begins there, or to the end of the file where the place
    has no line. ``RUN``: it is a command for a shell in the folder of the project.
    """

    how: How
    text: str


class Finding(NamedTuple):
    """One problem. ``id`` names its kind for good; ``hint`` is the next step, in plain words.

    ``mend`` is that step to the letter, where there is one. ``path`` is the logical path of the file that has
    the problem, and ``package`` says whether that file belongs to an installed package, where the user cannot
    mend it.
    """

    id: str
    level: Level
    message: str
    place: Place
    hint: str = ""
    path: str = ""
    package: bool = False
    mend: Mend | None = None

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        return (self.place.file, self.place.line, self.place.column, self.id, self.message)


class Places:
    """Tells places in one file, whose lines end at LF, CRLF or a lone CR, as editors count them.

    Asked in order of position it reads each line once, however many places are on it.
    """

    def __init__(self, file: str, content: bytes) -> None:
        self._file = file
        self._content = content
        self._has_returns = b"\r" in content
        self._line, self._counted = 1, 0  # the line of a position, up to which lines were counted
        self._known = (0, 0, 0)  # start of a line, a position on it, the characters between them

    def at(self, start: int, end: int) -> Place:
        """Return the place of ``content[start:end]``."""
        line_start, line_end = self._line_around(start)
        column = self._characters(line_start, start)
        # No more of the line is kept than is shown: a minified file is one line of a megabyte.
        before = _text(self._content[max(line_start, start - 4 * EXCERPT) : start])[-(EXCERPT // 3) :]
        after = _text(self._content[start : min(line_end, start + 4 * EXCERPT)])[: EXCERPT - EXCERPT // 3]
        length = max(len(_text(self._content[start : min(end, line_end, start + 4 * EXCERPT)])), 1)
        line = self._line_of(line_start)
        return Place(self._file, line, column + 1, before + after, column - len(before), length)

    def _line_around(self, position: int) -> tuple[int, int]:
        """Return where the line begins and ends that ``position`` is on."""
        content = self._content
        ends = (b"\n", b"\r") if self._has_returns else (b"\n",)
        start = 1 + max(content.rfind(end, 0, position) for end in ends)
        if content.startswith(b"\n", position) and content.endswith(b"\r", 0, position):
            start = 1 + max(content.rfind(end, 0, position - 1) for end in ends)  # between CR and LF
            return start, position - 1
        found = [place for end in ends if (place := content.find(end, position)) >= 0]
        return start, min(found, default=len(content))

    def _line_of(self, line_start: int) -> int:
        """Return the number of the line that begins there."""
        if line_start < self._counted:
            self._line, self._counted = 1, 0
        passed = self._content[self._counted : line_start] if self._has_returns else b""
        if self._has_returns:
            self._line += len(_LINE_END.findall(passed))
        else:
            self._line += self._content.count(b"\n", self._counted, line_start)
        self._counted = line_start
        return self._line

    def _characters(self, line_start: int, position: int) -> int:
        """Return how many characters stand between the start of a line and a position on it."""
        known_line, known, count = self._known
        if known_line != line_start or known > position:
            known, count = line_start, 0
        count += len(_text(self._content[known:position]))
        self._known = (line_start, position, count)
        return count


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def as_text(finding: Finding, folder: str = "") -> str:
    """Return the finding as a compiler's message: the place, the line, a marker under it, the hint.

    Files below ``folder``, the one that the reader works in, are named from there.
    """
    place = str(finding.place).removeprefix(f"{folder.rstrip('/')}/" if folder else "")
    lines = [_clean(f"{place}: {finding.level}: {finding.message} [{finding.id}]")]
    if finding.place.excerpt.strip():
        lines += [f"    {line}" for line in _shown(finding.place)]
    if finding.hint:
        lines.append(f"    hint: {_clean(finding.hint)}")
    if finding.mend:
        lines += _told(finding.mend)
    return "\n".join(lines)


_HOW = {How.REPLACE: "write", How.PASTE: "paste", How.RUN: "run"}


def _told(mend: Mend) -> list[str]:
    """Return a mend as it is printed: in one line, or as a block to copy."""
    first, *more = map(_clean, mend.text.splitlines() or [""])
    if not more:
        return [f"    {_HOW[mend.how]}: {first}"]
    return [f"    {_HOW[mend.how]}:", *(f"        {line}".rstrip() for line in (first, *more))]


def _clean(text: str) -> str:
    """Return the text so that no name of a file and no word of an exception can steer a terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _shown(place: Place) -> tuple[str, str]:
    """Return the excerpt as it is printed, and the marker line that belongs under it."""
    text = "".join(char if char.isprintable() else " " for char in place.excerpt)
    offset = place.column - 1 - place.cut
    indent = min(len(text) - len(text.lstrip()), offset)
    marker = "^" + "~" * (min(place.length, len(text) - offset) - 1)
    return text[indent:].rstrip(), " " * (offset - indent) + marker


def as_json(finding: Finding) -> dict[str, Any]:
    """Return the finding as a dictionary that ``json`` can write."""
    place = finding.place
    return {
        "id": finding.id,
        "level": str(finding.level),
        "message": finding.message,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "length": place.length if place.line else 0,
        "source": place.excerpt,
        "hint": finding.hint,
        "path": finding.path,
        "package": finding.package,
        "mend": {"how": str(finding.mend.how), "text": finding.mend.text} if finding.mend else None,
    }


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings in order of place, each once, so that equal input is told in equal words."""
    return tuple(sorted(set(findings), key=lambda finding: finding.order))
