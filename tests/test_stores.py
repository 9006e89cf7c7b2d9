"""The stores and the proxy that other tests stand on: that they are what those take them for."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import obstore
import pytest
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, ObjectStore, S3Store

from tests.faulty import FAULTS, LASTING, TRANSIENT, Exchange, Plan, always, by_chance, faulty
from tests.gcs_stub import gcs_stub
from tests.stores import SECRETS, NewBucket, Object, azurite, ceph, fetch, full, seaweedfs

pytestmark = [pytest.mark.other_programs, pytest.mark.asks_stores]

SERVERS = {"seaweedfs": seaweedfs, "ceph": ceph, "azurite": azurite, "gcs stub": gcs_stub}
CEPH = pytest.param("ceph", marks=pytest.mark.needs("ceph"))
HEEDING = [  # conditions
    pytest.param("seaweedfs", marks=pytest.mark.needs("seaweedfs")),
    pytest.param("azurite", marks=pytest.mark.needs("azurite")),
    "gcs stub",
]
EVERY = [*HEEDING, CEPH]

SCRIPT = Object(b"a" * 2000, "text/javascript", "public, max-age=31536000, immutable", "br", {"mark": "1 2"})
NAME = "js/one of é+ 1.3f2a9c1b7d5e.js"


@pytest.fixture(scope="module")
def bucket(request: pytest.FixtureRequest) -> Iterator[NewBucket]:
    server: AbstractContextManager[NewBucket] = SERVERS[request.param]()
    with server as new:
        yield new


def opened(options: Mapping[str, str], *, retries: int = 0) -> ObjectStore:
    """Return what obstore makes of a ``DESTINATION``."""
    scheme, _, place = options["URL"].partition("://")
    name, _, prefix = place.partition("/")
    moment = timedelta(milliseconds=1)  # with none at all, obstore panics
    backoff = {"init_backoff": moment, "max_backoff": 10 * moment, "base": 2}
    common: dict[str, Any] = {
        "prefix": prefix,
        "client_options": {"allow_http": True, "timeout": "20s"},
        "retry_config": {"max_retries": retries, "backoff": backoff},
    }
    endpoint, secret = options["ENDPOINT"], options[SECRETS[scheme]]
    match scheme:
        case "s3":
            return S3Store(
                name,
                endpoint=endpoint,
                access_key_id=options["KEY"],
                secret_access_key=secret,
                region=options["REGION"],
                **common,
            )
        case "az":
            account = options["ACCOUNT"]
            return AzureStore(name, endpoint=endpoint, account_name=account, account_key=secret, **common)
    return GCSStore(name, base_url=endpoint, bearer_token=secret, **common)


def put(options: Mapping[str, str], name: str, content: Object, **how: Any) -> None:
    attributes = {
        "Content-Type": content.content_type,
        "Cache-Control": content.cache_control,
        "Content-Encoding": content.content_encoding,
        **content.metadata,
    }
    obstore.put(opened(options), name, content.body, attributes=attributes, **how)


@pytest.mark.parametrize("bucket", EVERY, indirect=True)
def test_what_goes_through_the_proxy_is_seen_by_another_client_and_by_everybody(bucket: NewBucket) -> None:
    store = bucket()
    with faulty(store) as proxy:
        put(proxy.options, NAME, SCRIPT)
    [exchange] = proxy.exchanges
    assert exchange == Exchange("PUT", f"/static/{NAME}", "pass", exchange.status)
    assert exchange.status in (200, 201)
    assert store.objects.names() == [NAME]
    assert store.objects.get(NAME) == SCRIPT
    answer = fetch(store, NAME)
    assert (answer.status, answer.body) == (200, SCRIPT.body)
    fields = [answer.fields[field] for field in ("content-type", "cache-control", "content-encoding")]
    assert fields == list(SCRIPT[1:4])
    assert fetch(store, NAME, if_none_match=answer.fields["etag"]).status == 304
    assert fetch(store, "none.js").status in (403, 404)


@pytest.mark.parametrize("bucket", EVERY, indirect=True)
def test_what_another_client_does_is_seen_in_a_listing(bucket: NewBucket) -> None:
    store = bucket(prefix="")
    store.objects.put("gone.js", SCRIPT)
    store.objects.put(NAME, SCRIPT)
    store.objects.delete("gone.js")
    [listed] = obstore.list(opened(store.options)).collect()
    assert (listed["path"], listed["size"]) == (NAME, len(SCRIPT.body))
    assert store.objects.get(NAME) == SCRIPT


@pytest.mark.parametrize("bucket", EVERY, indirect=True)
def test_buckets_begin_empty_and_know_nothing_of_each_other(bucket: NewBucket) -> None:
    one, other = bucket(), bucket()
    one.objects.put(NAME, SCRIPT)
    assert other.objects.names() == []


@pytest.mark.parametrize("bucket", EVERY, indirect=True)
def test_a_wrong_secret_is_refused(bucket: NewBucket) -> None:
    store = bucket()
    with pytest.raises((PermissionDeniedError, UnauthenticatedError)):
        put(store.denied, NAME, SCRIPT)
    assert store.objects.names() == []


@pytest.mark.parametrize("bucket", EVERY, indirect=True)
def test_nobody_lists_a_bucket_without_credentials(bucket: NewBucket) -> None:
    store = bucket(prefix="")
    store.objects.put(NAME, SCRIPT)
    assert fetch(store, "").status >= 400


@pytest.mark.parametrize("bucket", HEEDING, indirect=True)
def test_a_name_that_is_taken_is_not_created(bucket: NewBucket) -> None:
    store = bucket()
    put(store.options, NAME, SCRIPT, mode="create")
    with pytest.raises(BaseError, match="already exists"):
        put(store.options, NAME, SCRIPT._replace(body=b"another"), mode="create")
    assert store.objects.get(NAME) == SCRIPT


@pytest.mark.parametrize("bucket", [CEPH], indirect=True)
def test_ceph_heeds_no_condition(bucket: NewBucket) -> None:
    store = bucket()
    put(store.options, NAME, SCRIPT)
    put(store.options, NAME, SCRIPT._replace(body=b"another"), mode="create")
    assert store.objects.get(NAME).body == b"another"


@pytest.mark.needs("seaweedfs")
def test_a_full_store_refuses_more_and_keeps_what_it_has() -> None:
    with full() as bucket:
        store = bucket()
        with pytest.raises(BaseError, match="500"):  # noqa: PT012 (which of them is the first to be refused is open)
            for number in range(10):
                put(store.options, f"{number}.bin", SCRIPT._replace(body=bytes(300_000)))
        assert store.objects.get("0.bin").body == bytes(300_000)


@pytest.fixture(scope="module")
def stand_in() -> Iterator[NewBucket]:
    with gcs_stub() as new:
        yield new


# What became of an object after one try, and what the client was told.
STRUCK = {
    "pass": (True, 200),
    "drop before": (False, 0),
    "drop after": (True, 0),
    "delay": (True, 200),
    "truncate": (True, 200),
    "500": (False, 500),
    "503": (False, 503),
    "503 retry after": (False, 503),
    "403": (False, 403),
    "412": (False, 412),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults(fault: str, stand_in: NewBucket) -> None:
    store = stand_in()
    stored, status = STRUCK[fault]
    with faulty(store, always(fault, "PUT")) as proxy:
        try:
            put(proxy.options, NAME, SCRIPT)
        except BaseError:
            assert status != 200
        else:
            assert status == 200
    assert [(each.fault, each.status) for each in proxy.exchanges] == [(fault, status)]
    assert store.objects.names() == [NAME] * stored


def test_half_an_answer_is_no_answer(stand_in: NewBucket) -> None:
    store = stand_in()
    store.objects.put(NAME, SCRIPT)
    with faulty(store, always("truncate", "GET")) as proxy:
        through = opened(proxy.options)
        with pytest.raises(BaseError):
            obstore.get(through, NAME).bytes()


@pytest.mark.parametrize("fault", [*TRANSIENT, *LASTING])
def test_what_passes_is_got_over_by_trying_again(fault: str, stand_in: NewBucket) -> None:
    store = stand_in()
    with faulty(store, always(fault, path=NAME, times=1)) as proxy:
        through = opened(proxy.options, retries=2)
        if fault in LASTING:
            with pytest.raises(BaseError):
                obstore.put(through, NAME, b"1")
        else:
            obstore.put(through, NAME, b"1")
    assert store.objects.names() == [NAME] * (fault in TRANSIENT)


def test_another_plan_begins_anew(stand_in: NewBucket) -> None:
    store = stand_in()
    with faulty(store) as proxy:
        through = opened(proxy.options)
        obstore.put(through, NAME, b"1")
        proxy.follow(always("412", times=1))
        with pytest.raises(BaseError):
            obstore.put(through, NAME, b"2")
        obstore.put(through, NAME, b"3")
    assert [each.status for each in proxy.exchanges] == [200, 412, 200]


def test_chance_is_the_same_with_the_same_seed_and_strikes_its_share() -> None:
    asked = [("PUT", f"/static/{number}", before) for number in range(500) for before in (0, 1)]

    def struck(plan: Plan) -> list[str]:
        return [plan(*each) for each in asked]

    first = struck(by_chance(1, share=0.3))
    assert first == struck(by_chance(1, share=0.3))
    assert first != struck(by_chance(2, share=0.3))
    assert {*first} == {"pass", *TRANSIENT}
    assert 200 < sum(fault != "pass" for fault in first) < 400


def test_chance_is_the_same_in_another_bucket(stand_in: NewBucket) -> None:
    def befell(names: list[str]) -> dict[str, str]:
        with faulty(stand_in(), by_chance(1, share=0.5)) as proxy:
            through = opened(proxy.options)
            for name in names:
                with suppress(BaseError):
                    obstore.put(through, name, b"1")
        return {each.path: each.fault for each in proxy.exchanges}

    names = [f"{number}.js" for number in range(20)]
    assert befell(names) == befell(names[::-1])


@pytest.mark.parametrize("bucket", EVERY, indirect=True)
def test_a_clock_that_is_ahead(bucket: NewBucket) -> None:
    store = bucket()
    store.objects.put(NAME, SCRIPT)
    with faulty(store, skew=timedelta(hours=1)) as proxy:
        through = opened(proxy.options)
        [listed] = obstore.list(through).collect()
        told = [obstore.head(through, NAME)["last_modified"], listed["last_modified"]]
    for time in told:
        assert timedelta(minutes=59) < time - datetime.now(UTC) < timedelta(minutes=61)


def test_the_stand_in_lists_in_parts_and_has_conditions(stand_in: NewBucket) -> None:
    store = stand_in()
    for number in range(2500):
        store.objects.put(f"{number}.js", SCRIPT)
    with faulty(store) as proxy:
        assert len(obstore.list(opened(proxy.options)).collect()) == 2500
    assert len(proxy.exchanges) == 3
    now = obstore.head(opened(store.options), "1.js")
    known = {"e_tag": now["e_tag"], "version": now["version"]}
    put(store.options, "1.js", SCRIPT, mode=known)
    with pytest.raises(BaseError, match="412"):
        put(store.options, "1.js", SCRIPT, mode=known)


def test_the_stand_in_takes_parts_and_decompresses_for_who_cannot(stand_in: NewBucket) -> None:
    store = stand_in()
    content = bytes(range(256)) * 50_000  # more than the 5 MiB from which obstore sends parts
    put(store.options, "big.js", SCRIPT._replace(body=gzip.compress(content, 0), content_encoding="gzip"))
    assert store.objects.get("big.js").content_encoding == "gzip"
    assert fetch(store, "big.js").body == content
    accepted = fetch(store, "big.js", accept_encoding="gzip")
    assert (accepted.fields["content-encoding"], gzip.decompress(accepted.body)) == ("gzip", content)
