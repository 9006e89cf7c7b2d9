"""``manage.py stator publish``: collect, bring the release to its destination, tell the CDN."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.core.management.base import CommandParser

from stator.django.commands import publishing, request_of, static_storage
from stator.django.conf import options
from stator.django.management.commands import collectstatic
from stator.django.verbs import purge
from stator.errors import ConfigError
from stator.manifest import Manifest
from stator.progress import count_text, duration_text
from stator.publish.plan import Action
from stator.publish.release import Receipt

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command


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
    release = _standing() if opts["no_collect"] else _collected(command, opts)
    started = time.perf_counter()
    receipt = destination.publish(release, request_of(command, opts))
    for step in receipt.steps:
        if opts["explain"] or (opts["dry_run"] and step.action is not Action.KEEP):
            command.say(f"{step.name}: {step.action.value} ({step.reason})")
    if opts["verbosity"]:
        taken = "" if opts["dry_run"] else f", in {duration_text(time.perf_counter() - started)}"
        command.say(f"{destination.place}: {_summary(receipt, release.id, dry_run=opts['dry_run'])}{taken}.")
    if receipt.manifest and options().purge and not opts["no_purge"]:
        purge.after(command, receipt.manifest, opts)


def _standing() -> Manifest:
    """Return the release that stands in ``STATIC_ROOT``."""
    release = static_storage().manifest
    if release is None:
        static_storage().load_manifest()  # raises what is wrong with it, if anything is
        raise ConfigError("There is no release in STATIC_ROOT.", "Run the command without --no-collect.")
    return release


def _collected(command: Command, opts: Mapping[str, Any]) -> Manifest:
    """Collect; return the release that stands in ``STATIC_ROOT`` then, in a dry run the one that would."""
    collect = collectstatic.Command(stdout=command.stdout, stderr=command.stderr)
    call_command(
        collect,
        verbosity=opts["verbosity"],
        interactive=False,
        dry_run=opts["dry_run"],
        explain=opts["explain"],
    )
    return collect.release or _standing()


def _summary(receipt: Receipt, release: str, *, dry_run: bool) -> str:
    written = sum(step.action is Action.WRITE for step in receipt.steps)
    deleted = sum(step.action is Action.DELETE for step in receipt.steps)
    if receipt.manifest is None or not (written or deleted or dry_run):
        return f"release {release} is current, nothing to do"
    verb = "would be written" if dry_run else "written"
    said = f"{count_text(written, 'file')} {verb}"
    if deleted:
        said += f", {deleted:,} {'would be ' if dry_run else ''}deleted"
    return f"{said}; release {release} {'would be' if dry_run else 'is'} current"
