"""The example site, as Django collects it, in each kind of store."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.example import LIBRARY, PROJECT, WRITTEN
from tests.publish.bucket.publishing import Publisher
from tests.publish.sites import Site

pytestmark = [pytest.mark.other_programs, pytest.mark.asks_stores]

GUESSED = "has content-type: text/typescript; charset=utf-8"  # SeaweedFS, of what it is told are octets


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Collect the site in a copy; return its ``STATIC_ROOT``."""
    library = shutil.copytree(
        PROJECT / LIBRARY, tmp_path_factory.mktemp("example") / "library", ignore=WRITTEN
    )
    environ = {**os.environ, "DEBUG": "", "FRONTENDS": "0"}
    environ.pop("DJANGO_SETTINGS_MODULE", None)  # other tests have set theirs
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"],
        cwd=library,
        env=environ,
        check=True,
    )
    return library / "static_root"


@pytest.mark.parametrize(
    ("store", "codings"),
    [
        pytest.param("seaweedfs", "keys", marks=pytest.mark.needs("seaweedfs")),
        pytest.param("azurite", "identity", marks=pytest.mark.needs("azurite")),
        pytest.param("ceph", "identity", marks=pytest.mark.needs("ceph")),
        ("gcs stub", "identity"),
    ],
    indirect=["store"],
)
def test_every_object_is_right(codings: str, publisher: Publisher, collected: Path) -> None:
    publisher.options["CODINGS"] = codings
    publisher.site = Site(publisher.site.folder, collected)
    publisher.publish()
    assert publisher.published() == publisher.expected()
    assert [wrong for wrong in publisher.wrong() if not wrong.endswith(GUESSED)] == []
    assert publisher.publish().manifest is None
