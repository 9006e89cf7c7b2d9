"""The index of a manifest: what a server needs to know of a name, read when the name is asked for.

A server starts with each of its processes, and asks for few of the names of a large site. So the lines of
the manifest are only taken apart into names and what is said of them, which costs a quarter of the time and
a third of the memory of reading all of it. That is possible since we write an entry a line; a manifest that
somebody has formatted anew is read in full.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import IO, NamedTuple, Protocol

from stator import manifest as manifests
from stator import manifest_text
from stator.errors import ManifestError, UnsafePath
from stator.manifest import Content, Manifest
from stator.manifest_text import content_from_json
from stator.paths import published_name

_PATHS = b'{"paths": '
_FILES = b'"files": '
_UNASKED = (
    b'"loads": ',
    b'"frontends": ',
    b'"differences": ',
)  # a line each that no server of files asks for
_ENDS = (
    b'",\n',
    b"],\n",
    b'"},\n',
    b"]},\n",
)  # of a line about a name: not the last of an object, or the last
_BETWEEN = b'": '  # a name and what is said of it; in the text of a name the quote would be escaped


class Published(NamedTuple):
    """What is published under a name: the file with its bytes, and whether they never change."""

    file: str
    content: Content
    immutable: bool


class Index(Protocol):
    """The names of a manifest."""

    def find(self, name: str) -> Published | None:
        """Return what is published under ``name``, ``None`` where nothing is.

        Raises ``ManifestError`` for an entry that cannot be right.
        """


class ManifestIndex:
    """The index of a manifest that has been read in full."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._plain = frozenset(manifest.plain_names())

    def find(self, name: str) -> Published | None:
        file = self._manifest.paths[name] if name in self._plain else name
        content = self._manifest.find(file)
        return Published(file, content, name == file) if content else None


class LineIndex:
    """The index of a manifest as we write it, by its lines."""

    def __init__(
        self, paths: Mapping[str, bytes], files: Mapping[str, bytes], plain: frozenset[str] | None
    ) -> None:
        self._paths = paths
        self._files = files
        self._plain = plain

    def find(self, name: str) -> Published | None:
        try:
            if name in self._files:
                return self._published(name, immutable=True)
            if name in self._paths and (self._plain is None or name in self._plain):
                return self._published(json.loads(self._paths[name]), immutable=False)
        except (ValueError, TypeError, KeyError, UnsafePath, RecursionError) as error:
            raise ManifestError(
                f"The manifest says of {name!r} what cannot be right ({type(error).__name__}: {error}).",
                "Remove it and run collectstatic.",
            ) from error
        return None

    def _published(self, file: str, *, immutable: bool) -> Published:
        return Published(published_name(file), content_from_json(*json.loads(self._files[file])), immutable)


def read_index(file: IO[bytes], name: str = manifests.NAME) -> Index | None:
    """Return the index of the manifest in ``file``; ``None`` for one that Django's own storage wrote.

    ``name`` is what errors call it. Raises ``ManifestError`` for a manifest that cannot be read.
    """
    index = _of_lines(file)
    if index is not None:
        return index
    file.seek(0)
    content = file.read()
    if manifest_text.django_paths(content) is not None:
        return None
    return ManifestIndex(manifest_text.from_json(content, name))


def _of_lines(file: IO[bytes]) -> LineIndex | None:
    """Return the index of a manifest as we write it, ``None`` for all that is in any way different."""
    try:
        paths = dict(_members(file, _opened_by(_PATHS, file.readline())))
        version, django_hash, ours, release = (file.readline() for _ in range(4))
        if (
            not ours.startswith(manifest_text.OURS)
            or int(ours[len(manifest_text.OURS) : -2]) != manifest_text.FORMAT
        ):
            return None
        json.loads(b"{" + version + django_hash + release[:-2] + b"}")
        files = dict(_members(file, _opened_by(_FILES, file.readline())))
        plain = json.loads(_opened_by(b'"plain": ', file.readline())[:-2])
        line = _opened_by(b'"earlier": [', _next(file))
        while not line.endswith(manifest_text.TAIL):
            before, _, first = line.partition(_FILES)
            json.loads(before[before.index(b'{"release": ') : -2] + b"}")
            files |= dict(_members(file, first))
            line = _next(file)
    except (ValueError, RecursionError):
        return None
    return LineIndex(paths, files, None if plain is True else frozenset(plain or ()))


def _next(file: IO[bytes]) -> bytes:
    """Return the next line that says what a server of files asks for."""
    line = file.readline()
    while line.startswith(_UNASKED):
        line = file.readline()
    return line


def _opened_by(key: bytes, line: bytes) -> bytes:
    if not line.startswith(key):
        raise ValueError("not as we write it")
    return line[len(key) :]


def _members(file: IO[bytes], line: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield names and what is said of them, from the first line of an object, ``line``, to its last."""
    if line == b"{},\n":
        return
    line = _opened_by(b"{", line)
    while True:
        if b"\\" in line or not line.endswith(_ENDS):
            raise ValueError("not as we write it, or with names that are escaped")
        name, _, described = line.partition(_BETWEEN)
        is_last = described.endswith(b"},\n")
        yield name[1:].decode(), described[:-3] if is_last else described[:-2]
        if is_last:
            return
        line = file.readline()
