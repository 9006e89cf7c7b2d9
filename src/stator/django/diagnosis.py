"""A project as its checks see it: gathered from Django, from the sources, and from what was published."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured

from stator import clock, manifest_text
from stator import manifest as manifests
from stator.build import Build, Means, build
from stator.cache import Cache
from stator.collect import last_snapshot
from stator.config import NO_MINIFY
from stator.diagnose.facts.contents import look_into
from stator.diagnose.facts.project import Project, Published, own_files
from stator.diagnose.facts.repository import repository_of
from stator.diagnose.facts.setup import Setup
from stator.django import origins
from stator.django.asking import asked_of
from stator.django.storage import StatorStorage
from stator.errors import ConfigError, ManifestError
from stator.load_path import LoadPath, lies_in
from stator.manifest import Manifest
from stator.paths import LOCK_FILE, WORK_FOLDER
from stator.snapshot import Snapshot

if TYPE_CHECKING:
    from django.core.files.storage import Storage

_NO_CACHE = os.path.join(os.devnull, "none")  # nothing is minified or compressed, so nothing is kept


def project_of(setup: Setup, jobs: int = 1) -> Project:
    """Return all that is known of the project; ``jobs`` is how many processors are used. Nothing is written.

    Raises ``ConfigError`` and ``ImproperlyConfigured`` where settings keep us from looking.
    """
    load_path = _load_path(setup)
    return Project(
        setup,
        load_path,
        tuple(origins.origins()),
        _built(load_path, setup, jobs),
        published_of(setup),
        asked_of(setup),
        repository_of(setup.project),
        look_into(own_files(load_path)),
    )


def _load_path(setup: Setup) -> LoadPath:
    since = clock.now()
    try:
        return origins.find(setup.options, [], published=setup.static_root, since=since)
    except ConfigError:
        return origins.find(setup.options, [], since=since)  # a check of the set-up tells it


def _built(load_path: LoadPath, setup: Setup, jobs: int) -> Build:
    counting = {entry.specifier: entry.target for entry in reversed(setup.importmap)}
    chosen = setup.options._replace(minify=NO_MINIFY, codings=(), importmap=tuple(counting.items()))
    return build(load_path, chosen, settings.STATIC_URL or "/", Means(Cache(_NO_CACHE), jobs=jobs))


def published_of(setup: Setup) -> Published:
    """Return what stands in ``STATIC_ROOT``, and what is known of the collect that put it there.

    Where that holds the whole project, which is told as an error of the set-up, it is not looked through.
    """
    if not setup.static_root or lies_in(setup.project, setup.static_root):
        return Published()
    storage = _ours()
    file = setup.options.manifest or os.path.join(setup.static_root, manifests.NAME)
    manifest, by_django, problem = _manifest(file)
    files, closed = _files(setup.static_root)
    return Published(
        setup.static_root,
        file,
        files,
        manifest,
        by_django,
        problem,
        _last(storage) if storage and manifest else Snapshot(),
        os.stat(file).st_mtime_ns if manifest else 0,
        storage is not None,
        closed,
        _closed_above(setup.static_root),
    )


def _last(storage: StatorStorage) -> Snapshot:
    """Return what the collect knew that has written the manifest, empty where another has."""
    way = storage.way()
    last = last_snapshot(way)
    is_its = last.release.get("manifest") == way.directory.stamp(way.manifest)
    return last if is_its else Snapshot()


def _ours() -> StatorStorage | None:
    storage: Storage = staticfiles_storage
    try:
        return storage if isinstance(storage, StatorStorage) else None
    except ImproperlyConfigured:  # the storage is made when it is first used
        return None


def _manifest(file: str) -> tuple[Manifest | None, bool, tuple[str, str] | None]:
    try:
        if not stat.S_ISREG(os.stat(file).st_mode):
            return None, False, ("It is no file.", "Remove it, and collect again.")
        with open(file, "rb") as opened:
            content = opened.read()
    except FileNotFoundError:
        return None, False, None
    except PermissionError as error:
        return None, False, (f"It cannot be read: {error.strerror}.", "Mend its permissions.")
    except OSError as error:
        return None, False, (f"It cannot be read: {error.strerror}.", "Remove it, and collect again.")
    if manifest_text.django_paths(content) is not None:
        return None, True, None
    try:
        return manifest_text.from_json(content, file), False, None
    except ManifestError as error:
        return None, False, (error.message, error.hint)


def _files(root: str) -> tuple[dict[str, tuple[int, int]], tuple[str, ...]]:
    """Return size and time of change of all files below a folder, and the names of those that are closed.

    Links are not followed; our own work folder and lock are left out.
    """
    found: dict[str, tuple[int, int]] = {}
    closed = []
    pending = [""]
    while pending:
        below = pending.pop()
        folder = os.path.join(root, below)
        try:
            if _is_closed(os.stat(folder)):
                closed.append(below.rstrip("/"))
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            name = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                pending += [f"{name}/"] if name != WORK_FOLDER else []
                continue
            if name == LOCK_FILE:
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # it has gone since
            found[name] = (status.st_size, status.st_mtime_ns)
            if _is_closed(status):
                closed.append(name)
    return found, tuple(sorted(closed))


def _closed_above(root: str) -> tuple[str, ...]:
    """Return the folders above a folder that are there and closed, the nearest first."""
    above = [folder for folder in map(str, Path(root).parents) if os.path.isdir(folder)]
    return tuple(folder for folder in above if _is_closed(os.stat(folder)))


def _is_closed(status: os.stat_result) -> bool:
    """Say whether a web server, which is another user, may not read a file or enter a folder."""
    is_folder = stat.S_ISDIR(status.st_mode)
    for_all, for_group = (stat.S_IXOTH, stat.S_IXGRP) if is_folder else (stat.S_IROTH, stat.S_IRGRP)
    if status.st_mode & for_all:
        return False
    # A group that is not our own was chosen, most likely for the web server.
    return not (status.st_mode & for_group and status.st_gid != os.getgid())
