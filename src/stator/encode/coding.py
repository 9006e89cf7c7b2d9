"""What a coding is, and an effort. The table of all codings is in ``stator.encode``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import NamedTuple


class Effort(Enum):
    """How hard to try: a file is encoded once, so all time is well spent that visitors save."""

    BEST = "best"
    CHEAP = "cheap"  # for what only a developer's browser asks for


class Coding(NamedTuple):
    """A way to write bytes as fewer, under the name that HTTP has for it (RFC 9110, 8.4.1)."""

    name: str  # as in ``Accept-Encoding`` and ``Content-Encoding``
    suffix: str  # of the file that holds the coded bytes, with its dot
    # Takes nothing, returns what decides the coded bytes besides content and effort: library, version,
    # levels. It belongs into the key of a cache: equal text means equal bytes.
    version: Callable[[], str]
    # Takes the whole content, returns all of it coded, and lets other threads run meanwhile.
    encode: Callable[[bytes, Effort], bytes]


def version_text(library: str, version: str, levels: Mapping[Effort, int]) -> str:
    """Return what ``Coding.version`` returns: ``brotli 1.2.1, best 11, cheap 8``."""
    return ", ".join([f"{library} {version}", *(f"{effort.value} {levels[effort]}" for effort in Effort)])
