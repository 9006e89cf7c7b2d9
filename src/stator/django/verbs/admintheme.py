"""``manage.py stator admintheme NAME``: an app that gives the admin a colour, a logo and a title.

Nothing that exists is written to. What the app is to be called by, and whether it would be found, is looked
up before the first file is made.
"""

from __future__ import annotations

import importlib.util
import keyword
import os
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.management.base import CommandParser
from django.template import engines

from stator.errors import ConfigError
from stator.load_path import lies_in
from stator.starting.admin_theme import AdminTheme, background, files_of
from stator.starting.colours import WHITE, colour_of, contrast

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command

_ADMIN = "django.contrib.admin"
_TEMPLATE = "admin/base_site.html"
_COLOUR = "#3f51b5"  # an indigo: some way from Django's own, so that one sees that it works


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "name", metavar="NAME", help="What the app is called, and the folder of its static files."
    )
    parser.add_argument(
        "--title", metavar="TEXT", help="The title of the admin's pages; without it, made of NAME."
    )
    parser.add_argument(
        "--colour",
        "--color",
        default=_COLOUR,
        metavar="#RRGGBB",
        help="The colour of header, buttons and links (%(default)s). It is made darker or lighter where it "
        "could not be read.",
    )
    parser.add_argument(
        "-o",
        "--output",
        default=".",
        metavar="FOLDER",
        help="The folder that the app's own folder is made in; without it, the current one.",
    )


def run(command: Command, opts: Mapping[str, Any]) -> None:
    name: str = opts["name"]
    folder = os.path.normpath(os.path.join(opts["output"], name))
    module = _module_of(name, opts["output"])
    _require_free(name, module, folder)
    title = opts["title"] or name.replace("_", " ").title()
    theme = AdminTheme(name, module, title, colour_of(opts["colour"]))
    written = _write(folder, files_of(theme))
    if opts["verbosity"]:
        told = [*(f"wrote {os.path.relpath(file)}" for file in written), "", *_next_steps(theme)]
        command.say("\n".join(told))


def _module_of(name: str, folder: str) -> str:
    """Return the dotted name by which an app in a folder will be imported. Raises ``ConfigError``."""
    if not name.isidentifier() or keyword.iskeyword(name) or not name.isascii():
        raise ConfigError(
            f"{name!r} cannot be the name of an app.", "Use letters, digits and underscores: 'house_admin'."
        )
    real = os.path.realpath(folder)
    roots = (os.path.realpath(path) for path in sys.path)
    around = [root for root in roots if real == root or real.startswith(os.path.join(root, ""))]
    if not around:
        raise ConfigError(
            f"Nothing in {folder} could be imported: it is on no path of Python's.",
            "Give -o a folder of the project.",
        )
    # The longest: what is found there is imported by the shortest name, as the project's other apps are.
    below = os.path.relpath(real, max(around, key=len))
    packages = [] if below == os.curdir else below.split(os.sep)
    if not all(part.isidentifier() for part in packages):
        raise ConfigError(
            f"{folder} cannot be a package of Python's.", "Give -o a folder whose name is an identifier."
        )
    return ".".join([*packages, name])


def _require_free(name: str, module: str, folder: str) -> None:
    if os.path.lexists(folder):
        raise ConfigError(f"{folder} exists, and nothing is written over.", "Choose another name.")
    taken = next((app for app in apps.get_app_configs() if app.label == name), None)
    if taken:
        raise ConfigError(
            f"The installed app {taken.name!r} is called {name!r} already.", "Choose another name."
        )
    if _is_importable(module):
        raise ConfigError(f"There is a module {module!r} already.", "Choose another name.")


def _is_importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of a package around it
        return False


def _write(folder: str, files: Mapping[str, str]) -> list[str]:
    """Write the files of an app into a folder that is not there yet; return their paths."""
    os.makedirs(folder)
    for path, text in files.items():
        file = os.path.join(folder, path)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    return [os.path.join(folder, path) for path in files]


def _next_steps(theme: AdminTheme) -> Iterator[str]:
    """Yield the lines that say what to do with an app that was made."""
    standing = _standing_template()
    owner = next((app for app in apps.get_app_configs() if lies_in(standing, app.path)), None)
    yield f"Put it into INSTALLED_APPS, above {(owner.name if owner else _ADMIN)!r}:"
    yield f'\n    "{theme.module}",\n'
    if standing and not owner:
        yield f"{os.path.relpath(standing)} is found before it: take over what it does, and delete it."
    used = background(theme.colour)
    if used != theme.colour:
        low = contrast(theme.colour, WHITE)
        yield f"White on {theme.colour} has a contrast of {low:.1f}: header and buttons are {used}."
    yield "Change the title in its apps.py, and all else in its static folder."


def _standing_template() -> str:
    """Return the file that would be found before that of any app that stands below it, "" for none."""
    folders = (os.fspath(folder) for engine in engines.all() for folder in engine.template_dirs)
    files = (os.path.join(folder, _TEMPLATE) for folder in folders)
    return next(filter(os.path.isfile, files), "")
