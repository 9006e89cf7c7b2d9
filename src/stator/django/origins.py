"""From Django's finders to the load path."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, cast

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import AppDirectoriesFinder, BaseFinder, FileSystemFinder, get_finders
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage, Storage

from stator.config import EDITOR_DROPPINGS, Options, is_about_names, matcher
from stator.django.importmap import missing_files
from stator.django.packages import is_package
from stator.errors import ConfigError
from stator.findings import Finding
from stator.load_path import LoadPath, Origin, SourceFile, load_path, source_file, walk


def find(
    options: Options,
    ignore_patterns: Sequence[str],
    *,
    use_defaults: bool = True,
    published: str = "",
    since: int = 0,
) -> LoadPath:
    """Return the load path of the project.

    ``ignore_patterns`` are those of the command, matched as Django's finders match them: against each
    name, and against each file's path below its folder. ``use_defaults`` adds editors' droppings.
    ``published`` is the folder that the files will go to, ``since`` the time by ``stator.clock``.

    Raises ``ConfigError`` when that folder holds sources, which publishing would overwrite.
    """
    own = matcher(options.ignore)
    patterns = [*ignore_patterns, *(EDITOR_DROPPINGS if use_defaults else ())]
    given = matcher(patterns)
    of_names = matcher([*patterns, *options.ignore])
    of_paths = matcher(one for one in [*patterns, *options.ignore] if not is_about_names(one))

    def files_of(origin: Origin) -> Iterator[SourceFile | Finding]:
        def of_prefixed_paths(path: str) -> bool:
            return given(path) or own(_prefixed(origin.prefix, path))

        _keep_apart(origin, published)
        return walk(
            origin,
            of_names,
            of_prefixed_paths if origin.prefix else of_paths,
            follow_symlinks=options.follow_symlinks,
            published=published,
            since=since,
        )

    def found() -> Iterator[SourceFile | Finding]:
        for finder in get_finders():
            folders = _folders(finder)
            if folders is None:
                yield from _listed(finder, list(ignore_patterns), own, since)
            else:
                yield from (file for origin in folders for file in files_of(origin))

    overrides = matcher(options.overrides)
    if not options.frontends:
        return _with_importmap(load_path(found(), overrides))
    from stator.django import finders as frontends  # noqa: PLC0415  (few sites have any)

    items = [*found(), *frontends.not_built()]
    return _with_importmap(load_path(items, overrides, frontends.is_unpublished))


def _with_importmap(found: LoadPath) -> LoadPath:
    findings = tuple(missing_files(found.files))
    return found._replace(findings=found.findings + findings) if findings else found


def offers(options: Options, path: str) -> bool:
    """Say whether a folder of a finder has a file of this logical path that will be published."""
    try:
        found = finders.find(path)
    except SuspiciousFileOperation:
        return False
    ignored = matcher([*EDITOR_DROPPINGS, *options.ignore])
    if not found or not os.path.isfile(found) or any(map(ignored, [path, *path.split("/")])):
        return False
    real = os.path.realpath(found)
    if options.follow_symlinks or real == os.path.abspath(found):
        return True  # there is no link on the way, as nearly always
    return any(real.startswith(os.path.realpath(origin.root) + os.sep) for origin in origins())


def _keep_apart(origin: Origin, published: str) -> None:
    real, output = os.path.realpath(origin.root), os.path.realpath(published) if published else ""
    if output and (real == output or real.startswith(output + os.sep)):
        raise ConfigError(
            f"{origin.label} has its files in {origin.root}, which is in STATIC_ROOT ({published}).",
            "Give STATIC_ROOT a folder of its own: publishing there would overwrite sources.",
        )


def from_storages(paths: dict[str, tuple[Storage, str]]) -> LoadPath:
    """Return the load path of files that somebody else has found: Django's form for ``post_process``."""
    return load_path(_of_storage(storage, path, name) for name, (storage, path) in paths.items())


def origins() -> list[Origin]:
    """Return the folders of the project's finders, in order, as far as they are folders."""
    return [origin for finder in get_finders() for origin in _folders(finder) or ()]


def _folders(finder: BaseFinder) -> list[Origin] | None:
    """Return the folders of a finder, ``None`` for one that must list for itself.

    A subclass of Django's may find anything anywhere, so only the very classes count, and ours, which says.
    """
    if type(finder) is FileSystemFinder:
        return [
            _origin(f"STATICFILES_DIRS[{number}]", os.fspath(root), prefix or "")
            for number, (prefix, root) in enumerate(finder.locations)
            if os.path.isdir(root)
        ]
    if callable(own := getattr(finder, "origins", None)):
        return cast("list[Origin]", own())
    if type(finder) is AppDirectoriesFinder:
        return [
            _origin(f"app {name!r}", os.fspath(storage.location))
            for name, storage in finder.storages.items()
            if os.path.isdir(os.fspath(storage.location))
        ]
    return None


def _listed(
    finder: BaseFinder, ignore_patterns: list[str], ignored: Callable[[str], bool], since: int
) -> Iterator[SourceFile | Finding]:
    for path, storage in finder.list(ignore_patterns):
        name = _prefixed(getattr(storage, "prefix", None) or "", path.replace(os.sep, "/"))
        if not ignored(name) and not ignored(name.rpartition("/")[2]):
            yield _of_storage(storage, path, name, since)


def _of_storage(storage: Any, path: str, name: str, since: int = 0) -> SourceFile | Finding:
    name = name.replace(os.sep, "/")
    label = f"{storage.__class__.__module__}.{storage.__class__.__qualname__}"
    if _is_plain_folder(storage):
        location = storage.path(path)
        status = os.stat(location) if since and os.path.exists(location) else None
        return source_file(name, location, _origin(label, storage.location), status=status, since=since)
    opener = cast("Callable[[], IO[bytes]]", functools.partial(storage.open, path))
    return source_file(name, f"{label}:{path}", Origin(label, label), opener)


def _is_plain_folder(storage: Any) -> bool:
    """Say whether what ``storage.open`` gives is just the file at ``storage.path``."""
    kind = storage.__class__  # that of the storage itself, where type() gives Django's lazy wrapper
    return (
        isinstance(storage, FileSystemStorage)
        and kind.open is FileSystemStorage.open
        and kind._open is FileSystemStorage._open  # type: ignore[attr-defined]  # noqa: SLF001
        and kind.path is FileSystemStorage.path
    )


def _prefixed(prefix: str, path: str) -> str:
    return f"{prefix}/{path}" if prefix else path


def _origin(label: str, root: str, prefix: str = "") -> Origin:
    root = os.path.abspath(root)
    return Origin(label, root, prefix.replace(os.sep, "/"), is_package(root))
