"""Collect: build a load path and publish what has changed, going on from where the last collect ended.

The snapshot of the last collect is read, what it published is looked after, the rest is built and published,
and a new snapshot is left for the next. None of it is believed when it cannot be: without a snapshot, with
one of other options or versions, or when somebody else has published meanwhile, all is done from nothing, and
comes out the same.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import stator
from stator import clock
from stator import snapshot as snapshots
from stator.build import Build, Means, build
from stator.build.result import no_tool
from stator.cache import Cache, key
from stator.config import Options
from stator.load_path import LoadPath
from stator.manifest import NAME, Manifest
from stator.minify.tool import Tool
from stator.paths import CODING_SUFFIXES
from stator.progress import Facts, Progress
from stator.publish.directory import Directory
from stator.publish.plan import Action
from stator.publish.release import Outdated, Receipt, release
from stator.publish.release import prune as prune_directory
from stator.publish.standing import Published, folder_times, lost
from stator.snapshot import Snapshot

_HEAVIEST = 10
_FORMAT = "snapshot 5"  # a change of what a snapshot means changes this


class Way(NamedTuple):
    """How a collect is done.

    ``static_url`` is the URL that all files stand under, ``manifest`` the name of the manifest, in the
    directory or absolute; with ``record`` off none is written and nothing of an earlier collect is used.
    ``tool_for`` gives the minifier of a media type, ``versions`` tells them and all else that decides the
    bytes apart from options. ``now`` is the time in seconds since 1970. The others are as in ``release`` and
    ``build``.
    """

    options: Options
    static_url: str
    directory: Directory
    cache: Cache
    now: int
    manifest: str = NAME
    record: bool = True
    symlink: bool = False
    clear: bool = False
    dry_run: bool = False
    rehash: bool = False
    jobs: int = 1
    tool_for: Callable[[str], Tool | None] = no_tool
    versions: str = ""
    progress: Progress = Progress()
    on_wait: Callable[[], None] = lambda: None


class Collected(NamedTuple):
    """What a collect came to. ``receipt`` is ``None`` when the build has failed, and nothing was published.

    ``snapshot`` is what the next collect will find, ``problem`` why finished work could not be kept, if so.
    """

    build: Build
    receipt: Receipt | None
    snapshot: Snapshot
    problem: str = ""


def collect(load_path: LoadPath, way: Way) -> Collected:
    """Build and publish. Raises ``StatorError``; the release that was current stays so."""
    before = last_snapshot(way) if way.record else Snapshot()
    try:
        return _collect(load_path, way, before)
    except Outdated:
        return _collect(load_path, way, Snapshot())


def _collect(load_path: LoadPath, way: Way, before: Snapshot) -> Collected:
    stamp = way.directory.stamp(way.manifest)
    gone = frozenset(_lost(before, load_path, way))
    means = Means(way.cache, way.tool_for, before, gone, way.rehash, way.jobs, way.progress)
    finished = build(load_path, way.options, way.static_url, means)
    if finished.failed:
        return Collected(finished, None, before, way.cache.problem)
    is_known = bool(before.paths)
    if is_known and not way.clear and _is_current(finished, before, way):
        receipt = Receipt(None, ())
    else:
        receipt = release(
            finished.artifacts.values(),
            way.directory,
            made=finished.artifacts.made.values() if is_known else None,
            paths=list(finished.artifacts) if stamp and stamp == before.release.get("manifest") else None,
            frontends=finished.frontends,
            sources=load_path.files.values(),
            stamp=stamp,
            manifest_name=way.manifest,
            keep=way.options.releases,
            age=way.options.age,
            now=way.now,
            record=way.record,
            symlink=way.symlink,
            clear=way.clear,
            dry_run=way.dry_run,
            on_wait=way.on_wait,
        )
    after = _snapshot_after(load_path, finished, receipt, way)
    if way.record and not way.dry_run and after is not before:
        way.cache.write_record(_record_name(way), after.to_chunks(_snapshot_key(way)))
        way.cache.trim()
    return Collected(finished, receipt, after, way.cache.problem)


def prune(way: Way) -> Receipt:
    """Remove what ``RETENTION`` no longer keeps. Raises ``ManifestError`` and ``EnvironmentFailed``."""
    before = last_snapshot(way)
    is_last = before.release.get("manifest") == way.directory.stamp(way.manifest)
    receipt = prune_directory(
        way.directory,
        manifest_name=way.manifest,
        keep=way.options.releases,
        age=way.options.age,
        now=way.now,
        dry_run=way.dry_run,
        on_wait=way.on_wait,
    )
    if is_last and not way.dry_run and receipt.manifest:
        # The manifest is another, and still that of the last collect.
        after = before.published_as({**before.release, **_told_of_manifest(receipt.manifest, way)})
        way.cache.write_record(_record_name(way), after.to_chunks(_snapshot_key(way)))
    return receipt


def last_snapshot(way: Way) -> Snapshot:
    """Return what is known of the last collect; an empty one where its options or versions were others."""
    return snapshots.load(way.cache.read_record(_record_name(way)), _snapshot_key(way))


def _record_name(way: Way) -> str:
    # Cache and destination often move together, as from one container of a CI to the next.
    place = os.path.relpath(way.directory.root, way.cache.folder)
    return f"snapshot-{key(place)[:16]}"


def _snapshot_key(way: Way) -> str:
    return key(
        _FORMAT, stator.__version__, way.options.deciding(), way.static_url, way.versions, str(way.symlink)
    )


def _lost(before: Snapshot, load_path: LoadPath, way: Way) -> Iterator[str]:
    """Yield the paths of files that were published and do not stand as they did."""
    if way.rehash:
        return iter(before.paths)
    link_of = functools.partial(_link_of, load_path) if way.symlink else None
    return lost(way.directory.root, _published(before), way.options.keeps_plain, link_of)


def _link_of(load_path: LoadPath, path: str) -> str:
    source = load_path.files.get(path)
    return source.location if source and not source.opener else ""


def is_lost(path: str, before: Snapshot, way: Way) -> bool:
    """Say whether a file that the last collect has published does not stand as it did."""
    row = before.paths.index(path)
    return any(lost(way.directory.root, _published(before, slice(row, row + 1)), way.options.keeps_plain))


def _published(before: Snapshot, rows: slice = slice(None)) -> Published:
    return Published(
        before.paths[rows],
        before.column("names")[rows],
        before.column("published")[rows],
        before.column("stamps")[rows],
        {
            CODING_SUFFIXES[name]: (
                before.column(f"{name} sizes")[rows],
                before.column(f"{name} stamps")[rows],
            )
            for name in before.coding_names
        },
        before.release.get("folders", {}),
    )


def _is_current(finished: Build, before: Snapshot, way: Way) -> bool:
    """Say whether all that a publish would do was done by the one before."""
    return (
        not finished.reasons
        and finished.frontends == before.frontends
        and list(finished.artifacts) == before.paths
        and way.directory.stamp(way.manifest) == before.release.get("manifest")
        and not any(
            number >= way.options.releases and way.now - until >= way.options.age
            for number, until in enumerate(before.release.get("earlier", ()))
        )
    )


def _snapshot_after(load_path: LoadPath, finished: Build, receipt: Receipt, way: Way) -> Snapshot:
    """Return what is known now: if that is nothing new, the very snapshot that was there before."""
    before, manifest = finished.before, receipt.manifest
    if manifest:
        root, paths = way.directory.root, finished.artifacts
        folders = {} if way.dry_run else folder_times(root, paths, clock.now())
        told: Mapping[str, Any] = {**_told_of_manifest(manifest, way), "folders": folders}
    elif not _tells_more(load_path, finished):
        return before
    else:
        told = before.release
    return before.followed_by(
        finished.artifacts,
        fresh=finished.artifacts.made,
        sources=load_path.files,
        assets=finished.read.assets,
        links=finished.lines,
        modules=finished.read.modules,
        notes={**finished.notes, "release": told},
        stamp=functools.partial(_stamp, receipt, way),
    )


def _tells_more(load_path: LoadPath, finished: Build) -> bool:
    """Say whether a build that made nothing has learned something all the same."""
    before = finished.before
    signatures = [load_path.files[path].signature for path in before.paths]
    return signatures != before.column("signatures") or any(
        before.notes.get(name) != note for name, note in finished.notes.items()
    )


def _told_of_manifest(manifest: Manifest, way: Way) -> dict[str, Any]:
    return {
        "manifest": way.directory.stamp(way.manifest),
        "earlier": [release.until for release in manifest.earlier],
    }


def _stamp(receipt: Receipt, way: Way, name: str) -> int:
    """Return when a file was last written, whether now or before; 0, which is never, if it is not there."""
    written = receipt.stamps.get(name)
    if written is not None:
        return written
    found = way.directory.stamp(name)
    return found[0] if found else 0


def facts_of(collected: Collected, seconds: float) -> Facts:
    """Return what people want to know of a collect that took so many seconds."""
    finished, receipt, snapshot = collected.build, collected.receipt, collected.snapshot
    published = snapshot.column("published")
    smallest = list(published)
    codings = {}
    for name in snapshot.coding_names:
        sizes = snapshot.column(f"{name} sizes")
        rows = [row for row, size in enumerate(sizes) if size]
        codings[name] = len(rows), sum(published[row] for row in rows), sum(sizes)
        for row in rows:
            smallest[row] = min(smallest[row], sizes[row])
    heaviest = sorted(range(len(published)), key=lambda row: -published[row])[:_HEAVIEST]
    steps = receipt.steps if receipt else ()
    return Facts(
        len(published),
        sum(snapshot.column("sizes")),
        sum(published),
        codings,
        seconds,
        len(finished.reasons),
        len(published) - len(finished.reasons),
        sum(step.action not in {Action.KEEP, Action.DELETE} for step in steps),
        sum(step.action is Action.DELETE for step in steps),
        [(snapshot.paths[row], published[row], smallest[row]) for row in heaviest],
    )
