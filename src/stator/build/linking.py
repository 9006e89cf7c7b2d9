"""Linking: what assets with links become, each read once more for it, on all processors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from stator.artifact import Splice, spliced
from stator.asset import Asset, read_again
from stator.errors import ChangedMeanwhile
from stator.link import splices
from stator.parallel import shared
from stator.references.resolve import Link

_WORTH_SHARING = 8 << 20  # bytes: below, starting a process costs more than it saves


class Linked(NamedTuple):
    """What linking makes of an asset: the changes, and size and hash of the result."""

    changes: tuple[Splice, ...]
    size: int
    sha256: bytes


class Linker:
    """Links assets; ``links`` are those of each path, ``name_of`` gives the published name of a target."""

    def __init__(self, links: Mapping[str, tuple[Link, ...]], name_of: Callable[[str], str]) -> None:
        self._links = links
        self._name_of = name_of

    def __call__(self, asset: Asset) -> Linked | OSError | ChangedMeanwhile:
        """Return what becomes of an asset, or why that cannot be known."""
        try:
            content = read_again(asset)
        except (OSError, ChangedMeanwhile) as error:
            return error
        changes = splices(content, self._links[asset.source.path], self._name_of)
        digest, size = hashlib.sha256(), 0
        for piece in spliced(content, changes):
            digest.update(piece)
            size += len(piece)
        return Linked(changes, size, digest.digest())


def link_all(
    linker: Linker, assets: Sequence[Asset], jobs: int
) -> Iterator[tuple[Asset, Linked | OSError | ChangedMeanwhile]]:
    """Yield what becomes of each asset, in any order."""
    is_large = sum(asset.size for asset in assets) > _WORTH_SHARING
    has_connections = any(asset.source.opener for asset in assets)
    yield from shared(linker, assets, jobs if is_large and not has_connections else 1, _size)


def _size(asset: Asset) -> int:
    return asset.size
