"""Sites that are published to a bucket, and what must hold of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stator import manifest_text
from stator.config import DestinationRules
from stator.fields import IMMUTABLE, REVALIDATE
from stator.manifest import Manifest
from stator.media_types import content_type
from stator.paths import CODING_SUFFIXES
from stator.publish.bucket import release
from stator.publish.bucket.looking import MANIFEST, OURS
from stator.publish.bucket.reading import reader
from stator.publish.bucket.release import Terms
from stator.publish.bucket.store import Store as Opened
from stator.publish.plan import Action
from stator.publish.release import Receipt
from stator.setting import read_options
from tests import stores
from tests.publish.sites import Site

TEXT = "/* a text that is worth to be compressed, and is not short */\n" * 40
FIRST = {
    "app.css": "body { background: url(img/logo.svg) }" + TEXT,
    "app.js": "import './lib/one.js'\n" + TEXT,
    "lib/one.js": "export const one = 1",
    "img/logo.svg": "<svg/>",
    "empty.txt": "",
}
SECOND = {**FIRST, "img/logo.svg": "<svg><g/></svg>", "new.txt": "new"}
OF_SECOND = ["app.css", "img/logo.svg", "new.txt"]  # what differs in it, with what refers to that


class Publisher:
    """A site whose releases go to a bucket, by way of its ``STATIC_ROOT``.

    ``options`` are those of ``DESTINATION``, ``headers`` those of ``HEADERS``; a test may change them.
    """

    def __init__(self, folder: Path, store: stores.Store, **options: str) -> None:
        self.site = Site(folder)
        self.store = store
        self.options = {**store.options, **options}
        self.headers: Mapping[str, Mapping[str, str | None]] = {}
        self.now = 1_800_000_000

    @property
    def rules(self) -> DestinationRules:
        rules = read_options({"DESTINATION": self.options}).destination
        assert rules
        return rules

    def opened(self) -> Opened:
        """Return the store as a new process would open it."""
        return Opened(self.rules, {})

    def terms(self, keep: int = 3, age: int = 0) -> Terms:
        headers = read_options({"HEADERS": self.headers}).headers
        return Terms(self.rules, headers, keep, age, self.now)

    def collect(self, files: Mapping[str, str | bytes], **options: Any) -> Manifest:
        """Make the files a release in ``STATIC_ROOT``."""
        self.site.publish(self.site.build(files, **{"codings": ("br", "gzip"), **options}))
        return self.site.manifest()

    def publish(self, files: Mapping[str, str | bytes] | None = None, **how: Any) -> Receipt:
        """Publish files or, if none are given, the release that stands in ``STATIC_ROOT``."""
        new = self.site.manifest() if files is None else self.collect(files)
        return release.publish(new, reader(str(self.site.root)), self.opened(), self.terms(), **how)

    def roll_back(self, id: str, **how: Any) -> Receipt:
        return release.roll_back(id, self.opened(), self.terms(), **how)

    def prune(self, keep: int = 0, age: int = 0, **how: Any) -> Receipt:
        return release.prune(self.opened(), self.terms(keep, age), **how)

    def manifest(self) -> Manifest:
        """Return the manifest that is current in the bucket, as another client reads it."""
        return manifest_text.from_json(self.store.objects.get(MANIFEST).body)

    def published(self) -> set[str]:
        """Return the names of all objects but those that are not public."""
        return {name for name in self.store.objects.names() if not name.startswith(OURS)}

    def expected(self) -> set[str]:
        """Return the names of all objects that the releases of the current manifest have."""
        current = self.manifest()
        names = {name for name, _ in current.published()}
        if self.rules.codings == "identity":
            return names
        return names | {
            form for name, file in current.published() for form, _, _ in _forms(current, name, file)
        }

    def wrong(self) -> list[str]:
        """Return what is wrong in the bucket, by the word of its own manifest, as everybody gets it."""
        return list(
            _wrong(self.manifest(), self.store, self.site.root, with_forms=self.rules.codings == "keys")
        )


def _forms(manifest: Manifest, name: str, file: str) -> Iterator[tuple[str, str, str]]:
    """Yield the names of the forms of a file, in the bucket and in ``STATIC_ROOT``, and their codings."""
    for coding, _ in manifest.content(file).codings:
        yield name + CODING_SUFFIXES[coding], file + CODING_SUFFIXES[coding], coding


def _wrong(manifest: Manifest, store: stores.Store, root: Path, *, with_forms: bool) -> Iterator[str]:
    for name, file in manifest.published():
        fields = {
            "content-type": content_type(name),
            "cache-control": IMMUTABLE if file == name else REVALIDATE,
        }
        forms = [(name, file, ""), *(_forms(manifest, name, file) if with_forms else ())]
        for form, form_file, coding in forms:
            told = {**fields, "content-encoding": coding}
            yield from _differences(store, form, (root / form_file).read_bytes(), told)


def _differences(store: stores.Store, name: str, body: bytes, fields: Mapping[str, str]) -> Iterator[str]:
    answer = stores.fetch(store, name, accept_encoding="br, zstd, gzip")
    if answer.status != 200:
        yield f"{name} is answered with {answer.status}"
        return
    if answer.body != body:
        yield f"{name} has other bytes"
    for field, value in fields.items():
        if answer.fields.get(field, "") != value:
            yield f"{name} has {field}: {answer.fields.get(field, '')}"


def written(receipt: Receipt) -> set[str]:
    """Return the names of what was written."""
    return {step.name for step in receipt.steps if step.action is Action.WRITE}


def deleted(receipt: Receipt) -> set[str]:
    """Return the names of what was deleted."""
    return {step.name for step in receipt.steps if step.action is Action.DELETE}


def under_both_names(manifest: Manifest, *paths: str) -> set[str]:
    """Return the plain and the digested names of files."""
    return {*paths, *(manifest.paths[path] for path in paths)}
