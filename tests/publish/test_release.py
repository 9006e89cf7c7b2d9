from __future__ import annotations

import errno
import fcntl
import gzip
import itertools
import json
import os
import shutil
from pathlib import Path

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stator.artifact import Artifact, Coded
from stator.build import Build
from stator.cache import Cache, key
from stator.errors import ConfigError, EnvironmentFailed, ManifestError
from stator.findings import Level
from stator.manifest import NAME, Content
from stator.publish.directory import Directory
from stator.publish.plan import Action
from stator.publish.release import prune, release
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


def whole(root: Path, manifest: str | Path = NAME) -> bool:
    """Say whether the folder is all that its manifest says, and nothing unfinished lies about."""
    assert faults(root, manifest) == []
    assert litter(root) == []
    return True


def done(receipt) -> set[Action]:
    return {step.action for step in receipt.steps}


# What is published


def test_everything_is_published(site):
    receipt = site.publish(FIRST)
    assert whole(site.root)
    assert site.manifest() == receipt.manifest
    assert set(receipt.manifest.paths) == set(FIRST)
    files = {path for path, content in contents(site.root).items() if content is not None}
    assert files == {NAME, *FIRST, *receipt.manifest.paths.values()}


def test_published_files_refer_to_published_files(site):
    site.publish(FIRST)
    assert site.file("img/logo.svg").name in (site.root / "app.css").read_text()


def test_plain_and_digested_are_one_file(site):
    site.publish(FIRST)
    for path in FIRST:
        assert site.file(path).samefile(site.root / path)


def test_plain_names_can_be_left_out(site):
    site.publish(site.build(FIRST, keep_plain=("*.css",)))
    assert whole(site.root)
    assert (site.root / "app.css").exists()
    assert not (site.root / "app.js").exists()
    assert site.file("app.js").exists()


def test_no_plain_names_at_all(site):
    site.publish(site.build(FIRST, keep_plain=False))
    assert whole(site.root)
    assert not any((site.root / path).exists() for path in FIRST)


def test_a_site_without_files(site):
    site.publish({})
    assert whole(site.root)
    assert list(contents(site.root)) == [NAME]


def test_a_file_of_another_storage(site):
    site.publish([artifact("a.txt", b"from afar")], symlink=True)
    assert whole(site.root)
    assert (site.root / "a.txt").read_bytes() == b"from afar"


def test_names_that_are_hard_to_write(site):
    names = ["é/ü ñ.css", "a b.txt", "no-extension", "%41.txt", "#.txt", "?.txt", "-rf", "x" * 242, "日本.js"]
    site.publish({name: name for name in names})
    assert whole(site.root)
    assert site.publish({name: name for name in names}).findings == ()


def test_without_a_manifest_files_are_published_as_they_are(site):
    site.publish(site.build(FIRST, predigested=("*",)), record=False)
    assert {path for path, content in contents(site.root).items() if content is not None} == set(FIRST)


def test_symbolic_links(site):
    built = site.build(FIRST)
    site.publish(built, symlink=True)
    assert os.readlink(site.root / "app.css") == built.artifacts["app.css"].source.location
    assert not site.file("app.css").is_symlink()
    site.publish(built)
    assert whole(site.root)
    assert site.file("app.css").samefile(site.root / "app.css")


# Once more


def test_the_second_publish_changes_nothing(site):
    site.publish(FIRST)
    before = snapshot(site.root)
    assert done(site.publish(FIRST)) == {Action.KEEP}
    assert snapshot(site.root) == before


def test_the_second_publish_can_be_made_where_nothing_can_be_written(site, monkeypatch):
    built = site.build(FIRST)
    site.publish(built)
    refuse = OSError(errno.EROFS, "Read-only file system")
    for call in ("mkdir", "rename", "replace", "link", "unlink"):
        monkeypatch.setattr(os, call, lambda *_, **__: (_ for _ in ()).throw(refuse))
    site.publish(built)


def test_one_change_writes_one_file(site):
    site.publish(FIRST)
    before = snapshot(site.root)
    receipt = site.publish({**FIRST, "lib/one.js": "export const one = 1.0"})
    changed = {step.name for step in receipt.steps if step.action is not Action.KEEP}
    js = {receipt.manifest.paths[path] for path in ("app.js", "lib/one.js")}
    assert changed == {"app.js", "lib/one.js", *js}
    assert whole(site.root)
    kept = {path for path in before if snapshot(site.root).get(path) == before[path]}
    assert {str(site.root / path) for path in ("app.css", "img/logo.svg", "empty.txt")} <= kept


def damage_same_size(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.write(b"#")


def damage_truncate(file: Path) -> None:
    os.truncate(file, 3)


def damage_lengthen(file: Path) -> None:
    with file.open("ab") as opened:
        opened.write(b"#")


@pytest.mark.parametrize("damage", [damage_same_size, damage_truncate, damage_lengthen, os.unlink])
@pytest.mark.parametrize("name", ["plain", "digested"])
def test_what_was_damaged_is_repaired(site, damage, name):
    built = site.build(FIRST)
    site.publish(built)
    before = contents(site.root)
    file = site.file("app.css") if name == "digested" else site.root / "app.css"
    status = file.stat()
    damage(file)
    if file.exists():
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    site.publish(built)
    assert contents(site.root) == before
    assert whole(site.root)


@pytest.mark.parametrize("of", ["plain", "digested"])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_copy_in_place_of_a_name_becomes_one_file_with_the_other_again(site, tmp_path, of, ending):
    """Else it could be changed later without a trace on the digested file."""
    blob = Cache(str(tmp_path / "cache")).put(key("x"), b"gzip")
    one = artifact("app.js", b"content")._replace(codings=(Coded("gzip", blob),))
    site.publish([one])
    first, second = site.root / (one.name + ending), site.root / ("app.js" + ending)
    file = second if of == "plain" else first
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content)
    receipt = site.publish([one])
    assert [(step.name, step.reason) for step in receipt.steps if step.action is not Action.KEEP] == [
        (second.name, "a file of its own")
    ]
    assert first.samefile(second)
    assert second.read_bytes() == content
    assert done(site.publish([one])) == {Action.KEEP}


def test_a_plain_file_is_replaced_in_one_step(site):
    site.publish(FIRST)
    with (site.root / "app.css").open("rb") as reader:
        old = (site.root / "app.css").read_bytes()
        site.publish(SECOND)
        assert reader.read() == old
    assert (site.root / "app.css").read_bytes() != old


@pytest.mark.parametrize("digested", [False, True])
def test_a_symbolic_link_in_the_way_is_replaced_and_what_it_leads_to_is_not(site, tmp_path, digested):
    mine = write(tmp_path / "mine.css", "mine")
    built = site.build(FIRST)
    name = built.artifacts["app.css"].name if digested else "app.css"
    site.root.mkdir()
    (site.root / name).symlink_to(mine)
    site.publish(built)
    assert not (site.root / name).is_symlink()
    assert mine.read_text() == "mine"
    assert whole(site.root)


def test_a_link_to_the_right_content_is_replaced_too(site, tmp_path):
    site.root.mkdir()
    (site.root / "empty.txt").symlink_to(write(tmp_path / "empty.txt", ""))
    site.publish(FIRST)
    assert not (site.root / "empty.txt").is_symlink()


def test_files_that_are_alike_on_two_devices_are_not_mistaken_for_each_other(site, monkeypatch):
    """Inode numbers are those of one device only; part of a destination can be on another."""
    built = site.build({"a.txt": "right", "other/a.txt": "right"})
    site.publish(built)
    write(site.root / "other/a.txt", "wrong")
    real = os.lstat

    def lstat(path):
        status = list(real(path))
        status[1], status[2] = (7, 1 + ("other" in str(path)))
        return os.stat_result(status)

    monkeypatch.setattr(os, "lstat", lstat)
    listing = Directory(str(site.root)).listing()
    found = {name: listing.get(name) for name in ("a.txt", "other/a.txt")}
    assert found["a.txt"].content != found["other/a.txt"].content


# Earlier releases


def test_files_of_earlier_releases_stay_and_are_known(site):
    first = site.publish(FIRST).manifest
    site.publish(SECOND)
    assert whole(site.root)
    assert [one.id for one in site.manifest().earlier] == [first.id]
    for name, content in first.files.items():
        assert content_of(site.root / name) == site.manifest().content(name) == content


def test_rolling_back_writes_no_bytes(site):
    built = site.build(FIRST)
    site.publish(built)
    site.publish(SECOND)
    receipt = site.publish(built)
    assert done(receipt) == {Action.KEEP, Action.LINK}
    assert whole(site.root)
    assert (site.root / "app.css").samefile(site.file("app.css"))


def test_a_lost_file_of_an_earlier_release_is_not_named_any_more(site):
    first = site.publish(FIRST).manifest
    lost = first.paths["img/logo.svg"]
    (site.root / lost).unlink()
    site.publish(SECOND)
    assert whole(site.root)
    assert lost not in dict(site.manifest().published())
    assert first.paths["app.css"] in dict(site.manifest().published())


def test_no_earlier_release_is_kept_when_none_is_wanted(site):
    site.publish(FIRST)
    assert site.publish(SECOND, keep=0).manifest.earlier == ()


def version(number: int, *others: Artifact) -> list[Artifact]:
    """Return a release, with one file that every release has otherwise."""
    return sorted([artifact("a.txt", b"%d" % number), *others])


@pytest.mark.parametrize(
    ("keep", "age", "kept"),
    [
        (0, 0, {3}),
        (1, 0, {2, 3}),
        (2, 0, {1, 2, 3}),
        (9, 0, {0, 1, 2, 3}),
        (0, 1, {2, 3}),
        (0, 100, {2, 3}),
        (0, 101, {1, 2, 3}),
        (0, 201, {0, 1, 2, 3}),
        (1, 101, {1, 2, 3}),
        (2, 1, {1, 2, 3}),
    ],
)
def test_retention_by_number_and_by_age(site, keep, age, kept):
    """Four releases, 100 seconds apart. An age counts from when a release was superseded."""
    for number in range(4):
        site.publish(version(number), keep=keep, age=age, now=1_000 + 100 * number)
    assert {int(file.read_bytes()) for file in site.root.glob("a.*.txt")} == kept
    assert whole(site.root)


def test_what_time_alone_has_made_old_goes_too(site):
    site.publish(version(1), keep=0, age=100, now=1_000)
    site.publish(version(2), keep=0, age=100, now=1_010)
    assert done(site.publish(version(2), keep=0, age=100, now=1_109)) == {Action.KEEP}
    assert done(site.publish(version(2), keep=0, age=100, now=1_110)) == {Action.KEEP, Action.DELETE}
    assert [file.read_bytes() for file in site.root.glob("a.*.txt")] == [b"2"]


def test_the_plain_name_of_a_source_that_went_stays_as_long_as_its_release(site):
    site.publish(version(1, artifact("deep/er/b.txt", b"b")), keep=1)
    site.publish(version(2), keep=1)
    assert (site.root / "deep/er/b.txt").exists()
    site.publish(version(3), keep=1)
    assert not (site.root / "deep").exists()
    assert whole(site.root)


def test_a_plain_name_that_is_wanted_no_more_goes_with_its_release(site):
    site.publish([artifact("a.txt", b"a")], keep=0)
    site.publish([artifact("a.txt", b"a", plain=False)], keep=0)
    assert [path.name for path in site.root.glob("a*")] == [artifact("a.txt", b"a").name]


def test_a_name_that_came_back_stays(site):
    for others in ((artifact("b.txt", b"b"),), (), (artifact("b.txt", b"b"),), ()):
        site.publish(version(0, *others), keep=1)
        assert whole(site.root)
    assert (site.root / "b.txt").exists()


def test_files_that_are_not_ours_stay(site):
    site.publish(version(1), keep=0)
    write(site.root / "mine/a.0123456789ab.txt", "mine")
    site.publish(version(2), keep=0)
    assert (site.root / "mine/a.0123456789ab.txt").read_text() == "mine"


def test_a_folder_that_somebody_put_in_place_of_an_old_file_stays(site):
    site.publish(version(1), keep=0)
    old = site.file("a.txt")
    old.unlink()
    write(old / "mine.txt", "mine")
    site.publish(version(2), keep=0)
    assert (old / "mine.txt").exists()


# Pruning


def pruned(site: Site, **how) -> set[str]:
    """Prune and return the names that went."""
    receipt = prune(Directory(str(site.root)), **how)
    assert done(receipt) <= {Action.DELETE}
    return {step.name for step in receipt.steps}


def test_prune_removes_what_earlier_releases_left(site):
    gone = artifact("b.txt", b"b", codings={"gzip": b"gzip"})
    site.publish(version(1, gone))
    site.publish(version(2))
    assert pruned(site, keep=0) == {
        artifact("a.txt", b"1").name,
        gone.name,
        f"{gone.name}.gz",
        "b.txt",
        "b.txt.gz",
    }
    assert {path.name for path in site.root.iterdir()} == {NAME, "a.txt", artifact("a.txt", b"2").name}
    assert site.manifest().earlier == ()
    assert whole(site.root)
    assert pruned(site, keep=0) == set()


def test_prune_keeps_what_is_young_or_among_the_newest(site):
    for number in range(4):
        site.publish(version(number), now=100 * number)
    before = contents(site.root)
    assert pruned(site, keep=3) == set()
    assert pruned(site, keep=0, age=201, now=300) == set()
    assert contents(site.root) == before
    assert pruned(site, keep=1, age=101, now=300) == {artifact("a.txt", b"0").name}


def test_a_dry_run_of_prune_tells_all_and_changes_nothing(site):
    site.publish(version(1))
    site.publish(version(2))
    before = snapshot(site.root)
    foreseen = pruned(site, keep=0, dry_run=True)
    assert snapshot(site.root) == before
    assert pruned(site, keep=0) == foreseen != set()


def test_prune_spares_the_manifest_when_a_source_was_called_so(site):
    site.publish(version(1, artifact(NAME, b"{}")))
    site.publish(version(2))
    pruned(site, keep=0)
    assert whole(site.root)


def test_what_prune_cannot_read_it_leaves_alone(site):
    site.root.mkdir()
    with pytest.raises(ManifestError, match="There is no manifest"):
        pruned(site)
    write(site.root / NAME, "{}")
    with pytest.raises(ManifestError):
        pruned(site)
    assert contents(site.root) == {NAME: b"{}"}


# Precompressed forms


def test_precompressed_forms_stand_beside_both_names(site):
    one = artifact("app.js", b"content", codings={"br": b"br", "zstd": b"zstd", "gzip": b"gzip"})
    site.publish([one])
    assert whole(site.root)
    for suffix, content in ((".br", b"br"), (".zst", b"zstd"), (".gz", b"gzip")):
        assert (site.root / ("app.js" + suffix)).read_bytes() == content
        assert (site.root / ("app.js" + suffix)).samefile(site.root / (one.name + suffix))
    assert done(site.publish([one])) == {Action.KEEP}


def test_a_form_that_was_damaged_is_repaired(site):
    one = artifact("app.js", b"content", codings={"gzip": b"gzip"})
    site.publish([one])
    before = contents(site.root)
    for name in ("app.js.gz", f"{one.name}.gz"):
        damage_same_size(site.root / name)
        site.publish([one])
        assert contents(site.root) == before


@pytest.mark.parametrize("content", [b"content", b"other content"])
def test_a_form_that_the_new_content_has_not_goes_at_once(site, content):
    """A server would go on sending it instead of the file."""
    old = artifact("app.js", b"content", codings={"br": b"br", "gzip": b"gzip"})
    site.publish([old])
    site.publish([artifact("app.js", content, codings={"gzip": b"gz"})])
    assert whole(site.root)
    assert not (site.root / "app.js.br").exists()
    assert (site.root / "app.js.gz").read_bytes() == b"gz"
    # What has the old digest is of the old release, which is kept, and may be current again.
    assert (site.root / f"{old.name}.br").exists()
    site.publish([artifact("app.js", content, codings={"gzip": b"gz"})], keep=0)
    assert not (site.root / f"{old.name}.br").exists()


def test_forms_of_earlier_releases_stay_and_are_known(site):
    old = artifact("app.js", b"1", codings={"gzip": b"gzip"})
    site.publish([old])
    site.publish([artifact("app.js", b"2")])
    assert (site.root / f"{old.name}.gz").read_bytes() == b"gzip"
    assert site.manifest().content(old.name).codings == (("gzip", 4),)


def test_a_link_to_a_source_has_no_forms(site):
    """A source is not linked, and may change at any time: a form of it would be wrong."""
    style = "a{}" * 200
    site.publish(site.build({"a.css": style}, codings=("gzip",)))
    assert (site.root / "a.css.gz").exists()
    built = site.build({"a.css": style + "b{}"}, codings=("gzip",))
    for _ in range(2):
        site.publish(built, symlink=True)
        assert not (site.root / "a.css.gz").exists()
        assert (site.root / f"{built.artifacts['a.css'].name}.gz").exists()


def test_a_name_that_comes_back_has_the_forms_of_its_new_content_only(site):
    full = artifact("app.js", b"1", codings={"br": b"br", "gzip": b"gzip"})
    for artifacts in ([full], [artifact("app.js", b"1", plain=False)], [artifact("app.js", b"2")]):
        site.publish(artifacts)
    assert whole(site.root)
    assert {path.name for path in site.root.glob("app.js*")} == {"app.js"}


@pytest.mark.parametrize("keep", [0, 3])
def test_a_name_that_is_kept_from_now_on_loses_the_forms_that_it_had(site, keep):
    site.publish([artifact("app.js", b"1", codings={"gzip": b"gzip"})], keep=keep)
    site.publish([artifact("app.js", b"1", name="app.js")], keep=keep)
    assert whole(site.root)
    assert {path.name for path in site.root.glob("app.js*")} == {"app.js"}


def test_a_name_that_was_kept_and_is_not_any_more_belongs_to_the_new_release(site):
    site.publish([artifact("app.js", b"1", name="app.js")])
    site.publish([artifact("app.js", b"2")])
    assert whole(site.root)
    assert (site.root / "app.js").read_bytes() == b"2"


def test_a_source_that_went_and_is_called_as_a_form_goes_at_once(site):
    """A server would send it for the file, of which it may be an older form."""
    site.publish([artifact("app.js", b"1"), artifact("app.js.gz", b"gzip of 1")])
    site.publish([artifact("app.js", b"2")])
    assert not (site.root / "app.js.gz").exists()
    assert (site.root / artifact("app.js.gz", b"gzip of 1").name).exists()


SOURCE = artifact("app.js.gz", b"a source")
FORM = artifact("app.js", b"1", codings={"gzip": b"a form"})
KEPT_SOURCE = artifact("app-1.js.gz", b"a source", name="app-1.js.gz")
KEPT_FORM = artifact("app-1.js", b"1", name="app-1.js", codings={"gzip": b"a form"})


@pytest.mark.parametrize(
    ("before", "after", "content"),
    [
        ([SOURCE], [FORM], b"a form"),
        ([FORM], [SOURCE], b"a source"),
        ([KEPT_SOURCE], [KEPT_FORM], b"a form"),
        ([KEPT_FORM], [KEPT_SOURCE], b"a source"),
        ([FORM], [artifact("app.js", b"1"), SOURCE], b"a source"),
        ([artifact("app.js", b"1"), SOURCE], [FORM], b"a form"),
    ],
)
@pytest.mark.parametrize("keep", [0, 1])
def test_a_source_can_be_called_as_a_form_was_and_a_form_as_a_source(site, before, after, content, keep):
    name = "app-1.js.gz" if after[0].name.startswith("app-1.js") else "app.js.gz"
    for artifacts in (before, after, after):
        site.publish(artifacts, keep=keep)
        assert whole(site.root)
    assert (site.root / name).read_bytes() == content


@pytest.mark.parametrize(("mode", "one"), [(None, True), (0o640, False)])
def test_a_form_is_one_file_with_finished_work_where_it_can_be(site, tmp_path, mode, one):
    blob = Cache(str(tmp_path / "cache")).put(key("x"), b"gzip")
    coded = artifact("app.js", b"content")._replace(codings=(Coded("gzip", blob),))
    release([coded], Directory(str(site.root), mode))
    form = site.root / "app.js.gz"
    assert form.samefile(blob.path) is one
    assert form.read_bytes() == b"gzip"
    if mode:
        assert form.stat().st_mode & 0o777 == mode
        assert Path(blob.path).stat().st_mode & 0o777 != mode


def test_a_form_is_copied_where_it_cannot_be_one_file_with_finished_work(site, tmp_path, monkeypatch):
    blob = Cache(str(tmp_path / "cache")).put(key("x"), b"gzip")
    without_hard_links(monkeypatch)
    site.publish([artifact("app.js", b"content")._replace(codings=(Coded("gzip", blob),))])
    assert not (site.root / "app.js.gz").samefile(blob.path)
    assert (site.root / "app.js.gz").read_bytes() == b"gzip"


# Sources


@pytest.mark.parametrize("made", [None, 1])
def test_no_source_is_overwritten_not_even_of_a_file_that_is_not_published_now(site, made):
    """A link within the folder leads to sources, of which a new file would take the place of one."""
    built = site.build({"a.js": "mine"})
    source = Path(built.artifacts["a.js"].source.location)
    site.root.mkdir()
    (site.root / "x").symlink_to(source.parent, target_is_directory=True)
    artifacts = [built.artifacts["a.js"], artifact("x/a.js", b"new")]
    with pytest.raises(ConfigError, match="is a source file, and would be overwritten"):
        site.publish(artifacts, made=artifacts[made:] if made else None)
    assert source.read_text() == "mine"


def test_clear(site):
    site.publish(FIRST)
    write(site.root / "somebody/elses/file.txt", "x")
    (site.root / "link").symlink_to("nowhere")
    (site.root / "somebody/folder").symlink_to(site.folder, target_is_directory=True)
    receipt = site.publish(SECOND, clear=True)
    assert whole(site.root)
    assert receipt.manifest.earlier == ()
    files = {path for path, content in contents(site.root).items() if content is not None}
    assert files == {NAME, *SECOND, *receipt.manifest.paths.values()}
    assert {path.name for path in site.root.iterdir() if path.is_dir()} == {"lib", "img", "deep"}


def test_clear_spares_a_folder_that_is_a_link_on_the_way_to_a_file(site):
    site.root.mkdir()
    (site.folder / "big-disk").mkdir()
    (site.root / "img").symlink_to(site.folder / "big-disk", target_is_directory=True)
    site.publish(FIRST, clear=True)
    assert whole(site.root)
    assert (site.folder / "big-disk/logo.svg").exists()


@pytest.mark.parametrize("place", ["staticfiles.json", "deep/er/manifest.json"])
def test_clear_spares_a_manifest_with_an_absolute_name(site, place):
    for files in (FIRST, SECOND):
        site.publish(files, manifest_name=str(site.root / place), clear=True)
        assert whole(site.root, place)


# A dry run


@pytest.mark.parametrize("how", [{}, {"clear": True}, {"symlink": True}])
def test_a_dry_run_changes_nothing_and_tells_all(site, how):
    site.publish(FIRST)
    write(site.root / "old.txt", "old")
    built = site.build(SECOND)
    before = snapshot(site.folder)
    foreseen = site.publish(built, dry_run=True, **how)
    assert snapshot(site.folder) == before
    receipt = site.publish(built, **how)
    assert (receipt.manifest, receipt.steps, receipt.findings) == (
        foreseen.manifest,
        foreseen.steps,
        foreseen.findings,
    )
    assert foreseen.stamps == {}


def test_a_dry_run_does_not_make_the_folder(site):
    assert done(site.publish(FIRST, dry_run=True)) == {Action.WRITE, Action.LINK}
    assert not site.root.exists()


def test_a_dry_run_waits_for_nobody(site):
    with Directory(str(site.root)).locked():
        site.publish(FIRST, dry_run=True)


# The manifest


def test_a_manifest_that_lives_with_the_code(site, tmp_path):
    place = tmp_path / "code/build/manifest.json"
    built = site.build(FIRST)
    for _ in range(2):
        site.publish(built, manifest_name=str(place))
    site.publish(SECOND, manifest_name=str(place))
    assert whole(site.root, place)
    assert len(site.manifest(str(place)).earlier) == 1
    assert not (site.root / NAME).exists()
    assert [path.name for path in place.parent.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"stator": {"format": 2}}'])
def test_a_broken_manifest_is_told_and_replaced(site, content):
    first = site.publish(FIRST).manifest
    write(site.root / NAME, content)
    receipt = site.publish(SECOND)
    assert [(finding.id, finding.level) for finding in receipt.findings] == [
        ("manifest-unreadable", Level.WARNING)
    ]
    assert whole(site.root)
    assert all((site.root / name).exists() for name in first.files)


def test_a_hostile_manifest_reaches_for_nothing_outside(site, tmp_path):
    secret = write(tmp_path / "secret", "secret")
    site.publish(FIRST)
    document = json.loads((site.root / NAME).read_bytes())
    document["stator"]["files"]["../secret"] = [6, "A" * 43 + "="]
    write(site.root / NAME, json.dumps(document))
    receipt = site.publish(SECOND, clear=True)
    assert [finding.id for finding in receipt.findings] == ["manifest-unreadable"]
    assert secret.exists()


def test_the_release_of_django_itself_is_an_earlier_one(site):
    old = "app.0123456789ab.css"
    write(site.root / old, "by Django")
    write(site.root / "app.css", "by Django")
    write(
        site.root / NAME,
        json.dumps({"version": "1.1", "hash": "x", "paths": {"app.css": old, "gone.js": "gone.x.js"}}),
    )
    assert site.publish(FIRST).findings == ()
    site.publish(SECOND)
    assert whole(site.root)
    assert (site.root / old).read_text() == "by Django"
    assert site.manifest().content(old) == Content(9, content_of(site.root / old).sha256)
    assert site.manifest().earlier[1].id == "django"


def test_forms_that_somebody_made_of_djangos_files_are_known_and_go_with_them(site):
    old = "app.0123456789ab.css"
    forms = {f"{old}.gz": gzip.compress(b"by Django"), f"{old}.br": brotli.compress(b"by another")}
    for name, content in {old: b"by Django", **forms}.items():
        write(site.root / name, content)
    write(site.root / NAME, json.dumps({"version": "1.1", "paths": {"app.css": old}}))
    site.publish(FIRST)
    assert site.manifest().content(old).codings == (("gzip", len(forms[f"{old}.gz"])),)
    site.publish(SECOND, keep=0)
    left = {name for name in contents(site.root) if name.startswith(old)}
    assert left == {f"{old}.br"}  # nobody's: what it is, its owner knows


def test_a_source_with_the_name_of_the_manifest(site):
    """It has a digested name; the plain one is the manifest's."""
    built = site.build({**FIRST, NAME: "{}"})
    for _ in range(2):
        site.publish(built)
        assert whole_but_for_the_manifest(site)


def whole_but_for_the_manifest(site) -> bool:
    assert [fault for fault in faults(site.root) if not fault.startswith(NAME)] == []
    return site.file(NAME).read_text() == "{}"


# Permissions


def modes(root: Path, kind: str) -> set[int]:
    return {
        path.stat().st_mode & 0o777
        for path in root.rglob("*")
        if path.is_dir() == (kind == "folder") and path != root
    }


@pytest.fixture
def umask():
    before = os.umask(0o077)
    yield
    os.umask(before)


def publish_with_modes(site: Site, file: int | None, folder: int | None, built: Build | None = None) -> None:
    release((built or site.build(FIRST)).artifacts.values(), Directory(str(site.root), file, folder), keep=3)


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_permissions_are_as_asked(site, links, monkeypatch):
    if not links:
        without_hard_links(monkeypatch)
    publish_with_modes(site, 0o644, 0o755)
    assert modes(site.root, "file") == {0o644}
    assert modes(site.root, "folder") == {0o755}
    assert site.root.stat().st_mode & 0o777 == 0o755


@pytest.mark.usefixtures("umask")
def test_permissions_are_left_to_the_umask(site):
    publish_with_modes(site, None, None)
    assert modes(site.root, "file") == {0o600}
    assert modes(site.root, "folder") == {0o700}


@pytest.mark.usefixtures("umask")
def test_the_permissions_of_a_folder_that_is_there_are_left_alone(site):
    (site.root / "img").mkdir(parents=True)
    (site.root / "img").chmod(0o711)
    publish_with_modes(site, 0o644, 0o755)
    assert (site.root / "img").stat().st_mode & 0o777 == 0o711


# A file system without hard links


def test_without_hard_links_there_are_copies(site, monkeypatch):
    without_hard_links(monkeypatch)
    built = site.build(FIRST)
    site.publish(built)
    assert whole(site.root)
    assert not site.file("app.css").samefile(site.root / "app.css")
    assert done(site.publish(built)) == {Action.KEEP}


@pytest.mark.parametrize("change", [damage_same_size, damage_truncate, os.utime, os.unlink])
def test_without_hard_links_a_copy_that_was_changed_is_made_again(site, monkeypatch, change):
    without_hard_links(monkeypatch)
    built = site.build(FIRST)
    site.publish(built)
    before = contents(site.root)
    change(site.root / "app.css")
    receipt = site.publish(built)
    assert [step.name for step in receipt.steps if step.action is not Action.KEEP] == ["app.css"]
    assert contents(site.root) == before
    assert done(site.publish(built)) == {Action.KEEP}


# What goes wrong. Each leaves the release that was there as it was.


def refused(site: Site, files, **how) -> EnvironmentFailed:
    """Publish what must fail and change nothing; return the error."""
    before = contents(site.root) if site.root.is_dir() else None
    with pytest.raises(EnvironmentFailed) as raised:
        site.publish(files, **how)
    assert before is None or contents(site.root) == before
    assert raised.value.hint
    assert raised.value.exit_code == 3
    return raised.value


def test_a_source_changed_after_the_build(site):
    site.publish(FIRST)
    built = site.build(SECOND)
    source = Path(built.artifacts["img/logo.svg"].source.location)
    write(source, "<svg>now</svg>")
    error = refused(site, built)
    assert error.message == f"{source} was changed while it was being collected."
    assert whole(site.root)


@pytest.mark.parametrize("path", ["app.js", "lib/two.js"])
def test_a_linked_source_changed_after_the_build(site, path):
    site.publish(FIRST)
    built = site.build(SECOND)
    damage_truncate(Path(built.artifacts[path].source.location))
    assert "was changed while" in refused(site, built).message
    assert whole(site.root)


def test_a_source_removed_after_the_build(site):
    site.publish(FIRST)
    built = site.build(SECOND)
    source = Path(built.artifacts["deep/er/new.txt"].source.location)
    source.unlink()
    error = refused(site, built)
    assert error.message == f"{source}: No such file or directory."
    assert whole(site.root)


def test_a_source_that_breaks_off(site):
    """Storages of other people raise errors of their own, which pass; the release that was is whole."""
    site.publish(FIRST)
    before = contents(site.root)

    def opener():
        raise RuntimeError("the network is gone")

    built = site.build(SECOND)
    last = max(built.artifacts)
    broken = built.artifacts[last]._replace(source=built.artifacts[last].source._replace(opener=opener))
    with pytest.raises(RuntimeError):
        site.publish([*list(built.artifacts.values())[:-1], broken])
    assert contents(site.root) == before


@pytest.mark.parametrize("digested", [False, True])
def test_a_folder_in_the_way_of_a_file(site, digested):
    site.publish(FIRST)
    built = site.build(SECOND)
    name = built.artifacts["lib/two.js"].name if digested else "lib/two.js"
    (site.root / name).mkdir()
    error = refused(site, built)
    assert error.message.startswith(f"{site.root / name} is in the way")
    assert whole(site.root)


@pytest.mark.parametrize("how", [{}, {"clear": True}])
def test_a_file_in_the_way_of_a_folder(site, how):
    site.publish(FIRST)
    write(site.root / "deep", "I am a file")
    error = refused(site, SECOND, **how)
    assert error.message.startswith(f"{site.root / 'deep'} is in the way")
    assert whole(site.root)


def test_a_link_to_nothing_in_the_way_of_a_folder(site):
    site.root.mkdir()
    (site.root / "deep").symlink_to("nowhere")
    assert refused(site, SECOND).message.startswith(f"{site.root / 'deep'} is in the way")


def test_a_file_in_place_of_the_root(site):
    write(site.root, "I am a file")
    assert str(site.root) in refused(site, FIRST).message


def test_a_folder_in_place_of_the_manifest(site):
    (site.root / NAME).mkdir(parents=True)
    assert NAME in refused(site, FIRST).message


def test_a_folder_in_place_of_the_manifest_elsewhere(site, tmp_path):
    place = tmp_path / "code/manifest.json"
    write(tmp_path / "code", "I am a file")
    site.publish(FIRST)
    assert "code" in refused(site, SECOND, manifest_name=str(place)).message


def failing_once(monkeypatch, call: str, count: int) -> None:
    """Let the system refuse one call, after it has done as many."""
    real, calls = getattr(os, call), itertools.count()

    def fails(*args, **kwargs):
        if next(calls) == count:
            raise OSError(errno.EIO, "Input/output error", str(args[0]))
        return real(*args, **kwargs)

    monkeypatch.setattr(os, call, fails)


@pytest.mark.parametrize("call", ["mkdir", "open", "write", "link", "replace", "fsync", "fchmod"])
def test_whatever_call_is_refused_at_whatever_time_the_release_that_was_is_whole(site, call):
    """A device that fails, at every moment: what a failing publish leaves is whole, and the next mends it."""
    first, second = site.build(FIRST), site.build(SECOND)
    for count in range(200):
        shutil.rmtree(site.root, ignore_errors=True)
        site.publish(first)
        before = site.manifest()
        with pytest.MonkeyPatch.context() as monkeypatch:
            failing_once(monkeypatch, call, count)
            try:
                release(second.artifacts.values(), Directory(str(site.root), 0o644), keep=3)
                break
            except EnvironmentFailed as error:
                told = error.message
        assert "Input/output error" in told
        assert site.manifest() == before
        assert whole(site.root)
        site.publish(second)
        assert whole(site.root)
    assert count < 199


def test_what_cannot_be_deleted_is_told_when_the_new_release_stands(site, monkeypatch):
    site.publish(FIRST)
    failing_once(monkeypatch, "unlink", 0)
    with pytest.raises(EnvironmentFailed) as raised:
        site.publish(SECOND, clear=True)
    assert raised.value.hint.startswith("The new release is whole and current; old files are still there.")
    assert set(site.manifest().paths) == set(SECOND)
    assert whole(site.root)


def test_a_file_system_without_locks_is_published_to_without_one(site, monkeypatch):
    """None that locks nothing can be mounted here, so the call is made to fail."""

    def flock(*_):
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr(fcntl, "flock", flock)
    site.publish(FIRST)
    assert whole(site.root)


def test_what_else_a_lock_can_fail_of_is_told(site, monkeypatch):
    def flock(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(fcntl, "flock", flock)
    assert refused(site, FIRST).message == f"{site.root}: Input/output error."


# All together


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_after_any_sequence_of_releases_the_folder_is_whole(tmp_path_factory, data):
    site = Site(tmp_path_factory.mktemp("any"))
    versions = [site.build({**FIRST, "app.css": f"/* {number} */"}) for number in range(2)]
    versions += [site.build(SECOND), site.build(SECOND, keep_plain=False), site.build({})]
    for _ in range(data.draw(st.integers(1, 6))):
        if site.root.exists():
            files = sorted(path for path in site.root.rglob("*") if path.is_file() and path.name != NAME)
            for file in data.draw(st.lists(st.sampled_from(files), max_size=2, unique=True)) if files else ():
                data.draw(st.sampled_from([damage_same_size, lambda file: file.unlink(missing_ok=True)]))(
                    file
                )
        built = data.draw(st.sampled_from(versions))
        how = {"keep": data.draw(st.integers(0, 3)), "clear": data.draw(st.booleans())}
        receipt = site.publish(built, **how)
        for name, content in receipt.manifest.files.items():
            assert content_of(site.root / name)[:2] == content[:2]
        for path, name in receipt.manifest.paths.items():
            if built.artifacts[path].plain:
                assert content_of(site.root / path) == receipt.manifest.content(name)
        assert litter(site.root) == []
        assert done(site.publish(built, **how)) <= {Action.KEEP}


def test_nothing_is_written_through_a_link_in_the_place_of_an_unfinished_manifest(
    site: Site, tmp_path: Path
) -> None:
    """A folder that others can write to as well may hold anything."""
    foreign = tmp_path / "foreign"
    foreign.write_bytes(b"theirs")
    site.root.mkdir(parents=True)
    (site.root / f".{NAME}.unfinished").symlink_to(foreign)
    site.publish(FIRST)
    assert foreign.read_bytes() == b"theirs"
    assert whole(site.root)
