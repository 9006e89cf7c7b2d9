"""Supervising: several programs beside each other until one of them ends, or somebody ends them all."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from time import monotonic
from typing import IO, NamedTuple

from stator.frontends.running import Running

PATIENCE = 5.0  # seconds that programs get to end
_MOST_UNTOLD = 1000  # lines
_LONGEST = 1 << 16  # bytes; a line that is longer, as one that only ever returns to its start, is several
_STOPPING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Job(NamedTuple):
    """A program: what its lines are marked with, its shell command, folder and environment.

    ``hear`` is called with each line that it prints.
    """

    name: str
    command: str
    root: str
    environ: Mapping[str, str]
    hear: Callable[[str], object] = lambda _: None


class _Said(NamedTuple):
    job: Job
    line: str


class _Ended(NamedTuple):
    job: Job | None  # None: somebody has asked for the end


class _Room:
    """Room for lines that are not told yet: whoever says more than is told waits, and so must his program."""

    def __init__(self) -> None:
        self._left = _MOST_UNTOLD
        self._ends = False
        self._changed = threading.Condition()

    def take(self) -> bool:
        """Wait for room. Return whether there is some, which is always so until ``end``."""
        with self._changed:
            self._changed.wait_for(lambda: self._left or self._ends)
            found = self._left > 0
            self._left -= found
            return found

    def give(self) -> None:
        """Give back what a line had."""
        with self._changed:
            self._left += 1
            self._changed.notify()

    def end(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self._ends = True
            self._changed.notify_all()


def supervise(jobs: Sequence[Job], say: Callable[[str, str], object]) -> int:
    """Run the programs until one ends or a signal asks for it; then end all, and return an exit code.

    That is 0 after a signal, else that of the program that has ended. ``say`` is called with the name of a
    job and each line that it prints, from this thread. To be called in the main thread, which signals reach.
    """
    events: SimpleQueue[_Said | _Ended] = SimpleQueue()
    started: list[_Started] = []
    room = _Room()
    with _stopping(lambda: events.put(_Ended(None))):
        try:
            started.extend(_start(job, events, room) for job in jobs)
            ended = _first_end(events, room, say)
        finally:
            room.end()
            codes = _end(started)
    while not events.empty():
        _tell(events.get(), say)
    if ended is None:
        return 0
    code = next(code for one, code in zip(started, codes, strict=True) if one.job is ended)
    say(ended.name, f"has ended with exit code {code}, so all is ended")
    return code


class _Started(NamedTuple):
    job: Job
    running: Running
    listener: threading.Thread


def _end(started: Sequence[_Started]) -> list[int]:
    for one in started:
        one.running.ask_to_end()
    end = monotonic() + PATIENCE
    for one in started:
        one.listener.join(max(0.0, end - monotonic()))  # an output ends with the last who could write to it
    codes = [one.running.end() for one in started]
    for one in started:
        one.listener.join(PATIENCE)
    return codes


def _first_end(
    events: SimpleQueue[_Said | _Ended], room: _Room, say: Callable[[str, str], object]
) -> Job | None:
    while True:
        event = events.get()
        if isinstance(event, _Ended):
            return event.job
        room.give()
        _tell(event, say)


def _tell(event: _Said | _Ended, say: Callable[[str, str], object]) -> None:
    if isinstance(event, _Said):
        event.job.hear(event.line)
        say(event.job.name, event.line)


def _start(job: Job, events: SimpleQueue[_Said | _Ended], room: _Room) -> _Started:
    running = Running(job.command, job.root, subprocess.PIPE, job.environ)
    # Two threads: what a program has started may hold its output open when it has ended.
    listener = threading.Thread(target=_listen, args=(job, running.process.stdout, events, room), daemon=True)
    listener.start()
    threading.Thread(target=_wait, args=(job, running.process, events), daemon=True).start()
    return _Started(job, running, listener)


def _listen(job: Job, output: IO[bytes], events: SimpleQueue[_Said | _Ended], room: _Room) -> None:
    with output:
        for line in iter(partial(output.readline, _LONGEST), b""):
            if not room.take():
                continue
            events.put(_Said(job, line.decode(errors="replace").rstrip("\r\n").rpartition("\r")[2]))


def _wait(job: Job, process: subprocess.Popen[bytes], events: SimpleQueue[_Said | _Ended]) -> None:
    process.wait()
    events.put(_Ended(job))


@contextmanager
def _stopping(stop: Callable[[], None]) -> Iterator[None]:
    heeded = [number for number in _STOPPING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda *_: stop()) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
