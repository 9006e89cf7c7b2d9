"""Memory: what is let go goes back to the system, so that the largest file does not stay for ever."""

from __future__ import annotations

import sys

_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of malloc.h
_LARGE = 1 << 18  # bytes


def return_large_buffers() -> None:
    """Ask the C library to give each large buffer back to the system as soon as it is free.

    glibc begins so, and stops it after the first large buffer was freed, since that is quicker for programs
    that soon want another. A build that read some large files would then hold memory of their size to its
    end: 16 of 142 MB, where this was measured. Other C libraries are left as they are.
    """
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415  (for large builds only)

        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt:
            mallopt(_MMAP_THRESHOLD, _LARGE)
