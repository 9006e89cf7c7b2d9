"""Link: write the targets' published names into the spans of the references, and touch nothing else."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping

from stator.artifact import Splice, spliced
from stator.asset import Asset
from stator.references.resolve import Link
from stator.urls import with_base_name, without_escapes


def splices(content: bytes, links: Iterable[Link], names: Mapping[str, str]) -> tuple[Splice, ...]:
    """Return what linking changes in ``content``; ``names`` are the published names of the targets.

    A link whose target keeps its name changes nothing.
    """
    changes = []
    for start, end, specifier, target in links:
        if names[target] != target:
            escaped = content[start:end] != specifier.encode()
            changes.append(Splice(start, end, _written(specifier, names[target], escaped)))
    return tuple(changes)


@functools.lru_cache(maxsize=1 << 14)  # files say the same of the same: this shares the result
def _written(specifier: str, name: str, escaped: bool) -> bytes:
    text = with_base_name(specifier, name)
    # What was written with escapes is percent-encoded, which says the same in CSS, JavaScript and JSON.
    return (without_escapes(text) if escaped else text).encode()


def linked(asset: Asset, content: bytes, changes: Iterable[Splice]) -> Asset:
    """Return the asset as it will be after linking: the same source, the size and hash of the result."""
    result = spliced(content, changes)
    return Asset(asset.source, len(result), hashlib.sha256(result).digest())
