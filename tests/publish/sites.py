"""Small sites to publish, and what must hold of the folder that they were published to."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Mapping
from itertools import starmap
from pathlib import Path
from typing import Any, NoReturn

import pytest

from stator import manifest as manifests
from stator import manifest_text
from stator.artifact import Artifact, Coded
from stator.build import Build, Means, build
from stator.cache import Blob, Cache
from stator.config import Options
from stator.load_path import Origin, SourceFile, load_path, walk
from stator.manifest import Content, Manifest
from stator.paths import CODING_SUFFIXES, digested_path
from stator.publish.directory import Directory
from stator.publish.release import Receipt, release

FIRST = {
    "app.css": "body { background: url(img/logo.svg) }",
    "app.js": "import './lib/one.js'",
    "lib/one.js": "export const one = 1",
    "img/logo.svg": "<svg/>",
    "empty.txt": "",
}
SECOND = {
    "app.css": "body { background: url(img/logo.svg) }",
    "app.js": "import './lib/one.js'; import './lib/two.js'",
    "lib/one.js": "export const one = 1",
    "lib/two.js": "export const two = 2",
    "img/logo.svg": "<svg><g/></svg>",
    "deep/er/new.txt": "new",
}


class Site:
    """Folders of sources, a new one for each build, and the folder ``root`` that they are published to."""

    def __init__(self, folder: Path, root: Path | None = None) -> None:
        self.folder = folder
        self.root = root or folder / "static"
        self.builds = 0

    def build(self, files: Mapping[str, str | bytes], **options: Any) -> Build:
        self.builds += 1
        sources = self.folder / f"sources{self.builds}"
        sources.mkdir(parents=True)
        for path, content in files.items():
            write(sources / path, content)
        return compiled(sources, **options)

    def publish(self, what: Mapping[str, str | bytes] | Build | list[Artifact], **how: Any) -> Receipt:
        """Publish files, a build of them or artifacts, keeping three releases unless told otherwise."""
        if isinstance(what, Mapping):
            what = self.build(what)
        artifacts = what.artifacts.values() if isinstance(what, Build) else what
        return release(artifacts, Directory(str(self.root)), **{"keep": 3, **how})

    def file(self, path: str) -> Path:
        """Return the digested file that the manifest names for a path."""
        return self.root / self.manifest().paths[path]

    def manifest(self, name: str = manifests.NAME) -> Manifest:
        return manifest_text.from_json((self.root / name).read_bytes())


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def compiled(sources: Path, **options: Any) -> Build:
    """Return the build of a folder, as the real compiler makes it."""
    found = walk(Origin("sources", str(sources)), lambda _: False, lambda _: False)
    chosen = Options(**{"codings": (), **options})
    built = build(load_path(found), chosen, "/static/", Means(Cache("/dev/null/no-cache")))
    assert not built.failed, built.findings
    return built


def artifact(
    path: str,
    content: bytes = b"",
    *,
    plain: bool = True,
    name: str = "",
    file: str = "",
    codings: Mapping[str, bytes] | None = None,
) -> Artifact:
    """Return an artifact that comes from memory, or is said to come from ``file``."""
    coded = (
        (coding, Blob(len(form), _sha256(form), content=form)) for coding, form in (codings or {}).items()
    )
    sha256 = _sha256(content)
    origin = Origin("memory", "/memory")
    source = SourceFile(path, file or f"memory:{path}", origin, None if file else lambda: io.BytesIO(content))
    name = name or digested_path(path, sha256.hex()[:12])
    return Artifact(path, name, plain, source, (), len(content), sha256, codings=tuple(starmap(Coded, coded)))


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def content_of(file: Path) -> Content:
    content = file.read_bytes()
    return Content(len(content), _sha256(content))


def without_hard_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the file system have no hard links. None can be mounted everywhere, so the call is made to fail."""

    def link(*_: object, **__: object) -> NoReturn:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)


def faults(root: Path, manifest: str | Path = manifests.NAME) -> list[str]:
    """Return what is wrong with a published folder by the word of its own manifest.

    Every file that the manifest names must stand and be what it says, with all precompressed forms; every
    plain name must be what some release wrote, which is to say the content of a digested file that stands,
    or a link to a source.
    """
    found = []
    current = manifest_text.from_json((root / manifest).read_bytes())
    for name, file in current.published():
        if not (root / name).is_file():
            found.append(f"{name} is missing")
        elif name == file and content_of(root / name)[:2] != current.content(name)[:2]:
            found.append(f"{name} is damaged")
        elif (
            name != file
            and not (root / name).is_symlink()
            and content_of(root / name) not in _versions(root, name)
        ):
            found.append(f"{name} is of no release")
    for name, content in current.files.items():
        for coding, size in content.codings:
            form = root / (name + CODING_SUFFIXES[coding])
            if not form.is_file() or form.stat().st_size != size:
                found.append(f"{form.name} is missing or damaged")
    return found


def _versions(root: Path, path: str) -> list[Content]:
    stem, extension = os.path.splitext(path)
    hexadecimal = "[0-9a-f]" * 12
    return [content_of(file) for file in root.glob(f"{stem}.{hexadecimal}{extension}")]


def litter(root: Path) -> list[str]:
    """Return what a publish must not leave behind."""
    return [str(path) for path in (*root.rglob(".stator"), *root.rglob("*.unfinished"))]


def snapshot(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Return all there is to see of a tree: kinds, permissions, inodes, times and contents."""
    seen = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else os.readlink(path) if path.is_symlink() else None
        seen[str(path)] = (status.st_mode, status.st_ino, status.st_mtime_ns, content)
    return seen


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return a tree by what a reader gets of it: files with their bytes, and folders."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }
