"""Run a command as at a terminal, where it can ask, and say yes: ``python at_terminal.py COMMAND …``."""

from __future__ import annotations

import os
import pty
import sys

QUESTION = b"[y/N] "


def read(terminal: int) -> bytes:
    """Return what the command has said, and answer if that is a question."""
    said = os.read(terminal, 1024)
    if said.endswith(QUESTION):
        os.write(terminal, b"y\n")
    return said


if __name__ == "__main__":
    sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], read)))
