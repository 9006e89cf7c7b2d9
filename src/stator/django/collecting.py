"""How the storage collects: servers never do, so the storage loads this, and the compiler, when asked to."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from django.core.files.storage import FileSystemStorage

from stator.cache import Cache
from stator.collect import Way
from stator.django.conf import options, project_folder
from stator.django.importmap import importmap_targets
from stator.encode.fingerprint import fingerprint as encode_fingerprint
from stator.errors import ConfigError
from stator.minify.toolbox import Toolbox
from stator.publish.directory import Directory

if TYPE_CHECKING:
    from stator.django.storage import StatorStorage

CACHE_FOLDER = ".stator-cache"  # beside STATIC_ROOT


def way_of(storage: StatorStorage, *, digest: bool, jobs: int, **how: Any) -> Way:
    """Return how ``storage`` collects; ``how`` are further fields of it. Raises ``ConfigError``."""
    chosen = options() if digest else options().undigested()
    chosen = chosen._replace(importmap=importmap_targets())
    parent = os.path.dirname(storage.path("").rstrip(os.sep))
    folder = chosen.cache_dir or os.path.join(parent, CACHE_FOLDER)
    toolbox = Toolbox(chosen.minify, project_folder())
    return Way(
        chosen,
        storage.base_url or "/",
        directory_of(storage, jobs),
        Cache(folder, chosen.cache_size),
        int(time.time()),
        manifest_place(storage),
        record=digest,
        jobs=jobs,
        tool_for=toolbox.tool_for,
        versions=f"{toolbox.fingerprint()} {encode_fingerprint()}",
        **how,
    )


def directory_of(storage: StatorStorage, jobs: int = 1) -> Directory:
    """Return the folder of ``storage``, to be written with the permissions that it has for files."""
    return Directory(
        storage.path(""), storage.file_permissions_mode, storage.directory_permissions_mode, jobs
    )


def manifest_place(storage: StatorStorage) -> str:
    """Return the file of the manifest: absolute, or a name in the folder of ``storage``.

    Raises ``ConfigError`` where it is no file of this machine.
    """
    keeper = storage.manifest_storage
    if keeper is None or keeper is storage:
        return storage.manifest_name
    if not isinstance(keeper, FileSystemStorage):
        raise ConfigError(
            f"The manifest must be a file on this machine, not in {type(keeper).__name__}.",
            "Name the file in STATOR['MANIFEST'].",
        )
    return keeper.path(storage.manifest_name)
