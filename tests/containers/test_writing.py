"""What becomes of files that are there already."""

from __future__ import annotations

from pathlib import Path

from stator.containers.writing import apply, plan


def test_files_are_made_with_their_folders(tmp_path: Path) -> None:
    apply(plan({"a": "1\n", "b/c": "é\n"}, str(tmp_path)))
    assert (tmp_path / "a").read_bytes() == b"1\n"
    assert (tmp_path / "b" / "c").read_text(encoding="utf-8") == "é\n"


def test_a_second_time_there_is_nothing_to_do(tmp_path: Path) -> None:
    apply(plan({"a": "1\n"}, str(tmp_path)))
    (change,) = plan({"a": "1\n"}, str(tmp_path))
    assert not change.is_needed
    assert not change.destroys


def test_what_would_be_lost_is_known_before(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    first, second = plan({"a": "1", "b": "2"}, str(tmp_path))
    assert first.destroys
    assert second.is_needed
    assert not second.destroys
    assert (tmp_path / "a").read_text() == "mine"
    apply([first, second])
    assert (tmp_path / "a").read_text() == "1"
