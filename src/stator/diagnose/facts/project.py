"""A project with all that its checks look at: settings, sources, what was published, what is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from stator.build import Build
from stator.diagnose.facts.contents import Contents
from stator.diagnose.facts.repository import Repository
from stator.diagnose.facts.setup import Setup
from stator.diagnose.scan.request import Asked
from stator.load_path import LoadPath, Origin, SourceFile
from stator.manifest import Manifest
from stator.snapshot import Snapshot

NODE_MODULES = "node_modules"  # where npm puts packages, of which nothing was written here


class Published(NamedTuple):
    """What stands in ``STATIC_ROOT``: size and time of change, in bytes and nanoseconds, by name.

    ``manifest`` is ``None`` where there is none of ours; ``by_django`` says that Django's own storage has
    written one, ``problem`` what is wrong with one that cannot be read, message and hint. ``file`` is where
    it is, ``written`` when it was, in nanoseconds. ``expected`` says that the project's storage writes one.
    ``last`` is what the collect that wrote it knew of the sources, empty where nothing is known. ``closed``
    are the names of files and folders, "" for the root, that other users of the machine may not read,
    ``closed_above`` the folders above the root that they may not enter.
    """

    root: str = ""
    file: str = ""
    files: Mapping[str, tuple[int, int]] = MappingProxyType({})
    manifest: Manifest | None = None
    by_django: bool = False
    problem: tuple[str, str] | None = None
    last: Snapshot = Snapshot()
    written: int = 0
    expected: bool = False
    closed: tuple[str, ...] = ()
    closed_above: tuple[str, ...] = ()


class Project(NamedTuple):
    """All that is known of a project.

    ``origins`` are the folders of the finders, in order; ``built`` is what a collect would make of the
    sources, nothing minified or compressed; ``repository`` is ``None`` outside of any. ``asked`` is what
    templates and modules ask for, ``contents`` what was seen inside of own files.
    """

    setup: Setup
    load_path: LoadPath
    origins: tuple[Origin, ...]
    built: Build
    published: Published
    asked: Asked
    repository: Repository | None = None
    contents: Contents = Contents()

    def own_files(self) -> Iterator[SourceFile]:
        """Yield the source files that the user can mend, in order of path."""
        return own_files(self.load_path)

    def written_files(self) -> Iterator[SourceFile]:
        """Yield the own files that are in no folder of packages, whose authors are others."""
        return (one for one in self.own_files() if f"/{NODE_MODULES}/" not in one.location)


def own_files(load_path: LoadPath) -> Iterator[SourceFile]:
    """Yield the source files on this disk that belong to no installed package, in order of path."""
    return (one for one in load_path.files.values() if not one.origin.package and not one.opener)
