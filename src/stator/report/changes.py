"""Changes: what a release has that the one before it had not, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from stator.manifest import Content, Manifest, Row


class Changes(NamedTuple):
    """What came, went and has another content than before, by logical path, in order.

    ``removed`` and ``changed`` have what stood there before.
    """

    added: tuple[str, ...]
    removed: Mapping[str, Content]
    changed: Mapping[str, Content]


def rows_before(manifest: Manifest) -> dict[str, Row] | None:
    """Return what the release before the current one had, by logical path, ``None`` where it is not known."""
    if not manifest.earlier or manifest.earlier[0].differences is None:
        return None
    rows: dict[str, Row | None] = {**manifest.rows(), **manifest.earlier[0].differences}
    return {path: row for path, row in sorted(rows.items()) if row}


def changes(rows: Mapping[str, Row], before: Mapping[str, Row]) -> Changes:
    """Return how the rows of a release differ from those of the one before it."""
    return Changes(
        tuple(path for path in rows if path not in before),
        {path: row.content for path, row in before.items() if path not in rows},
        {
            path: row.content
            for path, row in before.items()
            if path in rows and rows[path].content.sha256 != row.content.sha256
        },
    )


def sent(content: Content) -> int:
    """Return how many bytes a visitor gets whose browser takes the smallest form."""
    return min([content.size, *(size for _, size in content.codings)])
