"""Artifacts: finished files, known by what they will be and written only when they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from stator.asset import CHUNK, read_all
from stator.load_path import SourceFile


class Splice(NamedTuple):
    """``content[start:end]`` becomes ``text``."""

    start: int
    end: int
    text: bytes


def spliced(content: bytes, changes: Iterable[Splice]) -> bytes:
    """Return ``content`` with the changes made, which must be in order and must not overlap."""
    pieces, position = [], 0
    for start, end, text in changes:
        pieces += [content[position:start], text]
        position = end
    pieces.append(content[position:])
    return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of the site as it is published.

    ``path`` is its logical path, ``name`` the name that never changes its content (the digested path, or
    the path itself where a bundler already put a digest into it). ``plain`` says whether it is published
    under its logical path too, with the same bytes. ``size`` and ``sha256`` are of the published bytes.
    """

    path: str
    name: str
    plain: bool
    source: SourceFile
    changes: tuple[Splice, ...]
    size: int
    sha256: bytes

    def chunks(self) -> Iterator[bytes]:
        """Yield the published bytes, read from the source anew. Raises ``OSError``.

        A file that is only copied is never held whole.
        """
        with self.source.open() as file:
            if self.changes:
                yield spliced(read_all(file), self.changes)
                return
            while chunk := file.read(CHUNK):
                yield chunk
