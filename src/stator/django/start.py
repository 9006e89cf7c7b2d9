"""Starting from outside of a project: its settings are looked for and loaded, and what stops that is told."""

from __future__ import annotations

import difflib
import importlib.util
import os
import pkgutil
import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import django
from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management.base import handle_default_options

from stator.diagnose.facts.failure import FAILURES
from stator.diagnose.facts.start import Start
from stator.django.facts import failure_in, places_in
from stator.errors import ConfigError
from stator.findings import Place, Places, as_text
from stator.load_path import printable

if TYPE_CHECKING:
    from stator.diagnose.doctor import Report

_VARIABLE = "DJANGO_SETTINGS_MODULE"
_MANAGE = "manage.py"
_NAMED = re.compile(rb"""DJANGO_SETTINGS_MODULE['"]\s*,\s*['"]([\w.]+)['"]""")
_NEAR = 0.7  # how like the name of a module has to be to be offered for another


def main(arguments: Sequence[str]) -> int:
    """Run a verb in the project of the current folder; return the exit code."""
    from stator.django.management.commands.stator import Command  # noqa: PLC0415  (settings come first)

    line = [_MANAGE, "stator", *arguments]
    command = Command()
    command._called_from_command_line = True  # type: ignore[attr-defined]  # noqa: SLF001  (wrong options: usage)
    options = command.create_parser(*line[:2]).parse_args(line[2:])
    sys.path.insert(0, os.getcwd())
    handle_default_options(options)
    report = _report(started(os.getcwd()))
    if report.findings:
        return _tell(report, vars(options))
    command.run_from_argv(line)
    return 0


def _report(start: Start) -> Report:
    from stator.diagnose.doctor import of_start  # noqa: PLC0415  (the compiler, which not all verbs need)

    return of_start(start)


def _tell(report: Report, options: dict[str, Any]) -> int:
    """Tell what has stopped the start, in the doctor's way to who has called it, else as one error."""
    if options["verb"] != "doctor":
        print(as_text(report.findings[0], os.getcwd()), file=sys.stderr)  # noqa: T201  (there is no command yet)
        return ConfigError.exit_code
    from stator.django.verbs.doctor import FORMATS  # noqa: PLC0415

    told = FORMATS[options["format"]](report, options)
    if options["output"] is None:
        print(told)  # noqa: T201
    else:
        with open(options["output"], "w", encoding="utf-8") as file:
            file.write(f"{told}\n")
    return 1


# --- how far a project comes


def started(folder: str) -> Start:
    """Load the settings and apps of the project in a folder; return how far that has come."""
    named = _named_by(os.path.join(folder, _MANAGE))
    module = os.environ.get(_VARIABLE) or (named[0] if named else "")
    start = Start(folder, module, named[1] if named and not os.environ.get(_VARIABLE) else None)
    if not module:
        return start._replace(others=tuple(_modules_of_settings(folder)))
    os.environ[_VARIABLE] = module
    try:
        names = tuple(settings.INSTALLED_APPS)
    except FAILURES as error:  # code of the project runs
        return _without_settings(start, error)
    start = start._replace(file=_file_of(module), app_names=names)
    try:
        django.setup()
    except FAILURES as error:
        return _without_apps(start._replace(places=places_in(start.file)), error)
    if apps.is_installed("stator.django"):
        return start
    return start._replace(places=places_in(start.file))


def _without_settings(start: Start, error: BaseException) -> Start:
    """Return the start with what has stopped its settings."""
    if _lost_in(error, start.module):
        return start._replace(found=False, others=tuple(_modules_of_settings(start.folder)))
    file = _file_of(start.module)
    start = start._replace(file=file, places=places_in(file))
    return start._replace(failure=failure_in(error, _place_of(start, str(error))))


def _without_apps(start: Start, error: BaseException) -> Start:
    """Return the start with what has stopped its apps, or its settings where no app is to blame."""
    if apps.apps_ready:
        return start._replace(apps_failure=failure_in(error, _place_of(start, str(error))))
    broken = _broken_app(start.app_names)
    if broken is None:
        return start._replace(failure=failure_in(error, _place_of(start, str(error))))
    entry, reason = broken
    if lost := _lost_in(reason, entry):
        return start._replace(lost_app=entry, nearest_app=_nearest_app(entry, lost))
    return start._replace(apps_failure=failure_in(reason, start.place_of_apps))


def _lost_in(error: BaseException, dotted: str) -> str:
    """Return the module of a dotted name that is not there, "" where something else has failed."""
    lost = error.name if isinstance(error, ModuleNotFoundError) else None
    return lost if lost and f"{dotted}.".startswith(f"{lost}.") else ""


def _broken_app(names: Sequence[str]) -> tuple[str, BaseException] | None:
    """Return the first entry of INSTALLED_APPS that is no app, and why."""
    for entry in names:
        try:
            AppConfig.create(entry)
        except FAILURES as error:
            return entry, error
    return None


def _place_of(start: Start, said: str) -> Place:
    """Return where the setting is written that a message speaks of."""
    spoken = (start.places[word] for word in re.findall(r"[A-Z][A-Z_]+", said) if word in start.places)
    about_apps = start.places.get("INSTALLED_APPS") if said.startswith("Application ") else None
    return about_apps or next(spoken, start.place)


def _nearest_app(entry: str, lost: str) -> str:
    """Return the entry that was probably meant, where the module ``lost`` is the part that is missing."""
    parent, _, name = lost.rpartition(".")
    if parent and name == "apps":  # an app without that module is an app all the same
        return parent
    folders = list(getattr(sys.modules.get(parent), "__path__", ())) if parent else None
    near = difflib.get_close_matches(name, (one.name for one in pkgutil.iter_modules(folders)), 1, _NEAR)
    return ".".join(filter(None, [parent, near[0]])) + entry.removeprefix(lost) if near else ""


# --- where the settings are


def _named_by(file: str) -> tuple[str, Place] | None:
    """Return the module of settings that a ``manage.py`` names, and where, ``None`` if it names none."""
    if not os.path.isfile(file):
        return None
    try:
        with open(file, "rb") as opened:
            content = opened.read()
    except OSError:
        return None
    found = _NAMED.search(content)
    return (found[1].decode(), Places(printable(file), content).at(*found.span(1))) if found else None


def _modules_of_settings(folder: str) -> Iterator[str]:
    """Yield the modules in a folder, and in packages there, that are called settings."""
    for one in sorted(os.listdir(folder)):
        if one == "settings.py":
            yield "settings"
        elif os.path.isfile(os.path.join(folder, one, "settings.py")):
            yield f"{one}.settings"
        elif os.path.isdir(inner := os.path.join(folder, one, "settings")):
            yield from (
                f"{one}.settings.{name[:-3]}" for name in sorted(os.listdir(inner)) if _is_module(name)
            )


def _is_module(name: str) -> bool:
    return name.endswith(".py") and not name.startswith("__")


def _file_of(module: str) -> str:
    """Return the file of a module, "" for one that has none; it need not be one that can be imported."""
    try:
        spec = importlib.util.find_spec(module)
    except FAILURES:  # a package around it is broken, and is where the failure is
        return ""
    return (spec.origin if spec and spec.has_location else None) or ""
