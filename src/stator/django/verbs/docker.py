"""``manage.py stator docker``: the files by which images of the project are built and run.

What images have to know is looked up here, in settings and in the project's folder; what becomes of it is
``containers``' to say. All files are compared with what stands there before the first is written.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks.security.base import SECRET_KEY_INSECURE_PREFIX
from django.core.files.storage import FileSystemStorage, storages
from django.core.management.base import CommandParser

from stator.containers import writing
from stator.containers.applications import application_of
from stator.containers.files import NO_SERVER, SERVER_NAMES, files_of
from stator.containers.packages import Packages, names, packages_of
from stator.containers.project import FrontendBuild, Project
from stator.containers.variables import Variable, needed, written_out
from stator.django.commands import static_storage
from stator.django.conf import options, project_folder
from stator.django.facts import file_of, places_in
from stator.django.finders import toolchains
from stator.django.packages import is_package
from stator.errors import ConfigError
from stator.frontends.inputs import sources_of
from stator.frontends.package import manager_of
from stator.load_path import lies_in
from stator.manifest import NAME

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command
    from stator.frontends.toolchain import Toolchain

_MANAGE = "manage.py"
_MIDDLEWARE = "stator.django.middleware.StatorMiddleware"
_SQLITE = "django.db.backends.sqlite3"
_UNFIT = re.compile(r"[^a-z0-9]+")
# What decides which packages are installed for a front end, beside the lock file of whoever installs them.
_DECIDING = ("package.json", ".npmrc", ".yarnrc.yml", "pnpm-workspace.yaml")


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--server",
        choices=SERVER_NAMES,
        default=SERVER_NAMES[0],
        help="What serves published files: a web server, in an image of its own, or the application "
        "itself ('none'). Without it, %(default)s.",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FOLDER",
        help="Write below FOLDER; without it, in the project's folder, for which the files are meant.",
    )
    parser.add_argument("--force", action="store_true", help="Write over files that say something else.")
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="Print what would be written, and write nothing."
    )


def run(command: Command, opts: Mapping[str, Any]) -> None:
    folder, packages = _context()
    project = _project(folder, packages)
    files = files_of(project, opts["server"])
    if opts["dry_run"]:
        command.say("\n".join(f"--- {path}\n{text}" for path, text in files.items()).removesuffix("\n"))
        return
    changes = writing.plan(files, opts["output"] or folder)
    if not opts["force"]:
        _require_harmless(changes)
    writing.apply(changes)
    if opts["verbosity"]:
        told = (f"{'Wrote' if one.is_needed else 'Is so already:'} {_shown(one.path)}" for one in changes)
        command.say("\n".join([*told, "", *_assumed(project, opts["server"], folder)]))


def _require_harmless(changes: Sequence[writing.Change]) -> None:
    if other := [_shown(change.path) for change in changes if change.destroys]:
        raise ConfigError(
            f"Nothing is written, since there is something else in {', '.join(other)}.",
            "-n prints what would be written; --force writes it; -o FOLDER writes it somewhere else.",
        )


def _shown(path: str) -> str:
    return os.path.relpath(path)


# --- the folder


def _context() -> tuple[str, Packages]:
    """Return the folder that images are built from: around ``manage.py``, where packages are listed.

    Raises ``ConfigError``.
    """
    start = folder = _manage_folder()
    while (packages := packages_of(partial(_read, folder))) is None:
        around = os.path.dirname(folder)
        if around == folder or os.path.exists(os.path.join(folder, ".git")):
            raise ConfigError(
                f"Nothing in {start} says which packages the project needs.",
                "For example: python -m pip freeze > requirements.txt",
            )
        folder = around
    return folder, packages


def _manage_folder() -> str:
    started = os.path.abspath(sys.argv[0])
    folders = [*([os.path.dirname(started)] if started.endswith(_MANAGE) else []), os.getcwd()]
    for folder in (*folders, project_folder()):
        if os.path.isfile(os.path.join(folder, _MANAGE)):
            return os.path.realpath(folder)
    raise ConfigError(f"There is no {_MANAGE} here.", "Run the command in the folder that has it.")


def _read(folder: str, path: str) -> str | None:
    """Return the text of a file of a folder, ``None`` where there is none."""
    try:
        with open(os.path.join(folder, path), encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _inside(path: str | os.PathLike[str], folder: str) -> str:
    """Return a path as one of the folder's, with slashes; as it is where it lies elsewhere."""
    for one in (os.path.abspath(path), os.path.realpath(path)):
        if os.path.join(one, "").startswith(os.path.join(folder, "")):
            return os.path.relpath(one, folder).replace(os.sep, "/")
    return os.path.abspath(path)


# --- what is known of the project


def _project(folder: str, packages: Packages) -> Project:
    root = _published()
    media = _uploads()
    return Project(
        name=_UNFIT.sub("-", os.path.basename(folder).lower()).strip("-") or "site",
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        folder=_inside(_manage_folder(), folder).removeprefix("."),
        settings=os.environ["DJANGO_SETTINGS_MODULE"],
        packages=packages,
        application=application_of(
            getattr(settings, "WSGI_APPLICATION", None) or "",
            getattr(settings, "ASGI_APPLICATION", None) or "",
            lambda name: names(packages, partial(_read, folder), name),
        ),
        root=_inside(root, folder),
        manifest=_inside(os.path.join(root, NAME), folder),
        cache=_inside(static_storage().way().cache.folder, folder),
        static_url=urlsplit(static_storage().base_url or "/").path,
        host=next(iter(_hosts()), "localhost"),
        media=_inside(media, folder) if media else "",
        data=tuple(_inside(one, folder) for one in _databases() if _is_apart(one, folder)),
        variables=_variables(folder),
        frontends=tuple(_frontend(one, folder) for one in toolchains() if one.build),
        ignored=(_inside(sys.prefix, folder),) if sys.prefix != sys.base_prefix else (),
    )


def _published() -> str:
    """Return the folder of published files. Raises ``ConfigError`` where images could not bring it along."""
    if not static_storage().location:
        raise ConfigError(
            "STATIC_ROOT is not set, so there is no folder for images to have.",
            "For example: STATIC_ROOT = BASE_DIR / 'staticfiles'",
        )
    for key, value in (("DESTINATION", options().destination), ("MANIFEST", options().manifest)):
        if value:
            raise ConfigError(
                f"STATOR[{key!r}] is set, but these images bring their published files along.",
                "Leave it out in the settings that this command is run with.",
            )
    return os.fspath(static_storage().location)


def _uploads() -> str:
    storage = storages["default"] if "default" in storages.backends else None
    if not isinstance(storage, FileSystemStorage) or not settings.MEDIA_ROOT:
        return ""
    return os.fspath(storage.location)


def _hosts() -> Iterator[str]:
    return (name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*")


def _databases() -> list[str]:
    """Return the folders of databases that are files."""
    files = (one["NAME"] for one in settings.DATABASES.values() if one.get("ENGINE") == _SQLITE)
    return sorted({os.path.dirname(os.path.abspath(file)) for file in files if ":memory:" not in str(file)})


def _is_apart(folder: str, project: str) -> bool:
    """Say whether a folder can be a volume: nothing of what images bring along is in it."""
    if lies_in(project, folder):
        return False
    return not any(name.endswith(".py") for _, _, names in os.walk(folder) for name in names)


def _variables(folder: str) -> tuple[Variable, ...]:
    """Return the variables of the environment that the project's modules need, those that are loaded."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    own = sorted({file for file in files if file and _is_own(file, folder)})
    return needed(text for file in own if (text := _read(folder, file)) is not None)


def _is_own(file: str, folder: str) -> bool:
    return file.endswith(".py") and lies_in(file, folder) and not is_package(file)


def _frontend(one: Toolchain, folder: str) -> FrontendBuild:
    deciding = (*_DECIDING, manager_of(one.root).lock)
    return FrontendBuild(
        one.name,
        _inside(one.root, folder),
        one.install,
        one.build,
        _inside(one.output, folder),
        tuple(name for name in deciding if name and os.path.isfile(os.path.join(one.root, name))),
        tuple(_inside(source, folder) for source in sources_of(one)),
    )


# --- what is said of it


def _assumed(project: Project, server: str, folder: str) -> Iterator[str]:
    """Yield the lines that say what was assumed, and what is left to do."""
    listed = project.packages.files[0]
    yield f"Python {project.python}, packages as in {listed}, settings {project.settings}."
    application = project.application
    installed = f", which {listed} does not name, so the image installs it" if application.install else ""
    yield f"{application.command[-1]} is run by {application.server}{installed}."
    if project.variables:
        needed = ", ".join(one.name for one in project.variables)
        yield f"Write to .env beside compose.yaml, which no image gets: {needed}."
    yield from _for_developers(project.settings, folder)
    for around in _databases():
        if not _is_apart(around, folder):
            yield (
                f"The database in {around} lies among files of the project, where nothing can be written. "
                "Give it a folder of its own: BASE_DIR / 'data' / 'db.sqlite3'."
            )
    if not any(_hosts()):
        yield "The health check asks for 'localhost', since ALLOWED_HOSTS has no name here."
    if server == NO_SERVER and _MIDDLEWARE not in settings.MIDDLEWARE:
        yield f"Nothing would serve published files: add {_MIDDLEWARE!r} to MIDDLEWARE."
    yield "Next: docker compose up --build --wait"


def _for_developers(module: str, folder: str) -> Iterator[str]:
    """Yield what settings say that is for developers alone, and that images would have too."""
    places = places_in(file_of(module))
    files = {name: places[name].file for name in ("DEBUG", "SECRET_KEY") if name in places}
    values = {name: written_out(_read(folder, file) or "", name) for name, file in files.items()}
    if values.get("DEBUG") is True:
        yield (
            f"DEBUG is True in {_inside(files['DEBUG'], folder)}, and would be in the image, for all to see. "
            'Write: DEBUG = os.environ.get("DEBUG") == "1"'
        )
    if str(values.get("SECRET_KEY")).startswith(SECRET_KEY_INSECURE_PREFIX):
        yield (
            f"SECRET_KEY is startproject's in {_inside(files['SECRET_KEY'], folder)}, and every image would "
            'have it. Write: SECRET_KEY = os.environ["SECRET_KEY"], and run this again with --force.'
        )
