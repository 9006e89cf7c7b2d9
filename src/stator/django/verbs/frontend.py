"""``manage.py stator frontend``: build front ends, or develop them beside Django's own server."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.core.management.color import supports_color
from django.utils.autoreload import get_child_arguments
from django.utils.termcolors import colorize

from stator.django.commands import printable
from stator.django.finders import toolchains
from stator.django.searching import url_prefix
from stator.errors import ConfigError
from stator.frontends.building import BuildFailed, Built, build, install, why_stale
from stator.frontends.developing import develop
from stator.frontends.supervising import Job
from stator.frontends.toolchain import Toolchain
from stator.progress import duration_text

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command

_DJANGO = "django"  # what lines of runserver are marked with
_COLOURS = ("cyan", "yellow", "magenta", "green", "blue")
_FLAGS = ("ipv6", "noreload", "nolive")  # of runserver


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "what", choices=["build", "dev"], help="Build what has changed, or develop until Ctrl-C."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="Front ends of STATOR['FRONTENDS']; all, if none is given."
    )
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="build: Say what would be built, and why."
    )
    parser.add_argument("--force", action="store_true", help="build: Build though nothing has changed.")
    parser.add_argument("--addrport", metavar="ADDRPORT", help="dev: Where runserver listens.")
    parser.add_argument("--no-runserver", action="store_true", help="dev: Start no server of Django.")
    for flag in _FLAGS:
        parser.add_argument(f"--{flag}", action="store_true", help=f"dev: Passed on to runserver (--{flag}).")


def run(command: Command, opts: Mapping[str, Any]) -> None:
    chosen = _chosen(opts["names"])
    if opts["what"] == "build":
        build_all(command, chosen, opts)
    else:
        _develop(command, chosen, opts)


def build_all(command: BaseCommand, chosen: Iterable[Toolchain], opts: Mapping[str, Any]) -> None:
    """Build what has changed, and say so. Of the options count ``force``, ``dry_run`` and ``verbosity``.

    Raises ``StatorError``, when what the tool has printed was shown.
    """

    def say(text: str) -> None:
        if opts["verbosity"]:
            command.stdout.write(printable(text, command.stdout))

    environ = _environ(coloured=_is_coloured(opts))
    for one in chosen:
        if opts["dry_run"]:
            say(f"{one.name}: {_would(why_stale(one, environ))}")
            continue
        waits = partial(say, f"{one.name}: another process builds it; waiting for its end")
        try:
            built = build(one, environ, force=opts["force"], on_wait=waits)
        except BuildFailed as error:
            command.stderr.write(printable(error.output, command.stderr))
            raise
        say(_done(built))


def _would(reason: str) -> str:
    return f"would be built ({reason})" if reason else "unchanged"


def _done(built: Built) -> str:
    if not built.reason:
        return f"{built.name}: unchanged"
    return f"{built.name}: built in {duration_text(built.seconds)} ({built.reason})"


def _chosen(names: Sequence[str]) -> tuple[Toolchain, ...]:
    known = {one.name: one for one in toolchains()}
    if not known:
        raise ConfigError(
            "This project has no front ends.",
            "Name them: STATOR = {'FRONTENDS': {'shop': {'root': 'frontends/shop'}}}",
        )
    for name in names:
        if name not in known:
            raise ConfigError(f"There is no front end {name!r}.", f"There are: {', '.join(known)}.")
    return tuple(known[name] for name in names or known)


def _develop(command: Command, chosen: Sequence[Toolchain], opts: Mapping[str, Any]) -> None:
    if not settings.DEBUG:
        raise ConfigError(
            "settings.DEBUG is False, and pages then have what was built.",
            "Develop with DEBUG = True, or build: manage.py stator frontend build",
        )
    coloured = _is_coloured(opts)
    environ = _environ(coloured=coloured)
    for one in chosen:
        try:
            install(one, environ)
        except BuildFailed as error:
            command.stderr.write(printable(error.output, command.stderr))
            raise
    beside = [] if opts["no_runserver"] else [_runserver(opts, environ, coloured=coloured)]
    say = _teller(command, [*(one.name for one in chosen), *(job.name for job in beside)], coloured=coloured)
    code = develop(chosen, url_prefix(), beside, environ, say)
    if code:
        sys.exit(code)


def _runserver(opts: Mapping[str, Any], environ: Mapping[str, str], *, coloured: bool) -> Job:
    arguments = get_child_arguments()
    words = [
        *arguments[: len(arguments) - len(sys.argv[1:])],  # how this process was started, without what for
        "runserver",
        *([opts["addrport"]] if opts["addrport"] else []),
        *(f"--{flag}" for flag in _FLAGS if opts[flag]),
        *(["--force-color"] if coloured else []),
        *([f"--settings={opts['settings']}"] if opts.get("settings") else []),
        *([f"--pythonpath={opts['pythonpath']}"] if opts.get("pythonpath") else []),
    ]
    return Job(_DJANGO, shlex.join(words), os.getcwd(), {**environ, "PYTHONUNBUFFERED": "1"})


def _is_coloured(opts: Mapping[str, Any]) -> bool:
    return not opts["no_color"] and (opts["force_color"] or supports_color())


def _environ(*, coloured: bool) -> dict[str, str]:
    """Return the environment of tools: they write into pipes, and are told what our terminal takes."""
    return {**os.environ, **({"FORCE_COLOR": "1"} if coloured else {"NO_COLOR": "1"})}


def _teller(command: BaseCommand, names: Sequence[str], *, coloured: bool) -> Callable[[str, str], None]:
    """Return what writes a line with the name before it of who has said it."""
    width = max(map(len, names))
    colours = dict(zip(names, cycle(_COLOURS), strict=False))

    def say(name: str, line: str) -> None:
        mark = f"{name:<{width}} |"
        text = f"{colorize(mark, fg=colours[name]) if coloured else mark} {line}"
        command.stdout.write(printable(text, command.stdout))
        command.stdout.flush()

    return say
