"""``manage.py stator why NAME``: where a file comes from, and what it became."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError, CommandParser

from stator import clock
from stator.diagnose.missing.mistakes import reasons
from stator.django import origins
from stator.django.commands import printable, static_storage
from stator.django.conf import options
from stator.django.searching import search_of
from stator.why import Unknown, as_json, as_text, why

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command

_MOST_REFERENCES = 20  # that are shown of a file unless all are asked for
_ALL = sys.maxsize


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "name",
        metavar="NAME",
        help="What {%% static %%} is given (css/app.css), a published name, a URL, or the path of a source.",
    )
    parser.add_argument(
        "--format", choices=["text", "json"], default="text", help="For people (text) or for programs (json)."
    )


def run(command: Command, opts: Mapping[str, Any]) -> None:
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
