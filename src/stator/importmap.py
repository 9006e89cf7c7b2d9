"""The import map: names that a page gives to modules, so that none need be written into other modules.

Rules of this file; HTML, "Import maps", says how browsers read one.

1. *A bare specifier* (``lit``, ``lit/html.js``) means what an installed app has declared for it, or for the
   longest beginning of it that ends with a slash. It stays as it is written.
2. *With* ``LINK_BY_IMPORTMAP`` every other specifier by which one module names another stays too: it leads to
   the plain URL, for which the map has the digested one. So a change renames one module, not all above it.
   One with a query or a fragment is linked: a map has whole URLs, and cannot have all of these.
3. *Workers have no import map.* What one runs, and whatever that imports, is linked by names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from stator.media_types import JAVASCRIPT, media_type
from stator.references.reference import MODULE_KINDS, Kind
from stator.urls import is_bare, path_and_suffix

if TYPE_CHECKING:
    from stator.references.resolve import Link

ImportMap = Sequence[tuple[str, str]]  # specifier: logical path or URL


def meant_by(specifier: str, importmap: ImportMap) -> str:
    """Return what a bare specifier means, a logical path or a URL; empty if nobody has declared it."""
    found = max((key for key, _ in importmap if _covers(key, specifier)), key=len, default=None)
    return "" if found is None else dict(importmap)[found] + specifier[len(found) :]


def _covers(key: str, specifier: str) -> bool:
    return key == specifier or (key.endswith("/") and specifier.startswith(key))


def is_by_map(link: Link, *, all_modules: bool) -> bool:
    """Say whether the map of the page leads where a link does. ``all_modules``: rule 2 holds for its file."""
    if link.kind not in MODULE_KINDS:
        return False
    _, suffix = path_and_suffix(link.specifier)
    return is_bare(link.specifier) or (all_modules and not suffix)


def run_by_workers(links: Mapping[str, Iterable[Link]]) -> frozenset[str]:
    """Return the logical paths of scripts that may run in a worker, by the links of all files."""
    reached: set[str] = set()
    pending = [
        link.target
        for its_links in links.values()
        for link in its_links
        if link.kind == Kind.JS_URL and media_type(link.target) == JAVASCRIPT
    ]
    while pending:
        path = pending.pop()
        if path not in reached:
            reached.add(path)
            pending += [link.target for link in links.get(path, ()) if link.kind in MODULE_KINDS]
    return frozenset(reached)
