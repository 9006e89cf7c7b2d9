from __future__ import annotations

from pathlib import Path

import pytest

from tests.diagnose.sites import SITES, copied, doctor, shell


@pytest.mark.parametrize("script", ["mkfifo", "mkdir", "ln -s staticfiles.json"])
def test_a_manifest_that_is_no_file_is_told_and_not_waited_for(tmp_path: Path, script: str) -> None:
    site = copied(SITES / "manifest-unreadable" / "silent", tmp_path)
    shell(
        site,
        f"rm -f static_root/staticfiles.json; mkdir -p static_root; {script} static_root/staticfiles.json",
    )
    (finding,) = [one for one in doctor(site).findings if one["id"] == "manifest-unreadable"]
    assert "collect again" in finding["hint"]


@pytest.mark.parametrize("folder", [".", ".."])
def test_what_holds_the_project_is_not_looked_through(tmp_path: Path, folder: str) -> None:
    site = copied(SITES / "not-readable" / "speaks", tmp_path / "site")
    with (site / "settings.py").open("a") as settings:
        settings.write(f"\nSTATIC_ROOT = BASE_DIR / {folder!r}\n")
    shell(site, "mv static_root/* .; chmod 0600 staticfiles.json")
    ids = doctor(site).ids
    assert "root-is-project" in ids
    assert "not-readable" not in ids
