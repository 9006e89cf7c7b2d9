"""The nearest existing name to one that does not exist: what the author probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST_COMPARED = 2000  # difflib is thorough and slow; among more names, only those of the same folder count

_FORGOTTEN_ENDINGS = (".js", ".mjs", ".css", "/index.js")  # a bundler or Node would have added them


class Names:
    """All names there are, ordered for three questions: another case, another folder, another spelling."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = dict.fromkeys(names)
        self._by_folded: dict[str, str] = {}
        self._by_base: dict[str, list[str]] = {}
        self._by_folder: dict[str, list[str]] = {}
        for name in self._names:
            self._by_folded.setdefault(name.casefold(), name)
            folder, _, base = name.rpartition("/")
            self._by_base.setdefault(base.casefold(), []).append(name)
            self._by_folder.setdefault(folder, []).append(name)

    def other_case(self, name: str) -> str | None:
        """Return the name that differs from ``name`` only in upper and lower case."""
        found = self._by_folded.get(name.casefold())
        return found if found != name else None

    def nearest(self, name: str) -> str | None:
        """Return the name that ``name`` was probably meant to be, or ``None`` where all are far."""
        other_case = self.other_case(name)
        if other_case:
            return other_case
        for ending in _FORGOTTEN_ENDINGS:
            if name + ending in self._names:
                return name + ending
        same_base = self._by_base.get(name.rpartition("/")[2].casefold(), ())
        if same_base:
            return max(
                same_base[: MOST_COMPARED // 10],
                key=lambda known: difflib.SequenceMatcher(None, known, name).ratio(),
            )
        few = len(self._names) <= MOST_COMPARED
        candidates = list(self._names) if few else self._by_folder.get(name.rpartition("/")[0], [])
        near = difflib.get_close_matches(name, candidates[:MOST_COMPARED], n=1, cutoff=0.8)
        return near[0] if near else None
