"""A release that is kept becomes current again just as it was, or is refused with what it lacks."""

from __future__ import annotations

import itertools
import shutil
import signal
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stator.errors import ConfigError, EnvironmentFailed, ManifestError
from stator.load_path import Origin, SourceFile
from stator.manifest import NAME, Content, Manifest, Release
from stator.manifest_text import to_json
from stator.paths import CODING_SUFFIXES
from stator.publish.directory import Directory
from stator.publish.plan import Action
from stator.publish.release import Receipt, prune
from stator.publish.rollback import chosen, roll_back
from stator.serve.file_table import load_table
from stator.serve.request import Request
from stator.serve.site import site_of
from tests.publish.processes import Child, roll_back_and_die, roll_back_often
from tests.publish.sites import (
    FIRST,
    SECOND,
    Site,
    artifact,
    content_of,
    contents,
    faults,
    litter,
    snapshot,
    without_hard_links,
    write,
)
from tests.publish.test_kill import contents_of_releases, wrong
from tests.publish.test_refused import disk, room  # noqa: F401  (a fixture)
from tests.publish.test_release import failing_once


def back(site: Site, id: str, **how: Any) -> Receipt:
    return roll_back(id, Directory(str(site.root)), **how)


def alone(manifest: Manifest) -> bytes:
    """Return a release as it is written, without those before it."""
    return to_json(manifest._replace(earlier=()))


def stands(site: Site) -> list[str]:
    """Return what is wrong: every name of the current release must hold its very content, in all codings."""
    manifest, found = site.manifest(), faults(site.root)
    for path in manifest.plain_names():
        content = manifest.content(manifest.paths[path])
        if content_of(site.root / path)[:2] != content[:2]:
            found.append(f"{path} is of another release")
        has = dict(content.codings)
        for coding, suffix in CODING_SUFFIXES.items():
            form = site.root / (path + suffix)
            first = site.root / (manifest.paths[path] + suffix)
            if coding in has and form.read_bytes() != first.read_bytes():
                found.append(f"{path}{suffix} is of another release")
            if coding not in has and form.exists() and path + suffix not in manifest.paths:
                found.append(f"{path}{suffix} is of nobody")
    return found


@pytest.fixture
def two(site: Site) -> tuple[Site, Manifest, Manifest]:
    site.publish(FIRST)
    first = site.manifest()
    site.publish(SECOND)
    return site, first, site.manifest()


def test_the_release_is_what_it_was(two):
    site, first, second = two
    back(site, first.id, now=17)
    assert alone(site.manifest()) == alone(first)
    assert [(one.id, one.until) for one in site.manifest().earlier] == [(second.id, 17)]
    assert stands(site) == []
    assert (site.root / "app.js").read_text().count("import") == 1
    assert litter(site.root) == []


def test_rolling_forward_is_a_rollback_to_the_newer_one(two):
    site, first, second = two
    before = contents(site.root)
    back(site, first.id)
    back(site, second.id)
    assert alone(site.manifest()) == alone(second)
    assert [one.id for one in site.manifest().earlier] == [first.id]
    after = contents(site.root)
    before.pop(NAME), after.pop(NAME)
    assert after == before


def test_no_digested_file_is_written_or_deleted(two):
    site, first, second = two
    digested = [site.root / name for one in (first, second) for name in one.files]
    before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in digested]
    receipt = back(site, first.id)
    assert [(file.read_bytes(), file.stat().st_mtime_ns) for file in digested] == before
    assert {step.action for step in receipt.steps} == {Action.KEEP, Action.LINK}


def test_each_step_has_its_reason(two):
    site, first, _ = two
    (site.root / "empty.txt").unlink()
    told = {step.name: (step.action, step.reason) for step in back(site, first.id).steps}
    assert told["app.js"] == (Action.LINK, "content differs")
    assert told["empty.txt"] == (Action.LINK, "not there yet")
    assert told["lib/one.js"] == (Action.KEEP, "unchanged")
    assert told[first.paths["app.js"]] == (Action.KEEP, "unchanged")


def test_a_dry_run_changes_nothing_and_tells_all(two):
    site, first, _ = two
    before = snapshot(site.root)
    dry = back(site, first.id, dry_run=True)
    assert snapshot(site.root) == before
    assert back(site, first.id) == dry


def test_the_current_release_is_current_already(two):
    site, _, second = two
    before = snapshot(site.root)
    assert back(site, second.id) == Receipt(None, ())
    assert snapshot(site.root) == before


def test_any_release_that_is_kept(site):
    made = []
    for number in range(4):
        site.publish({**FIRST, f"only{number}.txt": "", "app.css": f"/* {number % 2} */"})
        made.append(site.manifest())
    for one in (made[0], made[2], made[1], made[3], made[0]):
        back(site, one.id)
        assert alone(site.manifest()) == alone(one)
        assert {release.id for release in site.manifest().earlier} == {other.id for other in made} - {one.id}
        assert stands(site) == []


def test_no_release_falls_out(site):
    for number in range(4):
        site.publish({"a.css": f"/* {number} */"}, keep=9, now=number)
    oldest = site.manifest().earlier[-1].id
    back(site, oldest, now=10**9)
    assert len(site.manifest().earlier) == 3


def test_plain_names_that_were_left_out_are_not_put_back(site):
    site.publish(site.build(FIRST, keep_plain=False))
    first = site.manifest()
    site.publish(SECOND)
    back(site, first.id)
    assert not site.manifest().plain
    assert alone(site.manifest()) == alone(first)
    assert stands(site) == []


def test_links_to_sources_are_replaced_and_the_sources_are_not(site):
    site.publish(FIRST)
    first = site.manifest()
    site.publish(SECOND, symlink=True)
    sources = contents(site.folder / "sources2")
    back(site, first.id)
    assert stands(site) == []
    assert not (site.root / "app.js").is_symlink()
    assert contents(site.folder / "sources2") == sources


def test_without_hard_links_plain_names_are_copies(two, monkeypatch):
    site, first, _ = two
    without_hard_links(monkeypatch)
    back(site, first.id)
    assert stands(site) == []


def test_a_manifest_that_lives_with_the_code(site, tmp_path):
    place = str(tmp_path / "code/manifest.json")
    site.publish(FIRST, manifest_name=place)
    first = site.manifest(place)
    site.publish(SECOND, manifest_name=place)
    back(site, first.id, manifest_name=place)
    assert site.manifest(place).paths == first.paths
    assert not (site.root / NAME).exists()


# Precompressed forms


def coded(content: bytes, **codings: bytes) -> list[Any]:
    return [artifact("app.js", content, codings=codings), artifact("other.js", b"the same")]


def test_codings_are_what_they_were(site):
    site.publish(coded(b"same", br=b"br", gzip=b"gzip"))
    first = site.manifest()
    site.publish(coded(b"same", zstd=b"zstd"))
    second = site.manifest()
    for one in (first, second, first):
        back(site, one.id)
        assert alone(site.manifest()) == alone(one)
        assert stands(site) == []
    prune(Directory(str(site.root)))
    assert not list(site.root.glob("*.zst"))
    assert stands(site) == []


def test_a_form_beside_a_plain_name_that_the_release_has_not_goes(site):
    site.publish(coded(b"one"))
    first = site.manifest()
    site.publish(coded(b"two", br=b"br"))
    assert (site.root / "app.js.br").exists()
    assert [step.name for step in back(site, first.id).steps if step.action is Action.DELETE] == ["app.js.br"]
    assert stands(site) == []


def test_what_was_compressed_anew_since_is_taken(site):
    """As after an update of a compressor: the bytes are the same once they are decoded."""
    site.publish([artifact("a.js", b"1"), *coded(b"same", gzip=b"gzip")])
    first = site.manifest()
    site.publish([artifact("a.js", b"2"), *coded(b"same", gzip=b"better")])
    second = site.manifest()
    back(site, first.id)
    now = site.manifest()
    assert (now.paths, now.plain) == (first.paths, first.plain)
    assert dict(now.content(now.paths["app.js"]).codings) == {"gzip": len(b"better")}
    assert now.id not in {first.id, second.id}
    assert stands(site) == []
    assert back(site, first.id).manifest is None
    site.publish([artifact("third.js")])
    back(site, now.id)
    assert alone(site.manifest()) == alone(now)


# Refused


def refused(site: Site, id: str, error: type[Exception] = EnvironmentFailed) -> Any:
    before = snapshot(site.root)
    with pytest.raises(error) as raised:
        back(site, id)
    after = snapshot(site.root)
    assert {name: seen for name, seen in after.items() if name != str(site.root)} == {
        name: seen for name, seen in before.items() if name != str(site.root)
    }
    return raised.value


def test_a_lost_file_is_named(two):
    site, first, _ = two
    name = first.paths["app.js"]
    (site.root / name).unlink()
    assert (
        refused(site, first.id).message == f"Release {first.id} is not whole any more: {name} is not there."
    )


def test_a_damaged_file_is_named(two):
    site, first, _ = two
    (site.root / first.paths["app.js"]).write_bytes(b"x" * first.files[first.paths["app.js"]].size)
    assert f"{first.paths['app.js']} is not what it was." in refused(site, first.id).message


@pytest.mark.parametrize(("damage", "said"), [(None, "is not there"), (b"longer", "is not what it was")])
def test_a_lost_or_damaged_form_is_named(site, damage, said):
    site.publish(coded(b"one", br=b"br"))
    first = site.manifest()
    site.publish(coded(b"two"))
    form = site.root / (first.paths["app.js"] + ".br")
    form.unlink()
    if damage:
        form.write_bytes(damage)
    assert f"{form.name} {said}" in refused(site, first.id).message


def test_many_lost_files_are_counted(site):
    site.publish({f"{number:02}.txt": "1" for number in range(25)})
    first = site.manifest()
    site.publish({})
    for name in first.files:
        (site.root / name).unlink()
    assert refused(site, first.id).message.endswith("is not there, and 15 more.")


def test_a_name_that_never_changes_and_has_changed(site):
    site.publish([artifact("app-B3xYz_12.js", b"old", name="app-B3xYz_12.js")])
    first = site.manifest()
    site.publish([artifact("app-B3xYz_12.js", b"new", name="app-B3xYz_12.js")])
    assert "app-B3xYz_12.js is not what it was" in refused(site, first.id).message


def test_a_release_that_was_pruned(two):
    site, first, _ = two
    prune(Directory(str(site.root)))
    assert refused(site, first.id, ConfigError).message == f"Release {first.id} is not kept."


def test_a_release_that_another_version_has_written(two):
    site, first, second = two
    earlier = tuple(one._replace(differences=None) for one in second.earlier)
    (site.root / NAME).write_bytes(to_json(second._replace(earlier=earlier)))
    assert "tells only files, not their names" in refused(site, first.id, ConfigError).message


def test_the_release_of_django_itself(site, tmp_path):
    file = "a.0123456789ab.css"
    write(site.root / file, "a {}")
    write(site.root / NAME, f'{{"paths": {{"a.css": "{file}"}}, "version": "1.1", "hash": "x"}}')
    site.publish(FIRST)
    assert "Django's own storage" in refused(site, "django", ConfigError).message


def test_no_manifest_at_all(site):
    site.root.mkdir()
    assert "There is no manifest" in refused(site, "any", ManifestError).message


def test_no_source_is_overwritten(two):
    site, first, _ = two
    source = SourceFile("app.js", str(site.root / "app.js"), Origin("sources", str(site.root)))
    with pytest.raises(ConfigError, match="is a source file, and would be overwritten"):
        back(site, first.id, sources=[source])
    assert "./lib/two." in (site.root / "app.js").read_text()


@pytest.mark.needs("root")
@pytest.mark.parametrize("inodes", range(3))
def test_a_full_disk(site, disk, inodes):  # noqa: F811
    """A tmpfs counts second names as files."""
    site.root = disk("size=8m,nr_inodes=100") / "static"
    site.publish(FIRST)
    first = site.manifest()
    site.publish(SECOND)
    for number in range(room(site.root).inodes - inodes):
        (site.root.parent / f"ballast{number}").touch()
    before = contents(site.root)
    with pytest.raises(EnvironmentFailed, match="The disk is full"):
        back(site, first.id)
    assert contents(site.root) == before
    assert litter(site.root) == []
    for ballast in site.root.parent.glob("ballast*"):
        ballast.unlink()
    back(site, first.id)
    assert stands(site) == []


@pytest.mark.parametrize("call", ["mkdir", "open", "link", "replace", "fsync"])
def test_whatever_call_is_refused_at_whatever_time_the_release_that_was_is_whole(site, call):
    first, second = site.build(FIRST), site.build(SECOND)
    for count in range(100):
        shutil.rmtree(site.root, ignore_errors=True)
        site.publish(first)
        wanted = site.manifest()
        site.publish(second)
        (site.root / "app.js").unlink()  # so that there is a new name too
        before = site.manifest()
        with pytest.MonkeyPatch.context() as monkeypatch:
            failing_once(monkeypatch, call, count)
            try:
                back(site, wanted.id)
                break
            except EnvironmentFailed as error:
                told = error.message
        assert "Input/output error" in told
        assert site.manifest() == before
        assert litter(site.root) == []
        back(site, wanted.id)
        assert stands(site) == []
    assert alone(site.manifest()) == alone(wanted)


# Which one


@pytest.mark.parametrize(
    ("wanted", "found"), [(None, "a1"), ("a1", "a1"), ("b", "b2"), ("c", "c3"), ("a12", "a12")]
)
def test_a_release_is_found_by_how_its_id_begins(wanted, found):
    assert chosen(wanted, of_ids("c3", "a1", "b2", "a12")) == found


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("a", "More than one release begins with 'a'."),
        ("x", "No release is called 'x'."),
        ("", "More than one release begins with ''."),
    ],
)
def test_a_release_that_is_none_or_many(wanted, said):
    with pytest.raises(ConfigError) as raised:
        chosen(wanted, of_ids("c3", "a1", "a2"))
    assert raised.value.message == said
    assert raised.value.hint == "There are: c3, a1, a2."


def test_none_before_this():
    with pytest.raises(ConfigError, match="No earlier release is kept"):
        chosen(None, of_ids("c3"))


def of_ids(current: str, *earlier: str) -> Manifest:
    return Manifest(current, {}, {}, True, tuple(Release(id, {}) for id in earlier))


# Killed, and two at once


@pytest.mark.parametrize("links", [True, False], ids=["", "no hard links"])
def test_killed_before_each_change_to_the_disk(site, links):
    old, new = site.build(FIRST), site.build(SECOND)
    right = contents_of_releases([old, new])
    for moment in itertools.count(1):
        shutil.rmtree(site.root, ignore_errors=True)
        site.publish(old)
        first = site.manifest()
        site.publish(new)
        second = site.manifest()
        child = Child(roll_back_and_die, site.root, first.id, links, moment)
        if child.ended() != -signal.SIGKILL:
            break
        assert wrong(site.root, right) == [], f"killed before change {moment}"
        assert alone(site.manifest()) in (alone(first), alone(second))
        back(site, first.id)
        assert alone(site.manifest()) == alone(first)
        assert stands(site) == []
        assert litter(site.folder) == []
    assert moment > 5


def test_many_rounds_of_two(two):
    site, first, second = two
    pair = [
        Child(roll_back_often, site.root, order, 40)
        for order in ([first.id, second.id], [second.id, first.id])
    ]
    waits = [child.heard(60) for child in pair]
    assert [child.ended() for child in pair] == [0, 0]
    assert sum(waits) > 0
    assert alone(site.manifest()) in (alone(first), alone(second))
    back(site, first.id)
    assert stands(site) == []
    assert litter(site.root) == []


# Servers


def test_a_server_notices_and_pages_of_both_releases_find_their_files(two):
    site, first, second = two
    served = site_of(str(site.root), "/static/")
    time.sleep(0.01)
    back(site, first.id)
    served.look(wait=True)
    for one in (first, second):
        assert {served.respond(f"/static/{name}", Request("GET")).status for name in one.files} == {200}
    assert served.respond("/static/lib/two.js", Request("GET")) is None
    assert served.respond("/static/empty.txt", Request("GET")).status == 200


# All together


class Known(NamedTuple):
    """What the model knows of a release: itself, and the contents under its names."""

    manifest: Manifest
    bytes: dict[str, bytes]


def versions() -> list[list[Any]]:
    """Return sites that differ in all there is: files, content, codings, plain names, names that stay."""
    stays = artifact("kept-B3xYz_12.js", b"stays", name="kept-B3xYz_12.js")
    return [
        [artifact("a.css", b"1"), artifact("b.css", b"1")],
        [artifact("a.css", b"2"), artifact("b.css", b"1"), stays],
        [artifact("a.css", b"1", plain=False), artifact("c.css", b"1")],
        [artifact("a.css", b"1", codings={"br": b"br1"}), artifact("b.css", b"1", codings={"gzip": b"gz"})],
        [artifact("a.css", b"2", codings={"gzip": b"gz2"}, plain=False), stays],
        [artifact("a.css", b"3"), artifact("a.css.gz", b"a source")],
        [],
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["publish", "roll back", "prune"]), st.integers(0, 6), st.integers(0, 4)),
        min_size=2,
        max_size=12,
    )
)
def test_after_anything_each_name_is_served_as_the_releases_say(tmp_path_factory, work):
    """The model is a list of releases, the current one first, and what each has under its names."""
    site = Site(tmp_path_factory.mktemp("any"))
    sites = versions()
    site.publish(sites[0])
    model = [known(site)]
    for number, (what, which, keep) in enumerate(work):
        if what == "publish":
            site.publish(sites[which], keep=keep, now=number)
            new = known(site)
            model = [new, *(one for one in model if one.manifest.id != new.manifest.id)][: keep + 1]
        elif what == "prune":
            prune(Directory(str(site.root)), keep=keep, now=number)
            model = model[: keep + 1]
        else:
            target = model[which % len(model)]
            back(site, target.manifest.id, now=number)
            model = [target, *(one for one in model if one is not target)]
        assert [site.manifest().id, *(one.id for one in site.manifest().earlier)] == [
            one.manifest.id for one in model
        ]
        assert alone(site.manifest()) == alone(model[0].manifest)
        assert stands(site) == []
        assert_served(site, model)
        for one in model[1:]:
            assert alone(site.manifest().restored(one.manifest.id)) == alone(one.manifest)


def known(site: Site) -> Known:
    manifest = site.manifest()
    published = {name: file for name, file in manifest.published() if file in manifest.files}
    return Known(
        manifest._replace(earlier=()),
        {name: (site.root / file).read_bytes() for name, file in published.items()},
    )


def assert_served(site: Site, model: list[Known]) -> None:
    table = load_table(str(site.root))
    current, *earlier = model
    wanted = {name: body for one in earlier for name, body in one.bytes.items() if name in one.manifest.files}
    for name, body in {**wanted, **current.bytes}.items():
        entry = table.get(name)
        assert entry is not None, name
        whole = next(form for form in entry.forms if form.coding == "identity")
        assert Path(whole.file).read_bytes() == body
    for name, content in current.manifest.files.items():
        entry = table.get(name)
        assert entry is not None
        assert {form.coding for form in entry.forms} == {"identity", *dict(content.codings)}
        assert Content(content.size, content.sha256) == content_of(site.root / name)
