"""``manage.py stator cors``: how a bucket lets pages of other origins use fonts and modules."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandParser

from stator.django.conf import options
from stator.errors import ConfigError

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--origin",
        action="append",
        metavar="URL",
        help="Let only pages of this origin use the files: https://www.example.com. May be given again.",
    )
    parser.add_argument("--apply", action="store_true", help="Give the bucket the rules, besides its own.")


def run(command: Command, opts: Mapping[str, Any]) -> None:
    from stator.publish.bucket.cors import apply, written  # noqa: PLC0415  (few verbs need it)

    rules = options().destination
    if rules is None or not rules.service:
        raise ConfigError(
            "STATOR['DESTINATION'] is no bucket, and only a bucket has rules of its own.",
            "The web servers that 'stator serverconfig' configures say what browsers ask for.",
        )
    origins = [_origin(one) for one in opts["origin"] or ["*"]]
    if opts["apply"]:
        is_new = apply(rules, origins, os.environ)
        if opts["verbosity"]:
            who = "any origin" if origins == ["*"] else ", ".join(origins)
            what = "now lets" if is_new else "already lets"
            command.say(f"{rules.place} {what} pages of {who} use its files.")
        return
    text, how = written(rules, origins)
    command.say(text or how)
    if text and opts["verbosity"]:
        command.stderr.write(
            f"Write this to cors.json, and run what gives the bucket these rules, and no others: {how}"
        )


def _origin(text: str) -> str:
    scheme, _, host = text.rstrip("/").partition("://")
    if text == "*" or (scheme in {"http", "https"} and host and not set(host) & set("/?#@ '\"\\")):
        return text.rstrip("/")
    raise ConfigError(f"{text!r} is no origin.", "For example: --origin https://www.example.com")
