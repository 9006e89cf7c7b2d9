"""The disk is full, or not ours to write: a clear error, and the release that was there is whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest

from stator.errors import EnvironmentFailed
from tests.publish.processes import Child, publish_as_nobody
from tests.publish.sites import Site, contents, faults, litter, write

SMALL = {f"text{number}.txt": f"{number}\n" * 5_000 for number in range(10)}
MORE = {**SMALL, **{f"more/text{number}.txt": f"{number}!\n" for number in range(60)}}
BIG = {**SMALL, "text0.txt": "changed", "new/small.css": "a {}", "new/very/big.bin": os.urandom(3 << 20)}


class Room(NamedTuple):
    """What a file system has left: blocks and inodes."""

    blocks: int
    inodes: int


def room(folder: Path) -> Room:
    status = os.statvfs(folder)
    return Room(status.f_bfree, status.f_ffree)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Return a function that mounts a file system of its own with the given options."""
    mounted: list[Path] = []

    def mount(options: str) -> Path:
        folder = tmp_path / "disk"
        folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)


def full(site: Site, files: dict) -> EnvironmentFailed:
    """Publish what there is no room for. Nothing may change, and nothing be left."""
    built = site.build(files)
    before, had = contents(site.root), room(site.root)
    with pytest.raises(EnvironmentFailed) as raised:
        site.publish(built)
    assert contents(site.root) == before
    assert room(site.root) == had
    assert faults(site.root) == []
    error = raised.value
    assert error.exit_code == 3
    assert error.message == f"The disk is full: {site.root} could not be published to."
    assert error.hint.startswith("Whatever was published before is whole and current. Make room")
    return error


@pytest.mark.needs("root")
def test_a_full_disk(site, disk):
    site.root = disk("size=2m") / "static"
    site.publish(SMALL)
    ballast = write(site.root.parent / "ballast", bytes(1 << 20))
    full(site, {**BIG, "new/very/big.bin": bytes(1 << 20)})
    ballast.unlink()
    site.publish({**BIG, "new/very/big.bin": bytes(1 << 20)})
    assert faults(site.root) == []
    assert litter(site.root) == []


@pytest.mark.needs("root")
def test_a_disk_that_is_full_for_good(site, disk):
    site.root = disk("size=2m") / "static"
    site.publish(SMALL)
    for _ in range(3):
        full(site, BIG)


@pytest.mark.needs("root")
@pytest.mark.parametrize("inodes", range(34, 140, 7))
def test_a_disk_without_inodes(site, disk, inodes):
    """A tmpfs counts hard links as files too, so room ends while files, links or the manifest are made."""
    site.root = disk(f"size=8m,nr_inodes={inodes}") / "static"
    site.publish(SMALL)
    full(site, MORE)
    subprocess.run(["mount", "-o", "remount,nr_inodes=1000", site.root.parent], check=True)
    site.publish(MORE)
    assert faults(site.root) == []
    assert litter(site.root) == []


@pytest.mark.needs("root")
def test_a_disk_without_room_for_the_first_release(site, disk):
    site.root = disk("size=1m") / "static"
    site.root.mkdir()
    built, had = site.build(BIG), room(site.root)
    with pytest.raises(EnvironmentFailed):
        site.publish(built)
    assert list(site.root.iterdir()) == []
    assert room(site.root) == had


@pytest.mark.needs("root")
def test_a_folder_on_another_disk(site, disk):
    """A part of the destination that is mounted from elsewhere cannot be published to in one step."""
    elsewhere = disk("size=2m")
    site.root.mkdir()
    (site.root / "new").symlink_to(elsewhere, target_is_directory=True)
    site.publish(SMALL)
    before = contents(site.root)
    with pytest.raises(EnvironmentFailed) as raised:
        site.publish({**SMALL, "new/small.css": "a {}"})
    assert str(site.root / "new/small") in raised.value.message
    assert contents(site.root) == before


# Not ours to write. The child is nobody, who must be able to reach the folder.


@pytest.fixture
def open_site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="stator-publish-"))
    folder.chmod(0o755)
    yield Site(folder)
    shutil.rmtree(folder)


def refused_as_nobody(site: Site, files: dict) -> tuple[str, str]:
    before = contents(site.root) if site.root.exists() else None
    child = Child(publish_as_nobody, site.root, site.build(files), {})
    message, hint, exit_code = child.heard()
    assert child.ended() == 0
    assert exit_code == 3
    assert (contents(site.root) if site.root.exists() else None) == before
    assert hint.startswith("Whatever was published before is whole and current.")
    return message, hint


@pytest.mark.needs("root")
def test_a_folder_that_cannot_be_written(open_site):
    open_site.publish(SMALL)
    message, _ = refused_as_nobody(open_site, MORE)
    assert message == f"{open_site.root / '.stator'}: Permission denied."


@pytest.mark.needs("root")
def test_a_folder_that_cannot_be_made(open_site):
    message, _ = refused_as_nobody(open_site, SMALL)
    assert message == f"{open_site.root}: Permission denied."


@pytest.mark.needs("root")
def test_a_folder_within_that_cannot_be_written(open_site):
    open_site.publish({**SMALL, "more/first.txt": "1"})
    open_site.root.chmod(0o777)
    message, _ = refused_as_nobody(open_site, MORE)
    assert message.startswith(f"{open_site.root / 'more'}")
    assert message.endswith(": Permission denied.")


@pytest.mark.needs("root")
def test_a_source_that_cannot_be_read_any_more(open_site):
    open_site.publish(SMALL)
    for path in open_site.root, *open_site.root.rglob("*"):
        path.chmod(0o777)
    built = open_site.build(MORE)
    source = Path(built.artifacts["more/text7.txt"].source.location)
    source.chmod(0)
    before = contents(open_site.root)
    child = Child(publish_as_nobody, open_site.root, built, {})
    assert child.heard()[0] == f"{source}: Permission denied."
    assert child.ended() == 0
    assert contents(open_site.root) == before


# The whole command


@pytest.mark.needs("root")
def test_collectstatic_on_a_full_disk(site, disk):
    root = disk("size=2m") / "static"
    write(
        site.folder / "full_disk_settings.py",
        dedent(f"""
            from tests.settings import *
            STATIC_ROOT = {str(root)!r}
            STATICFILES_DIRS = [{str(site.folder / "sources")!r}]
        """),
    )

    def collectstatic() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "django", "collectstatic", "--noinput"]
        path = os.pathsep.join([str(site.folder), os.getcwd()])
        settings = {"DJANGO_SETTINGS_MODULE": "full_disk_settings", "PYTHONPATH": path}
        return subprocess.run(
            command, env={**os.environ, **settings}, check=False, capture_output=True, text=True
        )

    for path, content in SMALL.items():
        write(site.folder / "sources" / path, content)
    first = collectstatic()
    assert first.returncode == 0, first.stderr
    before = contents(root)
    write(site.folder / "sources/big.bin", os.urandom(3 << 20))
    second = collectstatic()
    assert second.returncode == 3
    assert f"The disk is full: {root} could not be published to." in second.stderr
    assert "whole and current" in second.stderr
    assert "Traceback" not in second.stderr
    assert contents(root) == before
    write(site.folder / "sources/big.bin", b"small now")
    assert collectstatic().returncode == 0
    assert faults(root) == []
