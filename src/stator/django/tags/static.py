"""Static files as pages name them: the URL, and what the manifest knows.

A URL is written as the linker writes it into modules: to a browser ``@`` and ``%40`` are two modules.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from stator.django import origins
from stator.django.conf import options
from stator.django.storage import MissingEntry, StatorStorage
from stator.django.tags.hints import MODULE, Hint
from stator.manifest import LOADS_NOTHING, Manifest
from stator.media_types import CSS, JAVASCRIPT, extension, media_type
from stator.references import scanner_for
from stator.urls import path_and_suffix, quoted

_ALWAYS_MODULE = ".mjs"


class Static(NamedTuple):
    """A static file: its logical path, its URL, and what the manifest knows of it.

    ``cors``: the page must ask for it with CORS, since it comes from another origin and is checked.
    """

    path: str
    url: str
    integrity: str = ""
    cors: bool = False
    module: bool = False

    @property
    def checked(self) -> dict[str, object]:
        """The attributes by which a browser checks what it gets."""
        return {"integrity": self.integrity, "crossorigin": "anonymous" if self.cors else None}

    def hint(self, kind: str) -> Hint:
        """Return the hint that this file is needed, as ``kind``."""
        return Hint(self.url, kind, self.integrity, self.cors)


def find(name: str) -> Static:
    """Return the file that ``{% static %}`` means by ``name``, with its query and fragment.

    Raises ``MissingEntry`` for a name that is not published, and with ``DEBUG`` for one that would not be.
    """
    if not name:
        raise MissingEntry("The name of a static file is empty: perhaps it is a variable that is not set.")
    url = _storage().url(name)
    base = base_url()
    if url.startswith(base):
        path, suffix = path_and_suffix(url[len(base) :])
        url = f"{base}{quoted(unquote(path))}{suffix}"
    return _described(unquote(path_and_suffix(name)[0]), url)


def published(path: str) -> Static:
    """Return the file with this logical path, which is known to be published."""
    manifest = manifest_in_use()
    return _described(path, url_of(manifest.paths.get(path, path) if manifest else path))


def is_published(path: str) -> bool:
    """Say whether there is a file of this logical path that pages can name."""
    manifest = manifest_in_use()
    return path in manifest.paths if manifest else origins.offers(options(), path)


def manifest_in_use() -> Manifest | None:
    """Return the manifest that pages go by, ``None`` with ``DEBUG`` and where the storage has none."""
    storage = _storage()
    return storage.manifest if not settings.DEBUG and isinstance(storage, StatorStorage) else None


def base_url() -> str:
    """Return the URL below which all static files are."""
    return str(_storage().base_url)


def url_of(name: str) -> str:
    """Return the URL of what is published under a name."""
    return base_url() + quoted(name)


def imported_by(starts: Iterable[str], *, dynamic: bool = False) -> tuple[str, ...]:
    """Return what files import, however far, the nearest first: logical paths. Nothing with ``DEBUG``.

    ``dynamic``: what scripts may import later too.
    """
    manifest = manifest_in_use()
    found: dict[str, None] = {}
    pending = [*starts]
    for path in pending:
        loads = manifest.loads.get(path, LOADS_NOTHING) if manifest else LOADS_NOTHING
        new = [one for one in (*loads.imports, *(loads.dynamic if dynamic else ())) if one not in found]
        found.update(dict.fromkeys(new))
        pending += new
    return tuple(found)


def hints_of_imports(path: str) -> Iterator[Hint]:
    """Yield a hint for each sheet that a style sheet imports, or module that a module does, however far.

    What is of another type, as data are, is asked for in a way of its own.
    """
    type = media_type(path)
    for imported in imported_by([path]):
        if media_type(imported) != type or imported == path:  # as in a circle
            continue
        file = published(imported)
        # An import in a style sheet is neither checked nor asked for with CORS.
        yield Hint(file.url, "style") if type == CSS else file.hint(MODULE)


def _storage() -> Any:
    return staticfiles_storage  # a wrapper, which passes for the storage that settings name


def _described(path: str, url: str) -> Static:
    manifest = manifest_in_use()
    name = manifest.paths.get(path) if manifest else None
    if not manifest or name is None:
        return Static(path, url, module=_is_module(path))
    integrity = manifest.files[name].integrity
    module = manifest.loads.get(path, LOADS_NOTHING).module or extension(path) == _ALWAYS_MODULE
    return Static(path, url, integrity, bool(urlsplit(base_url()).netloc), module)


def _is_module(path: str) -> bool:
    """Say of a source what the manifest says of what is published."""
    if extension(path) == _ALWAYS_MODULE:
        return True
    found = finders.find(path) if settings.DEBUG and media_type(path) == JAVASCRIPT else None
    if not found or not os.path.isfile(str(found)):
        return False
    status = os.stat(str(found))
    return _reads_as_module(str(found), status.st_mtime_ns, status.st_size)


@functools.lru_cache(maxsize=256)
def _reads_as_module(file: str, _modified: int, _size: int) -> bool:
    scan = scanner_for(extension(file))
    if scan is None:
        return False
    with open(file, "rb") as content:
        return scan(content.read()).module
