"""The clock that file systems take their times from, so that times can be compared with theirs."""

from __future__ import annotations

import sys
import time

_COARSE = 5  # CLOCK_REALTIME_COARSE of Linux, the time of the last tick; Python has no name for it
_SLOWEST_TICK = 20_000_000  # nanoseconds, elsewhere: longer than any usual one


def now() -> int:
    """Return a time, in nanoseconds since 1970, that no file changed from now on will be before.

    What has this time or a later one may still change and keep it.
    """
    if sys.platform == "linux":
        return time.clock_gettime_ns(_COARSE)
    return time.time_ns() - _SLOWEST_TICK
