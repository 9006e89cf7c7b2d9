from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from stator.starting.patch import patch


@pytest.mark.parametrize(("before", "after"), [
    (b"a\nb\nc\n", b"a\nx\nc\n"),
    (b"a\r\nb\r\n", b"a\r\nx\r\nb\r\n"),
    (b"a", b"a\nb\n"),
    (b"a\n", b"a\nb"),
    (b"a\rb\rc\n", b"a\rx\rc\n"),
    (b"\xff\n", b"\xff\n\xfe\n"),
])  # fmt: skip
def test_git_undoes_what_was_done(tmp_path: Path, before: bytes, after: bytes) -> None:
    file = tmp_path / "site" / "settings.py"
    file.parent.mkdir()
    file.write_bytes(after)
    (tmp_path / "undo.patch").write_bytes(patch("site/settings.py", before, after))
    subprocess.run(["git", "apply", "-R", "undo.patch"], cwd=tmp_path, check=True, capture_output=True)
    assert file.read_bytes() == before


def test_patch_finds_a_name_with_spaces(tmp_path: Path) -> None:
    file = tmp_path / "my site" / "settings.py"
    file.parent.mkdir()
    file.write_bytes(b"b\n")
    (tmp_path / "undo.patch").write_bytes(patch("my site/settings.py", b"a\n", b"b\n"))
    for undo in (["patch", "-R", "-p1", "-i", "undo.patch"], ["git", "apply", "-R", "undo.patch"]):
        file.write_bytes(b"b\n")
        subprocess.run(undo, cwd=tmp_path, check=True, capture_output=True)
        assert file.read_bytes() == b"a\n"


def test_nothing_changed_is_no_patch() -> None:
    assert patch("settings.py", b"a\n", b"a\n") == b""
