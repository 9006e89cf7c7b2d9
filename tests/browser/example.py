"""The example site as ``make demo`` serves it, from a copy: what a run of the tests writes is its own."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.parts import TESTS
from tests.processes import free_port, running

PROJECT = TESTS.parent
DEMO = Path("scripts/demo")
LIBRARY = Path("examples/library")
# What the site writes, as its .gitignore has it.
WRITTEN = shutil.ignore_patterns("static_root", ".stator-cache", "media", "db.sqlite3", "__pycache__")


class Example(NamedTuple):
    """The example site, collected and running: its folder, and the host and port that its pages are at."""

    folder: Path
    host: str


@contextmanager
def demonstrated(folder: Path) -> Iterator[Example]:
    """Copy the site into a folder, collect it there, and serve it while the block lasts."""
    library = shutil.copytree(PROJECT / LIBRARY, folder / LIBRARY, ignore=WRITTEN)
    demo = folder / DEMO
    demo.parent.mkdir()
    shutil.copy(PROJECT / DEMO, demo)
    port = free_port()
    with running([sys.executable, str(demo), "--port", str(port)], ("127.0.0.1", port), folder / "log"):
        yield Example(library, f"127.0.0.1:{port}")
