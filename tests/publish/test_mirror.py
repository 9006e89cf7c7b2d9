"""A release as it stands in one folder, published to another."""

from __future__ import annotations

from pathlib import Path

import pytest

from stator.cache import Blob
from stator.errors import ChangedMeanwhile, EnvironmentFailed
from stator.publish.directory import Directory
from stator.publish.mirror import artifacts_of
from stator.publish.release import release
from tests.publish.sites import FIRST, Site, artifact, contents, faults

CODED = [artifact("app.css", b"a" * 50, codings={"br": b"b", "gzip": b"gz"}), artifact("x.png", b"x")]


@pytest.fixture
def other(tmp_path: Path) -> Site:
    return Site(tmp_path / "other")


def mirror(site: Site, other: Site) -> None:
    artifacts = artifacts_of(site.manifest(), str(site.root))
    release(artifacts, Directory(str(other.root)), keep=3)


@pytest.mark.parametrize("how", [{}, {"keep_plain": False}], ids=["", "no plain names"])
def test_the_copy_is_the_same(site: Site, other: Site, how: dict[str, bool]) -> None:
    site.publish(site.build(FIRST, **how))
    mirror(site, other)
    assert contents(other.root) == contents(site.root)


def test_precompressed_forms_come_along(site: Site, other: Site) -> None:
    site.publish(CODED)
    mirror(site, other)
    assert contents(other.root) == contents(site.root)
    assert faults(other.root) == []


def test_files_of_earlier_releases_do_not(site: Site, other: Site) -> None:
    site.publish({"a.txt": "first"})
    site.publish({"a.txt": "second"})
    mirror(site, other)
    assert other.manifest().id == site.manifest().id
    assert other.manifest().earlier == ()
    assert faults(other.root) == []


def test_a_lost_file_stops_it(site: Site, other: Site) -> None:
    site.publish(FIRST)
    site.file("app.js").unlink()
    with pytest.raises(EnvironmentFailed) as raised:
        mirror(site, other)
    assert str(site.file("app.js")) in raised.value.message
    assert not (other.root / "staticfiles.json").exists()


def test_a_file_that_is_not_what_its_manifest_says_stops_it(site: Site, other: Site) -> None:
    site.publish(FIRST)
    file = site.file("app.js")
    file.write_bytes(file.read_bytes().replace(b"one", b"two"))
    with pytest.raises(ChangedMeanwhile):
        mirror(site, other)
    assert not (other.root / "staticfiles.json").exists()


def test_a_lost_form_stops_it_unless_it_is_only_planned(site: Site) -> None:
    site.publish(CODED)
    next(site.root.glob("app.*.css.br")).unlink()
    with pytest.raises(EnvironmentFailed) as raised:
        artifacts_of(site.manifest(), str(site.root))
    assert raised.value.hint.startswith("Run collectstatic --rehash, which makes it anew")
    planned = artifacts_of(site.manifest(), str(site.root), planned=True)
    assert [form.blob.sha256 for one in planned for form in one.codings][:1] == [b""]


def test_a_form_that_was_cut_off_stops_it(site: Site, other: Site) -> None:
    site.publish(CODED)
    form = next(site.root.glob("app.*.css.gz"))
    form.unlink()
    form.write_bytes(b"g")
    with pytest.raises(EnvironmentFailed) as raised:
        mirror(site, other)
    assert raised.value.message == f"{form} is not what its manifest says."
    assert not (other.root / "staticfiles.json").exists()


def test_what_is_planned_before_anything_stands_reads_nothing(site: Site, tmp_path: Path) -> None:
    site.publish(CODED)
    planned = artifacts_of(site.manifest(), str(tmp_path / "nowhere"), planned=True)
    assert [one.path for one in planned] == ["app.css", "x.png"]
    assert all(isinstance(form.blob, Blob) for one in planned for form in one.codings)
