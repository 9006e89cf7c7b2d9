"""Carrying out: write what was planned, in the order in which visitors see nothing that is not whole."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from stator import manifest as manifests
from stator.errors import EnvironmentFailed
from stator.findings import Finding
from stator.manifest import Manifest
from stator.progress import Progress
from stator.publish.bucket import inventory as inventories
from stator.publish.bucket import lease as leases
from stator.publish.bucket.inventory import Inventory
from stator.publish.bucket.looking import AT_ONCE, MANIFEST, State, release_name
from stator.publish.bucket.objects import NAMES, Wanted
from stator.publish.bucket.store import Store, Unmet
from stator.publish.plan import Action, Step

_JSON = "application/json"

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
    etags: dict[str, str] = {}
    if work.uploads:
        progress.stage("Uploading", len(work.uploads), sum(one.size for one in work.uploads))
    with progress:
        for _, stage in groupby(work.uploads, key=lambda one: one.stage):
            etags |= _uploaded(list(stage), state, read, store, progress)
            lease.require()
    written = {one.name: (etags[one.name], one.mark) for one in work.uploads if etags[one.name]}
    store.put_record(
        inventories.NAME, inventories.to_bytes({**work.inventory, **written}), None, inventories.MEDIA_TYPE
    )
    alone = manifests.to_json(work.manifest._replace(earlier=()))
    store.put_record(release_name(work.manifest.id), alone, None, _JSON)
    lease.require()
    if work.manifest != state.manifest:
        try:
            store.put_record(MANIFEST, manifests.to_json(work.manifest), state.etag, _JSON)
        except Unmet:
            raise EnvironmentFailed(
                f"{store.place}: somebody else has published there meanwhile.",
                "What is current is whole. Run the command again.",
            ) from None
    try:
        store.delete(work.deleted)
    except EnvironmentFailed as error:
        raise EnvironmentFailed(
            error.message, f"The new release is whole and current; old objects are still there. {error.hint}"
        ) from error


def _uploaded(
    stage: list[Wanted], state: State, read: Read, store: Store, progress: Progress
) -> dict[str, str]:
    """Write the objects of a stage; return their ETags. The first that cannot be written ends it."""

    def upload(one: Wanted) -> str:
        etag = _put(one, read(one), store, is_new=one.name not in state.listing)
        progress.advance(1, one.size)
        return etag

    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures: dict[Future[str], str] = {pool.submit(upload, one): one.name for one in stage}
        done, waiting = wait(futures, return_when=FIRST_EXCEPTION)
        for future in waiting:
            future.cancel()
        # Whoever is named first should not depend on which of them was the quickest.
        failed = [error for error in (future.exception() for future in futures if future in done) if error]
    if failed:
        raise failed[0]
    return {name: future.result() for future, name in futures.items()}


def _put(one: Wanted, body: bytes | Path, store: Store, *, is_new: bool) -> str:
    """Write an object; return its ETag, empty where another has written the same meanwhile."""
    if is_new and not one.is_plain:
        try:
            return store.put(one.name, body, one.fields, anew=True)
        except Unmet:
            if store.note(one.name, NAMES[store.rules.service].mark) == one.mark:
                return ""
    return store.put(one.name, body, one.fields)
