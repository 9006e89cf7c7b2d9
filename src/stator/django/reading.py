"""Files of anybody, read with care: what one has, or why it cannot be read, in words for people."""

from __future__ import annotations

import os
import stat

from stator.diagnose.scan.request import Asked
from stator.findings import Place
from stator.load_path import printable

MOST = 2 * 1024 * 1024  # bytes of a file that is read


def content_of(file: str) -> bytes:
    """Return the content of a file; raises ``ValueError`` for one that is too large, or no file at all."""
    if not stat.S_ISREG(os.stat(file).st_mode):
        raise ValueError("It is no regular file.")  # and to open it might wait for ever
    with open(file, "rb") as opened:
        content = opened.read(MOST + 1)
    if len(content) > MOST:
        raise ValueError(f"It is larger than {MOST // 1024 // 1024} MiB.")
    return content


def why_not(error: BaseException) -> str:
    """Return why a file cannot be read or parsed, as a sentence."""
    match error:
        case UnicodeDecodeError():
            return f"It is not {error.encoding}: byte {error.start + 1}."
        case SyntaxError():
            return f"It cannot be parsed: {error.msg}."
        case OSError():
            return f"It cannot be read: {error.strerror}."
        case RecursionError() | MemoryError():
            return "It is nested too deep to be parsed."
        case _:
            return printable(str(error))


def place_in(file: str, error: BaseException) -> Place:
    """Return where in a file a parser gave up, as far as it says."""
    line = getattr(error, "lineno", None)
    return Place(printable(file), line, 1) if line else Place(printable(file))


def unread(place: Place, reason: str) -> Asked:
    """Return that nothing is known of what is asked for there."""
    return Asked(unread=((place, reason),))
