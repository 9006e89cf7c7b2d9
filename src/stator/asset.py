"""Assets: source files that were read once, with what one reading tells of them."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable
from typing import IO, NamedTuple

from stator.cache import Blob
from stator.errors import ChangedMeanwhile
from stator.load_path import SourceFile, is_as_signed

CHUNK = 1 << 20


class Asset(NamedTuple):
    """A source file whose content is known by its size in bytes and its SHA-256.

    ``minified`` is the form that is published in its place, if there is one.
    """

    source: SourceFile
    size: int
    sha256: bytes
    minified: Blob | None = None

    @property
    def content_sha256(self) -> bytes:
        """The hash of what is scanned, linked and published: of the minified form where there is one."""
        return self.minified.sha256 if self.minified else self.sha256


def read_whole(source: SourceFile) -> tuple[Asset, bytes]:
    """Return the asset and its content. Raises ``OSError``."""
    with source.open() as file:
        content = read_all(file)
    return Asset(source, len(content), hashlib.sha256(content).digest()), content


def read_again(asset: Asset) -> bytes:
    """Return what is published of an asset before linking: its minified form, or the source's content.

    Raises ``OSError``, ``EnvironmentFailed`` when the cache has lost the form, and ``ChangedMeanwhile``.
    """
    if asset.minified:
        return asset.minified.read()
    source = asset.source
    with source.open() as file:
        # A signature tells without hashing; it is looked at last, when all was read.
        content = read_all(file)
        is_same = source.opener is None and is_as_signed(source, os.fstat(file.fileno()))
    if not is_same and hashlib.sha256(content).digest() != asset.sha256:
        raise ChangedMeanwhile(source.location)
    return content


def read_all(file: IO[bytes]) -> bytes:
    """Return all bytes of an open file, whether it was opened buffered, raw, or by a remote storage."""
    content = file.read()
    return content if isinstance(content, bytes) else bytes(content)


def read_through(source: SourceFile) -> Asset:
    """Return the asset of a file of any size without holding it in memory. Raises ``OSError``."""
    if source.opener is None:
        return Asset(source, *hashed(source.location))
    with source.open() as file:
        return Asset(source, *_hashed(file.read, CHUNK))


def hashed(path: str) -> tuple[int, bytes]:
    """Return size and SHA-256 of a file on this disk, read in pieces. Raises ``OSError``."""
    file = os.open(path, os.O_RDONLY)
    try:
        # A buffer no larger than the file: most are small, and a large one is dear to get each time.
        return _hashed(functools.partial(os.read, file), min(os.fstat(file).st_size + 1, CHUNK))
    finally:
        os.close(file)


def _hashed(read: Callable[[int], bytes], room: int) -> tuple[int, bytes]:
    digest, size = hashlib.sha256(), 0
    while chunk := read(room):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.digest()
