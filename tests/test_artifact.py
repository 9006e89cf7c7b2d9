from __future__ import annotations

import hashlib
import io

import pytest

from stator.artifact import Artifact, Splice
from stator.asset import CHUNK
from stator.load_path import Origin, SourceFile


class Watched(io.BytesIO):
    """A file that remembers how much was asked of it at once, and whether it was closed."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.asked: list[int | None] = []

    def read(self, size: int | None = -1, /) -> bytes:
        self.asked.append(size)
        return super().read(size)


def made(content: bytes, *changes: Splice) -> tuple[Artifact, list[Watched]]:
    opened: list[Watched] = []

    def opener() -> Watched:
        opened.append(Watched(content))
        return opened[-1]

    source = SourceFile("a.css", "memory:a.css", Origin("memory", "/memory"), opener)
    sha256 = hashlib.sha256(content).digest()
    return Artifact("a.css", "a.0123456789ab.css", True, source, changes, len(content), sha256), opened


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_chunks_are_the_source(size):
    content = bytes(range(256)) * (size // 256 + 1)
    artifact, _ = made(content[:size])
    assert b"".join(artifact.chunks()) == content[:size]


def test_a_file_that_is_only_copied_is_never_held_whole():
    artifact, opened = made(bytes(5 * CHUNK))
    assert max(map(len, artifact.chunks())) == CHUNK
    assert set(opened[0].asked) == {CHUNK}


def test_chunks_of_a_linked_file_hold_the_published_names():
    artifact, _ = made(b"a { background: url(x.png) }", Splice(20, 25, b"x.0123456789ab.png"))
    assert b"".join(artifact.chunks()) == b"a { background: url(x.0123456789ab.png) }"


@pytest.mark.parametrize("changes", [(), (Splice(0, 1, b"b"),)])
def test_the_source_is_read_anew_and_closed(changes):
    artifact, opened = made(b"a", *changes)
    assert list(artifact.chunks()) == list(artifact.chunks())
    assert len(opened) == 2
    assert all(file.closed for file in opened)


def test_a_source_on_disk_is_read_when_it_is_asked_for(tmp_path):
    artifact, _ = made(b"")
    here = artifact._replace(source=SourceFile("a.css", str(tmp_path / "a.css"), Origin("", str(tmp_path))))
    chunks = here.chunks()
    (tmp_path / "a.css").write_bytes(b"late")
    assert list(chunks) == [b"late"]


def test_a_source_that_has_gone_is_an_os_error(tmp_path):
    artifact, _ = made(b"")
    gone = artifact._replace(source=SourceFile("a.css", str(tmp_path / "a.css"), Origin("", str(tmp_path))))
    with pytest.raises(FileNotFoundError):
        list(gone.chunks())
