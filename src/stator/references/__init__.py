"""References: where a file names other files. One scanner a language, in one table.

A scanner takes bytes and returns a ``Scan``; it knows no file but the one it reads.
"""

from __future__ import annotations

from collections.abc import Callable

from stator.references import css, javascript, source_map
from stator.references.reference import NOTHING, Kind, Reference, Remark, Scan

__all__ = ["NOTHING", "Kind", "Reference", "Remark", "Scan", "scanner_for"]

# The last part of a name decides, not the media type: a source map is JSON to everyone else.
_SCANNERS: dict[str, Callable[[bytes], Scan]] = {
    ".css": css.scan,
    ".js": javascript.scan,
    ".mjs": javascript.scan,
    ".map": source_map.scan,
}


def scanner_for(extension: str) -> Callable[[bytes], Scan] | None:
    """Return the scanner for files with this extension (lower case, with its dot), if they can refer."""
    return _SCANNERS.get(extension)
