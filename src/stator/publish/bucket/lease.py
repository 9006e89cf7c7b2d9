"""The lease: one writer at a time in a bucket, and nobody shut out by one that was killed.

An object of ours says who writes, or that nobody does. Every change of it gives it another ETag, and is made
only if it still has the one that was read. So

1. of two that want the lease at once one gets it, and the other waits;
2. whoever gets it by the ETag that stood there when the bucket was listed knows that nobody has written
   since;
3. no clock is compared with another machine's: a holder writes the lease anew every few seconds, and one
   whose lease has not changed for ``EXPIRY`` seconds of the *waiting* machine has been killed. One that only
   slept finds that out before it writes anything more;
4. a holder that was a process of this machine and is none any more is not waited for, but for what it had
   sent and the store is still doing.

A store that looks at no conditions is found out by asking for what cannot be. There the lease is read before
each write of it, and once more a moment after it was taken; who finds another's name in it waits. That is
right but for writes that take longer than this moment.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from stator.errors import EnvironmentFailed
from stator.publish.bucket.store import Store, Unmet

NAME = ".stator/lease.json"
EXPIRY = 60.0  # seconds without a sign of life, after which a lease is free
_BEAT = 10.0  # seconds between signs of life
_LOOK = 1.0  # seconds between looks of one who waits
_SETTLED = 2.0  # seconds after which what was sent is done, and seen by all
_MEDIA_TYPE = "application/json"
_AGAIN = "What is current is whole. Run the command again."


class Seen(NamedTuple):
    """The lease as it was read: its ETag, empty where there is none, and who holds it, empty for nobody.

    ``machine`` is the holder's, empty if that is not known.
    """

    etag: str
    holder: str
    machine: str = ""


class World(NamedTuple):
    """The clock and the waiting; tests have others."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    beat: float = _BEAT
    expiry: float = EXPIRY


WORLD = World()


class Lease:
    """What the holder of a lease has to do with it. Any thread may."""

    def __init__(self, store: Store, world: World) -> None:
        self.holder: str = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._store = store
        self._world = world
        self._lock = threading.Lock()
        self._heard = world.now()
        self._is_lost = False

    def beat(self) -> None:
        """Give a sign of life. Raises ``EnvironmentFailed`` if another has the lease, or nobody can tell."""
        with self._lock:
            self._write(self.holder)

    def require(self) -> None:
        """Raise ``EnvironmentFailed`` if another may have taken the lease over.

        The store is asked only if no sign of life has come through for long.
        """
        if self._is_lost:
            raise self._taken_over()
        if self._world.now() - self._heard > self._world.expiry / 2:
            self.beat()

    def release(self) -> None:
        """Let others write. One that cannot be told will find out by itself."""
        with self._lock, suppress(EnvironmentFailed):
            self._write("")

    def _write(self, holder: str) -> None:
        start = self._world.now()
        now = seen(self._store)
        try:
            if now.holder != self.holder:
                raise Unmet(NAME)
            _write(self._store, holder, now.etag)
        except Unmet:
            self._is_lost = True
            raise self._taken_over() from None
        self._heard = start

    def _taken_over(self) -> EnvironmentFailed:
        return EnvironmentFailed(
            f"{self._store.place}: another publishes there now, having heard nothing of this one, or has "
            f"removed {NAME}.",
            _AGAIN,
        )


def seen(store: Store) -> Seen:
    """Return who holds the lease now. One that cannot be read is nobody's."""
    found = store.read(NAME)
    if found is None:
        return Seen("", "")
    try:
        document = json.loads(found.content)
        told = document["holder"], document.get("machine", "")
        if not all(isinstance(one, str) and one.isprintable() for one in told):
            raise ValueError("says who holds it in what is no line of text")
        return Seen(found.etag, *told)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Seen(found.etag, "")


@contextmanager
def held(
    store: Store, before: Seen, on_wait: Callable[[str], None], world: World | None = None
) -> Iterator[tuple[Lease, bool]]:
    """Hold the lease as long as the block lasts; say too whether nobody can have written since ``before``.

    ``on_wait`` is called once with who else holds it. Raises ``EnvironmentFailed``.
    """
    world = world or WORLD
    lease = Lease(store, world)
    try:
        is_as_before = _take(store, lease.holder, before, on_wait, world)
        with _signs_of_life(lease, world.beat):
            yield lease, is_as_before
    finally:
        lease.release()  # be it that we were interrupted and do not know that we have it


@contextmanager
def _signs_of_life(lease: Lease, pause: float) -> Iterator[None]:
    stop = threading.Event()

    def live() -> None:
        while not stop.wait(pause):
            with suppress(EnvironmentFailed):  # what it means that none comes through, ``require`` says
                lease.beat()

    thread = threading.Thread(target=live, name="stator-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _take(store: Store, holder: str, before: Seen, on_wait: Callable[[str], None], world: World) -> bool:
    """Take the lease, waiting for it if need be; say whether it was as ``before`` until then."""
    now, is_as_before, is_told = before, not before.holder, False
    while True:
        if now.holder:
            if not (is_told or _is_dead(now)):
                on_wait(now.holder)
                is_told = True
            now = _awaited(store, now, world)
        else:
            try:
                return _taken(store, holder, now.etag, world) and is_as_before
            except Unmet:
                later = seen(store)
            if later.etag == now.etag:
                what = f"{NAME} cannot be written: the store says that it has changed, and it has not."
                raise EnvironmentFailed(f"{store.place}: {what}", _AGAIN)
            now = later
        is_as_before = False


def _awaited(store: Store, now: Seen, world: World) -> Seen:
    """Return the lease as soon as it is another; as nobody's, if its holder was killed."""
    start = world.now()
    while world.now() - start < world.expiry:
        if _is_dead(now):
            world.sleep(_SETTLED)
            break
        world.sleep(_LOOK)
        later = seen(store)
        if later != now:
            return later
    return now._replace(holder="")


def _taken(store: Store, holder: str, etag: str, world: World) -> bool:
    """Take the lease if it still has this ETag; say whether the store makes sure of that.

    Raises ``Unmet`` when another was quicker.
    """
    if seen(store).etag != etag:
        raise Unmet(NAME)
    _write(store, holder, etag)
    try:
        _write(store, holder, "")  # what is there cannot be new
    except Unmet:
        return True
    world.sleep(_SETTLED)
    if seen(store).holder != holder:
        raise Unmet(NAME)
    return False


def _write(store: Store, holder: str, etag: str) -> None:
    document = {"holder": holder, "machine": _machine(), "sign of life": secrets.token_hex(4)}
    store.put_record(NAME, json.dumps(document).encode(), etag, _MEDIA_TYPE)


def _machine() -> str:
    """Return what the processes that see each other have in common, empty where the system does not tell.

    Names of hosts are no such thing: containers may share one, and see each other not.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        return f"{boot.strip()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _is_dead(lease: Seen) -> bool:
    """Say whether the holder was a process of this machine, and is no more."""
    pid = lease.holder.split(":")[-2:][0]
    if not lease.machine or lease.machine != _machine() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError, ValueError):
        pass  # it is somebody else's, and so it is there; or the number is none of a process
    return False
