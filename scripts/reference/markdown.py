"""Markdown as the pages use it: templates, tables, blocks of code, and docstrings as paragraphs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

MADE = "<!-- Made by scripts/generate-docs from {}: change that, and run it again. -->"
_MEANT = re.compile(r"([\\`*_<>\[\]|{}])")
_LITERAL = re.compile(r"::\n\n((?:    .*\n?|\n)+)")
_PART = re.compile(r"^%%(\w+)%%$", re.MULTILINE)


def page(template: str, source: str, **parts: str) -> str:
    """Return a page: the template of this name, with each line ``%%part%%`` replaced by that part.

    ``source`` says in words what the parts are made from. Raises ``KeyError`` for a part that is not given.
    """
    text = Path(__file__).with_name(f"{template}.md").read_text()
    title, _, rest = text.partition("\n")
    return f"{title}\n\n{MADE.format(source)}\n{_PART.sub(lambda found: parts[found[1]], rest)}"


def paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(filter(None, parts))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a cell is Markdown in one line, in which no bar stands by itself."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def code(text: str, language: str) -> str:
    return f"```{language}\n{text.strip(chr(10))}\n```"


def plain(text: str) -> str:
    """Return Markdown that shows the text as it is."""
    return _MEANT.sub(r"\\\1", text)


def cell(text: str) -> str:
    """Return Markdown for one line of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def from_docstring(thing: object) -> str:
    """Return the docstring of a public thing as Markdown. Raises ``ValueError`` where there is none."""
    text = inspect.getdoc(thing)
    if not text:
        raise ValueError(f"{thing!r} is in the reference and has no docstring.")
    text = text.replace("``", "`")
    return _LITERAL.sub(lambda found: f":\n\n{code(inspect.cleandoc(found[1]), 'python')}\n\n", text).strip()
