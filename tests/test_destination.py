"""Destinations: a folder that several machines publish to, and what each kind is asked for."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path
from unittest import mock

import pytest

from stator.cache import Cache
from stator.collect import Way
from stator.config import DestinationRules, Options
from stator.destination import Destination, Folder, Request, StaticRoot, destination_of, manifest_in_bucket
from stator.errors import ConfigError, EnvironmentFailed
from stator.manifest import Manifest
from stator.paths import LOCK_FILE
from stator.publish.directory import Directory
from stator.publish.plan import Action
from stator.secret import Secret
from tests.collecting import Project, manifest_of
from tests.publish.processes import NOBODY, Child
from tests.publish.sites import faults, litter
from tests.sites import PLAIN

WRITERS, TIMES = 4, 5
REAL = fcntl.flock


def project_in(folder: Path, shared: Path) -> Project:
    rules = DestinationRules(folder=str(shared))
    folder.mkdir(parents=True, exist_ok=True)
    return Project(folder, {"own": ""}, PLAIN._replace(releases=50, destination=rules))


def destination(project: Project) -> Destination:
    return destination_of(project.way(project.root, project.cache), {})


def published(project: Project, request: Request | None = None) -> Manifest:
    """Collect, and bring what was collected to the destination; return its manifest."""
    collected = collected_by(project)
    destination(project).publish(collected, request or Request())
    return collected


def collected_by(project: Project) -> Manifest:
    project.collect()
    return manifest_of(project.root)


# --- several writers


def as_nfs(file: int, operation: int) -> None:
    """Lock files alone, as NFS does. None can be mounted here, so its refusal is made."""
    if stat.S_ISDIR(os.fstat(file).st_mode):
        raise OSError(errno.EBADF, "Bad file descriptor")
    assert fcntl.fcntl(file, fcntl.F_GETFL) & os.O_RDWR, "NFS locks only what is open for writing"
    REAL(file, operation)


def publish_often(mouth: Connection, folder: Path, shared: Path, number: int, is_nfs: bool) -> None:
    """Publish a few releases of this process alone; tell each time another is waited for, then their ids."""
    ids = []
    project = project_in(folder, shared)
    request = Request(on_wait=lambda _: mouth.send("waits"))
    with mock.patch.object(fcntl, "flock", as_nfs if is_nfs else REAL):
        for time in range(TIMES):
            project.write({"own/app.css": f"a{{b:url(x.txt)}} /* {time} */", "own/x.txt": f"{number}"})
            ids.append(published(project, request).id)
    mouth.send(ids)


@pytest.mark.parametrize("is_nfs", [False, True], ids=["", "locking files only"])
def test_many_writers_at_once_leave_a_whole_folder_that_knows_each_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_nfs: bool
) -> None:
    if is_nfs:
        monkeypatch.setattr(fcntl, "flock", as_nfs)
    shared = tmp_path / "shared"
    with Directory(str(shared)).locked():
        writers = [
            Child(publish_often, tmp_path / f"machine{number}", shared, number, is_nfs)
            for number in range(WRITERS)
        ]
        assert [writer.heard() for writer in writers] == ["waits"] * WRITERS
    told = [next(said for said in iter(writer.heard, None) if said != "waits") for writer in writers]
    assert [writer.ended() for writer in writers] == [0] * WRITERS
    manifest = manifest_of(shared)
    known = {manifest.id, *(one.id for one in manifest.earlier)}
    assert known == {id for ids in told for id in ids}
    assert len(known) == WRITERS * TIMES
    assert faults(shared) == []
    assert litter(shared) == []
    assert (shared / LOCK_FILE).exists() is is_nfs
    assert all(manifest.restored(id) for id in known)


@pytest.fixture
def nfs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "flock", as_nfs)


@pytest.mark.usefixtures("nfs")
def test_where_folders_cannot_be_locked_a_file_of_ours_is(tmp_path: Path) -> None:
    folder, waits = tmp_path / "root", []

    def waited() -> None:
        waits.append("waits")
        raise InterruptedError

    with Directory(str(folder)).locked():
        assert [file.name for file in folder.iterdir()] == [LOCK_FILE]
        with pytest.raises(EnvironmentFailed), Directory(str(folder)).locked(waited):
            pass
    with Directory(str(folder)).locked(waited):
        pass
    assert waits == ["waits"]


@pytest.mark.usefixtures("nfs")
def test_the_file_that_is_locked_is_no_published_file(tmp_path: Path) -> None:
    project = project_in(tmp_path, tmp_path / "shared")
    project.write({"own/a.txt": "a"})
    project.collect(clear=True)
    project.collect(clear=True)
    assert (project.root / LOCK_FILE).exists()  # another may be waiting for it
    assert LOCK_FILE not in set(Directory(str(project.root)).names())
    assert LOCK_FILE not in dict(manifest_of(project.root).published())


# --- an image that is not ours to write


def publish_as_nobody(mouth: Connection, root: Path, shared: Path) -> None:
    """Publish what stands in ``root`` as somebody who may only read there; tell how much was written."""
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    options = PLAIN._replace(destination=DestinationRules(folder=str(shared)))
    way = Way(options, "/static/", Directory(str(root)), Cache("/dev/null/no-cache"), 0)
    receipt = destination_of(way, {}).publish(StaticRoot(way).current(), Request())
    mouth.send(sum(step.action is Action.WRITE for step in receipt.steps))


@pytest.mark.needs("root")
def test_static_root_need_not_be_writable() -> None:
    with tempfile.TemporaryDirectory(prefix="stator-") as name:
        folder, shared = Path(name), Path(name, "shared")
        folder.chmod(0o755)  # another user has to reach it
        project = project_in(folder, shared)
        project.write({"own/a.css": "a{b:url(x.txt)}", "own/x.txt": "x"})
        collected_by(project)
        shared.mkdir()
        shared.chmod(0o777)
        child = Child(publish_as_nobody, project.root, shared)
        assert child.heard() == 2
        assert child.ended() == 0
        assert faults(shared) == []


# --- which it is


def test_without_a_setting_it_is_static_root(tmp_path: Path) -> None:
    project = project_in(tmp_path, tmp_path / "root")
    found = destination(project)
    assert isinstance(found, StaticRoot)
    assert found.place == str(project.root)


def test_a_folder(tmp_path: Path) -> None:
    found = destination(project_in(tmp_path, tmp_path / "shared"))
    assert type(found) is Folder
    assert found.place == str(tmp_path / "shared")


@pytest.fixture
def shared(tmp_path: Path) -> Project:
    project = project_in(tmp_path, tmp_path / "shared")
    project.write({"own/a.txt": "a"})
    return project


def test_what_stands_already_changes_nothing(shared: Project) -> None:
    manifest = published(shared)
    assert not destination(shared).publish(manifest, Request()).changes
    shared.write({"own/a.txt": "b"})
    changed = destination(shared).publish(published(shared), Request())
    assert not changed.changes


def test_a_release_without_a_file_is_a_change_though_nothing_is_written(shared: Project) -> None:
    shared.write({"own/b.txt": "b"})
    published(shared)
    (shared.sources / "own/b.txt").unlink()
    receipt = destination(shared).publish(collected_by(shared), Request())
    assert receipt.changes
    assert {step.action.value for step in receipt.steps} == {"keep"}


def test_a_source_is_not_overwritten(shared: Project, tmp_path: Path) -> None:
    (tmp_path / "shared").symlink_to(shared.sources / "own")
    request = Request(sources=shared.found().files.values())
    with pytest.raises(ConfigError, match="is a source file"):
        published(shared, request)


def test_a_manifest_in_a_bucket_that_cannot_be_reached_is_told_with_the_place() -> None:
    key = (Secret("KEY", "k"), Secret("SECRET", "s"))
    nowhere = DestinationRules(service="s3", bucket="b", endpoint="http://127.0.0.1:9", secrets=key)
    with mock.patch("stator.publish.bucket.store._ATTEMPTS", 1), pytest.raises(EnvironmentFailed) as raised:
        manifest_in_bucket(Options(destination=nowhere, manifest_object=".stator/staticfiles.json"), {})
    assert raised.value.message.startswith("s3://b: .stator/staticfiles.json cannot be read: ")


# --- links


def test_a_link_out_of_a_shared_folder_is_not_followed(tmp_path: Path) -> None:
    shared, outside = tmp_path / "shared", tmp_path / "outside"
    project = project_in(tmp_path / "project", shared)
    project.write({"own/css/app.css": "a{}"})
    first = published(project)
    outside.mkdir()
    (shared / "css" / "more").symlink_to(outside)
    project.write({"own/css/app.css": "b{}", "own/css/more/x.css": "c{}"})
    with pytest.raises(EnvironmentFailed, match="leads out of the folder"):
        published(project)
    assert list(outside.iterdir()) == []
    with pytest.raises(EnvironmentFailed, match="leads out of the folder"):
        destination(project).roll_back(first.id, Request())
    with pytest.raises(EnvironmentFailed, match="leads out of the folder"):
        destination(project).prune(0, 0, Request())


def test_a_link_within_a_shared_folder_is_let_be(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    project = project_in(tmp_path / "project", shared)
    project.write({"own/css/app.css": "a{}"})
    published(project)
    (shared / "styles").symlink_to(shared / "css")
    project.write({"own/css/app.css": "b{}"})
    assert published(project).id == destination(project).current().id
