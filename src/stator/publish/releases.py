"""Releases: what the manifest keeps, and what each costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from stator.manifest import Content, Manifest
from stator.paths import CODING_SUFFIXES


class Kept(NamedTuple):
    """A release that is kept, and what it costs.

    ``until`` is when it was superseded, in seconds since 1970, ``None`` for the current one. ``files`` are
    its digested files, ``size`` their bytes with all precompressed forms, ``own`` those of files and forms
    that no other release has. One that is not ``known`` in full cannot be made current again, and is told
    by the files that no later release has.
    """

    id: str
    until: int | None
    files: int
    size: int
    own: int
    known: bool = True


def kept_releases(manifest: Manifest) -> list[Kept]:
    """Return the releases that are kept, the current one first."""
    heads = [
        (manifest.id, None, manifest.files),
        *((one.id, one.until, one.files) for one in manifest.earlier),
    ]
    restored = [manifest.restored(id) for id, _, _ in heads]
    sizes = [
        _sizes(whole.files if whole else files) for whole, (_, _, files) in zip(restored, heads, strict=True)
    ]
    holders = Counter(name for some in sizes for name in some)
    return [
        Kept(
            id,
            until,
            len(whole.files if whole else files),
            sum(some.values()),
            sum(size for name, size in some.items() if holders[name] == 1),
            whole is not None,
        )
        for (id, until, files), whole, some in zip(heads, restored, sizes, strict=True)
    ]


def _sizes(files: Mapping[str, Content]) -> dict[str, int]:
    """Return the size in bytes of each file and of each of its precompressed forms."""
    return {name + suffix: size for name, content in files.items() for suffix, size in _forms(content)}


def _forms(content: Content) -> Iterator[tuple[str, int]]:
    yield "", content.size
    yield from ((CODING_SUFFIXES[coding], size) for coding, size in content.codings)
