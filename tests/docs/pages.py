"""Pages of the documentation, taken apart: fenced blocks, and what a reader does with each.

A block is a list of commands (``console``), a change of files (``diff``), a whole file, which its first line
or the sentence before it names, or an example that stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.parts import TESTS

PROJECT = TESTS.parent
DOCS = PROJECT / "docs"

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\{\w+\}|[\w+-]*)(?: \S+)?\s*$")
_PATH = r"(?P<path>[\w@.-]*(?:/[\w@.-]+)*\.?[\w-]+)"
_NAMED = re.compile(rf"^(?:#|//|<!--|/\*|\{{#)\s*{_PATH}\s*(?:-->|\*/|#\}})?\s*$")
_SAID = re.compile(rf"`{_PATH}`[^`]*:\s*$")
_PROMPT = "$ "


class Command(NamedTuple):
    """A line for a shell, and the lines that a page shows as its output."""

    text: str
    shown: tuple[str, ...]
    line: int


class Block(NamedTuple):
    """A fenced block: where it begins, its language, its text, and the file that it is, "" if none."""

    page: Path
    line: int
    language: str
    text: str
    file: str = ""

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(PROJECT)}:{self.line}"

    def commands(self) -> list[Command]:
        """Return the commands of a block of the language ``console``."""
        found: list[tuple[str, list[str], int]] = []
        goes_on = False
        for number, line in enumerate(self.text.splitlines(), self.line + 1):
            if goes_on:
                text, shown, first = found[-1]
                found[-1] = (f"{text}\n{line}", shown, first)
            elif line.startswith(_PROMPT):
                found.append((line.removeprefix(_PROMPT), [], number))
            else:
                assert found, f"{self.place}: a console block begins with a command"
                found[-1][1].append(line)
            goes_on = found[-1][0].endswith("\\") and not found[-1][1]
        return [Command(text, tuple(shown), number) for text, shown, number in found]


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page, in order."""
    before, opened, lines = "", None, []
    for number, line in enumerate(page.read_text().splitlines(), 1):
        fence = _FENCE.match(line)
        if opened is None and fence:
            opened, lines = (number, fence), []
        elif opened and line.strip() == "```":
            first, start = opened
            text = "".join(f"{one.removeprefix(start['indent'])}\n" for one in lines)
            yield Block(page, first, start["language"], text, _file(start["language"], text, before))
            opened, before = None, ""
        elif opened:
            lines.append(line)
        elif line.strip():
            before = line
    assert opened is None, f"{page}: a block is not closed"


def pages() -> list[Path]:
    """Return all pages that a reader may follow."""
    at_top = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md"]
    return [*at_top, *sorted(DOCS.rglob("*.md"))]


def _file(language: str, text: str, before: str) -> str:
    if language in {"console", "diff", ""}:
        return ""
    named = _NAMED.match(text.partition("\n")[0]) or _SAID.search(before)
    return named["path"] if named else ""
