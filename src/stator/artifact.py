"""Artifacts: finished files, known by what they will be and written only when they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from stator.asset import CHUNK, read_all
from stator.cache import Blob
from stator.load_path import SourceFile
from stator.manifest import LOADS_NOTHING, Loads


class Splice(NamedTuple):
    """``content[start:end]`` becomes ``text``."""

    start: int
    end: int
    text: bytes


def spliced(content: bytes, changes: Iterable[Splice]) -> Iterator[bytes | memoryview]:
    """Yield ``content`` in pieces, with the changes made, which must be in order and must not overlap.

    Nothing of it is copied: a source map can be large.
    """
    view, position = memoryview(content), 0
    for start, end, text in changes:
        yield view[position:start]
        yield text
        position = end
    yield view[position:]


class Coded(NamedTuple):
    """A precompressed form of an artifact: the name of its coding, and the bytes, as finished work."""

    coding: str
    blob: Blob


class Artifact(NamedTuple):
    """One file of the site as it is published.

    ``path`` is its logical path, ``name`` the name that never changes its content (the digested path, or
    the path itself where a bundler already put a digest into it). ``plain`` says whether it is published
    under its logical path too, with the same bytes. ``size`` and ``sha256`` are of the published bytes.
    ``loads`` is what a browser loads besides it.

    What it is made of: the ``source``, or its minified form if there is one, with the ``changes`` that
    linking makes. An artifact that an earlier build has made, and that is published already, need not know
    its changes, nor where the bytes of its ``codings`` are.
    """

    path: str
    name: str
    plain: bool
    source: SourceFile
    changes: tuple[Splice, ...]
    size: int
    sha256: bytes
    minified: Blob | None = None
    codings: tuple[Coded, ...] = ()
    loads: Loads = LOADS_NOTHING

    def chunks(self) -> Iterator[bytes | memoryview]:
        """Yield the published bytes, read anew. Raises ``OSError``.

        A file that is only copied is never held whole.
        """
        if self.minified:
            yield from spliced(self.minified.read(), self.changes)
            return
        with self.source.open() as file:
            if self.changes:
                yield from spliced(read_all(file), self.changes)
                return
            while chunk := file.read(CHUNK):
                yield chunk

    @property
    def has_second_name(self) -> bool:
        """Whether it is published under its logical path too, beside the name that never changes."""
        return self.plain and self.name != self.path

    @property
    def is_copy(self) -> bool:
        """Whether it is the source as it is."""
        return not self.minified and not self.changes
