"""``manage.py stator publish`` and the verbs after it, where ``DESTINATION`` is a folder or a bucket."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import call_command

from stator.manifest import Manifest
from stator.manifest_text import from_json
from tests.django.conftest import Project
from tests.django.test_stator_command import failure, stator
from tests.publish.processes import Child, hold
from tests.publish.purge.listening import Listener, Reply, listening
from tests.publish.sites import faults, snapshot
from tests.stores import NewBucket, Store, fetch

pytestmark = pytest.mark.asks_stores

HELD: dict[str, str | bytes] = {"a.css": "a{b:url(x.png)}", "x.png": "x", "same.js": "1"}
SITE = "https://www.example.com"
SEAWEEDFS = pytest.mark.needs("seaweedfs")


@pytest.fixture
def shared(project: Project) -> Iterator[Path]:
    """A folder that is published to, and a project with something to publish."""
    folder = project.folder / "shared"
    project.write(HELD)
    with project.settings(STATOR={"DESTINATION": folder}):
        yield folder


@pytest.fixture
def store(project: Project, seaweed: NewBucket) -> Iterator[Store]:
    """A bucket that is published to, and a project with something to publish."""
    bucket = seaweed()
    project.write(HELD)
    with project.settings(STATOR={"DESTINATION": bucket.options}):
        yield bucket


@pytest.fixture
def cdn() -> Iterator[Listener]:
    with listening(lambda _: Reply(b'{"success":true}')) as listener:
        yield listener


def publish(*words: str, hours: float = 0, **how: object) -> str:
    """Publish as if so many hours from now; return what is said of the destination."""
    with mock.patch("time.time", return_value=time.time() + hours * 3600):
        return last_line(stator("publish", *words, **how))


def last_line(said: str) -> str:
    """Return the last line, without how long it took."""
    return re.sub(r", in [\d.]+ s\.$", ".", said.rstrip("\n").rpartition("\n")[2])


def manifest(folder: Path) -> Manifest:
    return from_json((folder / "staticfiles.json").read_bytes())


def manifest_in(store: Store) -> Manifest:
    return from_json(store.objects.get(".stator/staticfiles.json").body)


def rules(cdn: Listener) -> Mapping[str, object]:
    return {"SERVICE": "cloudflare", "ZONE": "z1", "TOKEN": "t", "SITE": SITE, "URL": cdn.origin}


def told(cdn: Listener) -> set[str]:
    return {url for asked in cdn.asked for url in json.loads(asked.body)["files"]}


# --- a folder


def test_a_folder_gets_the_release(shared: Path) -> None:
    said = publish()
    assert said == f"{shared}: 3 files written; release {manifest(shared).id} is current."
    assert faults(shared) == []
    assert (shared / "x.png").read_text() == "x"


def test_the_second_time_there_is_nothing_to_do(shared: Path) -> None:
    publish()
    before = manifest(shared)
    assert publish() == f"{shared}: release {before.id} is current, nothing to do."
    assert manifest(shared) == before


def test_a_folder_keeps_releases_of_its_own(shared: Path, project: Project) -> None:
    publish(hours=-2)
    first = manifest(shared).id
    project.write({"x.png": "second"})
    publish(hours=-1)
    with project.settings(STATOR={"DESTINATION": shared}):
        (project.root / "staticfiles.json").unlink()
    listed = json.loads(stator("releases", "--format", "json"))["releases"]
    assert [one["id"] for one in listed] == [manifest(shared).id, first]


def test_rolling_a_folder_back_leaves_static_root_alone(shared: Path, project: Project) -> None:
    publish(hours=-2)
    first = manifest(shared).id
    project.write({"x.png": "second"})
    publish(hours=-1)
    second = manifest(shared).id
    assert stator("rollback") == (
        f"Release {first} is current, with 2 plain names put back.\n"
        f"'manage.py stator rollback {second}' returns to the one that was.\n"
    )
    assert (manifest(shared).id, manifest(project.root).id) == (first, second)
    assert (shared / "x.png").read_text() == "x"
    assert faults(shared) == []


def test_publishing_after_a_rollback_makes_the_release_current_again(shared: Path, project: Project) -> None:
    publish(hours=-2)
    project.write({"x.png": "second"})
    publish(hours=-1)
    second = manifest(shared).id
    stator("rollback", verbosity=0)
    assert publish() == f"{shared}: release {second} is current."
    assert manifest(shared).id == second


def test_pruning_a_folder(shared: Path, project: Project) -> None:
    publish(hours=-2)
    project.write({"x.png": "second"})
    publish(hours=-1)
    said = stator("prune", "--releases", "0", "--age", "0")
    assert said == "2 files deleted, 29 B; 0 earlier releases kept.\n"
    assert faults(shared) == []


@pytest.mark.parametrize("verb", ["releases", "rollback", "prune"])
def test_before_the_first_publish(shared: Path, verb: str) -> None:
    error = failure(verb)
    assert error.returncode == 2
    assert str(error) == (
        f"There is no manifest at {shared}/staticfiles.json.\n"
        "hint: Run stator publish first, which writes one."
    )
    assert not shared.exists()


def test_a_manifest_that_cannot_be_read_ends_with_3(shared: Path) -> None:
    publish()
    (shared / "staticfiles.json").write_text("{")
    for verb in ("releases", "rollback", "prune"):
        assert failure(verb).returncode == 3
    told = StringIO()
    call_command("stator", "publish", stdout=StringIO(), stderr=told)
    assert "It is replaced; files of earlier releases stay" in told.getvalue()
    assert faults(shared) == []


def test_a_folder_that_cannot_be_made_ends_with_3(shared: Path) -> None:
    shared.write_text("in the way")
    error = failure("publish")
    assert error.returncode == 3
    assert f"{shared} is in the way" in str(error)


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(lambda project: project.root / "there", id="in STATIC_ROOT"),
        pytest.param(lambda project: project.folder, id="around STATIC_ROOT"),
        pytest.param(lambda project: project.sources, id="a folder of sources"),
        pytest.param(lambda project: project.sources / "there", id="in a folder of sources"),
    ],
)
def test_a_folder_that_holds_another_is_refused(project: Project, place: Callable[[Project], Path]) -> None:
    project.write(HELD)
    with project.settings(STATOR={"DESTINATION": place(project)}):
        error = failure("publish")
    assert error.returncode == 2
    assert "one holds the other" in str(error)
    assert not project.root.exists()


def test_a_link_to_static_root_is_static_root(project: Project) -> None:
    project.write(HELD)
    link = project.folder / "link"
    link.symlink_to(project.root)
    with project.settings(STATOR={"DESTINATION": link}):
        assert publish() == f"{project.root}: release {manifest(project.root).id} is current."


# --- STATIC_ROOT


def test_without_a_destination_it_collects_and_says_what_is_current(project: Project) -> None:
    project.write(HELD)
    said = publish()
    assert said == f"{project.root}: release {manifest(project.root).id} is current."
    assert publish() == said.removesuffix(".") + ", nothing to do."


def test_without_a_destination_the_cdn_is_told_what_the_collect_changed(
    project: Project, cdn: Listener
) -> None:
    with project.settings(STATOR={"PURGE": rules(cdn)}):
        project.write(HELD)
        publish(hours=-1)
        cdn.asked.clear()
        project.write({"x.png": "second"})
        publish()
        assert f"{SITE}/static/x.png" in told(cdn)
        assert f"{SITE}/static/same.js" not in told(cdn)
        cdn.asked.clear()
        assert publish().endswith("nothing to do.")
        assert cdn.asked == []


# --- options


def test_a_dry_run_before_anything_was_collected(shared: Path, project: Project) -> None:
    collected, _, there = stator("publish", "--dry-run").partition(f"At {shared}:\n")
    *named, last = there.splitlines()
    assert "Pretending to copy" in collected
    assert not project.root.exists()
    assert not shared.exists()
    publish(verbosity=0)
    assert last == f"{shared}: 3 files would be written; release {manifest(shared).id} would be current."
    assert set(named) == {
        *(f"{name}: write (not there yet)" for name in manifest(shared).files),
        *(f"{name}: link (not there yet)" for name in HELD),
    }


def test_a_dry_run_after_a_change(shared: Path, project: Project) -> None:
    publish()
    before, root_before = manifest(shared), manifest(project.root)
    project.write({"x.png": "second"})
    *named, last = stator("publish", "--dry-run").splitlines()
    assert "x.png: link (content differs)" in named
    assert not any(name.startswith("same.js") for name in named)
    assert "2 files would be written" in last
    assert (manifest(shared), manifest(project.root)) == (before, root_before)


def test_every_name_is_explained(shared: Path) -> None:
    publish()
    explained = stator("publish", "--explain").splitlines()
    for name in (*HELD, *manifest(shared).files):
        assert f"{name}: keep (unchanged)" in explained


def test_quiet(shared: Path) -> None:
    assert stator("publish", verbosity=0) == ""
    assert stator("publish", "-v", "0") == ""
    assert faults(shared) == []


def test_what_an_image_has_brought_along_is_published_and_not_touched(shared: Path, project: Project) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    before = snapshot(project.root)
    project.write({"x.png": "newer than the image"})
    said = publish("--no-collect")
    assert said == f"{shared}: 3 files written; release {manifest(project.root).id} is current."
    assert snapshot(project.root) == before
    assert faults(shared) == []


def test_without_collecting_there_must_be_something(shared: Path, project: Project) -> None:
    error = failure("publish", "--no-collect")
    assert error.returncode == 2
    assert f"There is no manifest at {project.root}/staticfiles.json." in str(error)
    assert "Run collectstatic first" in str(error)
    assert not shared.exists()


def test_a_collect_that_fails_publishes_nothing(shared: Path, project: Project) -> None:
    publish()
    before = manifest(shared)
    project.write({"a.css": "a{b:url(nowhere.png)}"})
    error = failure("publish")
    assert error.returncode == 1
    assert str(error).startswith("1 error; nothing was published.")
    assert manifest(shared) == before


def test_a_precompressed_form_that_is_lost_is_told(shared: Path, project: Project) -> None:
    with project.settings(STATOR={"DESTINATION": shared, "CODINGS": ["gzip"]}):
        project.write({"long.css": "a{}" * 500})
        call_command("collectstatic", interactive=False, verbosity=0)
        next(project.root.glob("long.*.css.gz")).unlink()
        error = failure("publish", "--no-collect")
        assert error.returncode == 3
        assert "collectstatic --rehash" in str(error)
        publish()
        assert faults(shared) == []


def test_a_damaged_file_is_told_and_not_published(shared: Path, project: Project) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    damaged = project.root / manifest(project.root).paths["x.png"]
    damaged.write_text("?")
    error = failure("publish", "--no-collect")
    assert error.returncode == 3
    assert str(error) == (
        f"{damaged} is not what its manifest says.\n"
        "hint: Run collectstatic --rehash, which makes it anew; what was current at the destination stays so."
    )
    assert not (shared / "staticfiles.json").exists()
    call_command("collectstatic", interactive=False, verbosity=0, rehash=True)
    publish("--no-collect")
    assert faults(shared) == []


def test_with_debug_it_publishes_as_without(shared: Path, project: Project) -> None:
    with project.settings(DEBUG=True, STATOR={"DESTINATION": shared}):
        assert "3 files written" in publish()
    assert faults(shared) == []


def test_another_storage_is_told(project: Project) -> None:
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with project.settings(STORAGES=plain):
        error = failure("publish")
    assert error.returncode == 2
    assert "StaticFilesStorage" in str(error)


class Listening(StringIO):
    """Output that ends a process as soon as it is said that one is waited for."""

    def __init__(self, holder: Child) -> None:
        super().__init__()
        self.holder = holder

    def write(self, text: str) -> int:
        if "waiting" in text:
            self.holder.killed()
        return super().write(text)


@pytest.mark.parametrize("words", [("publish", "--no-collect"), ("rollback",), ("prune",)])
def test_who_has_to_wait_says_so(shared: Path, project: Project, words: tuple[str, ...]) -> None:
    publish(hours=-1)
    project.write({"x.png": "second"})
    publish()
    holder = Child(hold, shared)
    assert holder.heard() == "holds"
    out = Listening(holder)
    call_command("stator", *words, stdout=out)
    assert out.getvalue().startswith("Another command is writing there; waiting for it to end.\n")
    assert faults(shared) == []


# --- the CDN


def test_the_cdn_is_told_what_changed_at_the_destination(
    shared: Path, project: Project, cdn: Listener
) -> None:
    """Here two collects have passed since the destination got anything."""
    with project.settings(STATOR={"DESTINATION": shared, "PURGE": rules(cdn)}):
        publish(hours=-2)
        cdn.asked.clear()
        for name in ("x.png", "same.js"):
            project.write({name: "second"})
            call_command("collectstatic", interactive=False, verbosity=0)
        said = publish("--no-collect")
        assert re.fullmatch(r"\d names purged at Cloudflare, in 1 request\.", said)
        assert {f"{SITE}/static/{name}" for name in HELD} <= told(cdn)
        cdn.asked.clear()
        publish()
        assert cdn.asked == []


def test_after_a_rollback_the_cdn_is_told_at_once(shared: Path, project: Project, cdn: Listener) -> None:
    with project.settings(STATOR={"DESTINATION": shared, "PURGE": rules(cdn)}):
        publish(hours=-2)
        project.write({"x.png": "second"})
        publish(hours=-1)
        cdn.asked.clear()
        assert stator("rollback").splitlines()[-1].endswith("names purged at Cloudflare, in 1 request.")
        assert f"{SITE}/static/x.png" in told(cdn)
        assert f"{SITE}/static/same.js" not in told(cdn)


@pytest.mark.parametrize("words", [("publish",), ("rollback",)])
def test_nobody_is_told_who_is_not_to_be(
    shared: Path, project: Project, cdn: Listener, words: tuple[str, ...]
) -> None:
    with project.settings(STATOR={"DESTINATION": shared, "PURGE": rules(cdn)}):
        publish("--no-purge", hours=-2)
        project.write({"x.png": "second"})
        publish("--no-purge", hours=-1)
        project.write({"x.png": "third"})
        stator(*words, "--no-purge")
        stator(*words, "--dry-run")
    assert cdn.asked == []


def test_a_purge_that_fails_says_that_the_release_is_current(shared: Path, project: Project) -> None:
    refusal = Reply(b'{"success":false}', 403)
    with (
        listening(lambda _: refusal) as refusing,
        project.settings(STATOR={"DESTINATION": shared, "PURGE": rules(refusing)}),
    ):
        error = failure("publish")
    assert error.returncode == 3
    assert "hint: The release is current." in str(error)
    assert str(error).endswith("'manage.py stator purge' does only this.")
    assert faults(shared) == []


# --- a bucket


@SEAWEEDFS
def test_a_bucket_from_first_to_last(store: Store, project: Project) -> None:
    place = store.options["URL"]
    for verb in ("releases", "rollback", "prune"):
        error = failure(verb)
        assert error.returncode == 2
        assert f"There is no manifest at {place}/.stator/staticfiles.json." in str(error)
    assert "6 files would be written" in publish("--dry-run")
    assert store.objects.names() == []
    said = publish(hours=-2)
    first = manifest_in(store).id
    assert said == f"{place}: 6 files written; release {first} is current."
    assert fetch(store, "x.png").body == b"x"
    assert publish() == f"{place}: release {first} is current, nothing to do."

    project.write({"x.png": "second"})
    assert "\nx.png: write (" in stator("publish", "--dry-run")
    publish(hours=-1)
    second = manifest_in(store).id
    listed = json.loads(stator("releases", "--format", "json"))["releases"]
    assert [one["id"] for one in listed] == [second, first]

    assert stator("rollback") == (
        f"Release {first} is current, with 2 plain names put back.\n"
        f"'manage.py stator rollback {second}' returns to the one that was.\n"
    )
    assert fetch(store, "x.png").body == b"x"
    assert manifest(project.root).id == second
    assert stator("prune") == "Nothing to delete; 1 earlier release kept.\n"
    assert stator("prune", "--releases", "0", "--age", "0").startswith("3 files deleted, ")
    assert fetch(store, manifest(project.root).paths["x.png"]).status == 404


@SEAWEEDFS
def test_a_bucket_gets_what_an_image_has_brought_along(store: Store, project: Project) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    before = snapshot(project.root)
    assert "6 files written" in publish("--no-collect")
    assert fetch(store, "same.js").body == b"1"
    assert snapshot(project.root) == before


@SEAWEEDFS
def test_what_changed_in_a_bucket_is_purged(store: Store, project: Project, cdn: Listener) -> None:
    with project.settings(STATOR={"DESTINATION": store.options, "PURGE": rules(cdn)}):
        publish(hours=-2)
        cdn.asked.clear()
        project.write({"x.png": "second"})
        publish(hours=-1)
        assert f"{SITE}/static/x.png" in told(cdn)
        assert f"{SITE}/static/same.js" not in told(cdn)
        cdn.asked.clear()
        stator("rollback")
        assert f"{SITE}/static/x.png" in told(cdn)


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@SEAWEEDFS
@pytest.mark.parametrize(
    ("stream", "verbosity", "bar"), [(Terminal, 1, True), (Terminal, 0, False), (StringIO, 1, False)]
)
def test_a_bar_on_a_terminal_only(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    stream: type[StringIO],
    verbosity: int,
    bar: bool,
) -> None:
    screen = stream()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setitem(os.environ, "TERM", "xterm")
    stator("publish", verbosity=verbosity)
    assert ("Uploading" in screen.getvalue()) is bar


def test_a_bucket_that_cannot_be_reached_ends_with_3(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stator.publish.bucket.store._ATTEMPTS", 1)
    project.write(HELD)
    there = {"URL": "s3://nowhere/static", "ENDPOINT": "http://127.0.0.1:9", "KEY": "k", "SECRET": "s3cr3t"}
    with project.settings(STATOR={"DESTINATION": there}):
        for verb in ("publish", "releases", "prune"):
            error = failure(verb)
            assert error.returncode == 3
            assert str(error).startswith("s3://nowhere/static: ")
            assert "s3cr3t" not in f"{error!r}{error}"
