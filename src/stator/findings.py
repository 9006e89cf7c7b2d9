"""Findings: problems as data, each with an id, a level, a place, and the next step.

The stages of a build add findings; they neither print nor raise them. Printing is one function a style:
``as_text`` writes what compilers have taught people to read, ``as_json`` is for programs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

EXCERPT = 96  # columns of a source line that are shown; minified lines are longer than any screen


class Level(StrEnum):
    """How much a finding matters: an error stops publishing, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is: a file and, where it is inside one, line and column, both counted from 1.

    Columns count characters. ``line_text`` is the source line and ``length`` how much of it is meant.
    """

    file: str
    line: int = 0
    column: int = 0
    line_text: str = ""
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem. ``id`` names its kind for good; ``hint`` is the next step, in plain words.

    ``path`` is the logical path of the file that has the problem, and ``package`` says whether that file
    belongs to an installed package, where the user cannot mend it.
    """

    id: str
    level: Level
    message: str
    place: Place
    hint: str = ""
    path: str = ""
    package: bool = False

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        return (self.place.file, self.place.line, self.place.column, self.id, self.message)


def place_in(file: str, content: bytes, start: int, end: int) -> Place:
    """Return the place of ``content[start:end]`` in ``file``, for people: lines and characters.

    Lines end at LF, CRLF or a lone CR, as editors count them.
    """
    before = content[:start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line_start = max(content.rfind(b"\n", 0, start), content.rfind(b"\r", 0, start)) + 1
    ends = [found for mark in (b"\n", b"\r") if (found := content.find(mark, start)) >= 0]
    line_end = min(ends, default=len(content))
    return Place(
        file,
        before.count(b"\n") + 1,
        len(_text(content[line_start:start])) + 1,
        _text(content[line_start:line_end]),
        max(len(_text(content[start : min(end, line_end)])), 1),
    )


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def as_text(finding: Finding, folder: str = "") -> str:
    """Return the finding as a compiler's message: the place, the line, a marker under it, the hint.

    Files below ``folder``, the one that the reader works in, are named from there.
    """
    place = str(finding.place).removeprefix(f"{folder.rstrip('/')}/" if folder else "")
    lines = [f"{place}: {finding.level}: {finding.message} [{finding.id}]"]
    if finding.place.line_text.strip():
        lines += [f"    {line}" for line in _excerpt(finding.place)]
    if finding.hint:
        lines.append(f"    hint: {finding.hint}")
    return "\n".join(lines)


def _excerpt(place: Place) -> tuple[str, str]:
    """Return the part of the line around the place and the marker line that belongs under it."""
    first, last = 0, len(place.line_text)
    if last > EXCERPT:
        first = max(0, min(place.column - 1 - EXCERPT // 3, last - EXCERPT))
        last = first + EXCERPT
    shown = "".join(char if char.isprintable() else " " for char in place.line_text[first:last])
    offset = place.column - 1 - first
    indent = len(shown) - len(shown.lstrip())
    marker = "^" + "~" * (min(place.length, len(shown) - offset) - 1)
    return shown[indent:].rstrip(), " " * (offset - indent) + marker


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
        "source": place.line_text,
        "hint": finding.hint,
        "path": finding.path,
        "package": finding.package,
    }


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings in order of place, each once, so that equal input is told in equal words."""
    return tuple(sorted(set(findings), key=lambda finding: finding.order))
