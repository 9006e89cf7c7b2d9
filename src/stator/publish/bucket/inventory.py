"""The inventory: what the ETags of a bucket stand for. Pure.

A store says of each object in a listing its ETag, which is another as soon as somebody writes the object. The
inventory, an object of ours, says which *mark* (``objects.py``) the object with that ETag has. So one listing
tells of all objects whether they are what they are to be, on any machine, and without reading one of them.

It is a help and no truth: what it does not know, or knows with another ETag, is asked for one by one.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping

NAME = ".stator/inventory.json.gz"
MEDIA_TYPE = "application/gzip"
_FORMAT = 1

Inventory = Mapping[str, tuple[str, str]]  # by name: ETag, mark


def to_bytes(inventory: Inventory) -> bytes:
    """Return the inventory as it is written: the same bytes for the same objects."""
    objects = {name: inventory[name] for name in sorted(inventory)}
    text = json.dumps({"format": _FORMAT, "objects": objects}, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), 6, mtime=0)


def from_bytes(content: bytes) -> Inventory:
    """Return the inventory that ``content`` holds; an empty one where it cannot be read."""
    try:
        document = json.loads(gzip.decompress(content))
        if document["format"] != _FORMAT:
            return {}
        return {str(name): (str(etag), str(mark)) for name, (etag, mark) in document["objects"].items()}
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
