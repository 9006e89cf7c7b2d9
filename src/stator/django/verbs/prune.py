"""``manage.py stator prune``: delete what earlier releases have left and need not stay."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandParser

from stator.django.commands import publishing, request_of
from stator.django.conf import options
from stator.errors import ConfigError
from stator.progress import count_text, size_text
from stator.publish.release import Receipt
from stator.setting import read_options

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("-n", "--dry-run", action="store_true", help="Delete nothing; name what would go.")
    parser.add_argument(
        "--releases", type=_count, metavar="N", help="Keep the N newest of the earlier releases."
    )
    parser.add_argument(
        "--age", type=_age, metavar="AGE", help="Keep what was current within AGE: '3 days', '12 hours'."
    )


def run(command: Command, opts: Mapping[str, Any]) -> None:
    keep = options().releases if opts["releases"] is None else opts["releases"]
    age = options().age if opts["age"] is None else opts["age"]
    destination = publishing()
    receipt = destination.prune(keep, age, request_of(command, opts))
    if opts["dry_run"] or opts["verbosity"] >= 2:
        for step in receipt.steps:
            command.say(f"{step.name}: {step.action.value} ({step.reason})")
    if opts["verbosity"]:
        # Where nothing was to be done the receipt has no manifest, and the one that stands says it.
        manifest = receipt.manifest or destination.current()
        command.say(_summary(receipt, len(manifest.earlier), dry_run=opts["dry_run"]))


def _summary(receipt: Receipt, kept: int, *, dry_run: bool) -> str:
    stays = f"{count_text(kept, 'earlier release')} kept"
    if not receipt.steps:
        return f"Nothing to delete; {stays}."
    verb = "would be deleted" if dry_run else "deleted"
    return f"{count_text(len(receipt.steps), 'file')} {verb}, {size_text(receipt.freed)}; {stays}."


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 up.")
    return int(text)


def _age(text: str) -> int:
    try:
        return read_options({"RETENTION": {"age": text}}).age
    except ConfigError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time. {error.hint}") from error
