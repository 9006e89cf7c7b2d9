"""The repository of a project: which files are under version control, and which are kept out of it.

Git is only asked: it refreshes no index, and it runs no program that the repository names.
"""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Iterable
from typing import NamedTuple

PATIENCE = 20  # seconds that git gets to answer
_IGNORE_FILE = ".gitignore"
_HARMLESS = ("-c", "core.fsmonitor=false")


class IgnoreRule(NamedTuple):
    """A line of a ``.gitignore`` or of another file of its kind, by the file's absolute path."""

    file: str
    line: int
    pattern: str


class Repository(NamedTuple):
    """A working tree of git: its folder, and the absolute paths of the files under version control.

    No link leads to either, since git names files by where they really are.
    """

    root: str
    tracked: frozenset[str]

    def tracked_below(self, folder: str) -> list[str]:
        """Return the files under version control in a folder, by their sorted paths below it."""
        inside = os.path.join(os.path.realpath(folder), "")
        return sorted(path.removeprefix(inside) for path in self.tracked if path.startswith(inside))

    def holds(self, folder: str) -> bool:
        """Say whether a folder, which need not exist, lies in the working tree and is not all of it."""
        return os.path.realpath(folder).startswith(os.path.join(self.root, ""))

    def ignored(self, paths: Iterable[str]) -> dict[str, IgnoreRule]:
        """Return those of the absolute paths that git is told to ignore, each with the rule that says so.

        Nothing is known of paths below a folder whose rules git would wait for, since they are in a pipe.
        """
        waiting = functools.cache(self._waits_below)
        asked = "\0".join(path for path in paths if not waiting(os.path.dirname(path)))
        told = asked and _git(self.root, "check-ignore", "--no-index", "-v", "-z", "--stdin", asked=asked)
        fields = iter((told or "").split("\0")[:-1])
        # Four fields for each path: the file of the rule, its line, its pattern, the path.
        return {
            path: IgnoreRule(os.path.join(self.root, file), int(line), pattern)
            for file, line, pattern, path in zip(fields, fields, fields, fields, strict=True)
            if not pattern.startswith("!")
        }

    def _waits_below(self, folder: str) -> bool:
        while f"{folder}/".startswith(f"{self.root}/"):
            rules = os.path.join(folder, _IGNORE_FILE)
            if os.path.exists(rules) and not os.path.isfile(rules):
                return True
            folder = os.path.dirname(folder)
        return False


def repository_of(folder: str) -> Repository | None:
    """Return the repository that a folder is in, ``None`` where there is none, or no git that could say."""
    root = _git(folder, "rev-parse", "--show-toplevel")
    if not root:
        return None
    root = root.rstrip("\n")
    listed = _git(root, "ls-files", "-z")
    if listed is None:
        return None
    return Repository(root, frozenset(f"{root}/{name}" for name in listed.split("\0") if name))


def _git(folder: str, *arguments: str, asked: str = "") -> str | None:
    """Return what git says, ``None`` where it says nothing or is not there."""
    try:
        done = subprocess.run(  # noqa: S603  (no shell, and nothing of it from outside)
            ["git", "-C", folder, *_HARMLESS, *arguments],  # noqa: S607  (the user's own git)
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            input=asked.encode("utf-8", "surrogateescape"),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "surrogateescape") if done.returncode in {0, 1} else None
