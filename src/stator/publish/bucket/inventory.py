"""The inventory: what the ETags of a bucket stand for. Pure.

A store says of each object in a listing its ETag, which is another as soon as its content is. The inventory,
an object of ours, says which *mark* (``objects.py``) the object with that ETag has. So one listing tells of
all objects whether they are what they are to be, on any machine, and without reading one of them.

It is a help and no truth. What it does not know, or knows with another ETag, is asked for one by one, and so
is what was written after it: where the ETag is a hash of the content, as on S3, somebody may have written the
same with other fields. Both times are the store's.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stator.publish.bucket.store import Stored

NAME = ".stator/inventory.json.gz"
MEDIA_TYPE = "application/gzip"
_FORMAT = 1
# A row has more than a tenth of what no compressor can shorten, the hashes: what grows more is no inventory.
_MOST_GROWTH = 100

Inventory = Mapping[str, tuple[str, str]]  # by name: ETag, mark


def to_bytes(inventory: Inventory) -> bytes:
    """Return the inventory as it is written: the same bytes for the same objects."""
    objects = {name: inventory[name] for name in sorted(inventory)}
    text = json.dumps({"format": _FORMAT, "objects": objects}, separators=(",", ":"))
    return gzip.compress(text.encode(), 6, mtime=0)


def from_bytes(content: bytes) -> Inventory:
    """Return the inventory that ``content`` holds; an empty one where it cannot be read."""
    try:
        document = json.loads(_decompressed(content))
        if document["format"] != _FORMAT:
            return {}
        return {str(name): (str(etag), str(mark)) for name, (etag, mark) in document["objects"].items()}
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def believed(inventory: Inventory, listing: Mapping[str, Stored]) -> Inventory:
    """Return what of an inventory holds for the objects of the listing that it is in."""
    if NAME not in listing:
        return {}
    written = listing[NAME].written
    return {
        name: (etag, mark)
        for name, (etag, mark) in inventory.items()
        if name in listing and etag == listing[name].etag != "" and listing[name].written <= written
    }


def _decompressed(content: bytes) -> bytes:
    """Return what was compressed. Raises ``ValueError`` before it has grown out of hand."""
    decompressor = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)  # gzip
    text = decompressor.decompress(content, _MOST_GROWTH * len(content))
    if not decompressor.eof:
        raise ValueError("is not whole, or too large")
    return text
