"""Checks of the start: why there is nothing that could be looked at.

One thing stops a project at a time, so at most one of them speaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from stator.diagnose.check import Check, Found
from stator.diagnose.checks import snippets
from stator.diagnose.checks.apps import STATICFILES, STATOR
from stator.diagnose.facts.start import Start
from stator.findings import How, Level, Mend
from stator.load_path import printable
from stator.nearest import Names

_VARIABLE = "DJANGO_SETTINGS_MODULE"
_HINTS = {
    "ModuleNotFoundError": "Install the package that has this module, or correct the name.",
    "ImportError": "Correct the name, or install the version of the package that has it.",
    "KeyError": "Where it is a variable of the environment, set it, or give it a default: "
    'os.environ.get("NAME", "…")',
    "NameError": "Correct the name, or define or import it above this line.",
    "SystemExit": "Take out what exits here: a module is there to be imported, and by more than one program.",
    "SyntaxError": "Correct the line; the mistake may also be on the one before.",
    "IndentationError": "Indent the line as those around it.",
}
_HINT = "Mend the cause and run this again; nothing else can be looked at before."


def _settings_not_found(start: Start) -> Iterator[Found]:
    if not start.module:
        known = f" There is {start.others[0]}." if start.others else ""
        yield Found(
            start.place,
            f"Nothing says where the settings are: {_VARIABLE} is not set, and no manage.py here names them.",
            f"Go to the folder of manage.py, or set {_VARIABLE} to the module of the settings.{known}",
        )
    elif not start.found:
        meant = _meant(start)
        named_by = "manage.py" if start.named else _VARIABLE
        yield Found(
            start.named or start.place,
            f"{named_by} says that the settings are in {printable(start.module)}; there is no such module.",
            f"Did you mean {meant!r}?" if meant else "Correct the name, or go to the folder of the project.",
            Mend(How.REPLACE, meant) if meant and start.named else None,
        )


def _meant(start: Start) -> str:
    """Return the module of settings that was probably meant, "" where nothing speaks for one."""
    if len(start.others) == 1:
        return start.others[0]
    return Names(start.others).nearest(start.module) or ""


def _settings_broken(start: Start) -> Iterator[Found]:
    if start.failure and not _twice(start):
        kind, said, place = start.failure
        yield Found(place, f"The settings cannot be loaded: {_told(kind, said)}", _HINTS.get(kind, _HINT))


def _app_listed_twice(start: Start) -> Iterator[Found]:
    if start.failure and _twice(start):
        once = dict.fromkeys(start.app_names)
        yield Found(
            start.place_of_apps,
            f"{_twice(start)[0]} is in INSTALLED_APPS twice, and Django loads none then.",
            "Leave it there once.",
            snippets.listed("INSTALLED_APPS", once),
        )


def _twice(start: Start) -> list[str]:
    return [name for name, count in Counter(start.app_names).items() if count > 1]


def _app_not_importable(start: Start) -> Iterator[Found]:
    if start.lost_app:
        near = start.nearest_app
        yield Found(
            start.place_of_apps,
            f"INSTALLED_APPS names {start.lost_app!r}, which cannot be found.",
            f"Did you mean {near!r}?" if near else "Correct the name, or install the package that has it.",
            snippets.listed("INSTALLED_APPS", _renamed(start.app_names, start.lost_app, near))
            if near
            else None,
        )
    elif start.apps_failure:
        kind, said, place = start.apps_failure
        yield Found(place, f"The apps cannot be loaded: {_told(kind, said)}", _HINTS.get(kind, _HINT))


def _renamed(names: tuple[str, ...], old: str, new: str) -> list[str]:
    return [new if name == old else name for name in names]


def _stator_not_installed(start: Start) -> Iterator[Found]:
    stopped = start.failure or start.apps_failure or start.lost_app or not start.found or not start.module
    if not stopped and not any(_is_ours(name) for name in start.app_names):
        names = dict.fromkeys([STATOR, *start.app_names, STATICFILES])
        yield Found(
            start.place_of_apps,
            f"{STATOR} is not in INSTALLED_APPS.",
            f"Put it above {STATICFILES}.",
            snippets.listed("INSTALLED_APPS", names),
        )


def _is_ours(name: str) -> bool:
    return name == STATOR or name.startswith(f"{STATOR}.apps.")


def _told(kind: str, said: str) -> str:
    return f"{kind}: {said}" if said else kind


CHECKS: Mapping[str, Check[Start]] = {
    "settings-not-found": Check(
        Level.ERROR, "The settings of the project are not found.", _settings_not_found
    ),
    "settings-broken": Check(Level.ERROR, "The settings cannot be loaded.", _settings_broken),
    "app-listed-twice": Check(Level.ERROR, "An app is installed twice.", _app_listed_twice),
    "app-not-importable": Check(Level.ERROR, "An app cannot be loaded.", _app_not_importable),
    "stator-not-installed": Check(Level.ERROR, "Stator is not installed.", _stator_not_installed),
}
