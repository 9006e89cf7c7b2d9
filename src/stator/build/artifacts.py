"""Artifacts of a build by logical path: those made now, and those that the build before has made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from stator.artifact import Artifact
from stator.load_path import SourceFile
from stator.snapshot import Snapshot


class Artifacts(Mapping[str, Artifact]):
    """All artifacts, in order of path. One of the build before is put together when it is asked for.

    ``made`` are those that were made now.
    """

    def __init__(
        self,
        paths: Sequence[str],
        made: Mapping[str, Artifact],
        before: Snapshot,
        sources: Mapping[str, SourceFile],
        keeps_plain: Callable[[str], bool],
    ) -> None:
        self.made = made
        self._paths = paths
        self._before = before
        self._sources = sources
        self._keeps_plain = keeps_plain

    def __len__(self) -> int:
        return len(self._paths)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __getitem__(self, path: str) -> Artifact:
        made = self.made.get(path)
        if made is not None:
            return made
        return self._before.artifact(self._sources[path], plain=self._keeps_plain(path))
