"""Wording: how many names, counts and places are told of at once, the same in all checks."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from stator.findings import Place
from stator.load_path import SourceFile, printable
from stator.progress import count_text, size_text

MOST_NAMED = 3  # names in one sentence: who wants all of them looks into the folder


def few(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are: "a.css, b.css, c.css and 4 more"."""
    told = ", ".join(map(printable, names[:MOST_NAMED]))
    more = len(names) - MOST_NAMED
    return f"{told} and {more:,} more" if more > 0 else told


def files_text(sources: Sequence[SourceFile]) -> str:
    """Return how many files there are and how large they are: "12 files (1.4 MB)"."""
    return f"{count_text(len(sources), 'file')} ({size_text(sum(source.size for source in sources))})"


def place_of(source: SourceFile) -> Place:
    """Return the place of a whole source file."""
    return Place(printable(source.location))


def folder_of(source: SourceFile) -> str:
    """Return the absolute folder that a source file is in."""
    return os.path.dirname(source.location)


def shell_path(path: str, project: str) -> str:
    """Return an absolute path as it is written in a shell in the folder of the project."""
    return shlex.quote(os.path.relpath(path, project))


def shown(path: str, project: str) -> str:
    """Return an absolute path as people are told it: from the folder of the project, where it is inside."""
    return printable(path.removeprefix(os.path.join(project, "")))


def by_folder(sources: Iterable[SourceFile]) -> Iterator[tuple[Place, list[SourceFile]]]:
    """Yield each folder, as a place, with those of the files that are in it."""
    for folder, inside in groupby(sorted(sources, key=lambda one: (folder_of(one), one.path)), folder_of):
        yield Place(printable(folder)), list(inside)
