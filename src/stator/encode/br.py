"""Brotli (RFC 7932).

Quality 11 is nearly all that encoding costs, and nothing was found that makes it cheaper at equal size. On
19 MB of npm packages (2,644 files) ``mode`` changed no byte, windows fitted to the file and other block sizes
saved neither bytes nor time, and quality 10 is 1.4 to 3 times as fast but 1.7 to 5 % larger. A window of
16 MiB instead of the library's 4 saves 0.04 to 2.5 % of the few files that are larger, for 12 MiB more in the
browser: not taken.

Source maps, 881 of them with 14.7 MB, one thread:

    quality       5      6      7      8      9     10     11
    size       1.144  1.127  1.114  1.106  1.099  1.027  1.000
    MB/s         54     41     38     30      9    1.8    0.7

9 takes three times as long as 8 for less than 1 %.
"""

from __future__ import annotations

from stator.encode.coding import Effort, version_text

_QUALITY = {Effort.BEST: 11, Effort.CHEAP: 8}


def version() -> str:
    """Return what decides the coded bytes besides content and effort."""
    import brotli  # type: ignore[import-untyped]  # noqa: PLC0415

    return version_text("brotli", brotli.__version__, _QUALITY)


def encode(content: bytes, effort: Effort) -> bytes:
    """Return ``content`` in brotli's form."""
    import brotli  # noqa: PLC0415

    coded: bytes = brotli.compress(content, quality=_QUALITY[effort])
    return coded
