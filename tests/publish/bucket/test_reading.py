from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from stator.errors import EnvironmentFailed
from stator.publish.bucket.objects import Wanted
from stator.publish.bucket.reading import LARGE, reader


def wanted(content: bytes, *, is_form: bool = False) -> Wanted:
    sha256 = None if is_form else hashlib.sha256(content).digest()
    return Wanted("object", "file", len(content), sha256, {}, "mark", 0)


@pytest.mark.parametrize("content", [b"", b"content"])
def test_the_bytes_of_a_file(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    assert reader(str(tmp_path))(wanted(content)) == content


def test_a_large_file_is_never_held(tmp_path: Path) -> None:
    content = bytes(LARGE + 1)
    (tmp_path / "file").write_bytes(content)
    assert reader(str(tmp_path))(wanted(content)) == tmp_path / "file"


@pytest.mark.parametrize("size", [7, LARGE + 1])
def test_a_file_that_is_another_is_not_sent(size: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(os.urandom(size))
    with pytest.raises(EnvironmentFailed, match="file is not what its manifest says") as caught:
        reader(str(tmp_path))(wanted(bytes(size)))
    assert "collectstatic --rehash" in caught.value.hint


def test_of_a_form_the_size_is_known(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1234")
    assert reader(str(tmp_path))(wanted(b"4321", is_form=True)) == b"1234"
    with pytest.raises(EnvironmentFailed):
        reader(str(tmp_path))(wanted(b"54321", is_form=True))


def test_a_file_that_is_lost(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailed, match="file: No such file"):
        reader(str(tmp_path))(wanted(b""))
