"""Vite's manifest (``build.manifest``): a chunk under the path of its source, with imports and style sheets.

Style sheets and preloads have the order that they have in the page which Vite itself makes of an
``index.html``: those of a chunk come after those of all that it imports. With ``cssCodeSplit: false`` the
one style sheet belongs to every entry.

``@vitejs/plugin-legacy`` adds an entry ``src/main-legacy.ts`` for each ``src/main.ts``, and polyfills with
SystemJS that go before it; if asked, polyfills for browsers with modules too.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from stator.bundlers.bundle import Told
from stator.bundlers.digested import digested_among
from stator.bundlers.reading import by_names, imported, started_by, texts
from stator.frontend import Entry

_POLYFILLS = "vite/legacy-polyfills"
_LEGACY_POLYFILLS = "vite/legacy-polyfills-legacy"
_STYLES_OF_ALL = "style.css"


class _Chunk(NamedTuple):
    file: str
    names: tuple[str, ...]
    is_entry: bool
    imports: tuple[str, ...]
    styles: tuple[str, ...]
    assets: tuple[str, ...]


def read(manifest: dict[str, Any]) -> Told | None:
    """Return what the manifest tells, ``None`` if it is not Vite's."""
    chunks = {
        key: _chunk(key, value)
        for key, value in manifest.items()
        if isinstance(value, dict) and isinstance(value.get("file"), str)
    }
    return Told(by_names(_entries(chunks)), digested_among(_files(chunks))) if chunks else None


def _chunk(key: str, value: dict[str, Any]) -> _Chunk:
    return _Chunk(
        value["file"],
        (key, *texts([value.get("name")])),
        value.get("isEntry") is True,
        texts(value.get("imports")),
        texts(value.get("css")),
        texts(value.get("assets")),
    )


def _entries(chunks: Mapping[str, _Chunk]) -> Iterator[tuple[tuple[str, ...], Entry]]:
    imports = {key: [one for one in chunk.imports if one in chunks] for key, chunk in chunks.items()}
    polyfills, old_polyfills = _made_of(_POLYFILLS, chunks), _made_of(_LEGACY_POLYFILLS, chunks)
    old = {key: chunks[_legacy(key)] for key in chunks if old_polyfills and _legacy(key) in chunks}
    helpers = {*polyfills, *old_polyfills, *old.values()}
    of_all = _styles_of_all(chunks)
    for key, chunk in chunks.items():
        if not chunk.is_entry or chunk in helpers:
            continue
        entry = started_by([chunk.file])
        if entry.scripts:
            needed = [chunks[one] for one in imported(key, imports)]
            legacy = [*old_polyfills, old[key]] if key in old else []
            entry = Entry(
                tuple(one.file for one in (*polyfills, chunk)),
                (*of_all, *(style for one in (*needed, chunk) for style in one.styles)),
                tuple(one.file for one in needed),
                tuple(one.file for one in legacy),
            )
        yield chunk.names, entry


def _made_of(source: str, chunks: Mapping[str, _Chunk]) -> tuple[_Chunk, ...]:
    """Return the chunk of a source of Vite's own, whose path may climb out of the project."""
    return tuple(chunk for key, chunk in chunks.items() if f"/{key}".endswith(f"/{source}"))


def _styles_of_all(chunks: Mapping[str, _Chunk]) -> tuple[str, ...]:
    chunk = chunks.get(_STYLES_OF_ALL)
    if chunk is None or chunk.is_entry or any(one.styles for one in chunks.values()):
        return ()
    return (chunk.file,)


def _legacy(key: str) -> str:
    stem, extension = posixpath.splitext(key)
    return f"{stem}-legacy{extension}"


def _files(chunks: Mapping[str, _Chunk]) -> Iterator[tuple[str, str]]:
    """Yield each file with the source that it was made of, which is empty where the manifest has none."""
    for key, chunk in chunks.items():
        yield chunk.file, key
        yield from ((file, "") for file in (*chunk.styles, *chunk.assets))
