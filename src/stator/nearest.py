"""The nearest existing name to one that does not exist: what the author probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST_COMPARED = 4000  # difflib is thorough and slow; beyond this many names only the exact ways are tried


class Names:
    """All names there are, ordered for three questions: another case, another folder, another spelling."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(names)
        self._by_folded: dict[str, str] = {}
        self._by_base: dict[str, list[str]] = {}
        for name in self._names:
            self._by_folded.setdefault(name.casefold(), name)
            self._by_base.setdefault(name.rpartition("/")[2].casefold(), []).append(name)

    def other_case(self, name: str) -> str | None:
        """Return the name that differs from ``name`` only in upper and lower case."""
        found = self._by_folded.get(name.casefold())
        return found if found != name else None

    def nearest(self, name: str) -> str | None:
        """Return the name that ``name`` was probably meant to be, or ``None`` where all are far."""
        other_case = self.other_case(name)
        if other_case:
            return other_case
        same_base = self._by_base.get(name.rpartition("/")[2].casefold(), ())
        if same_base:
            return max(same_base, key=lambda known: difflib.SequenceMatcher(None, known, name).ratio())
        if len(self._names) > MOST_COMPARED:
            folder = name.rpartition("/")[0]
            candidates = [known for known in self._names if known.rpartition("/")[0] == folder]
        else:
            candidates = self._names
        near = difflib.get_close_matches(name, candidates[:MOST_COMPARED], n=1, cutoff=0.8)
        return near[0] if near else None
