"""Projects that are collected again and again, each time going on from the time before.

``Project.from_nothing`` tells what should have come of it: the same sources, an empty cache, a new folder.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from stator import clock, manifest, manifest_text
from stator.cache import Cache
from stator.collect import Collected, Way, collect
from stator.config import EDITOR_DROPPINGS, Options, matcher
from stator.findings import Finding
from stator.load_path import LoadPath, Origin, SourceFile, load_path, walk
from stator.manifest import Content, Manifest
from stator.media_types import JAVASCRIPT
from stator.minify.toolbox import Toolbox
from stator.paths import CODING_SUFFIXES
from stator.publish.directory import Directory
from tests.sites import PLAIN, Files, origin, write

MINIFIED = ((JAVASCRIPT, False),)  # all that needs no other program
FOREIGN = "foreign"  # a file in the published folder that is nobody's


class Project:
    """Sources, settings, and what earlier collects have left: a published folder and a cache.

    ``folders`` are the origins below ``sources``, each with its prefix, in their order of precedence.
    ``denied`` are files, as origin and path below it, that can be seen and not read.
    """

    def __init__(self, folder: Path, folders: Mapping[str, str], options: Options = PLAIN) -> None:
        self.folder = folder
        self.sources = folder / "sources"
        self.folders = dict(folders)
        self.options = options
        self.static_url = "/static/"
        self.symlink = False
        self.denied: set[tuple[str, str]] = set()
        self.root = folder / "root"
        self.cache = folder / "cache"
        for name in folders:
            (self.sources / name).mkdir(parents=True)

    def write(self, files: Files) -> None:
        """Write files, each named by its origin and the path below it."""
        write(self.sources, files)

    def collect(self, **how: Any) -> Collected:
        """Collect as a new process would, with the settings of now."""
        return collect(self.found(clock.now()), self.way(self.root, self.cache, **how))

    def from_nothing(self) -> tuple[Collected, Path]:
        """Collect the same sources with the same settings where nothing was; return the folder too."""
        place = Path(tempfile.mkdtemp(prefix="nothing-", dir=self.folder))
        return collect(self.found(), self.way(place / "root", place / "cache")), place / "root"

    def found(self, since: int = 0) -> LoadPath:
        """Return the sources; files that were changed before ``since`` have signatures."""
        ignored = matcher([*EDITOR_DROPPINGS, *self.options.ignore])
        return load_path(
            self._denied(name, item)
            for name, origin in self.origins()
            for item in walk(origin, ignored, ignored, since=since)
        )

    def origins(self) -> list[tuple[str, Origin]]:
        return [
            (name, origin(self.sources / name, f"app {name!r}", prefix))
            for name, prefix in self.folders.items()
        ]

    def way(self, root: Path, cache: Path, **how: Any) -> Way:
        toolbox = Toolbox(self.options.minify, str(self.folder))
        chosen = {
            "now": 0,
            "symlink": self.symlink,
            "tool_for": toolbox.tool_for,
            "versions": toolbox.fingerprint(),
            **how,
        }
        return Way(self.options, self.static_url, Directory(str(root)), Cache(str(cache)), **chosen)

    def _denied(self, name: str, item: SourceFile | Finding) -> SourceFile | Finding:
        """Put a folder where a file should be read: not even root can."""
        if isinstance(item, Finding) or (name, os.path.relpath(item.location, self.sources / name)) not in (
            self.denied
        ):
            return item
        refusing = self.folder / "denied" / name / item.path
        refusing.mkdir(parents=True, exist_ok=True)
        signature = item.signature and f"{item.signature} denied"  # permissions count in the real one
        return item._replace(location=str(refusing), signature=signature)


def collect_often(mouth: Connection, project: Project, rounds: int) -> None:
    """Collect again and again, a file changed each time; tell when it is done."""
    for number in range(rounds):
        project.write({f"{next(iter(project.folders))}/changing.css": f"/* {number} */" * 100})
        project.collect()
    mouth.send("done")


def settle() -> None:
    """Wait until no file that was written before can change and keep its times."""
    start = time.time_ns()
    while clock.now() <= start:
        time.sleep(0.001)


def manifest_of(root: Path) -> Manifest:
    return manifest_text.from_json((root / manifest.NAME).read_bytes())


def current(root: Path) -> dict[str, bytes | str]:
    """Return all that the current release has below the root: bytes by name, or where a link leads to."""
    held = manifest_of(root)
    names = [name for path, name in held.paths.items() for name in _names(name, held.files[name])]
    for path in held.plain_names():
        is_link = (root / path).is_symlink()
        names += [path] if is_link else _names(path, held.files[held.paths[path]])
    return {name: _seen(root / name) for name in names}


def accounted(root: Path) -> set[str]:
    """Return every name that the current release has, or that an earlier one may have left."""
    held = manifest_of(root)
    names = {manifest.NAME, *current(root), *held.forms_of_earlier()}
    for release in held.earlier:
        for name, content in release.files.items():
            names |= _names(name, content)
        for path in release.plain:
            names |= {path, *(path + suffix for suffix in CODING_SUFFIXES.values())}
    return names


def stale_forms(root: Path) -> set[str]:
    """Return what a server would take for a precompressed form of a current file, and is none.

    One that an earlier release has of the same content is one.
    """
    names = current(root).keys()
    forms = {name + suffix for name in names for suffix in CODING_SUFFIXES.values()}
    return (forms & names_in(root)) - names - {*manifest_of(root).forms_of_earlier()}


def has_copies(root: Path) -> bool:
    """Say whether a plain name is a file of its own, and not a second name."""
    held = manifest_of(root)
    pairs = ((path, held.paths[path]) for path in held.plain_names() if not (root / path).is_symlink())
    return any(
        not (root / (path + ending)).samefile(root / (name + ending))
        for path, name in pairs
        for ending in (one.removeprefix(name) for one in _names(name, held.files[name]))
    )


def names_in(root: Path) -> set[str]:
    """Return every name there is in a folder, but that of the file that is nobody's."""
    files = (path for path in root.rglob("*") if path.is_symlink() or path.is_file())
    return {str(path.relative_to(root)) for path in files if path.name != FOREIGN}


def contents(load_path: LoadPath) -> dict[str, bytes]:
    """Return the bytes of all files that can be read, by logical path."""
    files = ((path, Path(source.location)) for path, source in load_path.files.items())
    return {path: file.read_bytes() for path, file in files if file.is_file()}


def removed(path: Path) -> None:
    """Remove a file, a link or a folder, or nothing."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def replaced(path: Path, content: bytes) -> None:
    """Put another file in the place of one."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def files_below(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file() or path.is_symlink())


def _names(name: str, content: Content) -> set[str]:
    return {name, *(name + CODING_SUFFIXES[coding] for coding, _ in content.codings)}


def _seen(path: Path) -> bytes | str:
    return os.readlink(path) if path.is_symlink() else path.read_bytes()
