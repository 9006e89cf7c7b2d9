"""The example site as ``make demo`` serves it, from a copy: what a run of the tests writes is its own."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from stator.frontends.developing import server_of
from stator.paths import parse_digested
from tests.parts import PARTS, TESTS, missing
from tests.processes import free_port, running, wait_until

PROJECT = TESTS.parent
DEMO = Path("scripts/demo")
LIBRARY = Path("examples/library")
FRONTENDS = {"planner": "react", "seats": "vue", "loans": "webpack", "welcome": "tailwind"}  # name: folder
# One digest in each name of theirs: of the tool where it writes any, else ours.
NAMES = {
    "planner": re.compile(r"assets/\w+-[\w-]{8}\.(?:js|css|svg)"),
    "seats": re.compile(r"assets/\w+-[\w-]{8}\.(?:js|css|svg)"),
    "loans": re.compile(r"\w+\.[0-9a-f]{20}\.(?:js|css|svg)"),
    "welcome": re.compile(r"welcome\.[0-9a-f]{12}\.css"),
}
SERVED = ("planner", "seats")  # in development, by a server of the tool
# What the site writes, as its .gitignore has it: what can be made again, and what people have done.
_MADE = ("static_root", ".stator-cache", "__pycache__", "node_modules", "dist")
MADE = shutil.ignore_patterns(*_MADE)
WRITTEN = shutil.ignore_patterns(*_MADE, "media", "db.sqlite3")


class Example(NamedTuple):
    """The example site, running: its folder, and the host and port that its pages are at."""

    folder: Path
    host: str


def digested_once(name: str) -> bool:
    """Say whether a published name has one digest, and that of the tool where a tool wrote it."""
    folder, _, rest = name.partition("/")
    return bool(NAMES[folder].fullmatch(rest)) if folder in NAMES else parse_digested(name) is not None


@contextmanager
def demonstrated(folder: Path) -> Iterator[Example]:
    """Copy the site into a folder, build and collect it there, and serve it while the block lasts.

    Without Node it goes without its front ends.
    """
    library = _copied(PROJECT / LIBRARY, folder, WRITTEN)
    demo = folder / DEMO
    demo.parent.mkdir()
    shutil.copy(PROJECT / DEMO, demo)
    port = free_port()
    with running([sys.executable, str(demo), "--port", str(port)], ("127.0.0.1", port), folder / "log"):
        yield Example(library, f"127.0.0.1:{port}")


@contextmanager
def developed(folder: Path, example: Example) -> Iterator[Example]:
    """Copy a site with its database into a folder, and run its development servers while the block lasts."""
    library = _copied(example.folder, folder, MADE)
    port = free_port()
    manage = str(library / "manage.py")
    command = [sys.executable, manage, "stator", "frontend", "dev", "--addrport", f"127.0.0.1:{port}"]
    environ = {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "library.settings"}
    with running(command, ("127.0.0.1", port), folder / "log", **environ):
        wait_until(lambda: all(_is_ready(library, name) for name in FRONTENDS), "all front ends are ready")
        yield Example(library, f"127.0.0.1:{port}")


def _is_ready(library: Path, name: str) -> bool:
    root = library / "frontends" / FRONTENDS[name]
    if name in SERVED:
        return server_of(str(root)) is not None
    return any((root / "dist").glob("*.css"))


def _copied(source: Path, folder: Path, left_out: Callable[[str, list[str]], set[str]]) -> Path:
    library = folder / LIBRARY
    shutil.copytree(source, library, ignore=left_out)
    if missing("node"):
        return library
    for tool in FRONTENDS.values():
        root = library / "frontends" / tool
        packages = shutil.copytree(
            _packages(tool), root / "node_modules", symlinks=True, copy_function=_linked_or_copied
        )
        os.utime(packages)  # younger than the lock file: installed after it
    return library


def _packages(tool: str) -> Path:
    """Return the ``node_modules`` of a front end, installed once and for all runs of the tests."""
    source, shared = PROJECT / LIBRARY / "frontends" / tool, PARTS / "frontends" / tool
    lock, stamp = source / "package-lock.json", shared / ".installed"
    shared.mkdir(parents=True, exist_ok=True)
    with (shared / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # a run beside this one installs the same
        if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
            for name in (".npmrc", "package.json", "package-lock.json"):
                shutil.copy(source / name, shared)
            npm = ["npm", "ci", "--loglevel=error", "--no-progress", "--prefer-offline"]
            subprocess.run(npm, cwd=shared, check=True)
            shutil.copy(lock, stamp)
    return shared / "node_modules"


def _linked_or_copied(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)
