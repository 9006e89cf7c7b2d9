"""Carrying out: write what was planned, in the order in which visitors see nothing that is not whole.

The rules of this file:

1. Whatever ends it, it can be planned and carried out again, and does only the rest: an object that was
   written tells by itself what it is.
2. Nothing is written or deleted once another may have the lease.
3. The first object that cannot be written ends it, and so does Ctrl-C: what is under way is waited for, and
   nothing more is begun.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from stator import manifest_text
from stator.errors import EnvironmentFailed
from stator.findings import Finding
from stator.manifest import Manifest
from stator.progress import Progress, count_text
from stator.publish.bucket import inventory as inventories
from stator.publish.bucket import lease as leases
from stator.publish.bucket.inventory import Inventory
from stator.publish.bucket.looking import AT_ONCE, MANIFEST, State, release_name
from stator.publish.bucket.objects import NAMES, Wanted
from stator.publish.bucket.store import Store, Unmet
from stator.publish.plan import Action, Step

_JSON = "application/json"
_DELETED_AT_ONCE = 1000  # objects in one request (S3, DeleteObjects), before which the lease is looked at

Read = Callable[[Wanted], bytes | Path]  # gives the bytes of an object; of a large one the path of a file


class Work(NamedTuple):
    """What will be done: the steps, what of them is written, and what is known of all objects then."""

    manifest: Manifest
    steps: tuple[Step, ...]
    uploads: tuple[Wanted, ...] = ()
    inventory: Inventory = MappingProxyType({})
    findings: tuple[Finding, ...] = ()

    @property
    def deleted(self) -> list[str]:
        """The names of objects that go."""
        return [step.name for step in self.steps if step.action is Action.DELETE]

    def changes(self, state: State) -> bool:
        """Say whether anything has to be written or deleted."""
        return bool(
            self.uploads
            or self.deleted
            or self.manifest != state.manifest
            or any(state.inventory.get(name) != row for name, row in self.inventory.items())
        )


def apply(
    work: Work, state: State, read: Read, store: Store, lease: leases.Lease, progress: Progress
) -> None:
    """Do the work. Raises ``EnvironmentFailed``; unless it was in deleting, what was current stays so."""
    written = _uploaded(work, state, read, store, lease, progress)
    inventory = inventories.to_bytes({**work.inventory, **written})
    store.put_record(inventories.NAME, inventory, None, inventories.MEDIA_TYPE)
    alone = manifest_text.to_json(work.manifest._replace(earlier=()))
    store.put_record(release_name(work.manifest.id), alone, None, _JSON)
    if work.manifest != state.manifest:
        lease.beat()  # a store that looks at no conditions would write over the manifest of another
        try:
            store.put_record(MANIFEST, manifest_text.to_json(work.manifest), state.etag, _JSON)
        except Unmet:
            raise EnvironmentFailed(
                f"{store.place}: somebody else has published there meanwhile.",
                "What is current is whole. Run the command again.",
            ) from None
    deleted = work.deleted
    try:
        for start in range(0, len(deleted), _DELETED_AT_ONCE):
            lease.require()
            store.delete(deleted[start : start + _DELETED_AT_ONCE])
    except EnvironmentFailed as error:
        raise EnvironmentFailed(
            error.message,
            "What is current is whole. Old objects are still there: run stator prune, which deletes them.",
        ) from error


def _uploaded(
    work: Work, state: State, read: Read, store: Store, lease: leases.Lease, progress: Progress
) -> Inventory:
    """Write all objects; return what is known of them."""
    written: dict[str, tuple[str, str]] = {}

    def upload(one: Wanted) -> None:
        body = read(one)
        lease.require()
        written[one.name] = _put(one, body, store, is_new=one.name not in state.listing), one.mark
        progress.advance(1, one.size)

    if work.uploads:
        progress.stage("Uploading", len(work.uploads), sum(one.size for one in work.uploads))
    try:
        with progress:
            for _, stage in groupby(work.uploads, key=lambda one: one.stage):
                _each(upload, stage)
    except EnvironmentFailed as error:
        objects = count_text(len(work.uploads), "object")
        raise EnvironmentFailed(
            error.message, f"{len(written):,} of {objects} had been written. {error.hint}"
        ) from error
    return {name: (etag, mark) for name, (etag, mark) in written.items() if etag}


def _each(do: Callable[[Wanted], None], objects: Iterable[Wanted]) -> None:
    """Do something with each object, with many at once. Raises what the first that fails raises."""
    left = deque(objects)

    def following() -> Wanted | None:
        try:
            return left.popleft()
        except IndexError:
            return None

    def work() -> None:
        try:
            for one in iter(following, None):
                do(one)
        finally:
            left.clear()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            workers = [pool.submit(work) for _ in range(min(AT_ONCE, len(left)))]
            for worker in workers:
                worker.result()
        finally:
            left.clear()


def _put(one: Wanted, body: bytes | Path, store: Store, *, is_new: bool) -> str:
    """Write an object; return its ETag, empty where another has written the same meanwhile."""
    if is_new and not one.is_plain:
        try:
            return store.put(one.name, body, one.fields, anew=True)
        except Unmet:
            if store.note(one.name, NAMES[store.rules.service].mark) == one.mark:
                return ""
    return store.put(one.name, body, one.fields)
