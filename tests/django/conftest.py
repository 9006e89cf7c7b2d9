from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.staticfiles import finders  # noqa: E402
from django.test import override_settings  # noqa: E402

from tests.sites import write  # noqa: E402
from tests.stores import NewBucket, seaweedfs  # noqa: E402


class Project:
    """A project with one folder of static files, its own ``STATIC_ROOT``, and settings by choice."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = folder / "static"
        self.root = folder / "root"
        self.sources.mkdir()

    def settings(self, **chosen: object) -> override_settings:
        finders.get_finder.cache_clear()
        defaults = {"STATICFILES_DIRS": [str(self.sources)], "STATIC_ROOT": str(self.root)}
        if isinstance(chosen.get("STATOR"), dict):
            chosen["STATOR"] = {**settings.STATOR, **chosen["STATOR"]}
        return override_settings(**{**defaults, **chosen})

    def write(self, files: dict[str, str | bytes]) -> None:
        write(self.sources, files)

    def published(self) -> set[str]:
        return {str(file.relative_to(self.root)) for file in self.root.rglob("*") if not file.is_dir()}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    with made.settings():
        yield made
    finders.get_finder.cache_clear()


@pytest.fixture(scope="session")
def seaweed() -> Iterator[NewBucket]:
    """What makes buckets of SeaweedFS. Who asks for it has the mark ``needs("seaweedfs")``."""
    with seaweedfs() as bucket:
        yield bucket
