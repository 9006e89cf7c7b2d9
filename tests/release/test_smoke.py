"""The release is installed as by a stranger, and used; ``make smoke`` does so for all versions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import django
import pytest

from tests.release.conftest import REPOSITORY

pytestmark = [pytest.mark.other_programs, pytest.mark.needs("release tools")]

VERSIONS = "py{}.{}-django{}.{}".format(*sys.version_info[:2], *django.VERSION[:2])


# The wheel that pip makes of it is the wheel that is released, byte for byte (test_build.py).
def test_a_site_made_with_the_source_distribution_works(dist: Path) -> None:
    smoked = smoke(dist, f"sdist-{VERSIONS}")
    assert smoked.returncode == 0, smoked.stdout + smoked.stderr
    assert f"| sdist-{VERSIONS} | " in smoked.stdout


def test_a_release_that_cannot_be_installed_fails(tmp_path: Path) -> None:
    (tmp_path / "stator-0.0.tar.gz").write_bytes(b"not an archive")
    smoked = smoke(tmp_path, f"sdist-{VERSIONS}")
    assert smoked.returncode == 1
    assert "FAILED" in smoked.stdout


def test_a_cell_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    smoked = smoke(tmp_path, "wheel-py2.7-django1.11")
    assert smoked.returncode == 2
    assert f"wheel-{VERSIONS}" in smoked.stderr


def smoke(dist: Path, cell: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, REPOSITORY / "scripts" / "smoke", dist, cell]
    return subprocess.run(command, check=False, capture_output=True, text=True)
