"""Varnish, or a cache that was taught the same: ``PURGE`` for an address, ``BAN`` for more.

What the cache has to understand (docs/purge.md has the VCL for it):

    PURGE /static/css/app.css       with Host: the address, in all its forms
    BAN /                           with Host and X-Ban-Prefix: all of the host's addresses that begin so
    BAN /                           with X-Ban-Key: all answers that came with this surrogate key
    BAN /                           with neither: everything

Each of several caches is told; none asks for a secret, since a cache listens to its neighbours only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from stator.config import PurgeRules
from stator.publish.purge.order import Form, Order
from stator.publish.purge.request import Request, Seal, unsealed


def requests(order: Order, rules: PurgeRules) -> list[Request]:
    """Return the requests that carry out the order at each cache."""
    return [request for cache in rules.urls for request in _requests(order, cache)]


def sealing(_: PurgeRules, __: Mapping[str, str]) -> Seal:
    """Return what seals requests, which need nothing."""
    return unsealed


def trouble(status: int, _: bytes) -> str | None:
    """Return ``None`` if a request was understood; what Varnish says otherwise is a page for people."""
    if status == 200:
        return None
    return "its VCL does not take this request from here" if status in {403, 404, 405, 501} else ""


def _requests(order: Order, cache: str) -> Iterator[Request]:
    if order.is_everything:
        yield Request("BAN", f"{cache}/")
        return
    for url in order.texts(Form.URL):
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        yield Request("PURGE", f"{cache}{parts.path or '/'}{query}", (("Host", parts.netloc),))
    for url in order.texts(Form.PREFIX):
        parts = urlsplit(url)
        yield Request("BAN", f"{cache}/", (("Host", parts.netloc), ("X-Ban-Prefix", parts.path or "/")))
    for key in order.texts(Form.KEY):
        yield Request("BAN", f"{cache}/", (("X-Ban-Key", key),))
