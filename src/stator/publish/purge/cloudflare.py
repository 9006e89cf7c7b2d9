"""Cloudflare: "Purge cached content", API v4 (developers.cloudflare.com/cache/how-to/purge-cache, July 2026).

Facts: all ways of purging are there on all plans; 100 operations a call; 800 addresses a second on the
smallest plan, and 5 calls a minute, after 25 at once, of the other ways, which a 429 tells. An answer of 200
can be a refusal: ``success`` says. The cache key has the ``Origin`` of a request, which browsers send for
fonts and modules from another host: such copies are purged by naming it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from stator.config import PurgeRules
from stator.publish.purge.order import Form, Order, batches
from stator.publish.purge.request import Fields, Request, Seal

AT_ONCE = 100
PAUSE = 0.125  # seconds between calls of 100 addresses each, of which there may be 800 a second


def requests(order: Order, rules: PurgeRules) -> list[Request]:
    """Return the calls that carry out the order."""
    return [_request(body, rules) for body in _bodies(order, rules.sites)]


def sealing(rules: PurgeRules, environ: Mapping[str, str]) -> Seal:
    """Return what seals requests. Raises ``ConfigError`` without a token."""
    token = rules.token.reveal(environ) if rules.token else ""

    def seal(_: Request, __: int) -> Fields:
        return (("Authorization", f"Bearer {token}"),)

    return seal


def trouble(status: int, body: bytes) -> str | None:
    """Return what the service says is wrong, ``""`` if it says nothing, and ``None`` if nothing is."""
    try:
        said = json.loads(body)
        if status < 300 and said["success"] is True:
            return None
        return "; ".join(f"{error['message']} ({error['code']})" for error in said["errors"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _bodies(order: Order, sites: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    if order.is_everything:
        yield {"purge_everything": True}
        return
    files = [entry for url in order.texts(Form.URL) for entry in _entries(url, sites)]
    prefixes = [url.partition("://")[2] for url in order.texts(Form.PREFIX)]
    for key, texts in (("files", files), ("prefixes", prefixes), ("tags", order.texts(Form.KEY))):
        for batch in batches(texts, AT_ONCE):
            yield {key: batch}


def _entries(url: str, sites: tuple[str, ...]) -> Iterator[Any]:
    """Yield an address, and where it is not of a site itself, once more as each site's pages ask for it."""
    parts = urlsplit(url)
    yield url
    if f"{parts.scheme}://{parts.netloc}" not in sites:
        yield from ({"url": url, "headers": {"Origin": site}} for site in sites)


def _request(body: Mapping[str, Any], rules: PurgeRules) -> Request:
    content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    url = f"{rules.urls[0]}/zones/{rules.id}/purge_cache"
    return Request("POST", url, (("Content-Type", "application/json"),), content)
