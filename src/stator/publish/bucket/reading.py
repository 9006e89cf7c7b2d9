"""Reading: the bytes of published files, as they are sent to a store."""

from __future__ import annotations

import hashlib
from pathlib import Path

from stator.errors import EnvironmentFailed
from stator.publish.bucket.carrying import Read
from stator.publish.bucket.objects import Wanted

LARGE = 8 << 20  # bytes: a larger file is never held whole
_COLLECT = "Run collectstatic --rehash, which makes it anew; what was current stays so."


def reader(root: str) -> Read:
    """Return what gives the bytes of published files below ``root``; of a large one its path."""

    def read(wanted: Wanted) -> bytes | Path:
        path = Path(root, wanted.file)
        try:
            size = path.stat().st_size
            content = path if size > LARGE else path.read_bytes()
            with path.open("rb") as file:
                sha256 = (
                    hashlib.file_digest(file, "sha256").digest()
                    if isinstance(content, Path)
                    else hashlib.sha256(content).digest()
                )
        except OSError as error:
            raise EnvironmentFailed(f"{path}: {error.strerror}.", _COLLECT) from error
        if size != wanted.size or wanted.sha256 not in {None, sha256}:
            raise EnvironmentFailed(f"{path} is not what its manifest says.", _COLLECT)
        return content

    return read
