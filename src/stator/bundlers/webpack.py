"""What webpack and Rspack write: their stats (``--json``), and those of webpack-bundle-tracker.

Both list all files that an entry needs, in order. Stats also say of each file whether its name carries a
digest (``immutable``) and whether it is a module, and if they have ``chunks``, what an entry is made of.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from stator.bundlers.bundle import Told
from stator.bundlers.digested import digested_among
from stator.bundlers.reading import by_names, started_by, table, tables, texts
from stator.frontend import Entry

_Infos = dict[str, dict[str, Any]]


def read_stats(manifest: dict[str, Any]) -> Told | None:
    """Return what the stats of a build tell, ``None`` for anything else."""
    if not isinstance(manifest.get("entrypoints"), dict) or not isinstance(manifest.get("assets"), list):
        return None
    infos = {
        name: table(asset.get("info")) for asset in tables(manifest["assets"]) for name in _names([asset])
    }
    digested = frozenset(name for name, info in infos.items() if info.get("immutable") is True)
    return Told(by_names(_entries(manifest, infos)), digested)


def read_tracked(manifest: dict[str, Any]) -> Told | None:
    """Return what webpack-bundle-tracker has written, ``None`` for anything else."""
    if not isinstance(manifest.get("chunks"), dict) or not isinstance(manifest.get("assets"), dict):
        return None
    entries = by_names(((name,), started_by(_names(files))) for name, files in manifest["chunks"].items())
    return Told(entries, digested_among((name, "") for name in manifest["assets"]))


def _entries(stats: dict[str, Any], infos: _Infos) -> Iterator[tuple[tuple[str, ...], Entry]]:
    sources = _sources(stats)
    for name, entrypoint in stats["entrypoints"].items():
        files = _names(table(entrypoint).get("assets"))
        module = any(infos.get(file, {}).get("javascriptModule") is True for file in files)
        yield (name, *sources.get(name, ())), started_by(files, module=module)


def _sources(stats: dict[str, Any]) -> dict[str, list[str]]:
    """Return for each entry the sources that the configuration names: those that no module has asked for."""
    sources: dict[str, list[str]] = {}
    for chunk in tables(stats.get("chunks")):
        for origin in tables(chunk.get("origins")):
            told = texts([origin.get("loc"), origin.get("request")])
            if origin.get("moduleIdentifier") == "" and len(told) == 2:
                name, source = told
                sources.setdefault(name, []).append(posixpath.normpath(source))
    return sources


def _names(files: Any) -> tuple[str, ...]:
    """Return the names of files, which are listed as they are or, in some versions, as objects."""
    if not isinstance(files, list):
        return ()
    return texts([one.get("name") if isinstance(one, dict) else one for one in files])
