"""Looking: what a bucket holds, told by one listing and by what is known of its ETags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from stator.findings import Finding
from stator.manifest import Manifest
from stator.publish.bucket import inventory as inventories
from stator.publish.bucket import lease as leases
from stator.publish.bucket.inventory import Inventory
from stator.publish.bucket.objects import NAMES
from stator.publish.bucket.store import Store, Stored
from stator.publish.release import parsed

OURS = ".stator/"  # what is not published
MANIFEST = ".stator/staticfiles.json"
RELEASES = ".stator/releases/"  # a manifest for each release that is kept, under a name of its own
_EARLIER = "earlier releases are told by their own manifests"
AT_ONCE = 32  # requests: most of the time of each is the way to the store and back


class State(NamedTuple):
    """What a bucket holds: the manifest with its ETag, the objects, and who wrote before they were listed.

    ``inventory`` is what it says of these very objects.
    """

    lease: leases.Seen
    manifest: Manifest | None
    etag: str
    inventory: Inventory
    listing: Mapping[str, Stored]
    findings: tuple[Finding, ...] = ()


def look(store: Store) -> State:
    """Look at the bucket: at the lease before all else, so that it tells who has written since."""
    lease = leases.seen(store)
    found = store.read(MANIFEST)
    place = f"{store.place}/{MANIFEST}"
    manifest, findings = parsed(found.content, place, _EARLIER) if found else (None, ())
    inventory = store.read(inventories.NAME)
    listing = store.listing()
    known = inventories.believed(inventories.from_bytes(inventory.content) if inventory else {}, listing)
    return State(lease, manifest, found.etag if found else "", known, listing, findings)


def marks_of(names: Iterable[str], state: State, store: Store) -> dict[str, str]:
    """Return the marks of those objects that stand there: by the inventory or, where it is silent, asked.

    The mark of one that we have not written is empty.
    """
    present = [name for name in names if name in state.listing]
    unknown = [name for name in present if name not in state.inventory]
    known = {name: state.inventory[name][1] for name in present if name in state.inventory}
    return {**known, **_asked(unknown, store)}


def _asked(names: list[str], store: Store) -> dict[str, str]:
    if not names:
        return {}
    key = NAMES[store.rules.service].mark
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(names, pool.map(lambda name: store.note(name, key), names), strict=True))


def release_name(id: str) -> str:
    """Return the name of the manifest of one release alone."""
    return f"{RELEASES}{id}.json"
