"""Mirror: a release as it stands in one folder, to be published to another."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator

from stator.artifact import Artifact, Coded
from stator.cache import Blob
from stator.errors import EnvironmentFailed
from stator.load_path import Origin, SourceFile
from stator.manifest import Content, Manifest
from stator.paths import CODING_SUFFIXES

_REHASH = "Run collectstatic --rehash, which makes it anew; what was current at the destination stays so."


def artifacts_of(manifest: Manifest, root: str, *, planned: bool = False) -> list[Artifact]:
    """Return the files of a release that stand below ``root`` as what another folder is to hold.

    Raises ``EnvironmentFailed`` when a precompressed form has another size than it had, or is lost, unless
    they are only ``planned``.
    """
    origin = Origin("the release", root)
    return [
        Artifact(
            path,
            row.name,
            row.plain,
            SourceFile(path, os.path.join(root, row.name), origin, size=row.content.size),
            (),
            row.content.size,
            row.content.sha256,
            codings=tuple(_forms(os.path.join(root, row.name), row.content, planned=planned)),
            loads=row.loads,
        )
        for path, row in manifest.rows().items()
    ]


def damaged(file: str) -> EnvironmentFailed:
    """Return the error that a published file is not what it was."""
    return EnvironmentFailed(f"{file} is not what its manifest says.", _REHASH)


def _forms(place: str, content: Content, *, planned: bool) -> Iterator[Coded]:
    for coding, size in content.codings:
        path = place + CODING_SUFFIXES[coding]
        yield Coded(
            coding, Blob(size, b"" if planned and not os.path.exists(path) else _hash(path, size), path)
        )


def _hash(path: str, size: int) -> bytes:
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size != size:
                raise damaged(path)
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise EnvironmentFailed(f"{path}: {error.strerror}.", _REHASH) from error
