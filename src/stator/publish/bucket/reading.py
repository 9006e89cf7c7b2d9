"""Reading: the bytes of objects, as they are sent to a store. A large file is never held whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

from stator.errors import EnvironmentFailed
from stator.publish.bucket.carrying import Read
from stator.publish.bucket.objects import Wanted
from stator.publish.bucket.store import Store
from stator.publish.rollback import incomplete

LARGE = 8 << 20  # bytes
LOST, CHANGED = "is not there", "is not what it was"  # what is said of an object that a rollback needs
_COLLECT = "Run collectstatic --rehash, which makes it anew; what was current stays so."


def reader(root: str) -> Read:
    """Return what gives the bytes of published files below ``root``; of a large one its path."""

    def read(wanted: Wanted) -> bytes | Path:
        path = Path(root, wanted.file)
        try:
            size = path.stat().st_size
            content = path if size > LARGE else path.read_bytes()
            is_right = size == wanted.size and _is_right(content, wanted)
        except OSError as error:
            raise EnvironmentFailed(f"{path}: {error.strerror}.", _COLLECT) from error
        if not is_right:
            raise EnvironmentFailed(f"{path} is not what its manifest says.", _COLLECT)
        return content

    return read


def restorer(id: str, store: Store, folder: str) -> Read:
    """Return what gives the bytes of a release from the bucket itself; of large ones paths in ``folder``."""

    def read(wanted: Wanted) -> bytes | Path:
        content = _saved(wanted, store, folder) if wanted.size > LARGE else _content(wanted, store)
        if content is None:
            raise incomplete(id, (f"{wanted.file} {LOST}",))
        if not _is_right(content, wanted):
            raise incomplete(id, (f"{wanted.file} {CHANGED}",))
        return content

    return read


def _content(wanted: Wanted, store: Store) -> bytes | None:
    found = store.read(wanted.file)
    return found.content if found else None


def _saved(wanted: Wanted, store: Store, folder: str) -> Path | None:
    path = Path(folder, wanted.mark)
    return path if store.save(wanted.file, path) else None


def _is_right(content: bytes | Path, wanted: Wanted) -> bool:
    """Say whether this has the hash that is wanted; that of a form is not known."""
    return wanted.sha256 in {None, _hash(content)}


def _hash(content: bytes | Path) -> bytes:
    if isinstance(content, bytes):
        return hashlib.sha256(content).digest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
