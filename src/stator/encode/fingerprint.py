"""The fingerprint of the libraries that encode: told without loading them, since most runs encode nothing."""

from __future__ import annotations

import importlib.util
import os
import sys
import zlib

_LIBRARIES = ("brotli", "deflate", "backports.zstd")


def fingerprint() -> str:
    """Return what changes whenever another library, or another version of one, would encode."""
    return " ".join([sys.version, zlib.ZLIB_RUNTIME_VERSION, *map(_installed, _LIBRARIES)])


def _installed(module: str) -> str:
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:  # not even the package around it
        found = None
    if found is None or not found.origin:
        return f"no {module}"
    status = os.stat(found.origin)
    return f"{module} {status.st_size} {status.st_mtime_ns}"
