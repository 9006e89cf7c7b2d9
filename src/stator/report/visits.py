"""Visits: what a page costs one who comes for the first time, and one who comes again after a release.

Rules of this file:

1. A name with a digest is asked for once and kept for good: who has it does not ask again. So a visit after a
   release asks for the names that the release before had not, under whatever path.
2. A plain name is asked for in every visit. Its bytes come again where they are others; else the answer is a
   304, which has none.
3. Bytes are those of the smallest form, without the fields of the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from stator.manifest import Row
from stator.report.changes import sent
from stator.report.pages import Page


class Visit(NamedTuple):
    """How many files a visitor of a page asks for, and how many bytes come."""

    requests: int
    bytes: int


def first_visit(page: Page, rows: Mapping[str, Row]) -> Visit:
    """Return what comes to an empty cache."""
    return _visit(rows[path] for path in (*page.asks, *page.loads))


def return_visit(page: Page, rows: Mapping[str, Row], before: Mapping[str, Row], names: set[str]) -> Visit:
    """Return what comes to a cache that has all of the release before.

    ``before`` are the rows of that release, ``names`` the names of its files.
    """
    new = [path for path in (*page.asks, *page.loads) if path not in page.plain]
    fresh = _visit(rows[path] for path in new if rows[path].name not in names)
    changed = _visit(rows[path] for path in page.plain if not _is_as_before(path, rows, before))
    return Visit(fresh.requests + len(page.plain), fresh.bytes + changed.bytes)


def _visit(rows: Iterable[Row]) -> Visit:
    sizes = [sent(row.content) for row in rows]
    return Visit(len(sizes), sum(sizes))


def _is_as_before(path: str, rows: Mapping[str, Row], before: Mapping[str, Row]) -> bool:
    return path in before and before[path].content.sha256 == rows[path].content.sha256
