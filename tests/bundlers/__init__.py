"""Bundles of small manifests, as a front end called ``shop`` has them."""

from __future__ import annotations

import json

from stator.bundlers import Bundle, read_bundle
from stator.frontend import Entry


def bundle_of(manifest: object, *files: str, path: str = "shop/manifest.json") -> Bundle:
    """Return what a manifest tells of a site in which the front end has only these files."""
    return read_bundle(path, json.dumps(manifest).encode(), {f"shop/{file}" for file in files})


def in_shop(**lists: tuple[str, ...] | bool) -> Entry:
    """Return the entry of files that are named as the front end names them."""
    return Entry(
        **{
            name: value if isinstance(value, bool) else tuple(f"shop/{file}" for file in value)
            for name, value in lists.items()
        }
    )
