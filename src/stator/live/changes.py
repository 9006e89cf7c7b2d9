"""Changes: what has changed since a page was made, for pages that ask.

Facts. A *time* here is that of the machine's monotonic clock, which all processes share and which no restart
of the server sets back. A page carries the time at which its request came, and goes on with the time of the
last change it was told. So no change is lost: not between page and first question, not between two
questions, not while the server restarts, and not where two processes answer in turn. A page older than the
process that it asks was made by code that is no more, and has to be loaded again; so has one that asks with
a time that cannot be.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from stator.media_types import CSS, extension, media_type

MOST_KEPT = 1000  # changes; a page that has missed more is loaded again
now: Callable[[], int] = time.monotonic_ns
_UNSEEN = {".map"}  # what only developer tools ask for


class Change(NamedTuple):
    """What changed at a time: the files ``names``, logical paths; ``reload`` if a page cannot swap them."""

    at: int
    names: tuple[str, ...] = ()
    reload: bool = False


def is_unseen(name: str) -> bool:
    """Say whether no page shows a difference when this file changes."""
    return extension(name) in _UNSEEN


def is_swapped(name: str) -> bool:
    """Say whether a page can take the new file without being loaded again."""
    kind = media_type(name)
    return kind == CSS or kind.startswith("image/")


class Changes:
    """The changes of one process since it ``began``, and those who wait for the next one."""

    def __init__(self) -> None:
        self.began: int = now()
        self.ended: bool = False
        self._asked = 0
        self._forgotten = self.began
        self._log: deque[Change] = deque()
        self._news = threading.Condition()
        self._wakers: set[Callable[[], None]] = set()

    def add(self, names: tuple[str, ...], *, reload: bool = False) -> None:
        """Add what has changed just now, and wake all who wait."""
        with self._news:
            self._log.append(Change(now(), names, reload))
            if len(self._log) > MOST_KEPT:
                self._forgotten = self._log.popleft().at
            self._wake()

    def since(self, at: int) -> Change | None:
        """Return all changes after the time ``at`` as one, ``None`` when there was none."""
        self._asked = now()
        if not max(self.began, self._forgotten) <= at <= self._asked:
            return Change(self._asked, reload=True)
        with self._news:
            later = [change for change in self._log if change.at > at]
        if not later:
            return None
        names = dict.fromkeys(name for change in later for name in change.names)
        return Change(later[-1].at, tuple(names), any(change.reload for change in later))

    def wait(self, at: int, seconds: float) -> Change | None:
        """Return what ``since`` does, and wait for it so long; no longer than until the end."""
        with self._news:
            self._news.wait_for(lambda: self.ended or self.since(at) is not None, seconds)
            return self.since(at)

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call ``wake``, which must not block, at each change and at the end, until the block ends."""
        self._wakers.add(wake)
        try:
            yield
        finally:
            self._wakers.discard(wake)

    def end(self) -> None:
        """Tell all who wait that the process ends. A signal handler may do this."""
        with self._news:  # it is reentrant: the signal may have come while its thread held it
            self.ended = True
            self._wake()

    def was_asked_within(self, seconds: float) -> bool:
        """Say whether anybody has asked for changes so recently."""
        return self._asked > 0 and now() - self._asked < seconds * 1e9

    def _wake(self) -> None:
        self._news.notify_all()
        for wake in tuple(self._wakers):
            wake()
