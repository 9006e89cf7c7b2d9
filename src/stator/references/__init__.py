"""References: where a file names other files. One scanner a language, a module each, in one table.

A scanner takes bytes and returns a ``Scan``; it knows no file but the one it reads.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable

from stator.references.reference import NOTHING, Kind, Reference, Remark, Scan

__all__ = ["NOTHING", "Kind", "Reference", "Remark", "Scan", "scanner_for"]

# By the last part of a name, not by media type: a source map is JSON to everyone else.
_SCANNERS = {".css": "css", ".js": "javascript", ".mjs": "javascript", ".map": "source_map"}


@functools.cache
def scanner_for(extension: str) -> Callable[[bytes], Scan] | None:
    """Return the scanner for files with this extension (lower case, with its dot), if they can refer."""
    name = _SCANNERS.get(extension)
    # A scanner is a large set of patterns, and is loaded by the first file that needs it.
    return importlib.import_module(f"stator.references.{name}").scan if name else None
