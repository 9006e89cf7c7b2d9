"""Files that a project gets, and what stands in their way: first looked at, all of them, then written.

A file that says something else than it would is somebody's work, and is not written over unless that is
asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Change(NamedTuple):
    """A file that shall have a text; ``standing`` is what it has now, ``None`` where there is none."""

    path: str
    text: str
    standing: bytes | None

    @property
    def is_needed(self) -> bool:
        return self.standing != self.text.encode()

    @property
    def destroys(self) -> bool:
        return self.is_needed and self.standing is not None


def plan(files: Mapping[str, str], folder: str) -> tuple[Change, ...]:
    """Return what writing files, by their paths in a folder, would change. Raises ``OSError``."""
    paths = {os.path.join(folder, *path.split("/")): text for path, text in files.items()}
    return tuple(Change(path, text, _content(path)) for path, text in paths.items())


def apply(changes: Iterable[Change]) -> None:
    """Write those files that are not as they shall be. Raises ``OSError``."""
    for change in changes:
        if change.is_needed:
            os.makedirs(os.path.dirname(change.path), exist_ok=True)
            with open(change.path, "w", encoding="utf-8", newline="\n") as file:
                file.write(change.text)


def _content(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
