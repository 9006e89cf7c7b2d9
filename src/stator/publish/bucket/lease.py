"""The lease: one writer at a time in a bucket, and nobody shut out by one that was killed.

An object of ours says who writes, or that nobody does. Every change of it gives it another ETag, and is made
only if it still has the one that was read. So

1. of two that want the lease at once one gets it, and the other waits;
2. whoever gets it by the ETag that stood there when the bucket was listed knows that nobody has written
   since;
3. no clock is compared with another machine's: a holder writes the lease anew every few seconds, and one
   whose lease has not changed for ``EXPIRY`` seconds of the *waiting* machine has been killed.

A store that looks at no conditions is found out by asking for what cannot be. There the lease is read back
after a moment, and who finds another's name in it waits; that is right but for writes that take longer than
this moment.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from stator.errors import EnvironmentFailed
from stator.publish.bucket.store import Store, Unmet

NAME = ".stator/lease.json"
EXPIRY = 60.0  # seconds without a sign of life, after which a lease is free
_BEAT = 10.0  # seconds between signs of life
_LOOK = 1.0  # seconds between looks of one who waits
_SETTLED = 2.0  # seconds after which a write is seen by all, in a store without conditions
_MEDIA_TYPE = "application/json"


class Seen(NamedTuple):
    """The lease as it was read: its ETag, empty where there is none, and who holds it, empty for nobody."""

    etag: str
    holder: str


class World(NamedTuple):
    """The clock and the waiting; tests have others."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    beat: float = _BEAT
    expiry: float = EXPIRY


class Lease:
    """A lease that is held. ``require`` raises when it is not any more."""

    def __init__(self, store: Store, etag: str, holder: str) -> None:
        self._store = store
        self._etag = etag
        self._holder = holder
        self._lock = threading.Lock()
        self._lost = False

    def beat(self) -> None:
        """Give a sign of life. A store that cannot be reached now is asked again at the next."""
        with self._lock:
            try:
                self._etag = _written(self._store, self._holder, self._etag)
            except Unmet:
                self._lost = True
            except EnvironmentFailed:
                return

    def require(self) -> None:
        """Raise ``EnvironmentFailed`` if another has taken the lease over."""
        if self._lost:
            raise EnvironmentFailed(
                f"{self._store.place}: another publishes there now, having heard nothing of this one.",
                "What is current is whole. Run the command again.",
            )

    def release(self) -> None:
        """Let others write. One that cannot be told will find out by itself."""
        with self._lock:
            try:
                _written(self._store, "", self._etag)
            except (Unmet, EnvironmentFailed):
                return


def seen(store: Store) -> Seen:
    """Return who holds the lease now. One that cannot be read is nobody's."""
    found = store.read(NAME)
    if found is None:
        return Seen("", "")
    try:
        return Seen(found.etag, str(json.loads(found.content)["holder"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return Seen(found.etag, "")


@contextmanager
def held(
    store: Store, before: Seen, on_wait: Callable[[str], None], world: World | None = None
) -> Iterator[tuple[Lease, bool]]:
    """Hold the lease as long as the block lasts; say too whether nobody can have written since ``before``.

    ``on_wait`` is called once with who else holds it. Raises ``EnvironmentFailed``.
    """
    world = world or World()
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    etag, is_as_before = _taken(store, holder, before, on_wait, world)
    lease = Lease(store, etag, holder)
    stop = threading.Event()

    def live() -> None:
        while not stop.wait(world.beat):
            lease.beat()

    thread = threading.Thread(target=live, name="stator-lease", daemon=True)
    thread.start()
    try:
        yield lease, is_as_before
    finally:
        stop.set()
        thread.join()
        lease.release()


def _taken(
    store: Store, holder: str, before: Seen, on_wait: Callable[[str], None], world: World
) -> tuple[str, bool]:
    """Take the lease, waiting for it if need be; return its ETag, and whether it was as ``before``."""
    now, is_as_before, is_told = before, True, False
    while True:
        if not now.holder or _is_dead(now.holder):
            etag, is_sure = _tried(store, holder, now.etag, world)
            if etag:
                return etag, is_as_before and is_sure and not now.holder
            now = seen(store)
        else:
            if not is_told:
                on_wait(now.holder)
            is_told = True
            now = _awaited(store, now, world)
        is_as_before = False


def _awaited(store: Store, now: Seen, world: World) -> Seen:
    """Return the lease as soon as it is another; as nobody's, if it has been the same for too long."""
    start = world.now()
    while world.now() - start < world.expiry:
        world.sleep(_LOOK)
        later = seen(store)
        if later != now:
            return later
    return now._replace(holder="")


def _tried(store: Store, holder: str, etag: str, world: World) -> tuple[str, bool]:
    """Take the lease if it still has this ETag.

    Return the one that it has then, empty if it could not be taken, and whether the store makes sure of that.
    """
    try:
        etag = _written(store, holder, etag)
    except Unmet:
        return "", True
    try:
        _written(store, holder, "")  # what is there cannot be new
    except Unmet:
        return etag, True
    world.sleep(_SETTLED)
    now = seen(store)
    return (now.etag if now.holder == holder else ""), False


def _written(store: Store, holder: str, etag: str) -> str:
    content = json.dumps({"holder": holder, "sign of life": secrets.token_hex(4)}).encode()
    return store.put_record(NAME, content, etag, _MEDIA_TYPE)


def _is_dead(holder: str) -> bool:
    """Say whether the holder was a process of this machine, and is no more."""
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
