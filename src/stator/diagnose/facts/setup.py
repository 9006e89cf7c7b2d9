"""The set-up of a project: what its settings say, as plain values, and where they say it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from stator.config import Options, matcher
from stator.findings import Finding, Place

_NOTHING: Mapping[str, str] = MappingProxyType({})


class App(NamedTuple):
    """An installed app. ``name`` is the dotted one, ``package`` says that it was installed with a package."""

    name: str
    label: str
    path: str
    package: bool = False


class StaticFolder(NamedTuple):
    """A folder of ``STATICFILES_DIRS``: its absolute path, and the prefix of its files."""

    path: str
    prefix: str = ""


class Failure(NamedTuple):
    """Code that could not be run: the name of the exception, what it says, and where in the user's code."""

    kind: str
    said: str
    place: Place


class MapEntry(NamedTuple):
    """An entry of the import map as an app declares it: the dotted name of the app, specifier, target."""

    app: str
    specifier: str
    target: str


class Routes(NamedTuple):
    """What the URL patterns of a project do about files, as far as that is known.

    ``file`` is the module of the root. ``answered`` are the settings, ``STATIC_URL`` and ``MEDIA_URL``, below
    which a pattern answers. ``unserved`` is why ``media()`` serves nothing where it stands among them,
    message and hint; ``failure`` is what keeps them from being loaded.
    """

    file: str = ""
    answered: frozenset[str] = frozenset()
    unserved: tuple[str, str] | None = None
    failure: Failure | None = None


class Setup(NamedTuple):
    """What the settings say.

    ``places`` has for each setting that the project writes where it does; ``file`` is the module of the
    settings. ``settings`` are the names that the project sets, Django's defaults left out. ``inside`` is how
    settings write the path of something in the project's folder, with ``{}`` for its name. All paths are
    absolute, ``""`` for what is not set. ``static_url`` and ``media_url`` are as Django reads them, ``None``
    for none; ``relative`` are those of the two settings that are written without a slash or a scheme in
    front. Roots and URLs are those of the storages where these have their own.

    ``app_names`` are INSTALLED_APPS as they are written, ``apps`` what they lead to, in the same order.
    ``storages`` are dotted names by alias, and so are ``finders`` and ``middleware``; ``bases`` has for each
    of them that could be imported its own dotted name and those of the classes that it is made from,
    ``unimportable`` for the others the reason. ``old_storages`` are settings of storages that Django reads
    no more. ``no_lists`` are settings that have to be lists and are not, each with what it is instead;
    ``wrong`` are those of another wrong type, each with what it has to be; Django's default counts.

    ``problem`` is what is wrong with ``STATOR``, message and hint, ``guard_problem`` with a function that it
    names, ``options`` what it chooses. ``importmap`` is what apps declare, those that come first first, and
    ``importmap_problem`` what is wrong with that. ``secure`` says that visitors come by HTTPS. ``fronts``
    are the modules that the WSGI and ASGI applications import; they and ``routes`` are ``None`` where nobody
    has looked.
    """

    file: str = ""
    project: str = ""
    debug: bool = False
    settings: frozenset[str] = frozenset()
    places: Mapping[str, Place] = MappingProxyType({})
    inside: str = '"{}"'
    static_url: str | None = None
    media_url: str | None = None
    relative: frozenset[str] = frozenset()
    static_root: str = ""
    media_root: str = ""
    static_folders: tuple[StaticFolder, ...] = ()
    app_names: tuple[str, ...] = ()
    apps: tuple[App, ...] = ()
    middleware: tuple[str, ...] = ()
    finders: tuple[str, ...] = ()
    storages: Mapping[str, str] = _NOTHING
    bases: Mapping[str, frozenset[str]] = MappingProxyType({})
    unimportable: Mapping[str, str] = _NOTHING
    old_storages: Mapping[str, str] = _NOTHING
    no_lists: Mapping[str, str] = _NOTHING
    wrong: Mapping[str, str] = _NOTHING
    options: Options = Options()
    importmap: tuple[MapEntry, ...] = ()
    importmap_problem: tuple[str, str] | None = None
    problem: tuple[str, str] | None = None
    guard_problem: tuple[str, str] | None = None
    secure: bool = False
    fronts: frozenset[str] | None = None
    routes: Routes | None = None

    def place(self, *names: str) -> Place:
        """Return where the first of the settings is written that is, or else the file of the settings."""
        return next((self.places[name] for name in names if name in self.places), Place(self.file))

    def position(self, *names: str) -> int:
        """Return where in ``middleware`` the first class is that is one of these or made from one, or -1."""
        for number, dotted in enumerate(self.middleware):
            if self.is_a(dotted, *names):
                return number
        return -1

    def is_a(self, dotted: str, *names: str) -> bool:
        """Say whether a class is one of these or made from one, by its name where it cannot be imported."""
        return not self.bases.get(dotted, frozenset((dotted,))).isdisjoint(names)

    def suppresses(self, finding: Finding) -> bool:
        """Say whether the project wants to hear nothing of this.

        The pattern of an id goes with one of a logical path or of a file, absolute or below the project.
        """
        file = finding.place.file
        names = (finding.path, file, file.removeprefix(f"{self.project}/"))
        return any(
            matcher((ids,))(finding.id) and any(map(matcher((files,)), names))
            for ids, files in self.options.suppress
        )
