"""``manage.py stator init``, and ``python -m stator init`` where Stator is not installed yet.

The settings are loaded as ``manage.py check`` loads them, in a process of their own: before, to learn what
they lack, and after each file was written, to prove that they have it. If they do not, or a check fails that
did not fail before, every file gets its old content back.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import global_settings, settings
from django.core.management.base import handle_default_options

from stator.errors import ConfigError, StatorError
from stator.findings import as_text
from stator.starting.installing import Proposal, State, proposal, settings_in
from stator.starting.patch import patch
from stator.starting.source import Source, read

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command

_PROBE = "import sys; from stator.django.verbs.init import tell_project; tell_project(sys.argv[1])"
_DESCRIPTION = "Add to the settings what they lack to work with Stator, after showing the difference."
_INSTALLED_LATER = "stator-not-installed"


class Unfinished(StatorError):
    """What has to be done by hand, since it could not be done safely."""

    exit_code = 1


class Project(NamedTuple):
    """The settings of a project, loaded; the files that they are written in; the checks that fail."""

    state: State
    files: tuple[str, ...]
    errors: frozenset[str]


class Streams(NamedTuple):
    """How to tell something, and how to ask; ``None`` where nobody can be asked."""

    say: Callable[[str], None]
    ask: Callable[[str], str] | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="Write without asking.")
    parser.add_argument(
        "--dry-run", action="store_true", help="Show what would be written, and write nothing."
    )
    parser.add_argument(
        "--patch", metavar="FILE", help="Keep the difference in FILE, so that 'patch -R -p1' can undo it."
    )
    parser.add_argument(
        "--replace-whitenoise", action="store_true", help="Take WhiteNoise out of the settings as well."
    )


def run(command: Command, opts: Mapping[str, Any]) -> None:
    install(opts, Streams(command.say, _asker()))


def main(arguments: Sequence[str]) -> int:
    """Run the verb where Django cannot find it yet; return the exit code."""
    parser = argparse.ArgumentParser("python -m stator init", description=_DESCRIPTION)
    add_arguments(parser)
    parser.add_argument("--settings", metavar="MODULE", help="The module of the settings.")
    parser.add_argument("--pythonpath", metavar="FOLDER", help="A folder to import from.")
    options = parser.parse_args(arguments)
    sys.path.insert(0, os.getcwd())
    handle_default_options(options)
    from stator.django.commands import refusals_told  # noqa: PLC0415  (it needs to know whose settings)

    try:
        with refusals_told():
            _require_settings()
            install(vars(options), Streams(print, _asker()))
    except StatorError as error:
        print(error, file=sys.stderr)  # noqa: T201  (there is no command yet)
        return error.exit_code
    return 0


def install(opts: Mapping[str, Any], streams: Streams) -> None:
    """Give the settings what they lack. Raises ``ConfigError``, and ``Unfinished`` with what is left over."""
    before = _project()
    if before.state.whitenoise and not opts["replace_whitenoise"]:
        raise Unfinished(
            "WhiteNoise serves the static files of this project, and two would serve them then.",
            "With --replace-whitenoise its entries go as ours come; its settings, WHITENOISE_…, are not read "
            "any more.",
        )
    old = {file: _content(file) for file in before.files}
    if not old:
        raise ConfigError(
            f"{_settings_module()} is a module of an installed package.",
            "Make a module of settings of your own, which imports from it.",
        )
    plan = proposal([read(file, content) for file, content in old.items()], before.state)
    if plan.contents:
        _carry_out(plan, {file: old[file] for file in plan.contents}, before, opts, streams)
    elif not plan.by_hand:
        streams.say("There is nothing to do: the settings have all that is needed.")
    for source in _settings_beside(before.files):
        names = ", ".join(settings_in(source))
        streams.say(
            f"{os.path.relpath(source.file)} was not loaded, and has its own {names}: look at it too."
        )
    if plan.by_hand:
        raise Unfinished("\n\n".join(["What is left could not be done safely:", *plan.by_hand]))


def _carry_out(
    plan: Proposal, old: Mapping[str, bytes], before: Project, opts: Mapping[str, Any], streams: Streams
) -> None:
    folder = os.path.commonpath([os.getcwd(), *plan.contents])  # programs refuse names with '..'
    difference = b"".join(patch(_name(file, folder), old[file], new) for file, new in plan.contents.items())
    streams.say(difference.decode("utf-8", "replace"))
    if opts["dry_run"]:
        return
    if not opts["yes"] and not _agrees(streams):
        streams.say("Nothing was written.")
        return
    if any(_content(file) != content for file, content in old.items()):
        raise ConfigError("The settings were changed while the question stood.", "Run the command again.")
    if opts["patch"]:
        with open(opts["patch"], "wb") as kept:
            kept.write(difference)
    with _put_back_on_failure(old):
        for file, content in plan.contents.items():
            _replace(file, content)
        _require_working(plan, before)
    kept_in = opts["patch"] or "FILE"
    saved = "" if opts["patch"] else ", with what is shown above in FILE"
    written = ", ".join(map(_name, plan.contents))
    streams.say(f"Wrote {written}. The project loads, and no check fails that did not fail before.")
    above = os.path.relpath(folder)
    undoing = (
        f"patch -R -p1 < {kept_in}, or git apply -R {kept_in}"
        if above == os.curdir
        else f"patch -R -p1 -d {above} < {kept_in}"
    )
    streams.say(f"To undo it: {undoing}{saved}.")
    streams.say("'manage.py stator doctor' says what else there is to do.")


@contextmanager
def _put_back_on_failure(old: Mapping[str, bytes]) -> Iterator[None]:
    try:
        yield
    except BaseException:  # an interrupt as well: half of an edit is worse than none
        for file, content in old.items():
            _replace(file, content)
        raise


def _asker() -> Callable[[str], str] | None:
    return _answer if sys.stdin.isatty() else None


def _answer(question: str) -> str:
    try:
        return input(question)
    except EOFError:  # whoever closes the terminal has not said yes
        return ""


def _agrees(streams: Streams) -> bool:
    if streams.ask is None:
        raise ConfigError("Nobody can be asked whether to write this.", "Add --yes, or --dry-run.")
    return streams.ask("Write this? [y/N] ").strip().lower() in {"y", "yes"}


def _require_working(plan: Proposal, before: Project) -> None:
    """Raise ``ConfigError`` if the project does not work after the plan was carried out."""
    hint = "Every file has its old content back. Add the lines above by hand."
    try:
        after = _project()
    except ConfigError as error:
        raise ConfigError(error.message, hint) from error
    if new := sorted(after.errors - before.errors):
        raise ConfigError("\n".join(["A check fails that did not fail before:", *new]), hint)
    if not all(step.is_done(after.state) for step in plan.done):
        raise ConfigError("Something that is loaded later sets the same settings again.", hint)


# --- files


def _content(file: str) -> bytes:
    with open(file, "rb") as opened:
        return opened.read()


def _replace(file: str, content: bytes) -> None:
    """Give a file another content in one step; its permissions stay, and so does a link that leads to it."""
    real = os.path.realpath(file)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(real), prefix=f".{os.path.basename(real)}.")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        shutil.copymode(real, temporary)
        _copy_owner(real, temporary)
        os.replace(temporary, real)
    except BaseException:
        os.unlink(temporary)
        raise


def _copy_owner(file: str, temporary: str) -> None:
    """Let the owner of a file own what replaces it, where root writes, as in a container."""
    if hasattr(os, "chown"):
        status = os.stat(file)
        with suppress(PermissionError):
            os.chown(temporary, status.st_uid, status.st_gid)


def _name(file: str, folder: str = os.curdir) -> str:
    return os.path.relpath(file, folder).replace(os.sep, "/")


def _settings_beside(files: Sequence[str]) -> list[Source]:
    """Return the modules that stand beside those of the settings and change the same, and were not loaded."""
    found = []
    for folder in dict.fromkeys(map(os.path.dirname, files)):
        for name in sorted(os.listdir(folder)):
            file = os.path.join(folder, name)
            if name.endswith(".py") and file not in files:
                found += [source for source in _read_if_python(file) if settings_in(source)]
    return found


def _read_if_python(file: str) -> list[Source]:
    try:
        return [read(file, _content(file))]
    except (OSError, SyntaxError, ValueError):  # of no concern here: nobody loads it
        return []


# --- the project, loaded


def _require_settings() -> None:
    """Load the settings of the current folder. Raises ``ConfigError`` with what stops that."""
    from stator.diagnose.doctor import of_start  # noqa: PLC0415  (the compiler)
    from stator.django.start import started  # noqa: PLC0415

    for finding in of_start(started(os.getcwd())).findings:
        if finding.id != _INSTALLED_LATER:
            raise ConfigError(as_text(finding, os.getcwd()))


def _project() -> Project:
    """Load the project in a process of its own. Raises ``ConfigError`` where it does not load."""
    if not _settings_module():
        raise ConfigError(
            "The settings of this project are in no module, but given to settings.configure().",
            "Add to them by hand what the documentation says of installing.",
        )
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": _settings_module(),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if isinstance(path, str)),
    }
    with tempfile.TemporaryDirectory() as folder:  # the project's own modules may print anything
        answer = os.path.join(folder, "project.json")
        done = subprocess.run(  # noqa: S603  (nothing of it was given by anybody)
            [sys.executable, "-B", "-c", _PROBE, answer],
            env=environ,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if not os.path.exists(answer):
            raise ConfigError(f"The project does not load: {done.stderr.strip().rpartition(chr(10))[2]}")
        told = json.loads(_content(answer))
    state = State(**told["state"])
    state = state._replace(apps=tuple(state.apps), middleware=tuple(state.middleware))
    return Project(state, tuple(told["files"]), frozenset(told["errors"]))


def _settings_module() -> str:
    """Return the module of the settings, "" where they were given to ``settings.configure()``.

    Its name is the environment's: dynaconf has a setting ``SETTINGS_MODULE`` of its own, a list.
    """
    return os.environ["DJANGO_SETTINGS_MODULE"] if settings.SETTINGS_MODULE else ""


def tell_project(answer: str) -> None:
    """Load the project that the environment names, and write as JSON into a file what ``Project`` has."""
    import django  # noqa: PLC0415
    from django.core import checks  # noqa: PLC0415

    django.setup()
    errors = [str(message) for message in checks.run_checks() if message.level >= checks.ERROR]
    told = {"state": _state()._asdict(), "files": _files(), "errors": errors}
    with open(answer, "w", encoding="ascii") as opened:
        json.dump(told, opened)


def _state() -> State:
    from django.utils.module_loading import import_string  # noqa: PLC0415

    from stator.django.storage import StatorStorage  # noqa: PLC0415

    entry = settings.STORAGES.get("staticfiles", {})
    storage = entry.get("BACKEND", "")
    base_dir = getattr(settings, "BASE_DIR", None)
    has_root_files = "ROOT_FILES" in (getattr(settings, "STATOR", None) or ())
    return State(
        apps=tuple(settings.INSTALLED_APPS),
        middleware=tuple(settings.MIDDLEWARE),
        storage=storage,
        is_ours=bool(storage) and issubclass(import_string(storage), StatorStorage),
        has_options=bool(entry.get("OPTIONS")),
        # dynaconf says of no setting that it is overridden.
        sets_storages=settings.is_overridden("STORAGES") or settings.STORAGES != global_settings.STORAGES,
        static_root=str(settings.STATIC_ROOT or ""),
        base_dir="Path" if isinstance(base_dir, PurePath) else type(base_dir).__name__ if base_dir else "",
        whitenoise_root="" if has_root_files else str(getattr(settings, "WHITENOISE_ROOT", None) or ""),
    )


def _files() -> list[str]:
    """Return the files that settings are written in, the module of settings first, none of a package's."""
    from stator.django.facts import file_of, places_in  # noqa: PLC0415
    from stator.django.packages import is_package  # noqa: PLC0415

    main = file_of(_settings_module())
    files = dict.fromkeys([main, *(place.file for place in places_in(main).values())])
    return [file for file in files if file and not is_package(file)]
