"""``manage.py stator publish``: collect, bring the release to its destination, tell the CDN."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.core.management.base import CommandParser

from stator.django.commands import printable, publishing, request_of, static_storage
from stator.django.conf import options
from stator.django.management.commands import collectstatic
from stator.django.verbs import purge
from stator.findings import as_text
from stator.progress import count_text, duration_text
from stator.publish.plan import Action
from stator.publish.release import Receipt

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command
    from stator.manifest import Manifest

_NOTHING = Receipt(None, ())


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("-n", "--dry-run", action="store_true", help="Change nothing; say what would be.")
    parser.add_argument(
        "--explain", action="store_true", help="Say of each file and name what happens to it, and why."
    )
    parser.add_argument(
        "--no-collect",
        action="store_true",
        help="Bring what stands in STATIC_ROOT, as an image has brought it along.",
    )
    parser.add_argument("--no-purge", action="store_true", help="Do not tell the CDN of STATOR['PURGE'].")


def run(command: Command, opts: Mapping[str, Any]) -> None:
    destination = publishing()  # what is wrong with the settings is said before anything is built
    collected = _NOTHING if opts["no_collect"] else _collected(command, opts)
    release = collected.manifest or _standing()
    started = time.perf_counter()
    receipt = destination.publish(release, request_of(command, opts)._replace(collected=collected))
    for finding in receipt.findings:
        command.stderr.write(printable(as_text(finding, os.getcwd()), command.stderr))
    told = [
        f"{step.name}: {step.action.value} ({step.reason})"
        for step in receipt.steps
        if opts["explain"] or (opts["dry_run"] and step.action is not Action.KEEP)
    ]
    if told:  # below what the collect has told of STATIC_ROOT
        command.say("\n".join([f"At {destination.place}:", *told]))
    if opts["verbosity"]:
        taken = "" if opts["dry_run"] else f", in {duration_text(time.perf_counter() - started)}"
        command.say(f"{destination.place}: {_summary(receipt, release.id, dry_run=opts['dry_run'])}{taken}.")
    if receipt.manifest and receipt.changes and options().purge and not opts["no_purge"]:
        purge.after(command, receipt.manifest, opts)


def _standing() -> Manifest:
    """Return the release that stands in ``STATIC_ROOT``."""
    from stator.destination import StaticRoot  # noqa: PLC0415  (the network, for few verbs)

    return StaticRoot(static_storage().way()).current()


def _collected(command: Command, opts: Mapping[str, Any]) -> Receipt:
    collect = collectstatic.Command(stdout=command.stdout, stderr=command.stderr)
    call_command(
        collect,
        verbosity=opts["verbosity"],
        interactive=False,
        dry_run=opts["dry_run"],
        explain=opts["explain"],
    )
    return collect.receipt or _NOTHING


def _summary(receipt: Receipt, release: str, *, dry_run: bool) -> str:
    if not receipt.changes:
        return f"release {release} is current, nothing to do"
    written = sum(step.action is Action.WRITE for step in receipt.steps)
    deleted = sum(step.action is Action.DELETE for step in receipt.steps)
    would = "would be " if dry_run else ""
    done = [
        f"{count_text(count, 'file')} {would}{verb}"
        for count, verb in ((written, "written"), (deleted, "deleted"))
        if count
    ]
    return "; ".join([*done, f"release {release} {'would be' if dry_run else 'is'} current"])
