"""esbuild's metafile (``--metafile=…/meta.json``): all outputs, with entry points and imports.

All scripts count as modules: the metafile does not tell the format, code splitting needs ``--format=esm``,
and other formats run as modules too. The style sheet of an entry has all that it imports in it. A source that
is imported dynamically is told as an entry point as well, and so it is one here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from stator.bundlers.bundle import Told
from stator.bundlers.digested import digested_among
from stator.bundlers.reading import by_names, imported, started_by, table, tables, texts
from stator.frontend import Entry


def read(manifest: dict[str, Any]) -> Told | None:
    """Return what the metafile tells, ``None`` if it is not esbuild's."""
    if not isinstance(manifest.get("inputs"), dict) or not isinstance(manifest.get("outputs"), dict):
        return None
    outputs = {file: table(output) for file, output in manifest["outputs"].items()}
    digested = digested_among((file, str(output.get("entryPoint", ""))) for file, output in outputs.items())
    return Told(by_names(_entries(outputs)), digested)


def _entries(outputs: dict[str, dict[str, Any]]) -> Iterator[tuple[tuple[str, ...], Entry]]:
    imports = {file: _imports(output) for file, output in outputs.items()}
    for file, output in outputs.items():
        for source in texts([output.get("entryPoint")]):
            entry = started_by([file, *texts([output.get("cssBundle")])], module=True)
            name = posixpath.splitext(posixpath.basename(source))[0]
            preloads = imported(file, imports) if entry.scripts else ()
            yield (source, name), entry._replace(preloads=preloads)


def _imports(output: dict[str, Any]) -> list[str]:
    return [
        path
        for one in tables(output.get("imports"))
        if one.get("kind") == "import-statement" and one.get("external") is not True
        for path in texts([one.get("path")])
    ]
