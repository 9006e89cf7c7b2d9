"""Destinations: where releases are published, and what can be done there, the same for all of them.

``STATIC_ROOT`` is where every collect publishes to. What else a project names in ``DESTINATION`` gets what
stands there, with a manifest of its own: which releases are kept is known where they are kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, Protocol

from stator import collect
from stator.collect import Way
from stator.config import DestinationRules, Options
from stator.errors import ChangedMeanwhile, ConfigError, EnvironmentFailed
from stator.load_path import SourceFile
from stator.manifest import NAME, Manifest
from stator.progress import Progress
from stator.publish import release as directories
from stator.publish import rollback
from stator.publish.bucket import release as buckets
from stator.publish.bucket.reading import reader
from stator.publish.bucket.release import Terms
from stator.publish.bucket.store import Store
from stator.publish.directory import Directory
from stator.publish.mirror import artifacts_of, damaged
from stator.publish.release import Receipt

Waiting = Callable[[str], None]


class Request(NamedTuple):
    """What is said with all that is asked of a destination.

    ``dry_run``: nothing is done, and the receipt says what would be. ``on_wait`` is called with who else is
    writing there, which may be nobody's name. ``sources`` are files that must not be overwritten.
    ``collected`` is what the collect has done that has just published to ``STATIC_ROOT``.
    """

    dry_run: bool = False
    on_wait: Waiting = lambda _: None
    progress: Progress = Progress()
    sources: Iterable[SourceFile] = ()
    collected: Receipt = Receipt(None, ())


class Destination(Protocol):
    """A place that holds releases; ``place`` is what people call it. All raise ``StatorError``."""

    place: str

    def current(self) -> Manifest:
        """Return the manifest there. Raises ``ConfigError`` when there is none yet."""

    def publish(self, release: Manifest, request: Request) -> Receipt:
        """Make a release current that stands in ``STATIC_ROOT``."""

    def roll_back(self, id: str, request: Request) -> Receipt:
        """Make an earlier release current."""

    def prune(self, keep: int, age: int, request: Request) -> Receipt:
        """Delete what earlier releases have left and need not stay."""


def destination_of(way: Way, environ: Mapping[str, str]) -> Destination:
    """Return where the project of a ``way`` publishes to; ``environ`` is asked for secrets.

    Raises ``ConfigError``.
    """
    rules = way.options.destination
    if rules and not rules.folder:
        return Bucket(way, Store(rules, environ))
    folder = way.options.shared_folder(way.directory.root)
    if not folder:
        return StaticRoot(way)
    return Folder(way, Directory(folder, *way.directory.modes, way.jobs), NAME, "stator publish")


def manifest_in_bucket(options: Options, environ: Mapping[str, str]) -> Manifest:
    """Return the manifest that ``STATOR["MANIFEST"]`` names in the bucket, without earlier releases.

    Raises ``ConfigError`` when it is not there, ``ManifestError`` when it cannot be read, and
    ``EnvironmentFailed`` when the bucket cannot.
    """
    rules = options.destination or DestinationRules()
    return buckets.current(Store(rules, environ), options.manifest_object, alone=True)


class Folder:
    """A folder, as on a volume that servers share; ``writer`` is the command that publishes there.

    Whoever may write there must not lead us elsewhere: a link out of it is refused.
    """

    def __init__(self, way: Way, directory: Directory, manifest: str, writer: str) -> None:
        self._way = way
        self._directory = directory
        self._manifest = manifest
        self._writer = writer
        self.place: str = directory.root

    def current(self) -> Manifest:
        self._require_manifest()
        return directories.current_manifest(self._directory, self._manifest)

    def publish(self, release: Manifest, request: Request) -> Receipt:
        self._require_no_link_out()
        try:
            return directories.release(
                artifacts_of(release, self._way.directory.root, planned=request.dry_run),
                self._directory,
                frontends=release.frontends,
                sources=request.sources,
                manifest_name=self._manifest,
                keep=self._way.options.releases,
                age=self._way.options.age,
                now=self._way.now,
                dry_run=request.dry_run,
                on_wait=lambda: request.on_wait(""),
            )
        except ChangedMeanwhile as error:
            raise damaged(error.file) from error

    def roll_back(self, id: str, request: Request) -> Receipt:
        self._require_no_link_out()
        return rollback.roll_back(
            id,
            self._directory,
            sources=request.sources,
            manifest_name=self._manifest,
            now=self._way.now,
            dry_run=request.dry_run,
            on_wait=lambda: request.on_wait(""),
        )

    def prune(self, keep: int, age: int, request: Request) -> Receipt:
        self._require_manifest()
        self._require_no_link_out()
        return directories.prune(
            self._directory,
            manifest_name=self._manifest,
            keep=keep,
            age=age,
            now=self._way.now,
            dry_run=request.dry_run,
            on_wait=lambda: request.on_wait(""),
        )

    def _require_no_link_out(self) -> None:
        link = self._directory.link_out()
        if link:
            raise EnvironmentFailed(
                f"{link} leads out of the folder that releases are published to.",
                "Remove the link, or name the folder that it leads to in STATOR['DESTINATION'].",
            )

    def _require_manifest(self) -> None:
        if self._directory.stamp(self._manifest) is None:
            place = os.path.join(self._directory.root, self._manifest)
            raise ConfigError(
                f"There is no manifest at {place}.", f"Run {self._writer} first, which writes one."
            )


class StaticRoot(Folder):
    """``STATIC_ROOT``, where a collect has published already."""

    def __init__(self, way: Way) -> None:
        super().__init__(way, way.directory, way.manifest, "collectstatic")

    def _require_no_link_out(self) -> None:
        """Let it be: a collect follows links there, which lead to other disks on purpose."""

    def publish(self, release: Manifest, request: Request) -> Receipt:  # noqa: ARG002  (nothing is left to do)
        return request.collected._replace(steps=(), findings=())  # which the collect has told

    def prune(self, keep: int, age: int, request: Request) -> Receipt:
        self._require_manifest()
        chosen = self._way.options._replace(releases=keep, age=age)
        return collect.prune(
            self._way._replace(options=chosen, dry_run=request.dry_run, on_wait=lambda: request.on_wait(""))
        )


class Bucket:
    """A bucket in an object store."""

    def __init__(self, way: Way, store: Store) -> None:
        self._way = way
        self._store = store
        options = way.options
        self._terms = Terms(store.rules, options.headers, options.releases, options.age, way.now)
        self.place: str = store.place

    def current(self) -> Manifest:
        return buckets.current(self._store)

    def publish(self, release: Manifest, request: Request) -> Receipt:
        return buckets.publish(
            release,
            reader(self._way.directory.root),
            self._store,
            self._terms,
            dry_run=request.dry_run,
            on_wait=request.on_wait,
            progress=request.progress,
        )

    def roll_back(self, id: str, request: Request) -> Receipt:
        return buckets.roll_back(
            id,
            self._store,
            self._terms,
            dry_run=request.dry_run,
            on_wait=request.on_wait,
            progress=request.progress,
        )

    def prune(self, keep: int, age: int, request: Request) -> Receipt:
        terms = self._terms._replace(keep=keep, age=age)
        return buckets.prune(self._store, terms, dry_run=request.dry_run, on_wait=request.on_wait)
