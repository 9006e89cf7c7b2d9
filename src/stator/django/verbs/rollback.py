"""``manage.py stator rollback [ID]``: an earlier release becomes the current one, without building."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandParser

from stator.django.commands import publishing, request_of
from stator.django.conf import options
from stator.django.verbs import purge
from stator.progress import count_text
from stator.publish.plan import Action
from stator.publish.release import Receipt
from stator.publish.rollback import chosen

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command

_PUTTING_BACK = frozenset({Action.LINK, Action.WRITE})  # in a folder, and in a bucket


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
    parser.add_argument("--no-purge", action="store_true", help="Do not tell the CDN of STATOR['PURGE'].")


def run(command: Command, opts: Mapping[str, Any]) -> None:
    destination = publishing()
    manifest = destination.current()
    # Which one is wanted is settled before the lock: of two who roll back at once, the second undoes nothing.
    wanted = chosen(opts["id"], manifest)
    receipt = destination.roll_back(wanted, request_of(command, opts))
    for step in receipt.steps:
        if opts["explain"] or (opts["dry_run"] and step.action is not Action.KEEP):
            command.say(f"{step.name}: {step.action.value} ({step.reason})")
    if opts["verbosity"]:
        command.say(_summary(receipt, wanted, manifest.id, dry_run=opts["dry_run"]))
    if receipt.manifest and options().purge and not opts["no_purge"]:
        purge.after(command, receipt.manifest, opts)


def _summary(receipt: Receipt, wanted: str, before: str, *, dry_run: bool) -> str:
    if receipt.manifest is None:
        return f"Release {wanted} is current already."
    written = sum(step.action in _PUTTING_BACK for step in receipt.steps)
    put_back = f"{count_text(written, 'plain name')} put back"
    if dry_run:
        return f"Release {receipt.manifest.id} would be current, with {put_back}."
    return (
        f"Release {receipt.manifest.id} is current, with {put_back}.\n"
        f"'manage.py stator rollback {before}' returns to the one that was."
    )
