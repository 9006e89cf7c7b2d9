"""The difference between two contents of a file, as ``patch`` and ``git apply`` read it, both ways."""

from __future__ import annotations

import difflib

_NO_END = b"\n\\ No newline at end of file\n"


def patch(name: str, before: bytes, after: bytes) -> bytes:
    """Return the patch from one content of a file to the other; ``name`` is its path, with slashes."""
    end = "\t" if " " in name else ""  # without it, patch reads a name as far as the first space
    lines = difflib.diff_bytes(
        difflib.unified_diff,
        _lines(before),
        _lines(after),
        f"a/{name}{end}".encode(),
        f"b/{name}{end}".encode(),
    )
    return b"".join(line if line.endswith(b"\n") else line + _NO_END for line in lines)


def _lines(content: bytes) -> list[bytes]:
    """Return the lines as patch counts them: what ends one is a line feed, and nothing else."""
    *whole, last = content.split(b"\n")
    return [*(line + b"\n" for line in whole), *([last] if last else [])]
