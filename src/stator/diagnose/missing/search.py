"""A search that found nothing: what was asked for, and where it might have been."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from stator.diagnose.facts.setup import Setup
from stator.errors import UnsafePath
from stator.findings import Finding
from stator.load_path import Origin
from stator.nearest import Names
from stator.paths import published_name

_BY_SETTINGS = "django.contrib.staticfiles.finders.FileSystemFinder"
_BY_APPS = "django.contrib.staticfiles.finders.AppDirectoriesFinder"
_OF_FRONTENDS = "stator.django.finders.FrontendFinder"
_NOT_BUILT = "frontend-not-built"


class Folder(NamedTuple):
    """A folder of a project: an app or not, with the name that people know it by."""

    name: str
    path: str


class Search(NamedTuple):
    """A static file that was asked for and is not there.

    ``path`` is that of the URL, ``name`` what of it is below ``prefix``. ``files`` are the names that there
    are, ``near`` the same for questions after the nearest: of the sources, or, where ``published``, of the
    manifest. ``findings`` are what was wrong with sources. ``origins`` are the folders of the finders in
    order, ``others`` the finders that look elsewhere. ``configured`` are the folders that
    ``STATICFILES_DIRS`` names, ``apps`` the installed apps, ``project`` the folder of the project,
    ``settings`` the module of its settings, ``static_root`` where files are published, ``media_root`` and
    ``media_url`` where uploads are, each empty when it is not known. ``written`` has the module in which each
    setting is written, as far as that is known. ``ignored`` are the patterns of ``STATOR["IGNORE"]``.
    ``by_apps`` says that folders of apps are searched, ``thorough`` that the nearest name is wanted, which
    may take hundredths of a second.
    """

    path: str
    name: str
    prefix: str
    files: Collection[str]
    near: Names
    findings: tuple[Finding, ...] = ()
    origins: tuple[Origin, ...] = ()
    others: tuple[str, ...] = ()
    configured: tuple[str, ...] = ()
    apps: tuple[Folder, ...] = ()
    project: str = ""
    settings: str = ""
    static_root: str = ""
    media_root: str = ""
    media_url: str = ""
    written: Mapping[str, str] = MappingProxyType({})
    ignored: tuple[str, ...] = ()
    by_apps: bool = True
    published: bool = False
    thorough: bool = True

    def asking(self, name: str, path: str = "") -> Search:
        """Return the search for another name in the same project."""
        return self._replace(name=name, path=path or self.prefix + name)

    def refusal(self) -> str:
        """Return why no file can be published under the name, empty where one can."""
        try:
            published_name(self.name)
        except UnsafePath as error:
            return str(error)
        return ""

    def places(self) -> Iterator[tuple[Origin, str]]:
        """Yield each folder that was searched, and where in it the file would be; empty for nowhere."""
        for origin in self.origins:
            below = f"{origin.prefix}/" if origin.prefix else ""
            yield origin, file_in(origin.root, self.name[len(below) :]) if self.name.startswith(below) else ""

    def found(self) -> Iterator[str]:
        """Yield the files of this name that the folders have, the one that wins first."""
        return (file for _, file in self.places() if file and os.path.isfile(file))

    def unbuilt(self) -> Iterator[Finding]:
        """Yield the finding of each front end whose output is not searched, since it is not built."""
        roots = {origin.root for origin in self.origins}
        return (one for one in self.findings if one.id == _NOT_BUILT and one.place.file not in roots)


def search_in(
    setup: Setup, files: Collection[str], origins: Iterable[Origin], findings: Iterable[Finding] = ()
) -> Search:
    """Return a search for no name yet, which knows the project; ``files`` are the names that there are.

    The other arguments are the folders of the finders, in order, and what was wrong with sources.
    """
    known = (_BY_SETTINGS, _BY_APPS, _OF_FRONTENDS)
    return Search(
        "",
        "",
        setup.static_url or "/",
        files,
        Names(files),
        tuple(findings),
        tuple(origins),
        tuple(finder for finder in setup.finders if finder not in known),
        tuple(folder.path for folder in setup.static_folders),
        tuple(Folder(app.name, app.path) for app in setup.apps),
        setup.project if "BASE_DIR" in setup.settings else "",
        setup.file,
        setup.static_root,
        setup.media_root,
        setup.media_url or "",
        {name: place.file for name, place in setup.places.items()},
        setup.options.ignore,
        any(setup.is_a(finder, _BY_APPS) for finder in setup.finders),
    )


def file_in(folder: str, name: str) -> str:
    """Return where the file of this logical path is in a folder, empty for a name that leads out of it."""
    path = os.path.normpath(os.path.join(folder, name))
    return path if path.startswith(folder.rstrip(os.sep) + os.sep) else ""


def is_file(folder: str, name: str) -> bool:
    """Say whether a folder has a file of this logical path, or a link to one."""
    path = file_in(folder, name) if folder else ""
    return bool(path) and (os.path.isfile(path) or os.path.islink(path))
