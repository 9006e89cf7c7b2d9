"""Publishing to real stores: what is in the bucket then, as everybody gets it."""

from __future__ import annotations

import functools
import gzip
import time
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from stator import manifest_text
from stator.errors import ConfigError, EnvironmentFailed, ManifestError
from stator.publish.bucket import inventory, release
from stator.publish.bucket.looking import MANIFEST, RELEASES
from stator.publish.bucket.objects import Wanted
from stator.publish.bucket.reading import LARGE, reader
from stator.publish.release import Receipt
from tests.faulty import Exchange, faulty
from tests.publish.bucket.publishing import (
    FIRST,
    OF_SECOND,
    SECOND,
    TEXT,
    Publisher,
    deleted,
    under_both_names,
    written,
)
from tests.stores import NewBucket, Object, Store, fetch

pytestmark = [pytest.mark.other_programs, pytest.mark.asks_stores]

needs_seaweedfs = pytest.mark.needs("seaweedfs")


@pytest.fixture
def local(seaweed: NewBucket, tmp_path: Path) -> Publisher:
    """Return a site that is published to SeaweedFS: for what is ours, and no store's."""
    return Publisher(tmp_path, seaweed())


# -- what every store must come to hold --


def test_a_release_is_there_for_everybody(publisher: Publisher) -> None:
    receipt = publisher.publish(FIRST)
    assert publisher.wrong() == []
    assert publisher.published() == publisher.expected() == written(receipt)
    assert publisher.manifest() == publisher.site.manifest()
    alone = publisher.store.objects.get(f"{RELEASES}{receipt.manifest.id}.json")  # type: ignore[union-attr]
    assert manifest_text.from_json(alone.body) == publisher.manifest()


def test_what_a_cdn_is_told_is_written_beside_each_object(publisher: Publisher) -> None:
    publisher.publish({"a b/é.css": "a {}"})
    for name in publisher.published():
        metadata = publisher.store.objects.get(name).metadata
        assert {key.replace("_", "-"): value for key, value in metadata.items()} == {
            "surrogate-key": "static a%20b/%C3%A9.css",
            "stator-mark": metadata.get("stator-mark") or metadata["stator_mark"],
        }


def test_a_release_that_stands_is_seen_in_one_listing(publisher: Publisher) -> None:
    publisher.publish(FIRST)
    exchanges, receipt = requests(publisher, lambda: publisher.publish(FIRST))
    assert receipt.manifest is None
    assert [each.method for each in exchanges] == ["GET"] * 4  # lease, manifest, inventory, listing


def test_of_another_release_only_what_differs_is_written(publisher: Publisher) -> None:
    publisher.publish(FIRST)
    exchanges, receipt = requests(publisher, lambda: publisher.publish(SECOND))
    differing = under_both_names(publisher.manifest(), *OF_SECOND)
    assert written(receipt) == differing
    assert sorted(public_puts(exchanges)) == sorted(differing)
    assert publisher.wrong() == []


def test_there_and_back_again(publisher: Publisher) -> None:
    first, second = publisher.publish(FIRST).manifest, publisher.publish(SECOND).manifest
    assert first
    assert second
    receipt = publisher.roll_back(first.id)
    assert written(receipt) == {"app.css", "img/logo.svg"}
    assert publisher.manifest().id == first.id
    assert publisher.wrong() == []
    assert publisher.roll_back(first.id).manifest is None
    publisher.roll_back(second.id)
    assert publisher.wrong() == []
    assert deleted(publisher.prune()) == {
        first.paths["app.css"],
        first.paths["img/logo.svg"],
        f"{RELEASES}{first.id}.json",
    }
    assert publisher.published() == publisher.expected()
    assert publisher.wrong() == []


def test_forms_have_keys_of_their_own(publisher: Publisher) -> None:
    publisher.options["CODINGS"] = "keys"
    first = publisher.publish(FIRST).manifest
    assert first
    assert {"app.css.br", "app.css.gz", first.paths["app.js"] + ".br"} <= publisher.published()
    assert publisher.published() == publisher.expected()
    publisher.publish({**FIRST, "app.css": "a { color: red }" + TEXT})
    assert publisher.wrong() == []
    publisher.roll_back(first.id)
    assert publisher.wrong() == []


@needs_seaweedfs
def test_a_large_file_is_put_back_without_holding_it(local: Publisher) -> None:
    first = local.collect({"film.mp4": bytes(LARGE + 1)}, codings=())
    local.publish()
    local.collect({"film.mp4": bytes(LARGE + 2)}, codings=())
    local.publish()
    tracemalloc.start()
    local.roll_back(first.id)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < LARGE / 2
    assert local.wrong() == []


AWKWARD = (
    "a b.txt",
    "100%.txt",
    "%20.txt",
    "a@b+c.txt",
    "c#.txt",
    "what?.txt",
    "[a](b){c}.txt",
    "a&b;c=d,e.txt",
    "<i>'\"!$*~^`|.txt",
    "ünï/日本語/😀.txt",
    "e\u0301.txt",
    ".well-known/x",
    "CON/aux.txt ",
    "..a/b..txt",
)


def test_awkward_names(publisher: Publisher) -> None:
    files = {name: f"the file {name}" for name in AWKWARD}
    publisher.publish(files)
    assert publisher.wrong() == []
    assert publisher.published() == publisher.expected()
    assert publisher.publish(files).manifest is None
    publisher.publish({})
    publisher.prune()
    assert publisher.published() == set()


def test_a_site_without_files(publisher: Publisher) -> None:
    publisher.publish({})
    assert publisher.manifest().paths == {}
    assert publisher.published() == set()
    assert publisher.publish({}).manifest is None


def test_a_large_file_goes_in_parts(publisher: Publisher) -> None:
    # 10 MB: with a last part of one byte, the SQLite of this Ceph never ends its answer.
    publisher.collect({"film.mp4": bytes(range(256)) * 40_000}, codings=())
    exchanges, _ = requests(publisher, publisher.publish)
    parts = [each.path for each in exchanges if each.method == "PUT" and "/film." in each.path]
    assert len(parts) >= 2 * 2  # under each of its names
    assert publisher.wrong() == []
    assert publisher.publish().manifest is None


def test_what_somebody_did_is_made_right(publisher: Publisher) -> None:
    first = publisher.publish(FIRST).manifest
    assert first
    objects, script = publisher.store.objects, first.paths["app.js"]
    objects.put("app.css", Object(b"other", "text/css"))
    objects.delete(script)
    receipt = publisher.publish(FIRST)
    assert {step.name: step.reason for step in receipt.steps if step.reason != "unchanged"} == {
        "app.css": "content differs",
        script: "not there yet",
    }
    assert publisher.wrong() == []
    assert publisher.publish(FIRST).manifest is None


# -- what follows from our own rules, on one store --


@needs_seaweedfs
def test_the_same_bytes_with_other_fields_are_no_better(local: Publisher) -> None:
    local.publish(FIRST)
    time.sleep(1.1)  # stores tell when an object was written in whole seconds
    local.store.objects.put("img/logo.svg", Object(FIRST["img/logo.svg"].encode(), "text/plain"))
    assert written(local.publish(FIRST)) == {"img/logo.svg"}
    assert local.wrong() == []


@needs_seaweedfs
def test_other_rules_for_fields_are_brought_to_the_objects(local: Publisher) -> None:
    local.publish(FIRST)
    local.headers = {"*.js": {"content-disposition": "inline", "Cache-Control": "max-age=60"}}
    receipt = local.publish(FIRST)
    assert {step.reason for step in receipt.steps if step.name in written(receipt)} == {"fields differ"}
    assert written(receipt) == under_both_names(local.manifest(), "app.js", "lib/one.js")
    answer = fetch(local.store, "app.js")
    assert answer.fields["content-disposition"] == "inline"
    assert answer.fields["cache-control"] == "max-age=60"
    assert local.publish(FIRST).manifest is None


@needs_seaweedfs
def test_a_rollback_brings_the_fields_of_now(local: Publisher) -> None:
    local.options["CODINGS"] = "keys"
    first = local.publish(FIRST).manifest
    assert first
    local.publish({**FIRST, "app.js": TEXT})
    local.headers = {"*.js": {"Cache-Control": "max-age=60"}}
    receipt = local.roll_back(first.id)
    script = first.paths["app.js"]
    names = {script, f"{script}.br", f"{script}.gz", "app.js", "app.js.br", "app.js.gz"}
    assert names < written(receipt)
    for name in names:
        answer = fetch(local.store, name, accept_encoding="br, gzip")
        form = local.site.root / (script + name.removeprefix(script).removeprefix("app.js"))
        assert answer.body == form.read_bytes()
        assert answer.fields["cache-control"] == "max-age=60"


@needs_seaweedfs
def test_without_plain_names(local: Publisher) -> None:
    local.collect(FIRST, keep_plain=False)
    local.publish()
    assert local.published() == set(local.manifest().paths.values())
    assert local.wrong() == []
    first = local.manifest()
    local.publish(FIRST)
    assert set(FIRST) < local.published()
    local.roll_back(first.id)
    assert local.manifest().plain == ()
    assert local.wrong() == []


@needs_seaweedfs
def test_names_that_others_digested_never_change(local: Publisher) -> None:
    local.collect({**FIRST, "app.3f2a9c1b.js": "export {}"}, predigested=("app.*.js",))
    local.publish()
    assert local.manifest().paths["app.3f2a9c1b.js"] == "app.3f2a9c1b.js"
    assert local.wrong() == []


@needs_seaweedfs
def test_a_name_that_should_never_change_changes_as_late_as_it_can(local: Publisher) -> None:
    rules = ("lib.*.png",)
    local.collect({"lib.3f2a9c1b.png": b"one", "app.css": "a{}"}, predigested=rules)
    local.publish()
    local.collect({"lib.3f2a9c1b.png": b"two", "app.css": "b{}"}, predigested=rules)
    read = reader(str(local.site.root))
    order: list[str] = []

    def noted(wanted: Wanted) -> bytes | Path:
        order.append(wanted.name)
        return read(wanted)

    receipt = release.publish(local.site.manifest(), noted, local.opened(), local.terms())
    assert order[0].startswith("app.")
    assert set(order[1:]) == {"app.css", "lib.3f2a9c1b.png"}
    assert [finding.id for finding in receipt.findings] == ["predigested-changed"]
    assert local.wrong() == []


@needs_seaweedfs
def test_forms_go_when_the_cdn_compresses(local: Publisher) -> None:
    local.options["CODINGS"] = "keys"
    local.publish(FIRST)
    local.options["CODINGS"] = "identity"
    assert local.publish(FIRST).manifest is None
    local.prune()
    assert local.published() == local.expected()
    assert local.wrong() == []


@needs_seaweedfs
def test_forms_of_other_content_go_when_the_cdn_compresses(local: Publisher) -> None:
    local.options["CODINGS"] = "keys"
    digested = local.publish({"app.css": "a {}" + TEXT}).manifest.paths["app.css"]  # type: ignore[union-attr]
    local.options["CODINGS"] = "identity"
    assert deleted(local.publish({"app.css": "b {}" + TEXT})) == {"app.css.br", "app.css.gz"}
    assert f"{digested}.br" in local.published()


@needs_seaweedfs
def test_a_rollback_leaves_no_form_of_the_other_release_beside_a_plain_name(local: Publisher) -> None:
    local.options["CODINGS"] = "keys"
    first = local.publish({"app.css": "a {}"}).manifest
    second = local.publish({"app.css": "a {}" + TEXT}).manifest
    assert first
    assert second
    assert deleted(local.roll_back(first.id)) == {"app.css.br", "app.css.gz"}
    assert "app.css.br" not in local.published()
    local.roll_back(second.id)
    assert local.published() == local.expected()
    assert local.wrong() == []


@needs_seaweedfs
@pytest.mark.parametrize("verb", [lambda one: one.publish(), Publisher.prune], ids=["publish", "prune"])
def test_a_form_that_a_killed_publish_left_beside_a_plain_name_goes(
    local: Publisher, verb: Callable[[Publisher], Receipt]
) -> None:
    local.options["CODINGS"] = "keys"
    local.publish({"app.css": "a {}" + TEXT})
    form = local.store.objects.get("app.css.br")
    local.publish({"app.css": "a {}"})
    local.store.objects.put("app.css.br", form)
    local.store.objects.put("app.css.gz", Object(b"somebody's"))
    assert "app.css.br" in deleted(verb(local))
    assert "app.css.gz" in local.published()


@needs_seaweedfs
def test_a_source_called_as_a_form_is_none_of_another_file(local: Publisher) -> None:
    local.options["CODINGS"] = "keys"
    files: dict[str, str | bytes] = {"app.css": "a {}" + TEXT, "app.css.gz": b"gz" * 50, "app.css.br": b"br"}
    local.publish(files)
    assert local.publish().manifest is None
    assert local.published() == local.expected()
    assert local.wrong() == []


@needs_seaweedfs
@pytest.mark.parametrize(
    "damaged",
    [b"", b"{}", b"[1]", gzip.compress(b"{}"), gzip.compress(bytes(10**8)), gzip.compress(b"x")[:-9]],
    ids=["empty", "no gzip", "a list", "no inventory", "a bomb", "cut off"],
)
def test_a_damaged_inventory_costs_requests_and_nothing_else(local: Publisher, damaged: bytes) -> None:
    local.publish(FIRST)
    local.store.objects.put(inventory.NAME, Object(damaged))
    exchanges, receipt = requests(local, lambda: local.publish(FIRST))
    assert written(receipt) == set()
    assert len([each for each in exchanges if each.method == "HEAD"]) == len(local.published())
    assert local.publish(FIRST).manifest is None


@needs_seaweedfs
def test_a_lost_inventory_is_written_anew(local: Publisher) -> None:
    local.publish(FIRST)
    before = local.store.objects.get(inventory.NAME)
    local.store.objects.delete(inventory.NAME)
    receipt = local.publish(FIRST)
    assert written(receipt) == set()
    assert not receipt.changes
    assert local.store.objects.get(inventory.NAME) == before


@needs_seaweedfs
@pytest.mark.parametrize("damaged", [b"{", b"[]", b'{"stator": {"format": 99}}'])
def test_a_damaged_manifest_is_replaced(local: Publisher, damaged: bytes) -> None:
    local.publish(FIRST)
    local.store.objects.put(MANIFEST, Object(damaged))
    for refused in (local.prune, functools.partial(local.roll_back, "1")):
        with pytest.raises(ManifestError) as caught:
            refused()
        assert caught.value.hint == "Run stator publish, which writes it anew."
    assert local.store.objects.get(MANIFEST).body == damaged
    receipt = local.publish(SECOND)
    assert [finding.id for finding in receipt.findings] == ["manifest-unreadable"]
    assert local.wrong() == []
    assert set(FIRST) < local.published()


@needs_seaweedfs
@pytest.mark.parametrize("is_damaged", [True, False])
def test_without_a_manifest_releases_are_known_by_their_own(local: Publisher, is_damaged: bool) -> None:
    first, second = local.publish(FIRST).manifest, local.publish(SECOND).manifest
    assert first
    assert second
    before = {name for name in local.published() if name not in FIRST}
    if is_damaged:
        local.store.objects.put(MANIFEST, Object(b"{"))
    else:
        local.store.objects.delete(MANIFEST)
    local.publish({**SECOND, "third.css": "p {}"})
    assert [release.id for release in local.manifest().earlier] == [second.id, first.id]
    assert before <= local.published()
    assert local.roll_back(first.id).manifest
    assert local.wrong() == []


@needs_seaweedfs
def test_nothing_can_be_done_where_nothing_was_published(local: Publisher) -> None:
    for refused in (
        local.prune,
        functools.partial(local.roll_back, "1"),
        functools.partial(release.current, local.opened()),
    ):
        with pytest.raises(ConfigError, match="There is no manifest at s3://") as caught:
            refused()
        assert "stator publish" in caught.value.hint
    assert local.store.objects.names() == []


@needs_seaweedfs
def test_objects_of_others_stay(local: Publisher) -> None:
    first = local.publish({**FIRST, "data.json": "{}"}).manifest
    assert first
    others = {"data.json.gz", "uploads/cat.jpg", "app.0123456789ab.css", ".stator-not-ours"}
    for name in others:
        local.store.objects.put(name, Object(b"theirs"))
    copied = local.store.objects.get("app.css")  # by a tool that copies what is written beside it too
    local.store.objects.put("backup/app.css", copied)
    local.publish(SECOND)
    local.prune()
    assert local.published() == local.expected() | others | {"backup/app.css"}


@needs_seaweedfs
def test_what_a_killed_publish_left_is_pruned(local: Publisher) -> None:
    stray = local.publish(SECOND).manifest
    assert stray
    for name in local.store.objects.names():
        if name.startswith(".stator/"):
            local.store.objects.delete(name)
    local.publish(FIRST)
    gone = {*under_both_names(stray, *OF_SECOND)} - {"app.css", "img/logo.svg"}
    assert deleted(local.prune()) == gone
    assert local.published() == local.expected()


@needs_seaweedfs
def test_a_site_below_another_is_not_touched(local: Publisher, tmp_path: Path) -> None:
    inner = Publisher(tmp_path / "inner", local.store, URL=local.options["URL"] + "/inner")
    inner.publish({"inner.css": "a {}"})
    local.publish(FIRST)
    local.prune()
    assert inner.publish({"inner.css": "a {}"}).manifest is None


LOSSES: Mapping[str, Callable[[Store, str], None]] = {
    "is not there": lambda store, name: store.objects.delete(name),
    "is not what it was": lambda store, name: store.objects.put(name, Object(b"<svg/>"[::-1])),
}


@needs_seaweedfs
@pytest.mark.parametrize("said", LOSSES)
def test_a_release_that_is_not_whole_is_not_rolled_back_to(local: Publisher, said: str) -> None:
    first = local.publish(FIRST).manifest
    assert first
    local.publish(SECOND)
    lost = first.paths["img/logo.svg"]
    LOSSES[said](local.store, lost)
    before = {name: local.store.objects.get(name) for name in local.store.objects.names()}
    with pytest.raises(EnvironmentFailed, match=f"{lost} {said}"):
        local.roll_back(first.id)
    assert before == {name: local.store.objects.get(name) for name in local.store.objects.names()}


@needs_seaweedfs
def test_a_dry_run_writes_nothing(local: Publisher) -> None:
    local.collect(FIRST)
    exchanges, receipt = requests(local, lambda: local.publish(dry_run=True))
    assert receipt.manifest == local.site.manifest()
    assert {each.method for each in exchanges} == {"GET"}
    first = local.publish().manifest
    assert first
    local.publish(SECOND)
    for planned in (lambda: local.roll_back(first.id, dry_run=True), lambda: local.prune(dry_run=True)):
        exchanges, receipt = requests(local, planned)
        assert receipt.manifest
        assert {each.method for each in exchanges} <= {"GET", "HEAD"}


@needs_seaweedfs
def test_releases_fall_out(local: Publisher) -> None:
    ids = []
    for number in range(6):
        local.publish({**FIRST, "number.txt": str(number)})
        ids.append(local.manifest().id)
    kept = ids[-4:]  # three besides the current one
    assert [one.id for one in local.manifest().earlier] == kept[-2::-1]
    records = [name for name in local.store.objects.names() if name.startswith(RELEASES)]
    assert sorted(records) == sorted(f"{RELEASES}{id}.json" for id in kept)
    assert local.published() == local.expected()


@needs_seaweedfs
def test_the_requests_for_a_thousand_objects(local: Publisher) -> None:
    files = {f"{number}.txt": str(number) for number in range(1200)}
    local.publish(files)
    objects = len(local.store.objects.names())
    exchanges, receipt = requests(local, lambda: local.publish(files))
    assert receipt.manifest is None
    assert len(exchanges) <= 3 * objects / 1000
    exchanges, _ = requests(local, lambda: local.publish({**files, "7.txt": "another"}))
    assert sorted(public_puts(exchanges)) == sorted(under_both_names(local.manifest(), "7.txt"))


def requests(publisher: Publisher, do: Callable[[], Receipt]) -> tuple[list[Exchange], Receipt]:
    """Return what is asked of the store while something is done, and what came of it."""
    with faulty(publisher.store) as proxy:
        before, publisher.options = (
            publisher.options,
            {**publisher.options, "ENDPOINT": proxy.options["ENDPOINT"]},
        )
        receipt = do()
        publisher.options = before
    return proxy.exchanges, receipt


def public_puts(exchanges: list[Exchange]) -> list[str]:
    """Return the names of the objects that were written, but of those that are not public."""
    paths = [each.path.removeprefix("/static/") for each in exchanges if each.method == "PUT"]
    return [path for path in paths if not path.startswith(".stator/")]
