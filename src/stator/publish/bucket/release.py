"""Release: bring a bucket to hold a release, make an earlier one current, delete what is kept no more.

The rules of this file:

1. The plan is made from one listing, and from what is known of its ETags (``inventory.py``). Only objects
   that it cannot tell of are asked for their marks.
2. First what digested names refer to is written, then what refers to it, then plain names, then the
   manifest, and what is to be deleted goes last. So whatever the manifest that is current names is there,
   at every moment. What a publish that was killed has left to be deleted, ``prune`` deletes.
3. If one object cannot be written the rest of its stage is given up, and the manifest stays as it was.
4. Nobody writes without the lease (``lease.py``), and the manifest is written only over the one that was
   read.
5. A publish that changes nothing writes nothing.
6. Only objects that have our mark are deleted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from stator import manifest as manifests
from stator import manifest_text
from stator.config import DestinationRules, HeaderRules
from stator.errors import ConfigError, ManifestError
from stator.manifest import Manifest
from stator.paths import CODING_SUFFIXES
from stator.progress import Progress
from stator.publish.bucket import lease as leases
from stator.publish.bucket.carrying import Read, Work, apply
from stator.publish.bucket.looking import MANIFEST, OURS, RELEASES, State, look, marks_of, release_name
from stator.publish.bucket.objects import Wanted, forms_beside, has_same_content, is_ours, objects
from stator.publish.bucket.reading import CHANGED, LOST, restorer
from stator.publish.bucket.store import Store, Stored
from stator.publish.plan import Action, Step
from stator.publish.release import Receipt, changed_for_good, parsed
from stator.publish.retention import expired
from stator.publish.rollback import incomplete, restored_release, with_newer_forms

_MISSING = "not there yet"
_OTHER_CONTENT = "content differs"
_MISTAKEN = "a CDN would take it for a form of the file beside it"
# What cannot be put back is told by a rollback: the reasons for which only a publish can write an object.
_LOST = {_MISSING: LOST, _OTHER_CONTENT: CHANGED}


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
        state = state._replace(manifest=state.manifest or _recovered(state, store))
        manifest = manifests.succeed(
            new._replace(earlier=()), state.manifest, terms.keep, terms.age, terms.now
        )
        manifest = _without_lost(manifest, state)
        wanted = objects(manifest, terms.rules, terms.headers)
        steps = [
            *_compared(wanted, state, store),
            *_given_up(state, manifest, store),
            *_mistaken(state, manifest, store),
        ]
        work = _work(manifest, wanted, steps, state)
        return work._replace(findings=work.findings + changed_for_good(manifest, state.manifest))

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
        old = state.manifest or current(store)

        def has_size(name: str, size: int) -> bool:
            return name in state.listing and state.listing[name].size == size

        restored = with_newer_forms(restored_release(id, old), old, has_size)
        if restored.id == old.id:
            return Work(old, ())
        manifest = manifests.succeed(restored, old, keep=len(old.earlier) + 1, now=terms.now)
        wanted = objects(manifest, terms.rules, terms.headers)
        steps = _compared(wanted, state, store)
        plain = {one.name for one in wanted if one.is_plain}
        lost = tuple(
            f"{step.name} {_LOST[step.reason]}"
            for step in steps
            if step.reason in _LOST and step.name not in plain
        )
        if lost:
            raise incomplete(id, lost)
        steps += _mistaken(state, manifest, store)
        return _work(_without_lost(manifest, state), wanted, steps, state)

    with tempfile.TemporaryDirectory(prefix="stator-") as folder:
        read = restorer(id, store, folder)
        return _carried_out(planned, read, store, dry_run=dry_run, on_wait=on_wait, progress=progress)


def prune(
    store: Store,
    terms: Terms,
    *,
    dry_run: bool = False,
    on_wait: Callable[[str], None] = lambda _: None,
) -> Receipt:
    """Delete what earlier releases have left and need not stay, and what a publish that was killed has left.

    Raises ``ConfigError`` when there is no manifest, and ``EnvironmentFailed``.
    """

    def planned(state: State) -> Work:
        old = state.manifest or current(store)
        manifest = _without_lost(manifests.succeed(old, old, terms.keep, terms.age, terms.now), state)
        steps = [
            *_given_up(state, manifest, store),
            *_strays(state, manifest, store),
            *_mistaken(state, manifest, store),
        ]
        return _work(manifest, (), steps, state)

    return _carried_out(planned, _nothing_to_read, store, dry_run=dry_run, on_wait=on_wait, progress=None)


def current(store: Store, name: str = MANIFEST, *, alone: bool = False) -> Manifest:
    """Return the manifest of a bucket, or the one of this name; ``alone`` without earlier releases.

    Raises ``ConfigError`` when it is not there, ``ManifestError`` when it cannot be read.
    """
    found = store.read(name)
    if found is None:
        raise ConfigError(
            f"There is no manifest at {store.place}/{name}.",
            "Run stator publish first, which writes one."
            if name == MANIFEST
            else "Name a release that stator releases lists: RETENTION may have let this one go.",
        )
    try:
        return manifest_text.from_json(found.content, f"{store.place}/{name}", alone=alone)
    except ManifestError as error:
        raise ManifestError(error.message, "Run stator publish, which writes it anew.") from error


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
    return Receipt(
        work.manifest if work.changes(state) else None,
        work.steps,
        work.findings,
        freed=sum(state.listing[name].size for name in work.deleted),
        before=state.manifest.id if state.manifest else "",
    )


def _recovered(state: State, store: Store) -> Manifest | None:
    """Return what a manifest told that is gone or damaged, by those of single releases, the oldest first."""
    records = sorted((one.written, name) for name, one in state.listing.items() if name.startswith(RELEASES))
    known: Manifest | None = None
    for written, name in records:
        found = store.read(name)
        release, _ = parsed(found.content, name) if found else (None, ())
        if release:
            known = manifests.succeed(release, known, keep=len(records), now=int(written.timestamp()))
    return known


def _compared(wanted: list[Wanted], state: State, store: Store) -> list[Step]:
    """Return what is to be done for each object."""
    marks = marks_of((one.name for one in wanted), state, store)
    reasons = (
        (one.name, _reason(one, state.listing.get(one.name), marks.get(one.name, ""))) for one in wanted
    )
    return [
        Step(name, Action.WRITE, why) if why else Step(name, Action.KEEP, "unchanged")
        for name, why in reasons
    ]


def _reason(wanted: Wanted, stored: Stored | None, mark: str) -> str:
    """Return why an object has to be written; nothing where it stands as it should."""
    if stored is None:
        return _MISSING
    if stored.size != wanted.size or not has_same_content(mark, wanted.mark):
        return _OTHER_CONTENT
    return "" if mark == wanted.mark else "fields differ"


def _work(manifest: Manifest, wanted: Iterable[Wanted], steps: Iterable[Step], state: State) -> Work:
    steps = tuple({step.name: step for step in steps}.values())  # some go for more than one reason
    changed = {step.name: step.action for step in steps if step.action is not Action.KEEP}
    # What gets other content under the name that it has is seen by visitors at once, whatever the name says.
    seen = {step.name for step in steps if step.reason == _OTHER_CONTENT}
    uploads = [
        one.with_plain() if one.name in seen else one
        for one in wanted
        if changed.get(one.name) is Action.WRITE
    ]
    uploads.sort(key=lambda one: one.stage)
    known = {one.name: (state.listing[one.name].etag, one.mark) for one in wanted if one.name not in changed}
    others = {name: row for name, row in state.inventory.items() if name not in changed}
    return Work(manifest, steps, tuple(uploads), {**others, **known}, state.findings)


def _given_up(state: State, manifest: Manifest, store: Store) -> Iterator[Step]:
    """Yield what goes with releases that are not kept any more."""
    given_up = dict(expired(state.manifest, manifest, state.listing.__contains__))
    for name in _ours(given_up, state, store):
        yield Step(name, Action.DELETE, given_up[name])
    kept = {release_name(id) for id in (manifest.id, *(one.id for one in manifest.earlier))}
    for name in state.listing:
        if name.startswith(RELEASES) and name not in kept:
            yield Step(name, Action.DELETE, "the release is not kept any more")


def _mistaken(state: State, manifest: Manifest, store: Store) -> Iterator[Step]:
    """Yield forms of other content beside names that can change: a CDN would take them for theirs."""
    beside = dict(forms_beside(manifest, store.rules, state.listing))
    for name, mark in marks_of(beside, state, store).items():
        if is_ours(name, mark) and not has_same_content(mark, beside[name]):
            yield Step(name, Action.DELETE, _MISTAKEN)


def _strays(state: State, manifest: Manifest, store: Store) -> Iterator[Step]:
    """Yield objects of ours that nothing names: those of a publish that was killed, and forms without use."""
    named = {*manifest.contents(), *manifest.plain_names()}
    named |= {path for one in manifest.earlier for path in one.plain}
    endings = ("", *CODING_SUFFIXES.values()) if store.rules.codings == "keys" else ("",)
    known = {name + ending for name in named for ending in endings}
    others = (name for name in state.listing if name not in known and not name.startswith(OURS))
    for name in _ours(others, state, store):
        yield Step(name, Action.DELETE, "no release has it")


def _ours(names: Iterable[str], state: State, store: Store) -> Iterator[str]:
    """Yield the names of objects that have our mark: what others have put below the prefix is theirs."""
    yield from (name for name, mark in marks_of(names, state, store).items() if is_ours(name, mark))


def _without_lost(manifest: Manifest, state: State) -> Manifest:
    """Return the manifest without the objects of earlier releases that somebody has removed."""
    earlier = tuple(
        one._replace(files={name: what for name, what in one.files.items() if name in state.listing})
        for one in manifest.earlier
    )
    return manifest._replace(earlier=earlier)


def _nothing_to_read(wanted: Wanted) -> bytes:
    raise AssertionError(wanted.name)
