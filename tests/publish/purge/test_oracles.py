"""What we send is, byte for byte, what the services' own programs send for the same."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from stator.publish.purge.carry import World, carry
from stator.publish.purge.order import Order
from stator.publish.purge.services import SERVICES
from tests.publish.purge.listening import Asked, Reply, listening
from tests.publish.purge.rules import ENVIRON, EVERYTHING, SECRET_KEY, SESSION, SITE, TOKEN, order, rules_of

pytestmark = pytest.mark.needs("purge SDKs")

URLS = [f"{SITE}/static/js/app.js", f"{SITE}/static/a%20b~&'.css"]
PREFIXES = [f"{SITE}/static/js/"]
KEYS = ["app-js", "all"]
ANSWERS = {
    "cloudflare": Reply(
        b'{"success":true,"errors":[],"messages":[],"result":{"id":"1"}}',
        fields={"Content-Type": "application/json"},
    ),
    "fastly": Reply(b'{"status":"ok","id":"1"}', fields={"Content-Type": "application/json"}),
    "cloudfront": Reply(
        b"<Invalidation><Id>1</Id><Status>InProgress</Status></Invalidation>",
        201,
        {"Content-Type": "text/xml"},
    ),
}
# What a service goes by; all else is of the program that sends.
MEANT = ("host", "content-type", "content-length", "authorization", "x-amz-date", "x-amz-security-token")
MEANT_BY_FASTLY = ("fastly-key", "fastly-soft-purge")


def meant(asked: Asked) -> tuple[object, ...]:
    fields = {name: asked.fields[name] for name in (*MEANT, *MEANT_BY_FASTLY) if name in asked.fields}
    return asked.method, asked.target, fields, asked.body


def assert_same(
    service: str,
    theirs: Callable[[str], object],
    ours: Order,
    environ: Mapping[str, str] = ENVIRON,
    api: str = "",
) -> None:
    """Let the service's program and us ask the same listener, at the same time, and compare."""
    kind = SERVICES[service]
    with listening(lambda _: ANSWERS[service]) as listener:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # theirs, about their Pythons
            theirs(listener.origin + api)
        (expected,) = listener.asked
        date = expected.fields.get("x-amz-date", "20260101T000000Z")
        now = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
        rules = rules_of(service, listener.origin + api)
        carry(kind.requests(ours, rules), kind, kind.sealing(rules, environ), World(now=lambda: now))
        (got,) = listener.asked[1:]
    assert meant(got) == meant(expected)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (order(url=URLS), {"files": URLS}),
        (order(prefix=PREFIXES), {"prefixes": ["www.example.com/static/js/"]}),
        (order(key=KEYS), {"tags": KEYS}),
        (EVERYTHING, {"purge_everything": True}),
        (
            order(url=["https://cdn.example.com/a.woff2"]),
            {
                "files": [
                    "https://cdn.example.com/a.woff2",
                    {"url": "https://cdn.example.com/a.woff2", "headers": {"Origin": SITE}},
                ]
            },
        ),
    ],
)
def test_cloudflare(ours: Order, theirs: dict[str, Any]) -> None:
    from cloudflare import Cloudflare

    def send(api: str) -> None:
        with Cloudflare(api_token=TOKEN, base_url=api) as client:
            client.cache.purge(zone_id="zone1", **theirs)

    assert_same("cloudflare", send, ours, api="/client/v4")


@pytest.mark.parametrize(
    ("ours", "call", "theirs"),
    [
        (
            order(url=[f"{SITE}/static/js/app.js"]),
            "purge_single_url",
            {"cached_url": "www.example.com/static/js/app.js", "fastly_soft_purge": 1},
        ),
        (
            order(key=KEYS),
            "bulk_purge_tag",
            {"service_id": "svc1", "purge_response": {"surrogate_keys": KEYS}, "fastly_soft_purge": 1},
        ),
        (EVERYTHING, "purge_all", {"service_id": "svc1"}),
    ],
)
def test_fastly(ours: Order, call: str, theirs: dict[str, Any]) -> None:
    import fastly
    from fastly.api.purge_api import PurgeApi

    def send(origin: str) -> None:
        configuration = fastly.Configuration(host=origin)
        configuration.api_token = TOKEN
        with fastly.ApiClient(configuration) as client:
            getattr(PurgeApi(client), call)(**theirs)

    assert_same("fastly", send, ours)


@pytest.mark.parametrize("session", ["", SESSION])
@pytest.mark.parametrize(
    ("ours", "paths"),
    [
        (order(url=URLS), ["/static/js/app.js", "/static/a%20b%7E&'.css"]),
        (order(url=URLS[:1], prefix=PREFIXES), ["/static/js/app.js", "/static/js/*"]),
        (EVERYTHING, ["/*"]),
    ],
)
def test_cloudfront(ours: Order, paths: list[str], session: str) -> None:
    import boto3

    def send(origin: str) -> None:
        client = boto3.client(
            "cloudfront",
            endpoint_url=origin,
            region_name="us-east-1",
            aws_access_key_id=ENVIRON["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=SECRET_KEY,
            aws_session_token=session or None,
        )
        batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": ours.id}
        client.create_invalidation(DistributionId="E123", InvalidationBatch=batch)
        client.close()

    environ = {**ENVIRON, "AWS_SESSION_TOKEN": session} if session else ENVIRON
    assert_same("cloudfront", send, ours, environ)
