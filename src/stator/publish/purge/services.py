"""The services that can be told to forget. One is a line in ``SERVICES``, and the file named after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from stator.config import PurgeRules
from stator.publish.purge import cloudflare, cloudfront, fastly, varnish
from stator.publish.purge.order import Order
from stator.publish.purge.request import Request, Seal


class Service(NamedTuple):
    """How a service is asked.

    ``requests``: from an order to what is sent. ``sealing``: from rules and environment to what proves who
    sends it. ``trouble``: from status and body of an answer to what the service says is wrong, ``""`` if it
    says nothing and ``None`` if nothing is. ``rights``: what to look at when it does not let us in.
    ``busy``: how what it says begins when it wants to be asked later, besides by a status. ``pause``: seconds
    to leave between requests. ``by_path``: it goes by paths, and wants to know no host.
    """

    title: str
    requests: Callable[[Order, PurgeRules], list[Request]]
    sealing: Callable[[PurgeRules, Mapping[str, str]], Seal]
    trouble: Callable[[int, bytes], str | None]
    rights: str
    busy: tuple[str, ...] = ()
    pause: float = 0
    by_path: bool = False


SERVICES: Mapping[str, Service] = {
    "cloudflare": Service(
        "Cloudflare",
        cloudflare.requests,
        cloudflare.sealing,
        cloudflare.trouble,
        "Look at TOKEN, which needs the permission 'Zone, Cache Purge, Purge', and at ZONE.",
        pause=cloudflare.PAUSE,
    ),
    "cloudfront": Service(
        "CloudFront",
        cloudfront.requests,
        cloudfront.sealing,
        cloudfront.trouble,
        "Look at AWS_ACCESS_KEY_ID and its secret, which need the right to do cloudfront:CreateInvalidation, "
        "at DISTRIBUTION, and at this machine's clock.",
        busy=cloudfront.BUSY,
        by_path=True,
    ),
    "fastly": Service(
        "Fastly",
        fastly.requests,
        fastly.sealing,
        fastly.trouble,
        "Look at TOKEN, which needs the scope purge_select (purge_all for --all), and at SERVICE_ID.",
    ),
    "varnish": Service(
        "Varnish",
        varnish.requests,
        varnish.sealing,
        varnish.trouble,
        "docs/purge.md has the VCL, with the list of those who may purge.",
    ),
}
