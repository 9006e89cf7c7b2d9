"""``manage.py stator VERB``: what Stator offers beyond Django's own commands.

A verb is a line in ``VERBS``, with what help says of it, and a module of its name in ``stator.django.verbs``:
``add_arguments`` gets its parser, ``run`` the command, for its streams, and the parsed options. It parses and
prints, and leaves the work to others. A module is loaded for who has chosen its verb.
"""

from __future__ import annotations

import argparse
import copy
import functools
import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.core import checks
from django.core.management.base import BaseCommand, CommandParser

import stator
from stator.django.commands import errors_told, printable, refusals_told

_OF_THE_COMMAND = {"help", "version"}


class Verb(NamedTuple):
    """What help says of a verb, in a line and in full.

    Without ``checked`` it runs though checks of Django's fail, since it tells them itself.
    """

    help: str
    description: str
    checked: bool = True


class Command(BaseCommand):
    """Parses the verb and its options, and tells errors with their exit codes."""

    help = "Looks after static files. 'manage.py stator VERB --help' says more of a verb."
    requires_system_checks: tuple[str, ...] = (checks.Tags.staticfiles,)

    def add_arguments(self, parser: CommandParser) -> None:
        # After the verb, where people write them, Django's options are as good as before it.
        common = [
            action
            for action in parser._actions  # noqa: SLF001
            if action.option_strings and action.dest not in _OF_THE_COMMAND
        ]
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", parser_class=_VerbParser)
        for name, verb in VERBS.items():
            chosen = verbs.add_parser(name, help=verb.help, description=verb.description)
            chosen.fill = functools.partial(_fill, name, common)
            if not parser.called_from_command_line:
                chosen.filled()  # call_command() looks at all options first

    def get_version(self) -> str:
        """Return the version of Stator, where a command of Django's has Django's."""
        return stator.__version__

    def execute(self, *args: Any, **opts: Any) -> str | None:
        verb = VERBS.get(opts["verb"])
        if verb and not verb.checked:
            opts["skip_checks"] = True
        with errors_told(), refusals_told():
            return super().execute(*args, **opts)

    def handle(self, *_: Any, **opts: Any) -> None:
        if opts["verb"] is None:
            self.print_help(sys.argv[0], "stator")
        else:
            _module(opts["verb"]).run(self, opts)

    def say(self, text: str) -> None:
        self.stdout.write(printable(text, self.stdout))


class _VerbParser(CommandParser):
    """Gets the arguments of its verb when it is about to parse."""

    fill: Callable[[CommandParser], None] | None = None

    def filled(self) -> None:
        fill, self.fill = self.fill, None
        if fill:
            fill(self)

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        self.filled()
        return super().parse_known_args(*args, **kwargs)


def _fill(name: str, common: Iterable[argparse.Action], parser: CommandParser) -> None:
    _module(name).add_arguments(parser)
    _add_again(common, parser.add_argument_group("options of all commands"))


def _module(name: str) -> Any:
    return importlib.import_module(f"stator.django.verbs.{name}")


def _add_again(actions: Iterable[argparse.Action], group: argparse._ArgumentGroup) -> None:
    """Add options that the command has too, whose value there stays unless one is given here."""
    for action in actions:
        again = copy.copy(action)
        again.default = argparse.SUPPRESS
        group._add_action(again)  # noqa: SLF001


VERBS: Mapping[str, Verb] = {
    "why": Verb(
        "say where a file comes from, who refers to it, what it became and why",
        "Say where a static file comes from and whom it shadows, what it became, who refers to it and to "
        "whom it refers, which releases have it, and what the next collect would do. Nothing is built.",
    ),
    "publish": Verb(
        "collect, and bring the release to where STATOR['DESTINATION'] says",
        "Collect static files as collectstatic does, bring what changed to STATOR['DESTINATION'], a folder "
        "or a bucket, and make the release current there as the last step. Then tell the CDN of "
        "STATOR['PURGE']. See docs/releases.md.",
    ),
    "prune": Verb(
        "delete what earlier releases have left and need not stay",
        "Delete the files of earlier releases that RETENTION in settings.STATOR does not keep. One is kept "
        "while it is among the newest, or was current not longer ago than an age. The current one stays.",
    ),
    "releases": Verb(
        "list the releases that are kept",
        "List the current release and the earlier ones that the manifest keeps: since when each is not "
        "current any more, how many files it has, and what deleting it would free.",
    ),
    "rollback": Verb(
        "make an earlier release the current one",
        "Make an earlier release current again, without building: the one before this, or the one with an "
        "id that 'stator releases' lists. The release that was current stays, and can be returned to.",
    ),
    "purge": Verb(
        "tell a CDN which files have changed",
        "Tell the CDN or cache of STATOR['PURGE'] to forget what the current release has changed: plain "
        "names, files at /, and digested names that it may remember as missing. See docs/purge.md.",
    ),
    "cors": Verb(
        "write the rules by which a bucket lets other origins use its files",
        "Write the CORS rules of the bucket of STATOR['DESTINATION'], without which browsers refuse fonts "
        "and modules from it, or give them to it. See docs/cdn.md.",
    ),
    "report": Verb(
        "write a page that shows what was published",
        "Write the current release as one page that opens without a server: what weighs what, which file "
        "refers to which, what each page loads at a first and at a second visit, what changed since the "
        "release before, and what doctor says. See docs/report.md.",
    ),
    "serverconfig": Verb(
        "write the configuration of a web server, or check one",
        "Write the configuration of nginx, Caddy, Apache or Varnish from settings and manifest: static files "
        "with their precompressed forms, uploads, and everything else from the application. With --check, "
        "read a configuration of nginx and say what is wrong with it. See docs/webservers.md.",
    ),
    "frontend": Verb(
        "build front ends, or develop them beside Django's server",
        "Build the front ends of STATOR['FRONTENDS'] whose sources have changed, or start what serves or "
        "watches them while they are worked on, beside runserver. See docs/frontends.",
    ),
    "admintheme": Verb(
        "start a theme of one's own for the admin",
        "Make an app with colours for light and dark, a logo and an icon for Django's admin, and say where "
        "it goes in INSTALLED_APPS. See docs/admin-theme.md.",
    ),
    "docker": Verb(
        "write what containers of this project are made from",
        "Write a Dockerfile, a compose file, the web server's configuration and what to keep out of images. "
        "See docs/containers.md.",
    ),
    "init": Verb(
        "add Stator to the settings of a project",
        "Add to settings what turns Stator on, after showing it: the app, the middleware, the storage. Where "
        "it is not there yet, python -m stator init does the same. See docs/init.md.",
        checked=False,
    ),
    "doctor": Verb(
        "prove that every static file will be found, and say what is wrong",
        "Check settings, sources, templates and what was published, and say of each problem what it is, "
        "where, and how to mend it. Nothing is written. docs/findings has a page for each kind.",
        checked=False,
    ),
}
