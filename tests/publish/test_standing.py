"""What was published and does not stand any more is seen without reading it; whatever else changes is not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from stator.artifact import Artifact
from stator.paths import CODING_SUFFIXES
from stator.publish.standing import Published, folder_times, lost
from tests.publish.sites import Site, artifact, without_hard_links, write

ARTIFACTS = [
    artifact("css/app.css", b"body {}", codings={"br": b"br", "gzip": b"gzip"}),
    artifact("css/hidden.css", b"hidden", plain=False),
    artifact("css/kept-1.css", b"kept", name="css/kept-1.css"),
    artifact("img/logo.svg", b"<svg/>"),
    artifact("top.txt", b"top", codings={"gzip": b"gz"}),
]
APP, TOP = ARTIFACTS[0], ARTIFACTS[-1]
LONG_AGO = 1_600_000_000_123_456_789
FAR = 1 << 62  # later than any change to a folder


def settle(root: Path) -> None:
    """Let all files and folders have been changed long ago, so that any change to come has another time."""
    for path in (*root.rglob("*"), root):
        os.utime(path, ns=(LONG_AGO, LONG_AGO))


def published(site: Site, artifacts: list[Artifact], now: int = FAR) -> Published:
    """Publish the artifacts, and return what is known of that when folders are looked at ``now``."""
    site.publish(artifacts)
    settle(site.root)
    sizes = [{coding: blob.size for coding, blob in one.codings} for one in artifacts]
    return Published(
        [one.path for one in artifacts],
        [one.name for one in artifacts],
        [one.size for one in artifacts],
        [LONG_AGO] * len(artifacts),
        {
            suffix: (
                [own.get(coding, 0) for own in sizes],
                [LONG_AGO if coding in own else 0 for own in sizes],
            )
            for coding, suffix in CODING_SUFFIXES.items()
        },
        folder_times(str(site.root), [one.path for one in artifacts], now),
    )


def found(site: Site, known: Published) -> list[str]:
    plain = {one.path: one.plain for one in ARTIFACTS}
    return list(lost(str(site.root), known, plain.__getitem__))


def remove(file: Path) -> None:
    file.unlink()


def rewrite(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def lengthen_and_hide(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"#")
    os.utime(file, ns=(LONG_AGO, LONG_AGO))


def replace_by_another(file: Path) -> None:
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content + b"#")


def replace_by_an_older_one(file: Path) -> None:
    rewritten = file.with_suffix(".tmp")
    rewritten.write_bytes(bytes(file.stat().st_size))
    os.utime(rewritten, ns=(LONG_AGO - 1, LONG_AGO - 1))
    rewritten.rename(file)


def replace_by_a_link(file: Path) -> None:
    file.rename(file.with_suffix(".tmp"))
    file.symlink_to(file.with_suffix(".tmp"))


def replace_by_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGES = [
    remove,
    rewrite,
    lengthen_and_hide,
    replace_by_another,
    replace_by_an_older_one,
    replace_by_a_link,
    replace_by_a_folder,
]


@pytest.fixture(params=[True, False], ids=["hard links", "copies"])
def _links_or_copies(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        without_hard_links(monkeypatch)


@pytest.mark.usefixtures("_links_or_copies")
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", [
    APP.name, f"{APP.name}.br", f"{APP.name}.gz", "css/app.css", "css/app.css.br", "css/app.css.gz"
])  # fmt: skip
def test_each_way_in_which_a_file_can_be_wrong(site: Site, name: str, damage: Callable[[Path], None]) -> None:
    known = published(site, ARTIFACTS)
    damage(site.root / name)
    assert found(site, known) == ["css/app.css"]


@pytest.mark.parametrize("damage", [remove, replace_by_another, replace_by_a_link, replace_by_a_folder])
def test_second_names_in_the_topmost_folder(site: Site, damage: Callable[[Path], None]) -> None:
    known = published(site, ARTIFACTS)
    damage(site.root / "top.txt.gz")
    assert found(site, known) == ["top.txt"]


@pytest.mark.parametrize("path", ["css/hidden.css", "css/kept-1.css"])
def test_a_file_with_one_name(site: Site, path: str) -> None:
    known = published(site, ARTIFACTS)
    name = next(one.name for one in ARTIFACTS if one.path == path)
    (site.root / name).unlink()
    assert found(site, known) == [path]


def test_a_folder_that_is_gone(site: Site) -> None:
    known = published(site, ARTIFACTS)
    shutil.rmtree(site.root / "css")
    assert found(site, known) == ["css/app.css", "css/hidden.css", "css/kept-1.css"]
    shutil.rmtree(site.root)
    assert found(site, known) == [one.path for one in ARTIFACTS]


@pytest.mark.parametrize("name", ["css/app.css", "css/app.css.gz"])
def test_a_copy_in_place_of_a_second_name_is_seen_though_the_folder_tells_nothing(
    site: Site, name: str
) -> None:
    known = published(site, ARTIFACTS)
    replace_by_an_older_one(site.root / name)
    os.utime(site.root / "css", ns=(LONG_AGO, LONG_AGO))
    assert found(site, known) == ["css/app.css"]


@pytest.mark.usefixtures("_links_or_copies")
@pytest.mark.parametrize("now", [FAR, 0], ids=["folders known", "folders to be looked into"])
def test_silent_when_all_is_right(site: Site, now: int) -> None:
    assert found(site, published(site, ARTIFACTS, now)) == []


def test_silent_about_what_is_not_ours(site: Site) -> None:
    known = published(site, ARTIFACTS)
    write(site.root / "css/app.css.zst", "somebody else's")
    write(site.root / "css/deep/er.css", "somebody else's")
    write(site.root / "new.txt", "somebody else's")
    write(site.root / "css/hidden.css", "somebody else's")
    assert found(site, known) == []


def test_nothing_was_published(site: Site) -> None:
    site.root.mkdir()
    assert found(site, published(site, [])) == []


@pytest.mark.parametrize("now", [LONG_AGO, LONG_AGO - 1])
def test_a_folder_that_could_change_unseen_is_looked_into(site: Site, now: int) -> None:
    """Its time is the time at which it was looked at: one more change would not show."""
    known = published(site, ARTIFACTS, now)
    (site.root / "css/app.css").unlink()
    os.utime(site.root / "css", ns=(LONG_AGO, LONG_AGO))
    assert found(site, known) == ["css/app.css"]


def test_folders_that_have_not_changed_are_not_looked_into(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = published(site, ARTIFACTS, LONG_AGO + 1)
    looked: list[object] = []
    monkeypatch.setattr(os, "scandir", looked.append)
    assert found(site, known) == []
    assert looked == []
