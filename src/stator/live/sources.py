"""Sources: which file stands behind a logical path now, without walking all folders for every request.

The index is the load path, so precedence and what is left out are those of a collect. Rule: a name that the
index lacks, or has elsewhere than the finders look it up, makes the index stale; it is then made anew, once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from stator.errors import UnsafePath
from stator.load_path import LoadPath, SourceFile
from stator.paths import logical_path


class Index(NamedTuple):
    """A load path, and its files by where they are."""

    load_path: LoadPath
    names: dict[str, list[str]]

    @property
    def files(self) -> dict[str, SourceFile]:
        return self.load_path.files


class Sources:
    """Source files by logical path.

    ``walk`` returns the load path; ``locate`` looks one name up in the finders' folders, and returns where it
    is or ``None``. With ``watched`` somebody calls ``refresh`` when files come or go; without, each answer is
    looked up afresh.
    """

    def __init__(self, walk: Callable[[], LoadPath], locate: Callable[[str], str | None]) -> None:
        self.watched = False
        self._walk = walk
        self._locate = locate
        self._index: Index | None = None
        self._making = threading.Lock()

    @property
    def index(self) -> Index:
        return self._index or self.refresh(None)

    def refresh(self, stale: Index | None) -> Index:
        """Return an index that is newer than ``stale``, made by whoever comes first."""
        with self._making:
            if self._index is None or self._index is stale:
                load_path = self._walk()
                names: dict[str, list[str]] = {}
                for name, source in load_path.files.items():
                    names.setdefault(source.location, []).append(name)
                self._index = Index(load_path, names)
            return self._index

    def get(self, name: str) -> SourceFile | None:
        """Return the source file that is published under this name, ``None`` when there is none."""
        try:
            logical_path(name)
        except UnsafePath:
            return None
        index = self.index
        source = index.files.get(name)
        if source is not None and (self.watched or source.opener):
            return source
        location = self._locate(name)
        if location != (source.location if source else None):
            source = self.refresh(index).files.get(name)
        return source
