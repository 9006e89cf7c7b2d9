"""What a bucket does for us, on real stores, and what is said of one that does it not."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from stator.errors import ConfigError, EnvironmentFailed, StatorError
from stator.publish.bucket import lease
from stator.publish.bucket import store as stores
from stator.setting import read_options
from tests.faulty import always, faulty
from tests.gcs_stub import TOKEN
from tests.publish.bucket.publishing import FIRST, Publisher
from tests.stores import NewBucket, Object, Store, fetch

pytestmark = pytest.mark.asks_stores

needs_seaweedfs = pytest.mark.needs("seaweedfs")
needs_azurite = pytest.mark.needs("azurite")
needs_ceph = pytest.mark.needs("ceph")
SECRET = "s3cr3t-and-known-to-nobody"


def opened(options: Mapping[str, str], **more: str) -> stores.Store:
    rules = read_options({"DESTINATION": {**options, **more}}).destination
    assert rules
    return stores.Store(rules, {})


@pytest.fixture(autouse=True)
def _without_trying_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "_ATTEMPTS", 1)


# -- what it does --


def test_an_object_is_read_noted_and_deleted(store: Store) -> None:
    ours = opened(store.options)
    store.objects.put("", Object(b""))  # as consoles do that show folders
    etag = ours.put("a b.css", b"a {}", {"Content-Type": "text/css", "note": "of it"})
    assert {name: one[:2] for name, one in ours.listing().items()} == {"a b.css": (etag, 4)}
    found = ours.read("a b.css")
    assert found
    assert found.content == b"a {}"
    assert (ours.note("a b.css", "note"), ours.note("a b.css", "other")) == ("of it", "")
    ours.delete(["a b.css", "c.css"])
    assert ours.listing() == {}
    assert ours.read("a b.css") is None
    assert ours.note("a b.css", "note") == ""


def test_a_record_is_written_over_the_one_that_is_known(store: Store, request: pytest.FixtureRequest) -> None:
    ours = opened(store.options)
    first = ours.put_record("record", b"1", "", "text/plain")
    second = ours.put_record("record", b"2", first, "text/plain")
    if "ceph" in request.node.callspec.id:  # it looks at no conditions
        return
    for known in ("", first):
        with pytest.raises(stores.Unmet):
            ours.put_record("record", b"3", known, "text/plain")
    with pytest.raises(stores.Unmet):
        ours.put("record", b"3", {}, anew=True)
    found = ours.read("record")
    assert found == (b"2", second)
    ours.put_record("record", b"4", None, "text/plain")
    assert store.objects.get("record").body == b"4"


def test_a_record_whose_answer_was_lost_is_written(store: Store) -> None:
    with faulty(store, always("drop after", "PUT", times=1)) as proxy:
        ours = opened({**store.options, "ENDPOINT": proxy.options["ENDPOINT"]})
        etag = ours.put_record("record", b"1", "", "text/plain")
    found = opened(store.options).read("record")
    assert found == (b"1", etag)


@needs_ceph  # SeaweedFS takes an ACL and does nothing with it
def test_an_acl_opens_what_is_for_everybody_and_nothing_else(
    buckets: Callable[[str], NewBucket], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "WORLD", lease.World(sleep=lambda _: None))
    publisher = Publisher(tmp_path, buckets("ceph")(), ACL="public-read")
    client: Any = publisher.store.objects
    client.client.delete_bucket_policy(Bucket=client.bucket)  # without which nobody may read
    publisher.collect({**FIRST, "film.mp4": bytes(9 << 20)}, codings=())
    with faulty(publisher.store) as proxy:
        publisher.options["ENDPOINT"] = proxy.options["ENDPOINT"]
        publisher.publish()
    assert publisher.wrong() == []
    private = {*publisher.store.objects.names()} - publisher.expected()
    assert private
    assert {fetch(publisher.store, name).status for name in private} == {403}
    assert not [each for each in proxy.exchanges if "partNumber" in each.path]  # S3 refuses an ACL there


STORAGE_CLASSES: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "seaweedfs": (
        "STANDARD_IA",
        lambda objects: objects.client.head_object(Bucket=objects.bucket, Key="static/app.css")[
            "StorageClass"
        ],
    ),
    "azurite": (
        "Cool",
        lambda objects: objects.client.get_blob_client("static/app.css").get_blob_properties().blob_tier,
    ),
}


@pytest.mark.parametrize(
    "name",
    [pytest.param("seaweedfs", marks=needs_seaweedfs), pytest.param("azurite", marks=needs_azurite)],
)
def test_a_storage_class_is_that_of_each_object(
    name: str, buckets: Callable[[str], NewBucket], tmp_path: Path
) -> None:
    wanted, of = STORAGE_CLASSES[name]
    publisher = Publisher(tmp_path, buckets(name)(), STORAGE_CLASS=wanted)
    publisher.publish(FIRST)
    assert of(publisher.store.objects) == wanted
    assert publisher.publish(FIRST).manifest is None


@needs_seaweedfs
def test_credentials_that_are_given_are_the_ones_that_are_used(
    seaweed: NewBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(variable, "of-somebody-else")
    assert opened(seaweed().options).listing() == {}


@needs_seaweedfs
def test_credentials_come_from_the_environment(seaweed: NewBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    options = dict(seaweed().options)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", options.pop("KEY"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", options.pop("SECRET"))
    assert opened(options).listing() == {}


# -- what is said of one that does it not --


class Refusal(NamedTuple):
    """What a bucket is asked for under wrong terms, what is said of that, and what is to be done."""

    server: str
    more: Mapping[str, str]
    ask: Callable[[stores.Store], object]
    said: str
    hint: str


def listed(ours: stores.Store) -> object:
    return ours.listing()


def read(ours: stores.Store) -> object:
    return ours.read("x")


def noted(ours: stores.Store) -> object:
    return ours.note("x", "mark")


def put(ours: stores.Store) -> object:
    return ours.put("x", b"x", {})


def deleted(ours: stores.Store) -> None:
    ours.delete(["x"])


NO_S3, NO_AZ, NO_GS = ({"URL": f"{service}://no-such-bucket/x"} for service in ("s3", "az", "gs"))
BAD_SECRET = {"SECRET": SECRET}
BAD_KEY = {"KEY": base64.b64encode(SECRET.encode()).decode()}
REFUSALS = [
    Refusal(
        "seaweedfs",
        BAD_SECRET,
        listed,
        "listed: it answered 403 (SignatureDoesNotMatch: The r",
        "Look at SECRET",
    ),
    Refusal(
        "seaweedfs",
        BAD_SECRET,
        read,
        "x cannot be read: it answered 403 (SignatureDoesNotM",
        "Look at SECRET",
    ),
    Refusal(
        "seaweedfs", BAD_SECRET, noted, "x cannot be looked at: it answered 403.", "Whoever publishes must"
    ),
    Refusal(
        "seaweedfs", BAD_SECRET, put, "x cannot be written: it answered 403 (SignatureDoesN", "Look at SECRET"
    ),
    Refusal(
        "seaweedfs",
        BAD_SECRET,
        deleted,
        "Objects cannot be deleted: it answered 403 (Signatur",
        "Look at SECRET",
    ),
    Refusal("seaweedfs", {"KEY": "nobody"}, listed, "it answered 403 (InvalidAccessKeyId: ", "Look at KEY"),
    Refusal(
        "seaweedfs", NO_S3, listed, "it answered 404 (NoSuchBucket: The specified bucket does no", "Make it"
    ),
    Refusal("ceph", NO_S3, read, "x cannot be read: it answered 404 (NoSuchBucket).", "Make it"),
    Refusal("ceph", NO_S3, put, "x cannot be written: it answered 404 (NoSuchBucket).", "Make it"),
    Refusal("ceph", BAD_SECRET, put, "it answered 403 (SignatureDoesNotMatch).", "Look at SECRET"),
    Refusal(
        "ceph",
        {"ACL": "pubic"},
        put,
        "it answered 400 (InvalidArgument).",
        "Look at STATOR['DESTINATION']: the",
    ),
    Refusal(
        "azurite",
        BAD_KEY,
        listed,
        "it answered 403 (AuthorizationFailure: Server failed",
        "Whoever publishes must",
    ),
    Refusal("azurite", NO_AZ, listed, "it answered 404 (ContainerNotFound: The specified contain", "Make it"),
    Refusal("azurite", NO_AZ, read, "it answered 404 (ContainerNotFound: The specified contain", "Make it"),
    Refusal("gcs stub", {"TOKEN": SECRET}, listed, "listed: it answered 401.", "Look at TOKEN"),
    Refusal("gcs stub", NO_GS, listed, "listed: it answered 404.", "Is there such a bucket?"),
]


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(
            one,
            id=f"{one.server}: {one.said}",
            marks=[] if one.server == "gcs stub" else [pytest.mark.needs(one.server)],
        )
        for one in REFUSALS
    ],
)
def test_what_is_said_of_a_refusal(refusal: Refusal, buckets: Callable[[str], NewBucket]) -> None:
    ours = opened(buckets(refusal.server)().options, **refusal.more)
    with pytest.raises(EnvironmentFailed) as caught:
        refusal.ask(ours)
    check(caught.value, f"{ours.place}: ", refusal.said, refusal.hint)
    assert SECRET not in repr(ours.rules)


def test_an_object_with_a_name_that_obstore_cannot_read(buckets: Callable[[str], NewBucket]) -> None:
    store = buckets("gcs stub")()
    store.objects.put("a//b.css", Object(b"theirs"))
    with pytest.raises(EnvironmentFailed) as caught:
        opened(store.options).listing()
    check(
        caught.value, store.options["URL"], 'Path "static/a//b.css" contained empty path', "Move that object"
    )


def test_what_a_terminal_would_obey_is_not_repeated(buckets: Callable[[str], NewBucket]) -> None:
    store = buckets("gcs stub")()
    store.objects.put("a\x1b[2J.css", Object(b"theirs"))
    with pytest.raises(EnvironmentFailed) as caught:
        opened(store.options).listing()
    assert caught.value.message.isprintable()


NOWHERE = {"URL": "s3://b/x", "REGION": "eu", "KEY": "key", "SECRET": SECRET}


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ("http://127.0.0.1:9", "listed: it cannot be reached (Connection refused)."),
        ("https://127.0.0.1:9", "listed: it cannot be reached (Connection refused)."),
        (
            "https://no-such-host.invalid",
            "listed: it cannot be reached (failed to lookup address information",
        ),
    ],
)
def test_a_store_that_is_not_there(endpoint: str, said: str) -> None:
    with pytest.raises(EnvironmentFailed) as caught:
        opened(NOWHERE, ENDPOINT=endpoint).listing()
    check(caught.value, "s3://b/x: ", said, "Look at ENDPOINT and at the network.")


@pytest.mark.parametrize(
    ("options", "said", "hint"),
    [
        (
            {"URL": "s3://b", "ENDPOINT": "http://127.0.0.1:9"},
            "s3://b cannot be opened: ",
            "Give KEY and SECRET",
        ),
        ({"URL": "az://b"}, "az://b cannot be opened: ", "Give ACCOUNT"),
        (
            {"URL": "gs://b", "ACCOUNT_FILE": "/none.json"},
            "file from /none.json: No such file",
            "Look at STATOR",
        ),
    ],
)
def test_rules_with_which_no_store_can_be_opened(
    options: Mapping[str, str], said: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")  # this machine is no one's in a cloud
    with pytest.raises(ConfigError) as caught:
        opened(options)
    check(caught.value, "", said, hint)


def test_a_profile_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    with pytest.raises(ConfigError) as caught:
        opened({"URL": "s3://b"})
    check(caught.value, "s3://b cannot be opened: ", "profile (nowhere) could not be found", "Sign in to AWS")


def test_a_key_of_a_service_account_is_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "account.json"
    file.write_text(json.dumps({"private_key": SECRET, "private_key_id": "1", "client_email": "a@b.example"}))
    with pytest.raises(StatorError) as caught:
        opened({"URL": "gs://b", "ACCOUNT_FILE": str(file)}).listing()
    check(caught.value, "gs://b", "", "Look at STATOR['DESTINATION']")


def test_a_bucket_needs_obstore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(ConfigError, match="obstore is not installed") as caught:
        opened(NOWHERE)
    check(caught.value, "s3://b/x is a bucket", "", "Run pip install 'stator[upload]'.")


@pytest.mark.parametrize("fault", ["403", "412", "500", "503", "drop before"])
def test_every_fault_has_a_next_step(fault: str, buckets: Callable[[str], NewBucket]) -> None:
    store = buckets("gcs stub")()
    with faulty(store, always(fault)) as proxy:
        ours = opened({**store.options, "ENDPOINT": proxy.options["ENDPOINT"]})
        for ask in (listed, read, noted, put, deleted):
            with pytest.raises(EnvironmentFailed) as caught:
                ask(ours)
            said = "it cannot be reached" if fault == "drop before" else f"it answered {fault}"
            check(caught.value, ours.place, said, "")
            assert TOKEN not in str(caught.value)


def check(error: StatorError, begins: str, said: str, hint: str) -> None:
    """Check that an error says this, in one line, and a next step, and nothing that is secret."""
    assert error.message.startswith(begins)
    assert said in error.message
    assert "\n" not in error.message
    assert error.message.endswith(".")
    assert error.hint.startswith(hint)
    assert error.hint
    for secret in (SECRET, base64.b64encode(SECRET.encode()).decode()):
        assert secret not in str(error)
        assert secret not in repr(error)
    assert error.exit_code == (2 if isinstance(error, ConfigError) else 3)
