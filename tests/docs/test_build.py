"""The documentation as Sphinx builds it: without a warning, every page in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS

pytestmark = pytest.mark.other_programs
SPHINX = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", "--builder", "html"]


def build(docs: Path, folder: Path) -> str:
    """Return what Sphinx complains of."""
    done = subprocess.run([*SPHINX, docs, folder], capture_output=True, text=True, check=False)
    assert bool(done.returncode) is bool(done.stderr.strip()), done.stderr
    return done.stderr


def test_all_pages_are_built_without_a_warning(tmp_path: Path) -> None:
    assert build(DOCS, tmp_path) == ""
    pages = {page.relative_to(DOCS).with_suffix("") for page in DOCS.rglob("*.md")}
    assert pages <= {page.relative_to(tmp_path).with_suffix("") for page in tmp_path.rglob("*.html")}


def test_a_page_that_nobody_finds_and_a_dead_link_are_told(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "conf.py").write_text((DOCS / "conf.py").read_text())
    (docs / "index.md").write_text("# Index\n\n[gone](gone.md)\n")
    (docs / "lost.md").write_text("# Lost\n")
    complaints = build(docs, tmp_path / "html")
    assert "gone.md" in complaints
    assert "lost.md" in complaints
