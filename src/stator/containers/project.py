"""What is known of a project when its images are described.

All folders and files are relative to the project's folder, which is the context of the build and becomes
``/app`` in the images, or absolute where they lie outside of it, and then are the same there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from stator.containers.packages import Packages
from stator.containers.variables import Variable

HOME = "/app"  # where the project is in each image
PORT = 8000  # where the application listens
USER = "10001:10001"  # nobody in particular: no image has this user, and no file is theirs
_PLAIN = re.compile(r"[A-Za-z0-9_.@+/-]*")


class FrontendBuild(NamedTuple):
    """How a front end is built: in which folder, by which shell commands, into which folder.

    ``first``: the files in it that decide what is installed. ``sources``: what the build reads besides,
    folders and files.
    """

    name: str
    root: str
    install: str
    build: str
    output: str
    first: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Application(NamedTuple):
    """How the application runs: the words of the command, and what has to be installed besides."""

    command: tuple[str, ...]
    server: str
    install: str = ""


class Project(NamedTuple):
    """A project, as far as its images must know it.

    ``name``: what images are called by. ``python``: the version, ``3.12``. ``folder``: the one that has
    ``manage.py``. ``settings``: the module of settings. ``host``: a name that the application answers to.
    ``root``: the folder of published files; ``manifest``: their manifest; ``cache``: the folder of finished
    work. ``media``: the folder of uploads, "" for none; ``data``: other folders that the application
    writes to. ``static_url``: the path that published files stand under. ``variables``: what the
    environment must have when the project is imported. ``ignored``: what else is kept out of all images.
    """

    name: str
    python: str
    folder: str
    settings: str
    packages: Packages
    application: Application
    root: str
    manifest: str
    cache: str
    static_url: str = "/static/"
    host: str = "localhost"
    media: str = ""
    data: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    frontends: tuple[FrontendBuild, ...] = ()
    ignored: tuple[str, ...] = ()

    def paths(self) -> Iterator[str]:
        """Yield all paths that the files of the images name."""
        yield from (
            self.folder,
            self.root,
            self.manifest,
            self.cache,
            self.media,
            *self.data,
            *self.packages.files,
        )
        for one in self.frontends:
            yield from (one.root, one.output, *one.first, *one.sources)

    def written(self) -> tuple[str, ...]:
        """Return the folders that the application writes to, each a volume."""
        return (*([self.media] if self.media else []), *self.data)


def inside(path: str) -> str:
    """Return where a folder or a file of the project is in an image."""
    return posixpath.normpath(posixpath.join(HOME, path))


def is_plain(path: str) -> bool:
    """Say whether a path means itself wherever it is written, in instructions, in a shell and in YAML."""
    return _PLAIN.fullmatch(path) is not None


def is_ours(path: str) -> bool:
    """Say whether a folder or a file lies in the project's folder."""
    return not posixpath.isabs(path)
