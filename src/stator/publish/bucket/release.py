"""Release: bring a bucket to hold a release, make an earlier one current, delete what is kept no more.

The rules of this file:

1. The plan is made from one listing, and from what is known of its ETags (``inventory.py``). Only objects
   that it cannot tell of are asked for their marks.
2. First what digested names refer to is written, then what refers to it, then plain names, then the
   manifest, and what is to be deleted goes last. So whatever the manifest that is current names is there,
   at every moment.
3. If one object cannot be written the rest of its stage is given up, and the manifest stays as it was.
4. Nobody writes without the lease (``lease.py``), and the manifest is written only over the one that was
   read.
5. A publish that changes nothing writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from stator import manifest as manifests
from stator.config import DestinationRules, HeaderRules
from stator.errors import ManifestError
from stator.manifest import Manifest
from stator.paths import CODING_SUFFIXES
from stator.progress import Progress
from stator.publish.bucket import lease as leases
from stator.publish.bucket.carrying import Read, Work, apply
from stator.publish.bucket.looking import MANIFEST, OURS, RELEASES, State, look, marks_of, noted, release_name
from stator.publish.bucket.objects import Wanted, objects
from stator.publish.bucket.store import Store
from stator.publish.plan import Action, Step
from stator.publish.release import Receipt
from stator.publish.retention import expired
from stator.publish.rollback import incomplete, restored_release


class Terms(NamedTuple):
    """What a destination is told besides its place: fields by pattern, and what earlier releases stay.

    ``keep``, ``age`` and ``now`` are as in ``stator.publish.release.release``.
    """

    rules: DestinationRules
    headers: HeaderRules = ()
    keep: int = 0
    age: int = 0
    now: int = 0


def publish(
    new: Manifest,
    read: Read,
    store: Store,
    terms: Terms,
    *,
    dry_run: bool = False,
    on_wait: Callable[[str], None] = lambda _: None,
    progress: Progress | None = None,
) -> Receipt:
    """Make the release of ``new`` the current one of a bucket; ``read`` gives the bytes of an object.

    A receipt without a manifest says that there was nothing to do. ``on_wait`` is called with who else is
    publishing there. Raises ``EnvironmentFailed``; the release that was current stays so, and whole.
    """

    def planned(state: State) -> Work:
        manifest = manifests.succeed(
            new._replace(earlier=()), state.manifest, terms.keep, terms.age, terms.now
        )
        manifest = _without_lost(manifest, state)
        wanted = list(objects(manifest, terms.rules, terms.headers))
        steps, inventory = _compared(wanted, state, store)
        return _work(manifest, wanted, [*steps, *_given_up(state, manifest)], inventory, state)

    return _carried_out(planned, read, store, dry_run=dry_run, on_wait=on_wait, progress=progress)


def roll_back(
    id: str,
    store: Store,
    terms: Terms,
    *,
    dry_run: bool = False,
    on_wait: Callable[[str], None] = lambda _: None,
    progress: Progress | None = None,
) -> Receipt:
    """Make an earlier release of a bucket current, from the objects that stand there.

    Plain names are written anew with the bytes of their digested objects. Without a manifest in the receipt
    it was current already. Raises ``ConfigError`` when no such release is kept and ``EnvironmentFailed``
    when objects of it are lost; the release that was current stays so.
    """

    def planned(state: State) -> Work:
        old = _current(state, store)
        restored = restored_release(id, old)
        if restored.id == old.id:
            return Work(old, ())
        manifest = manifests.succeed(restored, old, keep=len(old.earlier) + 1, now=terms.now)
        wanted = list(objects(manifest, terms.rules, terms.headers))
        steps, inventory = _compared(wanted, state, store)
        work = _work(_without_lost(manifest, state), wanted, steps, inventory, state)
        lost = tuple(f"{one.name} is not what it was" for one in work.uploads if not one.is_plain)
        if lost:
            raise incomplete(id, lost)
        return work

    def read(wanted: Wanted) -> bytes:
        found = store.read(wanted.file)
        if found is None or len(found.content) != wanted.size:
            raise incomplete(id, (f"{wanted.file} is not what it was",))
        return found.content

    return _carried_out(planned, read, store, dry_run=dry_run, on_wait=on_wait, progress=progress)


def prune(
    store: Store,
    terms: Terms,
    *,
    dry_run: bool = False,
    on_wait: Callable[[str], None] = lambda _: None,
) -> Receipt:
    """Delete what earlier releases have left and need not stay, and what a publish that was killed has left.

    Raises ``ManifestError`` when there is no manifest, and ``EnvironmentFailed``.
    """

    def planned(state: State) -> Work:
        old = _current(state, store)
        manifest = _without_lost(manifests.succeed(old, old, terms.keep, terms.age, terms.now), state)
        steps = {step.name: step for step in (*_strays(state, manifest, store), *_given_up(state, manifest))}
        return _work(manifest, [], steps.values(), {}, state)

    return _carried_out(planned, _nothing_to_read, store, dry_run=dry_run, on_wait=on_wait, progress=None)


def current(store: Store) -> Manifest:
    """Return the manifest of a bucket. Raises ``ManifestError`` when none is there, or it cannot be read."""
    found = store.read(MANIFEST)
    if found is None:
        raise _no_manifest(store)
    return manifests.from_json(found.content, f"{store.place}/{MANIFEST}")


def _carried_out(
    planned: Callable[[State], Work],
    read: Read,
    store: Store,
    *,
    dry_run: bool,
    on_wait: Callable[[str], None],
    progress: Progress | None,
) -> Receipt:
    """Plan, and do what was planned, once nobody else writes and what was seen is still so."""
    state = look(store)
    work = planned(state)
    if dry_run or not work.changes(state):
        return _receipt(work, state)
    with leases.held(store, state.lease, on_wait) as (lease, is_as_before):
        if not is_as_before:
            state = look(store)
            work = planned(state)
        if work.changes(state):
            apply(work, state, read, store, lease, progress or Progress())
    return _receipt(work, state)


def _receipt(work: Work, state: State) -> Receipt:
    freed = sum(state.listing[name].size for name in work.deleted)
    return Receipt(work.manifest if work.changes(state) else None, work.steps, work.findings, freed=freed)


def _compared(
    wanted: list[Wanted], state: State, store: Store
) -> tuple[list[Step], dict[str, tuple[str, str]]]:
    """Return what is to be done for each object, and what is known of those that stand as they should."""
    marks = marks_of(wanted, state, store)
    steps, inventory = [], {}
    for one in wanted:
        stored = state.listing.get(one.name)
        if stored is None:
            steps.append(Step(one.name, Action.WRITE, "not there yet"))
        elif stored.size != one.size or marks[one.name] != one.mark:
            steps.append(Step(one.name, Action.WRITE, "content or fields differ"))
        else:
            steps.append(Step(one.name, Action.KEEP, "unchanged"))
            inventory[one.name] = stored.etag, one.mark
    return steps, inventory


def _work(
    manifest: Manifest,
    wanted: Iterable[Wanted],
    steps: Iterable[Step],
    inventory: Mapping[str, tuple[str, str]],
    state: State,
) -> Work:
    steps = tuple(steps)
    written = {step.name for step in steps if step.action is Action.WRITE}
    gone = {step.name for step in steps if step.action is Action.DELETE} | written
    earlier = {
        name: row for name, row in state.inventory.items() if name in state.listing and name not in gone
    }
    uploads = tuple(one for one in wanted if one.name in written)
    return Work(manifest, steps, uploads, {**earlier, **inventory}, state.findings)


def _given_up(state: State, manifest: Manifest) -> Iterator[Step]:
    """Yield what goes with releases that are not kept any more."""
    for name, reason in expired(state.manifest, manifest, state.listing.__contains__):
        yield Step(name, Action.DELETE, reason)
    kept = {release_name(id) for id in (manifest.id, *(one.id for one in manifest.earlier))}
    for name in state.listing:
        if name.startswith(RELEASES) and name not in kept:
            yield Step(name, Action.DELETE, "the release is not kept any more")


def _strays(state: State, manifest: Manifest, store: Store) -> Iterator[Step]:
    """Yield objects of ours that no manifest has ever named: those of a publish that was killed."""
    named = {*manifest.contents(), *manifest.plain_names()}
    named |= {path for one in manifest.earlier for path in one.plain}
    known = {name + ending for name in named for ending in ("", *CODING_SUFFIXES.values())}
    others = [name for name in state.listing if name not in known and not name.startswith(OURS)]
    for name, mark in noted(others, store).items():
        if mark:
            yield Step(name, Action.DELETE, "no release has it")


def _without_lost(manifest: Manifest, state: State) -> Manifest:
    """Return the manifest without the objects of earlier releases that somebody has removed."""
    earlier = tuple(
        one._replace(files={name: what for name, what in one.files.items() if name in state.listing})
        for one in manifest.earlier
    )
    return manifest._replace(earlier=earlier)


def _current(state: State, store: Store) -> Manifest:
    if state.manifest is None:
        raise _no_manifest(store)
    return state.manifest


def _no_manifest(store: Store) -> ManifestError:
    return ManifestError(f"There is no manifest in {store.place}.", "Run stator publish, which writes one.")


def _nothing_to_read(wanted: Wanted) -> bytes:
    raise AssertionError(wanted.name)
