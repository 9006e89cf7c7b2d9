"""What is sent for an order, service by service."""

from __future__ import annotations

import json
import re

import pytest

from stator.errors import ConfigError
from stator.publish.purge.order import Order
from stator.publish.purge.request import Request
from stator.publish.purge.services import SERVICES
from tests.publish.purge.rules import ENVIRON, EVERYTHING, SITE, TOKEN, order, rules_of


def requests(service: str, wanted: Order, **more: object) -> list[Request]:
    return SERVICES[service].requests(wanted, rules_of(service, **more))


def bodies(wanted: Order, **more: object) -> list[dict[str, object]]:
    return [json.loads(request.body) for request in requests("cloudflare", wanted, **more)]


def paths(wanted: Order) -> list[str]:
    sent = [request.body.decode() for request in requests("cloudfront", wanted)]
    assert all(f"<Quantity>{body.count('<Path>')}</Quantity>" in body for body in sent)
    return [path for body in sent for path in re.findall("<Path>(.*?)</Path>", body)]


@pytest.mark.parametrize("service", SERVICES)
def test_an_order_of_nothing_sends_nothing(service: str) -> None:
    assert requests(service, order()) == []


@pytest.mark.parametrize("service", ["cloudflare", "fastly"])
def test_the_token_is_the_seals_to_add(service: str) -> None:
    request, *_ = requests(service, order(url=[f"{SITE}/a"]))
    rules = rules_of(service)
    assert TOKEN not in repr((request, rules))
    assert TOKEN in str(SERVICES[service].sealing(rules, ENVIRON)(request, 0))


@pytest.mark.parametrize("service", ["cloudflare", "cloudfront", "fastly"])
def test_without_its_secret_a_service_is_not_asked(service: str) -> None:
    with pytest.raises(ConfigError, match="is not set"):
        SERVICES[service].sealing(rules_of(service), {})


def test_cloudflare_gets_a_hundred_addresses_a_call() -> None:
    urls = [f"{SITE}/{number}" for number in range(250)]
    sent = bodies(order(url=urls))
    assert [len(body["files"]) for body in sent] == [100, 100, 50]
    assert [url for body in sent for url in body["files"]] == urls


def test_cloudflare_gets_each_form_in_a_call_of_its_own() -> None:
    wanted = order(url=[f"{SITE}/a"], prefix=[f"{SITE}/img/"], key=["k"])
    assert bodies(wanted) == [
        {"files": [f"{SITE}/a"]},
        {"prefixes": ["www.example.com/img/"]},
        {"tags": ["k"]},
    ]


def test_cloudflare_forgets_what_it_keeps_for_pages_of_another_host() -> None:
    url = "https://cdn.example.com/a.woff2"
    assert bodies(order(url=[url])) == [{"files": [url, {"url": url, "headers": {"Origin": SITE}}]}]


def test_a_site_of_two_hosts_asks_each_for_its_own() -> None:
    sites = [SITE, "https://example.com"]
    urls = [f"{site}/a.woff2" for site in sites]
    assert bodies(order(url=urls), SITE=sites) == [{"files": urls}]


def test_cloudflare_keeps_a_hundred_with_the_copies_for_other_hosts() -> None:
    sent = bodies(order(url=[f"https://cdn.example.com/{number}" for number in range(60)]))
    assert [len(body["files"]) for body in sent] == [100, 20]


def test_cloudfront_goes_by_paths_and_names_each_once() -> None:
    assert paths(order(url=["https://a/x.css?v=1", "https://b/x.css?v=1"])) == ["/x.css?v=1"]


def test_cloudfront_paths_are_escaped_as_it_wants() -> None:
    assert paths(order(url=["/s/a%20~&b.css"])) == ["/s/a%20%7E&amp;b.css"]


def test_cloudfront_gets_as_many_paths_as_can_be_in_progress() -> None:
    assert len(paths(order(url=[f"/static/{number}" for number in range(3000)]))) == 3000


def test_of_more_the_folder_with_the_most_becomes_one_path() -> None:
    urls = [f"/static/{number}" for number in range(3000)]
    assert paths(order(url=[*urls, "/robots.txt"])) == ["/robots.txt", "/static/*"]


def test_cloudfront_refuses_more_prefixes_than_it_takes() -> None:
    assert len(paths(order(prefix=[f"/{number}/" for number in range(15)]))) == 15
    with pytest.raises(ConfigError, match="cannot purge by prefix"):
        paths(order(prefix=[f"/{number}/" for number in range(16)]))


def test_cloudfront_knows_an_order_that_comes_again() -> None:
    (request,) = requests("cloudfront", order(url=["/a"]))
    assert b"<CallerReference>run-1</CallerReference>" in request.body


def test_cloudfront_has_no_keys() -> None:
    with pytest.raises(ConfigError, match="cannot purge by key"):
        requests("cloudfront", order(key=["k"]))


def test_fastly_has_no_prefixes() -> None:
    with pytest.raises(ConfigError, match="cannot purge by prefix"):
        requests("fastly", order(prefix=[f"{SITE}/img/"]))


def test_fastly_gets_a_call_for_each_address_and_256_keys_a_call() -> None:
    sent = requests(
        "fastly", order(url=[f"{SITE}/a", f"{SITE}/b"], key=[f"k{number}" for number in range(300)])
    )
    assert [request.url.rpartition(":1/")[2] for request in sent] == [
        "purge/www.example.com/a",
        "purge/www.example.com/b",
        "service/svc1/purge",
        "service/svc1/purge",
    ]
    assert [len(json.loads(request.body)["surrogate_keys"]) for request in sent[2:]] == [256, 44]


@pytest.mark.parametrize("soft", [True, False])
def test_fastly_is_soft_unless_told_otherwise(soft: bool) -> None:
    sent = requests("fastly", order(url=[f"{SITE}/a"], key=["k"]), SOFT=soft)
    assert all((("Fastly-Soft-Purge", "1") in request.fields) is soft for request in sent)


def test_fastly_can_forget_everything_only_the_hard_way() -> None:
    (request,) = requests("fastly", EVERYTHING)
    assert request.url.endswith("/service/svc1/purge_all")
    assert ("Fastly-Soft-Purge", "1") not in request.fields


def test_each_varnish_is_told() -> None:
    caches = ["http://10.0.0.5:6081", "http://10.0.0.6:6081"]
    sent = requests("varnish", order(url=[f"{SITE}/a?b"], prefix=[f"{SITE}/i/"], key=["k"]), URL=caches)
    host = ("Host", "www.example.com")
    assert [(request.method, request.url, request.fields) for request in sent] == [
        one
        for cache in caches
        for one in (
            ("PURGE", f"{cache}/a?b", (host,)),
            ("BAN", f"{cache}/", (host, ("X-Ban-Prefix", "/i/"))),
            ("BAN", f"{cache}/", (("X-Ban-Key", "k"),)),
        )
    ]


@pytest.mark.parametrize(
    ("service", "status", "body", "trouble"),
    [
        ("cloudflare", 200, b'{"success": true, "errors": []}', None),
        ("cloudflare", 200, b'{"success": false, "errors": [{"code": 1, "message": "No"}]}', "No (1)"),
        ("cloudflare", 403, b'{"success": false, "errors": [{"code": 9, "message": "No"}]}', "No (9)"),
        ("cloudflare", 200, b"<html>", ""),
        ("cloudflare", 200, b"[]", ""),
        ("cloudflare", 200, b'{"success": false, "errors": null}', ""),
        ("cloudflare", 502, b"\xff", ""),
        ("fastly", 200, b'{"status": "ok", "id": "1"}', None),
        ("fastly", 200, b"<html>", ""),
        ("fastly", 401, b'{"msg": "Bad key", "detail": "look"}', "Bad key: look"),
        ("fastly", 401, b"[]", ""),
        ("cloudfront", 201, b"<?xml?><Invalidation><Id>1</Id></Invalidation>", None),
        ("cloudfront", 200, b"<Invalidation>", ""),
        ("cloudfront", 400, b"<Code>Bad</Code><Message>a &lt; b</Message>", "Bad: a < b"),
        ("cloudfront", 500, b"", ""),
        ("varnish", 200, b"", None),
        ("varnish", 405, b"<html>", "its VCL does not take this request from here"),
        ("varnish", 503, b"<html>", ""),
    ],
)
def test_what_an_answer_says(service: str, status: int, body: bytes, trouble: str | None) -> None:
    assert SERVICES[service].trouble(status, body) == trouble
