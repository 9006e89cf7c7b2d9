from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stator.encode.fingerprint import fingerprint


def test_it_is_the_same_each_time() -> None:
    assert fingerprint() == fingerprint()


def test_it_changes_with_the_library_that_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint()
    (tmp_path / "brotli.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "brotli", raising=False)
    importlib.invalidate_caches()
    other = fingerprint()
    assert other != before
    os.utime(tmp_path / "brotli.py", (1, 1))
    assert fingerprint() not in {before, other}


def test_no_library_is_loaded_for_it() -> None:
    script = (
        "import sys; from stator.encode.fingerprint import fingerprint; fingerprint(); "
        "assert not {'brotli', 'deflate', 'backports.zstd'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
