"""Loading: what a browser loads by itself once it has a file, and what scripts may ask for later.

What style sheets import and modules import statically is in the manifest. What style sheets name besides,
fonts and images, is known from the links of the collect that made the release. Whether a rule with such a
name applies is not known, so all count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from stator.manifest import Manifest
from stator.references.reference import Kind
from stator.references.resolve import Link

Links = Mapping[str, Sequence[Link]]

_BY_ITSELF = frozenset((Kind.CSS_URL, Kind.CSS_SRC, Kind.CSS_IMAGE_SET))  # besides what the manifest knows
_LATER = frozenset((Kind.JS_URL,))


class Loading(NamedTuple):
    """Logical paths by the path of the file that has them loaded: at once, or later when a script says so."""

    at_once: Mapping[str, Sequence[str]]
    later: Mapping[str, Sequence[str]]

    def besides(self, asked: Iterable[str]) -> tuple[list[str], list[str]]:
        """Return what is loaded besides these files, however far: at once, and of all else later. Sorted."""
        start = set(asked)
        at_once = _reached(start, self.at_once)
        later = {target for path in at_once for target in self.later.get(path, ())}
        either = _reached(later | at_once, self.at_once, self.later)
        return sorted(at_once - start), sorted(either - at_once)


def loading_of(manifest: Manifest, links: Links) -> Loading:
    """Return what the files of a release load; of ``links`` only those between them count."""
    paths = manifest.paths
    at_once = {path: list(loads.imports) for path, loads in manifest.loads.items() if path in paths}
    later = {path: list(loads.dynamic) for path, loads in manifest.loads.items() if path in paths}
    for path, linked in links.items():
        for link in linked if path in paths else ():
            if link.target in paths and link.kind in _BY_ITSELF:
                at_once.setdefault(path, []).append(link.target)
            elif link.target in paths and link.kind in _LATER:
                later.setdefault(path, []).append(link.target)
    return Loading(at_once, later)


def _reached(start: Iterable[str], *edges: Mapping[str, Sequence[str]]) -> set[str]:
    reached = set(start)
    pending = list(reached)
    while pending:
        path = pending.pop()
        for targets in edges:
            new = [target for target in targets.get(path, ()) if target not in reached]
            reached.update(new)
            pending += new
    return reached
