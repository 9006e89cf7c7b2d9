"""Text of configurations: lines, blocks of them, and paragraphs as comments."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

Lines = list[str]
INDENT = "    "
_WIDTH = 100


def block(head: str, *parts: str | Iterable[str]) -> Lines:
    """Return ``head { … }`` with the parts, each a line or several, inside."""
    return [f"{head} {{", *indented(together(*parts)), "}"]


def together(*parts: str | Iterable[str]) -> Lines:
    """Return the lines of all parts, each a line or several."""
    return [line for part in parts for line in ([part] if isinstance(part, str) else part)]


def with_gaps(*groups: Lines) -> Lines:
    """Return the lines of all groups, an empty line between two of them."""
    lines: Lines = []
    for group in groups:
        lines += ["", *group] if lines and group else group
    return lines


def indented(lines: Iterable[str]) -> Lines:
    """Return the lines one step further in."""
    return [f"{INDENT}{line}" if line else "" for line in lines]


def comment(text: str) -> Lines:
    """Return the text as lines of a comment."""
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH, break_long_words=False)]


def document(*parts: str | Iterable[str]) -> str:
    """Return the parts as a file: an empty line stands between two of them, none doubled."""
    return "\n\n".join("\n".join(together(part)) for part in parts if part) + "\n"
