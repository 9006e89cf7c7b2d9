"""What is released, built once and installed once: the tests look at that and not at the source tree."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.parts import TESTS

REPOSITORY = TESTS.parent


def build(tree: Path, dist: Path, environ: Mapping[str, str] | None = None, umask: int = 0o022) -> Path:
    """Build the wheel and the source distribution of ``tree`` in ``dist``, and return that."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", dist],
        cwd=tree,
        env={**os.environ, **(environ or {})},
        check=True,
        capture_output=True,
        umask=umask,
    )
    return dist


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the wheel and the source distribution of this tree."""
    return build(REPOSITORY, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    (file,) = dist.glob("*.whl")
    return file


@pytest.fixture(scope="session")
def sdist(dist: Path) -> Path:
    (file,) = dist.glob("*.tar.gz")
    return file


@pytest.fixture(scope="session")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a virtual environment with the wheel, what it asks for, and what types a user has besides."""
    folder = tmp_path_factory.mktemp("user") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "--disable-pip-version-check"]
    install = [*pip, "install", "--quiet", wheel, "django-stubs", "jinja2"]
    subprocess.run(install, check=True, capture_output=True)
    return folder
