"""Bundles: what a manifest has told, first in the bundler's names (``Told``), then in ours (``Bundle``).

A reader knows the form of one bundler and no paths; paths are found here, for all in the same way.
"""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from stator.frontend import Entry
from stator.paths import join_relative
from stator.urls import path_and_suffix

DEEPEST = 20  # segments of a name that are tried as the beginning of a path


class Told(NamedTuple):
    """What a bundler tells: entries, by the names that pages ask for, and the files that carry a digest."""

    entries: Mapping[str, Entry]
    digested: frozenset[str]


class Bundle(NamedTuple):
    """The same in logical paths, which all exist.

    ``missing`` are the files, as the bundler names them, that an entry needs and that do not exist: it is
    left without them.
    """

    entries: Mapping[str, Entry] = MappingProxyType({})
    digested: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()


def placed(told: Told, path: str, known: Container[str]) -> Bundle:
    """Return what the manifest at the logical path ``path`` has told, in paths that are ``known``.

    With a file its source map is digested, which few bundlers name.
    """
    folder = posixpath.dirname(path).removesuffix(".vite").rstrip("/")
    needed = dict.fromkeys(file for entry in told.entries.values() for file in _files(entry))
    paths = {file: _first_known(file, folder, known) for file in {*needed, *told.digested}}
    digested = {paths[file] for file in told.digested} - {""}
    maps = {source_map for one in digested if (source_map := f"{one}.map") in known}
    return Bundle(
        {name: _in_paths(entry, paths) for name, entry in told.entries.items() if name.isprintable()},
        frozenset(digested | maps),
        tuple(file for file in needed if not paths[file]),
    )


def _files(entry: Entry) -> tuple[str, ...]:
    return (*entry.scripts, *entry.styles, *entry.preloads, *entry.legacy)


def _in_paths(entry: Entry, paths: Mapping[str, str]) -> Entry:
    def known(files: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(path for file in files if (path := paths[file])))

    return Entry(
        known(entry.scripts), known(entry.styles), known(entry.preloads), known(entry.legacy), entry.module
    )


def _first_known(file: str, folder: str, known: Container[str]) -> str:
    """Return the known path that is meant, or ``""``. Of a name with a public path the end counts."""
    url_path, _ = path_and_suffix(file)
    segments = url_path.split("/")
    for first in range(max(0, len(segments) - DEEPEST), len(segments)):
        path = join_relative(f"{folder}/x" if folder else "x", "/".join(segments[first:]))
        if path and path in known:
            return path
    return ""
