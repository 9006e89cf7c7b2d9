"""The five-minute start, in an empty virtual environment with the wheel as it would be released."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.docs.pages import DOCS
from tests.docs.walking import Walk
from tests.release.conftest import dist, wheel

__all__ = ["dist", "wheel"]

pytestmark = pytest.mark.other_programs


def test_the_start_is_done_literally(wheel: Path, tmp_path: Path) -> None:
    began = time.monotonic()
    site = tmp_path / "site"
    environment = site / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(environment)]
    subprocess.run([*pip, "install", "--quiet", wheel], check=True, capture_output=True)
    with Walk(site, path=[environment / "bin"]) as walk:
        walk.run(DOCS / "start.md")
        which = walk.shell("python -c 'import stator; print(stator.__file__)'").output
    assert which.startswith("/srv/site/.venv/")
    print(f"The start took {time.monotonic() - began:.0f} s, installing included.")
