"""Parallel: a function over many items, shared out among processes that are copies of this one.

Python's own work holds the interpreter, so threads would wait for each other. A copy costs milliseconds and
is sent nothing, as it has all that this process has; its results come back through a pipe. This process does
its own share meanwhile. A copy that dies costs time and nothing else: its share is done here.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

_AT_ONCE = 500  # results that are sent in one piece: all of them would be in memory twice

Item = TypeVar("Item")
Result = TypeVar("Result")


def processors() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def can_share() -> bool:
    """Say whether copies of this process would be sound: not where other threads hold locks at any time."""
    return sys.platform == "linux" and threading.active_count() == 1


def shared(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int, cost: Callable[[Item], int]
) -> Iterator[tuple[Item, Result]]:
    """Yield each item with what the function returns for it, in any order.

    ``jobs`` is how many processes share the work, ``cost`` how much an item is of it. Results must be such
    that they can be pickled. Raises what the function raises.
    """
    if jobs < 2 or len(items) < 2 or not can_share():
        yield from ((item, function(item)) for item in items)
        return
    # The dearest are dealt out first, so that all shares cost about the same.
    dealt = sorted(range(len(items)), key=lambda number: -cost(items[number]))
    copies = [_Copy(function, items, dealt[first::jobs]) for first in range(1, jobs)]
    try:
        yield from ((items[number], function(items[number])) for number in dealt[::jobs])
        for copy in copies:
            yield from zip((items[number] for number in copy.share), copy.results(), strict=True)
    finally:
        for copy in copies:
            copy.end()


class _Copy(Generic[Item, Result]):
    """A copy of this process at work on a share of the items."""

    def __init__(self, function: Callable[[Item], Result], items: Sequence[Item], share: list[int]) -> None:
        self.share = share
        self._function = function
        self._items = items
        self._pipe, pipe = os.pipe()
        self._process = os.fork()
        if not self._process:
            self._work(pipe)
        os.close(pipe)

    def _work(self, pipe: int) -> None:
        """Send the results and end, without anything that this process would do at its own end."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that people see
            with open(pipe, "wb") as file:
                try:
                    results = [self._function(self._items[number]) for number in self.share]
                except Exception as error:  # noqa: BLE001  (raised again in the other process)
                    pickle.dump((None, error), file)
                else:
                    # All is done before any is sent: the pipe holds little, and nobody reads it yet.
                    for first in range(0, len(results), _AT_ONCE):
                        pickle.dump((results[first : first + _AT_ONCE], None), file, pickle.HIGHEST_PROTOCOL)
        finally:
            os._exit(0)

    def results(self) -> Iterator[Result]:
        """Yield the results of its share, in order."""
        received = 0
        with open(self._pipe, "rb", closefd=False) as pipe:
            while received < len(self.share):
                try:
                    results, error = pickle.load(pipe)  # noqa: S301  (from a copy of this very process)
                except (EOFError, pickle.UnpicklingError):
                    break
                if error:
                    raise error
                received += len(results)
                yield from results
        for number in self.share[received:]:
            yield self._function(self._items[number])

    def end(self) -> None:
        """End the process, if it has not ended by itself."""
        os.close(self._pipe)
        with suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
