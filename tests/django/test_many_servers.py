"""Many servers: each names the files of its own release, and all have the files of every release.

A server is what one process knows: settings, the ``STATIC_ROOT`` of its image, storage and middleware.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.http import HttpResponse
from django.test import RequestFactory

from stator.django import asgi, wsgi
from stator.django.middleware import StatorMiddleware
from stator.django.storage import StatorStorage
from stator.errors import ConfigError, EnvironmentFailed, ManifestError
from tests.django.conftest import Project
from tests.django.test_publish import HELD, SEAWEEDFS, manifest, manifest_in, publish
from tests.django.test_stator_command import stator
from tests.stores import NewBucket, Object, Store

pytestmark = pytest.mark.asks_stores

HOST = "https://cdn.example.com/static/"


class Server(NamedTuple):
    storage: StatorStorage
    middleware: StatorMiddleware

    def names(self, path: str) -> str:
        return self.storage.url(path).removeprefix("/static/")

    def status(self, name: str) -> int:
        return self._asked(name).status_code

    def body(self, name: str) -> bytes:
        answer = self._asked(name)
        return b"".join(answer) if answer.streaming else answer.content

    def _asked(self, name: str) -> HttpResponse:
        return self.middleware(RequestFactory().get(f"/static/{name}"))  # type: ignore[return-value]


@pytest.fixture
def new_server() -> Callable[[], Server]:
    def not_ours(_: object) -> HttpResponse:
        return HttpResponse(status=418)

    return lambda: Server(StatorStorage(), StatorMiddleware(not_ours))


# --- a shared folder


@contextmanager
def image(project: Project, number: int, shared: Path, **more: object) -> Iterator[None]:
    """The settings of an image: a ``STATIC_ROOT`` of its own, and the folder that all share."""
    root = project.folder / f"image{number}"
    with project.settings(STATIC_ROOT=str(root), STATOR={"DESTINATION": shared, **more}):
        yield


def test_old_and_new_servers_answer_for_the_names_of_both(
    project: Project, tmp_path: Path, new_server: Callable[[], Server]
) -> None:
    project.write(HELD)
    shared = tmp_path / "shared"
    with image(project, 1, shared):
        publish(hours=-1)
        old = new_server()
        first = old.names("x.png")
        assert old.body(first) == b"x"
    project.write({"x.png": "second"})
    with image(project, 2, shared):
        publish()
        new = new_server()
        second = new.names("x.png")
        assert first != second
        for server in (old, new):
            assert server.body(first) == b"x"
            assert server.body(second) == b"second"
            assert server.body("x.png") == b"second"
            assert server.status("x.000000000000.png") == 404
    assert old.names("x.png") == first


def test_an_image_needs_nothing_but_its_manifest(
    project: Project, tmp_path: Path, new_server: Callable[[], Server]
) -> None:
    project.write(HELD)
    with image(project, 1, tmp_path / "shared", MANIFEST=tmp_path / "in the image.json"):
        publish()
        shutil.rmtree(project.folder / "image1")
        server = new_server()
        assert server.body(server.names("x.png")) == b"x"


def test_a_server_that_starts_before_the_first_publish_serves_as_soon_as_there_is_one(
    project: Project, tmp_path: Path, new_server: Callable[[], Server]
) -> None:
    project.write(HELD)
    with image(project, 1, tmp_path / "shared"):
        call_command("collectstatic", interactive=False, verbosity=0)
        server = new_server()
        name = server.names("x.png")
        assert server.status(name) == 404
        publish("--no-collect")
        assert server.body(name) == b"x"


def test_a_rollback_of_the_folder_is_seen_by_all(
    project: Project, tmp_path: Path, new_server: Callable[[], Server]
) -> None:
    project.write(HELD)
    with image(project, 1, tmp_path / "shared"):
        publish(hours=-2)
        project.write({"x.png": "second"})
        publish(hours=-1)
        server = new_server()
        assert server.body("x.png") == b"second"
        stator("rollback", verbosity=0)
        server.middleware.site.look(wait=True)
        assert server.body("x.png") == b"x"
        assert server.body(server.names("x.png")) == b"second"


# --- a manifest in the bucket


@pytest.fixture
def store(project: Project, seaweed: NewBucket) -> Store:
    """A bucket that a project was published to; nothing of it is left on this machine."""
    bucket = seaweed()
    project.write(HELD)
    with project.settings(STATOR={"DESTINATION": bucket.options}):
        publish()
    shutil.rmtree(project.root)
    return bucket


@contextmanager
def application(project: Project, store: Store, name: str = ".stator/staticfiles.json") -> Iterator[None]:
    """The settings of an application that has no file of its release."""
    there = {"DESTINATION": store.options, "MANIFEST": f"{store.options['URL']}/{name}"}
    with project.settings(STATIC_URL=HOST, STATOR=there):
        yield


@SEAWEEDFS
def test_names_are_read_from_the_bucket(
    project: Project, store: Store, new_server: Callable[[], Server]
) -> None:
    with application(project, store):
        assert new_server().storage.url("x.png") == HOST + manifest_in(store).paths["x.png"]
    assert not project.root.exists()


@SEAWEEDFS
def test_a_release_of_its_own_stays_with_a_server(
    project: Project, store: Store, new_server: Callable[[], Server]
) -> None:
    first = manifest_in(store)
    with application(project, store, f".stator/releases/{first.id}.json"):
        project.write({"x.png": "second"})
        publish()
        assert manifest_in(store).id != first.id
        assert new_server().storage.url("x.png") == HOST + first.paths["x.png"]


@SEAWEEDFS
def test_it_is_read_once(project: Project, store: Store, new_server: Callable[[], Server]) -> None:
    with application(project, store):
        before = new_server().storage.url("x.png")
        store.objects.delete(".stator/staticfiles.json")
        assert new_server().storage.url("x.png") == before


@SEAWEEDFS
def test_collecting_and_publishing_need_no_manifest_there(project: Project, seaweed: NewBucket) -> None:
    empty = seaweed()
    project.write(HELD)
    with application(project, empty):
        call_command("collectstatic", interactive=False, verbosity=0)
        assert "published     x." in stator("why", "x.png")
        release = manifest(project.root).id
        assert publish().endswith(f"release {release} is current.")
        assert publish("--no-collect").endswith(f"release {release} is current, nothing to do.")
        assert release in stator("releases")
        assert release in stator("why", "x.png")
        assert staticfiles_storage.url("x.png") == HOST + manifest_in(empty).paths["x.png"]


STARTS = [
    pytest.param(lambda: StatorMiddleware(lambda _: HttpResponse()), id="middleware"),
    pytest.param(wsgi.get_wsgi_application, id="wsgi"),
    pytest.param(asgi.get_asgi_application, id="asgi"),
]


@SEAWEEDFS
@pytest.mark.parametrize("start", STARTS)
def test_no_server_starts_without_its_manifest(
    project: Project, store: Store, start: Callable[[], object]
) -> None:
    unknown = ".stator/releases/0000.json"
    with application(project, store, unknown), pytest.raises(ConfigError) as raised:
        start()
    assert raised.value.message == (
        f"There is no manifest at {store.options['URL']}/.stator/releases/0000.json."
    )


@SEAWEEDFS
def test_no_server_starts_with_a_manifest_that_cannot_be_read(project: Project, store: Store) -> None:
    store.objects.put(".stator/staticfiles.json", Object(b"{"))
    with application(project, store), pytest.raises(ManifestError, match="is not a manifest"):
        StatorMiddleware(lambda _: HttpResponse())


@pytest.mark.parametrize("start", STARTS)
def test_no_server_starts_without_its_bucket(
    project: Project, monkeypatch: pytest.MonkeyPatch, start: Callable[[], object]
) -> None:
    monkeypatch.setattr("stator.publish.bucket.store._ATTEMPTS", 1)
    there = {"URL": "s3://nowhere/static", "ENDPOINT": "http://127.0.0.1:9", "KEY": "k", "SECRET": "s3cr3t"}
    chosen = {"DESTINATION": there, "MANIFEST": "s3://nowhere/static/.stator/staticfiles.json"}
    with project.settings(STATOR=chosen), pytest.raises(EnvironmentFailed) as raised:
        start()
    assert raised.value.message.startswith("s3://nowhere/static: .stator/staticfiles.json cannot be read: ")
    assert "s3cr3t" not in str(raised.value)


@pytest.mark.parametrize("start", STARTS)
def test_with_debug_a_server_needs_no_bucket(project: Project, start: Callable[[], object]) -> None:
    chosen = {
        "DESTINATION": "s3://nowhere/static",
        "MANIFEST": "s3://nowhere/static/.stator/staticfiles.json",
    }
    with project.settings(DEBUG=True, STATOR=chosen):
        start()
