"""What must hold of a bucket at every moment, and sites that differ enough for it to be in danger.

The oracle goes by the bucket alone, with a client that others wrote: whatever the manifest that is current
names has the bytes and the fields that it should have.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from stator import manifest_text
from stator.fields import IMMUTABLE, REVALIDATE
from stator.manifest import Manifest
from stator.media_types import content_type
from stator.publish.bucket import release
from stator.publish.bucket.looking import MANIFEST
from stator.publish.bucket.reading import reader
from stator.publish.bucket.release import Terms
from stator.publish.bucket.store import Store
from stator.publish.release import Receipt
from stator.setting import read_options
from tests import stores
from tests.publish.sites import Site

Destination = Mapping[str, str]


class Built(NamedTuple):
    """A release, and the folder in which it stands."""

    manifest: Manifest
    root: str

    @property
    def id(self) -> str:
        return self.manifest.id


def version(number: int, files: int = 12) -> dict[str, str]:
    """Return a site in which a third of the files changes from version to version, and a few come and go."""
    site = {
        f"part{each % 3}/file{each}.js": f"// {each} {number * (each % 3 == 0)}\n" * (each + 1)
        for each in range(files)
    }
    site["app.js"] = "".join(f"import './{path}'\n" for path in list(site)[::2])
    site["app.css"] = "body { background: url(logo.svg) }"
    site["logo.svg"] = f"<svg><!-- {number} --></svg>"
    return site | {f"only{number}/{each}.txt": f"{number} {each}" for each in range(2)}


def built(folder: Path, files: Mapping[str, str | bytes]) -> Built:
    """Return files as they stand in a ``STATIC_ROOT`` below the folder."""
    site = Site(folder)
    site.publish(files)
    return Built(site.manifest(), str(site.root))


def opened(options: Destination) -> Store:
    """Return the store of a ``DESTINATION``, as a new process would open it."""
    rules = read_options({"DESTINATION": options}).destination
    assert rules
    return Store(rules, {})


def terms(store: Store, keep: int = 2) -> Terms:
    return Terms(store.rules, keep=keep, now=1_800_000_000)


def publish(build: Built, options: Destination, keep: int = 2, **how: Any) -> Receipt:
    store = opened(options)
    return release.publish(build.manifest, reader(build.root), store, terms(store, keep), **how)


def roll_back(build: Built, options: Destination) -> Receipt:
    store = opened(options)
    return release.roll_back(build.id, store, terms(store))


def prune(options: Destination) -> Receipt:
    store = opened(options)
    return release.prune(store, terms(store, keep=0))


def current(store: stores.Store) -> Manifest | None:
    """Return the manifest that is current in a bucket."""
    if MANIFEST not in store.objects.names():
        return None
    return manifest_text.from_json(store.objects.get(MANIFEST).body)


def broken(store: stores.Store, *, current_id: str = "") -> list[str]:
    """Return what is wrong in a bucket, at a moment in which somebody may be publishing.

    Each digested file of the current release and of those before it must stand and be what the manifest says,
    each plain name must have the bytes of a digested file of its own that stands. With ``current_id`` nobody
    is publishing: the release of this id is current, and plain names have its bytes.
    """
    manifest = current(store)
    if manifest is None:
        return [f"{current_id} is not current"] if current_id else []
    found = [] if manifest.id.startswith(current_id) else [f"{manifest.id} is current"]
    names = _names(store, manifest)
    with ThreadPoolExecutor(8) as pool:
        looked_at = dict(zip(names, pool.map(lambda name: _looked_at(store, name), names), strict=True))
    found += [problem for _, problems in looked_at.values() for problem in problems]
    bodies = {name: body for name, (body, _) in looked_at.items()}
    for name, content in manifest.contents().items():
        if hashlib.sha256(bodies.get(name, b"")).digest() != content.sha256:
            found.append(f"{name} has other bytes")
    for path in manifest.plain_names():
        versions = [manifest.paths[path]] if current_id else _versions(path, bodies)
        if bodies.get(path) not in [bodies.get(name) for name in versions]:
            found.append(f"{path} is of no release")
    return found


def is_digested(name: str) -> bool:
    return bool(re.search(r"\.[0-9a-f]{12}\.", name))


def _names(store: stores.Store, manifest: Manifest) -> list[str]:
    """Return the names that must be there, and those that hold another version of a plain name."""
    stand = [name for name in store.objects.names() if not name.startswith(".stator/")]
    return sorted({*manifest.contents(), *manifest.plain_names(), *stand})


def _looked_at(store: stores.Store, name: str) -> tuple[bytes, list[str]]:
    """Return the bytes that everybody gets of an object, and what is wrong with its fields."""
    answer = stores.fetch(store, name)
    if answer.status != 200:
        return b"", [f"{name} has the status {answer.status}"]
    wanted = {
        "content-type": content_type(name),
        "cache-control": IMMUTABLE if is_digested(name) else REVALIDATE,
        "content-encoding": "",
    }
    told = {field: answer.fields.get(field, "") for field in wanted}
    others = [field for field in wanted if told[field] != wanted[field]]
    return answer.body, [f"{name} has {field}: {told[field]}" for field in others]


def _versions(path: str, names: Mapping[str, bytes]) -> Iterator[str]:
    stem, extension = os.path.splitext(path)
    digested = re.compile(re.escape(stem) + r"\.[0-9a-f]{12}" + re.escape(extension))
    return (name for name in names if digested.fullmatch(name))
