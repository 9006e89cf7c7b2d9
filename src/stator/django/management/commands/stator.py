"""``manage.py stator VERB``: what Stator offers beyond Django's own commands.

A verb is a line in ``VERBS``: what help says of it, its arguments, and a function that does it. That gets
the command, for its streams, and the parsed options; it parses and prints, and leaves the work to others.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.core import checks
from django.core.management.base import BaseCommand, CommandError, CommandParser

from stator import clock
from stator.django import origins
from stator.django.commands import errors_told, printable, refusals_told, static_storage
from stator.django.conf import options
from stator.django.verbs import cors, doctor, prune, publish, purge, releases, rollback, serverconfig

_MOST_REFERENCES = 20  # that are shown of a file unless all are asked for
_ALL = sys.maxsize
_OF_THE_COMMAND = {"help", "version"}


class Verb(NamedTuple):
    """What help says of a verb, in a line and in full; what adds its arguments; what does it.

    Without ``checked`` it runs though checks of Django's fail, since it tells them itself.
    """

    help: str
    description: str
    add_arguments: Callable[[CommandParser], None]
    run: Callable[[Command, Mapping[str, Any]], None]
    checked: bool = True


class Command(BaseCommand):
    """Parses the verb and its options, and tells errors with their exit codes."""

    help = "Looks after static files. 'manage.py stator VERB --help' says more of a verb."
    requires_system_checks = (checks.Tags.staticfiles,)

    def add_arguments(self, parser: CommandParser) -> None:
        # After the verb, where people write them, Django's options are as good as before it.
        common = [
            action
            for action in parser._actions  # noqa: SLF001
            if action.option_strings and action.dest not in _OF_THE_COMMAND
        ]
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs")
        for name, verb in VERBS.items():
            chosen = verbs.add_parser(name, help=verb.help, description=verb.description)
            verb.add_arguments(chosen)
            _add_again(common, chosen.add_argument_group("options of all commands"))

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
            VERBS[opts["verb"]].run(self, opts)

    def say(self, text: str) -> None:
        self.stdout.write(printable(text, self.stdout))


def _add_again(actions: Iterable[argparse.Action], group: argparse._ArgumentGroup) -> None:
    """Add options that the command has too, whose value there stays unless one is given here."""
    for action in actions:
        again = copy.copy(action)
        again.default = argparse.SUPPRESS
        group._add_action(again)  # noqa: SLF001


# --- why


def _add_why_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "name",
        metavar="NAME",
        help="What {%% static %%} is given (css/app.css), a published name, a URL, or the path of a source.",
    )
    parser.add_argument(
        "--format", choices=["text", "json"], default="text", help="For people (text) or for programs (json)."
    )


def _why(command: Command, opts: Mapping[str, Any]) -> None:
    from stator.diagnose.missing.mistakes import reasons  # noqa: PLC0415
    from stator.django.searching import search_of  # noqa: PLC0415
    from stator.why import Unknown, as_json, as_text, why  # noqa: PLC0415  (the compiler, which few verbs need)

    storage = static_storage()
    way = storage.way()
    manifest = storage.standing()
    load_path = origins.find(options(), [], published=way.directory.root, since=clock.now())
    answer = why(
        opts["name"],
        load_path,
        manifest,
        way,
        lambda name: reasons(search_of(name, load_path.files, load_path.findings)),
    )
    if opts["format"] == "json":
        command.say(json.dumps(as_json(answer), indent=2, ensure_ascii=False))
        if isinstance(answer, Unknown):
            raise CommandError(f"No static file is called '{answer.name}'.", returncode=1)
        return
    text = as_text(answer, os.getcwd(), _ALL if opts["verbosity"] >= 2 else _MOST_REFERENCES)
    if isinstance(answer, Unknown):
        raise CommandError(printable(text, command.stderr), returncode=1)
    command.say(text)


VERBS: Mapping[str, Verb] = {
    "why": Verb(
        "say where a file comes from, who refers to it, what it became and why",
        "Say where a static file comes from and whom it shadows, what it became, who refers to it and to "
        "whom it refers, which releases have it, and what the next collect would do. Nothing is built.",
        _add_why_arguments,
        _why,
    ),
    "publish": Verb(
        "collect, and bring the release to where STATOR['DESTINATION'] says",
        "Collect static files as collectstatic does, bring what changed to STATOR['DESTINATION'], a folder "
        "or a bucket, and make the release current there as the last step. Then tell the CDN of "
        "STATOR['PURGE']. See docs/releases.md.",
        publish.add_arguments,
        publish.run,
    ),
    "prune": Verb(
        "delete what earlier releases have left and need not stay",
        "Delete the files of earlier releases that RETENTION in settings.STATOR does not keep. One is kept "
        "while it is among the newest, or was current not longer ago than an age. The current one stays.",
        prune.add_arguments,
        prune.run,
    ),
    "releases": Verb(
        "list the releases that are kept",
        "List the current release and the earlier ones that the manifest keeps: since when each is not "
        "current any more, how many files it has, and what deleting it would free.",
        releases.add_arguments,
        releases.run,
    ),
    "rollback": Verb(
        "make an earlier release the current one",
        "Make an earlier release current again, without building: the one before this, or the one with an "
        "id that 'stator releases' lists. The release that was current stays, and can be returned to.",
        rollback.add_arguments,
        rollback.run,
    ),
    "purge": Verb(
        "tell a CDN which files have changed",
        "Tell the CDN or cache of STATOR['PURGE'] to forget what the current release has changed: plain "
        "names, files at /, and digested names that it may remember as missing. See docs/purge.md.",
        purge.add_arguments,
        purge.run,
    ),
    "cors": Verb(
        "write the rules by which a bucket lets other origins use its files",
        "Write the CORS rules of the bucket of STATOR['DESTINATION'], without which browsers refuse fonts "
        "and modules from it, or give them to it. See docs/cdn.md.",
        cors.add_arguments,
        cors.run,
    ),
    "serverconfig": Verb(
        "write the configuration of a web server, or check one",
        "Write the configuration of nginx, Caddy, Apache or Varnish from settings and manifest: static files "
        "with their precompressed forms, uploads, and everything else from the application. With --check, "
        "read a configuration of nginx and say what is wrong with it. See docs/webservers.md.",
        serverconfig.add_arguments,
        serverconfig.run,
    ),
    "doctor": Verb(
        "prove that every static file will be found, and say what is wrong",
        "Check settings, sources, templates and what was published, and say of each problem what it is, "
        "where, and how to mend it. Nothing is written. docs/findings has a page for each kind.",
        doctor.add_arguments,
        doctor.run,
        checked=False,
    ),
}
