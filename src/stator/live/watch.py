"""Watching folders: by the system's own events with watchfiles, by looking from time to time without.

Facts. Of folders that are made one in the other at once only the outermost is reported, and files in them not
at all; so whoever is told of a folder looks into it. What is written while a watch is being set up is not
reported either; so it stands before the constructor returns.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

STEP = 20  # milliseconds without a further change, after which changes are told
DEBOUNCE = 200  # milliseconds after which they are told in any case
INTERVAL = 0.5  # seconds between two looks
_SHARE = 10  # a look takes no more than this part of the time
_CLOSING = 1.0  # seconds that a thread gets to notice
INSTALL = "pip install 'stator[dev]'"
_log = logging.getLogger(__name__)


def is_installed() -> bool:
    """Say whether watchfiles is installed."""
    return importlib.util.find_spec("watchfiles") is not None


class Watch:
    """Calls ``tell`` with the paths below ``folders`` that were written, came or went, from its own thread.

    ``wanted`` says whether anybody wants to know, without which nothing is looked at; what happens until
    then is told later. ``by_events`` says that all changes are told as they happen.
    """

    def __init__(
        self, folders: Iterable[str], tell: Callable[[set[str]], Any], wanted: Callable[[], bool]
    ) -> None:
        self._given: dict[str, list[str]] = {}  # events name the real folder, callers know it as they gave it
        for folder in dict.fromkeys(folders):
            if os.path.isdir(folder):
                self._given.setdefault(os.path.realpath(folder), []).append(folder)
        self._stop = threading.Event()
        notify = _notify(_outermost(self._given))
        self.by_events: bool = notify is not None
        self._thread = threading.Thread(
            target=_by_events if notify else _by_looking,
            args=(notify or _Look(list(self._given), wanted), self._told(tell), self._stop),
            name="stator-watch",
            daemon=True,
        )
        self._thread.start()
        # A thread that comes out of native code into an interpreter that ends would crash it.
        self.close: Callable[[], object] = weakref.finalize(self, _close, self._stop, self._thread)

    def _told(self, tell: Callable[[set[str]], Any]) -> Callable[[set[str]], None]:
        given = self._given

        def told(paths: set[str]) -> None:
            try:
                tell({spelled for path in paths for spelled in _as_given(path, given)})
            except Exception:  # noqa: BLE001  (the next change may be told)
                _log.exception("A change could not be told")

        return told


def _close(stop: threading.Event, thread: threading.Thread) -> None:
    stop.set()
    if thread is not threading.current_thread():
        thread.join(_CLOSING)


def _as_given(path: str, given: dict[str, list[str]]) -> Iterator[str]:
    for real, folders in given.items():
        if path == real or path.startswith(real + os.sep):
            yield from (folder + path[len(real) :] for folder in folders)


def _outermost(folders: Iterable[str]) -> list[str]:
    found: list[str] = []
    for folder in sorted(folders):
        if not found or not folder.startswith(found[-1] + os.sep):
            found.append(folder)
    return found


def _notify(folders: list[str]) -> RustNotify | None:
    try:
        from watchfiles._rust_notify import RustNotify  # noqa: PLC0415  (optional)
    except ImportError:
        return None
    try:
        return RustNotify(folders, False, False, 0, True, True)
    except (OSError, RuntimeError) as error:  # the system allows no more watches
        _log.warning("Folders cannot be watched (%s), and are looked at every now and then instead.", error)
        return None


def _by_events(notify: RustNotify, tell: Callable[[set[str]], None], stop: threading.Event) -> None:
    while not stop.is_set():
        changes = notify.watch(DEBOUNCE, STEP, 0, stop)
        if not isinstance(changes, str):
            tell({path for _, path in changes})


class _Look:
    """What somebody who looks has seen last, and whether it is wanted to look again."""

    def __init__(self, folders: list[str], wanted: Callable[[], bool]) -> None:
        self.wanted = wanted
        self._folders = folders
        self._seen = dict(_files(folders))

    def changed(self) -> set[str]:
        """Return the paths of the files that are not as they were the last time."""
        now = dict(_files(self._folders))
        changed = {path for path, _ in self._seen.items() ^ now.items()}
        self._seen = now
        return changed


def _by_looking(look: _Look, tell: Callable[[set[str]], None], stop: threading.Event) -> None:
    pause = INTERVAL
    while not stop.wait(pause):
        began = monotonic()
        if look.wanted() and (changed := look.changed()):
            tell(changed)
        pause = max(INTERVAL, (monotonic() - began) * _SHARE)


def _files(folders: Iterable[str]) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Yield each file below the folders, and what changes with its content. Hidden ones are left out."""
    pending, entered = list(folders), set()
    while pending:
        folder = pending.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue  # it has gone meanwhile
        for entry in entries:
            if entry.name.startswith("."):
                continue
            try:
                if not entry.is_dir():
                    status = entry.stat()
                    yield entry.path, (status.st_mtime_ns, status.st_size, status.st_ino)
                elif not entry.is_symlink() or (real := os.path.realpath(entry.path)) not in entered:
                    if entry.is_symlink():
                        entered.add(real)  # a link may lead back
                    pending.append(entry.path)
            except OSError:
                continue
