"""Scenes: a store, what is before it, and how releases come there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from stator.manifest import NAME
from tests.conformance.web_servers import public_folder
from tests.rolling.fronts import Configuration, Front, nginx, varnish
from tests.stores import Store

Settings = Mapping[str, Any]
Words = Sequence[str]

_STATOR: tuple[Words, Words] = (("stator", "publish"), ("stator", "rollback"))


class Scene(NamedTuple):
    """A store with what is before it, and how releases come there.

    ``settings``: of the project, besides ``STATIC_URL``. ``front``: runs what is before the store, given what
    makes its configuration: ``stator serverconfig`` with the words of ``server`` and the settings ``served``.
    ``publish``: the words that publish. ``roll_back``: those that make the store go back, to which the
    release is added; without any the sources are put back and published. ``holds``: the names in the store.
    """

    settings: Settings
    front: Callable[[Configuration], AbstractContextManager[Front]]
    server: Words
    served: Settings
    publish: Words
    roll_back: Words
    holds: Callable[[], set[str]]

    def manifest(self, image: Path) -> Path:
        """Return where the manifest is that the servers of an image go by."""
        root: str = self.settings.get("STATIC_ROOT", "static_root")
        return image / root / NAME


def bucket(store: Store, retention: Settings) -> Scene:
    """Publish to a bucket, with Varnish before it."""
    settings = {"STATOR": {"DESTINATION": {**store.options, "CODINGS": "keys"}, "RETENTION": retention}}
    server = ("varnish", "--origin", store.address)
    return Scene(settings, varnish, server, settings, *_STATOR, lambda: set(store.objects.names()))


def shared_folder(folder: Path, retention: Settings) -> Scene:
    """Publish to a folder that nginx serves."""
    settings = {"STATOR": {"DESTINATION": str(folder), "RETENTION": retention}}
    return Scene(settings, *_nginx(folder), settings, *_STATOR, partial(_names, folder))


def django(folder: Path) -> Scene:
    """Publish as Django does without Stator, to a folder that nginx serves."""
    served = {"STATIC_ROOT": str(folder)}
    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings = {
        "INSTALLED_APPS": ["django.contrib.staticfiles"],
        "STORAGES": {"staticfiles": {"BACKEND": backend}},
        **served,
    }
    publish = ("collectstatic", "--noinput", "--clear")
    return Scene(settings, *_nginx(folder), served, publish, (), partial(_names, folder))


@contextmanager
def shared() -> Iterator[Path]:
    """Make a folder that the web server can read, as long as the block lasts."""
    with public_folder() as parent:
        folder = parent / "shared"
        folder.mkdir()
        yield folder


def _nginx(folder: Path) -> tuple[Callable[[Configuration], AbstractContextManager[Front]], Words]:
    return partial(nginx, root=folder), ("nginx", "--listen", "127.0.0.1:{port}")


def _names(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
