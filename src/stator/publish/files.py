"""Files: how one of them comes to be on the disk, and quickly."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from stator.artifact import Artifact
from stator.cache import Blob
from stator.errors import ChangedMeanwhile
from stator.load_path import is_as_signed

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_CANNOT_COPY = frozenset({errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM})
_AT_ONCE = 1 << 30  # bytes that the system is asked to copy in one call


@contextmanager
def created(path: str, mode: int | None) -> Iterator[int]:
    """Open a new file for writing as long as the block lasts; ``mode`` are its permissions, if given."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        if mode is not None and os.fstat(file).st_mode & 0o7777 != mode:
            os.fchmod(file, mode)
        yield file
    finally:
        os.close(file)


def write_artifact(path: str, artifact: Artifact, mode: int | None) -> int:
    """Write the bytes of an artifact to a new file; return its modification time in nanoseconds.

    Raises ``ChangedMeanwhile`` when they are not the bytes that were hashed.
    """
    with created(path, mode) as file:
        if not (artifact.is_copy and artifact.source.signature and _copied(artifact, file)):
            _write_hashed(file, artifact)
        return os.fstat(file).st_mtime_ns


def write_blob(path: str, blob: Blob, mode: int | None) -> int:
    """Make finished work stand at ``path``, where nothing is yet; return its modification time."""
    stamp = linked_blob(path, blob, mode)
    if stamp is not None:
        return stamp
    with created(path, mode) as file:
        write_all(file, blob.read())
        return os.fstat(file).st_mtime_ns


def linked_blob(path: str, blob: Blob, mode: int | None) -> int | None:
    """Let ``path`` be one file with the entry of the cache; return its modification time, or ``None``.

    It can be where nothing is yet, on the same file system, and if the entry is ours and has the
    permissions that are wanted.
    """
    if not blob.path:
        return None
    status = os.stat(blob.path)
    is_ours = status.st_uid == os.geteuid() and mode in {None, status.st_mode & 0o7777}
    return status.st_mtime_ns if is_ours and linked(blob.path, path) else None


def write_all(file: int, content: bytes | memoryview) -> None:
    """Write all of the content, however much of it the system takes at once."""
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]


def linked(path: str, second: str) -> bool:
    """Give a file a second name where none is yet; say whether that could be done."""
    try:
        os.link(path, second)
    except OSError as error:
        if error.errno in FULL:
            raise
        return False
    return True


def second_name(path: str, second: str) -> None:
    """Give a file a second name where none is yet; where the file system has no hard links, a copy.

    Either way the two have one ``identity``.
    """
    if not linked(path, second):
        shutil.copy2(path, second)


def identity(status: os.stat_result) -> tuple[int, int]:
    """Return what the two names of a file have in common, and a file put in place of one has not.

    That is the inode. A file with one name has time and size in common with the copy that ``second_name``
    has made of it, until one of the two is changed.
    """
    if status.st_nlink > 1:
        return status.st_dev, status.st_ino
    return status.st_mtime_ns, status.st_size


def _copied(artifact: Artifact, file: int) -> bool:
    """Let the system copy the source, if it can; what was hashed is what its signature stands for."""
    source = os.open(artifact.source.location, os.O_RDONLY)
    try:
        left = artifact.size
        while left:
            copied = os.copy_file_range(source, file, min(left, _AT_ONCE))
            if not copied:
                return False
            left -= copied
        return is_as_signed(artifact.source, os.fstat(source))
    except OSError as error:
        if error.errno not in _CANNOT_COPY:
            raise
        return False
    finally:
        os.close(source)


def _write_hashed(file: int, artifact: Artifact) -> None:
    os.lseek(file, 0, os.SEEK_SET)
    os.ftruncate(file, 0)
    digest, size = hashlib.sha256(), 0
    for chunk in artifact.chunks():
        write_all(file, chunk)
        digest.update(chunk)
        size += len(chunk)
    if (size, digest.digest()) != (artifact.size, artifact.sha256):
        raise ChangedMeanwhile(artifact.source.location)
