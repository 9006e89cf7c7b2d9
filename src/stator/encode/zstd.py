"""Zstandard (RFC 8878), in Python's standard library from 3.14 on.

A browser refuses a window of more than 8 MiB (RFC 9659), which the levels from 20 on use for large files. The
levels here stay below by the library's own tables; the limit is given all the same, because tables change.

Source maps, 881 of them with 14.7 MB, one thread:

    level         6      9     10     11     12     13     15     17     19
    size       1.120  1.091  1.082  1.077  1.072  1.070  1.048  1.007  1.000
    MB/s         93     55     41     28     22     12    7.5    4.6    2.7

Above 10 each half per cent takes about a third more time, or worse.
"""

from __future__ import annotations

import sys
from types import ModuleType

from stator.encode.coding import Effort, version_text

_LEVEL = {Effort.BEST: 19, Effort.CHEAP: 10}
_WINDOW_LOG = 23  # 2 ** 23 bytes are 8 MiB


def version() -> str:
    """Return what decides the coded bytes besides content and effort."""
    return version_text("zstd", _library().zstd_version, _LEVEL)


def encode(content: bytes, effort: Effort) -> bytes:
    """Return ``content`` as one frame of Zstandard, which says how long the content is."""
    zstd = _library()
    parameter = zstd.CompressionParameter
    options = {parameter.compression_level: _LEVEL[effort], parameter.window_log: _WINDOW_LOG}
    coded: bytes = zstd.compress(content, options=options)
    return coded


def _library() -> ModuleType:
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415
    else:
        from backports import zstd  # noqa: PLC0415
    return zstd
