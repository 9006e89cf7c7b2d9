"""Link: write the targets' published names into the spans of the references, and touch nothing else."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable

from stator.artifact import Splice
from stator.references.resolve import Link
from stator.urls import with_base_name, without_escapes


def splices(content: bytes, links: Iterable[Link], name_of: Callable[[str], str]) -> tuple[Splice, ...]:
    """Return what linking changes in ``content``; ``name_of`` gives the published name of a target.

    A link whose target keeps its name changes nothing.
    """
    changes = []
    for start, end, specifier, target, _ in links:
        name = name_of(target)
        if name != target:
            escaped = content[start:end] != specifier.encode()
            changes.append(Splice(start, end, _written(specifier, name, escaped)))
    return tuple(changes)


@functools.lru_cache(maxsize=1 << 14)  # files say the same of the same: this shares the result
def _written(specifier: str, name: str, escaped: bool) -> bytes:
    text = with_base_name(specifier, name)
    # What was written with escapes is percent-encoded, which says the same in CSS, JavaScript and JSON.
    return (without_escapes(text) if escaped else text).encode()
