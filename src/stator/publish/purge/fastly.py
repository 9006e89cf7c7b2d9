"""Fastly: "Purging API" (fastly.com/documentation/reference/api/purging, as of 2026).

Facts: an address is purged by a call of its own, keys 256 a call. Soft: what is purged is marked as stale,
and may be shown while it is fetched anew; everything can be purged only the hard way. There are no prefixes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from stator.config import PurgeRules
from stator.publish.purge.order import Form, Order, batches, unsupported
from stator.publish.purge.request import Fields, Request, Seal

AT_ONCE = 256
_JSON = ("Content-Type", "application/json")
_SOFT = ("Fastly-Soft-Purge", "1")


def requests(order: Order, rules: PurgeRules) -> list[Request]:
    """Return the calls that carry out the order. Raises ``ConfigError`` for a prefix."""
    return list(_requests(order, rules))


def sealing(rules: PurgeRules, environ: Mapping[str, str]) -> Seal:
    """Return what seals requests. Raises ``ConfigError`` without a token."""
    token = rules.token.reveal(environ) if rules.token else ""

    def seal(_: Request, __: int) -> Fields:
        return (("Fastly-Key", token),)

    return seal


def trouble(status: int, body: bytes) -> str | None:
    """Return what the service says is wrong, ``""`` if it says nothing, and ``None`` if nothing is."""
    try:
        said = json.loads(body)
        if status < 300 and isinstance(said, dict):
            return None
        return ": ".join(str(said[key]) for key in ("msg", "detail") if said.get(key))
    except (ValueError, AttributeError, RecursionError):
        return ""


def _requests(order: Order, rules: PurgeRules) -> Iterator[Request]:
    api = rules.urls[0]
    if order.is_everything:
        yield Request("POST", f"{api}/service/{rules.id}/purge_all", (_JSON,))
        return
    if order.texts(Form.PREFIX):
        raise unsupported("Fastly", Form.PREFIX, "Name the addresses, or a surrogate key: key:NAME")
    soft = (_SOFT,) if rules.soft else ()
    for url in order.texts(Form.URL):
        yield Request("POST", f"{api}/purge/{url.partition('://')[2]}", (*soft, _JSON))
    for keys in batches(order.texts(Form.KEY), AT_ONCE):
        body = json.dumps({"surrogate_keys": keys}).encode()
        yield Request("POST", f"{api}/service/{rules.id}/purge", (*soft, _JSON), body)
