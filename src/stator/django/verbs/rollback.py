"""``manage.py stator rollback [ID]``: an earlier release becomes the current one, without building."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandParser

from stator import clock
from stator.django import origins
from stator.django.commands import way_to_releases
from stator.django.conf import options
from stator.progress import count_text
from stator.publish.plan import Action
from stator.publish.release import Receipt, current_manifest
from stator.publish.rollback import chosen, roll_back

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "id",
        metavar="ID",
        nargs="?",
        help="The release, by as much of the beginning of its id as no other has; the one before this if not "
        "given.",
    )
    parser.add_argument("-n", "--dry-run", action="store_true", help="Change nothing; say what would be.")
    parser.add_argument(
        "--explain", action="store_true", help="Say of each name what happens to it, and why."
    )


def run(command: Command, opts: Mapping[str, Any]) -> None:
    way = way_to_releases()
    manifest = current_manifest(way.directory, way.manifest)
    # Which one is wanted is settled before the lock: of two who roll back at once, the second undoes nothing.
    wanted = chosen(opts["id"], manifest)
    found = origins.find(options(), [], published=way.directory.root, since=clock.now())
    receipt = roll_back(
        wanted,
        way.directory,
        sources=found.files.values(),
        manifest_name=way.manifest,
        now=way.now,
        dry_run=opts["dry_run"],
        on_wait=lambda: command.say("Another command is writing there; waiting for it to end."),
    )
    for step in receipt.steps:
        if opts["explain"] or (opts["dry_run"] and step.action is not Action.KEEP):
            command.say(f"{step.name}: {step.action.value} ({step.reason})")
    if opts["verbosity"]:
        command.say(_summary(receipt, wanted, manifest.id, dry_run=opts["dry_run"]))


def _summary(receipt: Receipt, wanted: str, before: str, *, dry_run: bool) -> str:
    if receipt.manifest is None:
        return f"Release {wanted} is current already."
    written = sum(step.action is Action.LINK for step in receipt.steps)
    put_back = f"{count_text(written, 'plain name')} put back"
    if dry_run:
        return f"Release {receipt.manifest.id} would be current, with {put_back}."
    return (
        f"Release {receipt.manifest.id} is current, with {put_back}.\n"
        f"'manage.py stator rollback {before}' returns to the one that was."
    )
