"""``manage.py stator purge``: tell the CDN what has changed.

What to tell is the order's to say and how the service's; this gathers what they are made of, and prints.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError, CommandParser

from stator.django.commands import current_at, publishing, static_storage
from stator.django.conf import options
from stator.errors import ConfigError, EnvironmentFailed
from stator.progress import count_text
from stator.publish.purge import order as orders
from stator.publish.purge.carry import carry
from stator.publish.purge.order import Order
from stator.publish.purge.request import Request
from stator.publish.purge.services import SERVICES, Service

if TYPE_CHECKING:
    from stator.config import PurgeRules
    from stator.django.management.commands.stator import Command
    from stator.manifest import Manifest


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="What to purge: css/app.css, 'img/*' for all that begins so, key:NAME for a surrogate key, a "
        "path of the site or an address. Without one, what the current release changed.",
    )
    parser.add_argument(
        "--all", action="store_true", help="Purge everything that the service has of the site."
    )
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="Send nothing; tell what would be purged."
    )
    parser.add_argument("--explain", action="store_true", help="Tell of each name why it is purged.")


def run(command: Command, opts: Mapping[str, Any]) -> None:
    rules = options().purge
    if rules is None:
        raise ConfigError(
            "STATOR['PURGE'] is not set, so nobody knows whom to tell.",
            "docs/purge.md has an example for each service.",
        )
    if opts["all"] and opts["names"]:
        raise CommandError("--all purges everything; leave it or the names out.", returncode=2)
    service = SERVICES[rules.service]
    _carry_out(command, _order(rules, service, opts), rules, service, opts)


def after(command: Command, manifest: Manifest, opts: Mapping[str, Any]) -> None:
    """Purge what the release of ``manifest`` has changed, which has just become current."""
    rules = options().purge
    if rules is None:
        return
    service = SERVICES[rules.service]
    order = _order_of_changes(manifest, rules, service)
    try:
        _carry_out(command, order, rules, service, opts)
    except EnvironmentFailed as error:
        told = f"The release is current. {error.hint} 'manage.py stator purge' does only this."
        raise EnvironmentFailed(error.message, told) from error


def _carry_out(
    command: Command, order: Order, rules: PurgeRules, service: Service, opts: Mapping[str, Any]
) -> None:
    requests = service.requests(order, rules)
    if opts["dry_run"] or opts["explain"]:
        for item in order.items:
            command.say(f"{item.text} ({item.reason})")
    if requests and not opts["dry_run"]:
        carry(requests, service, service.sealing(rules, os.environ))
    if opts["verbosity"]:
        command.say(_summary(order, requests, service, dry_run=opts["dry_run"]))


def _order(rules: PurgeRules, service: Service, opts: Mapping[str, Any]) -> Order:
    if opts["all"]:
        return orders.order_of_everything(_new_id())
    destination = publishing()
    if not opts["names"]:
        return _order_of_changes(destination.current(), rules, service)
    at = orders.addresses(static_storage().base_url or "/", rules.sites, by_path=service.by_path)
    return orders.order_of_names(opts["names"], current_at(destination), at, _new_id())


def _order_of_changes(manifest: Manifest, rules: PurgeRules, service: Service) -> Order:
    at = orders.addresses(static_storage().base_url or "/", rules.sites, by_path=service.by_path)
    changed = orders.changes(manifest, orders.before(manifest))
    return orders.order_of_changes(changed, _root_files(options().root_files), at, _new_id())


def _new_id() -> str:
    return f"stator-{time.time_ns()}-{secrets.token_hex(4)}"


def _root_files(folder: str) -> Iterator[str]:
    """Yield the names of the files that are served at ``/``."""
    for place, folders, files in os.walk(folder) if folder else ():
        folders[:] = sorted(one for one in folders if not one.startswith(".") or one == ".well-known")
        relative = os.path.relpath(place, folder).replace(os.sep, "/")
        for name in sorted(files):
            if not name.startswith("."):
                yield name if relative == "." else f"{relative}/{name}"


def _summary(order: Order, requests: Sequence[Request], service: Service, *, dry_run: bool) -> str:
    if not requests:
        return f"Nothing to purge at {service.title}."
    what = "Everything" if order.is_everything else count_text(len(order.items), "name")
    verb = "would be purged" if dry_run else "purged"
    return f"{what} {verb} at {service.title}, in {count_text(len(requests), 'request')}."
