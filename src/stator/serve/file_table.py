"""The file table: from the path of a URL to a ready answer, made once at start.

A request is one look-up by exact name. There is no path to walk, so there is none to escape from.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from stator import manifest as manifests
from stator.errors import ManifestError
from stator.manifest import Manifest
from stator.media_types import content_type

Headers = tuple[tuple[str, str], ...]

IMMUTABLE = "public, max-age=31536000, immutable"  # RFC 8246
REVALIDATE = "no-cache"  # may be stored, must be asked for again: the ETag makes that cheap


class Entry(NamedTuple):
    """One name: the file that has its bytes, and the headers of its answers.

    ``validators`` are the fields that a 304 carries (RFC 9110, 15.4.5), ``headers`` those of a 200.
    """

    file: str
    size: int
    etag: str
    validators: Headers
    headers: Headers


FileTable = Mapping[str, Entry]


def entry(name: str, file: str, size: int, etag: str, *, immutable: bool) -> Entry:
    """Return the entry for the file served as ``name``, which decides its media type."""
    validators = (("ETag", etag), ("Cache-Control", IMMUTABLE if immutable else REVALIDATE))
    headers = (
        ("Content-Type", content_type(name)),
        ("Content-Length", str(size)),
        *validators,
        ("X-Content-Type-Options", "nosniff"),
    )
    return Entry(file, size, etag, validators, headers)


def table_of_manifest(manifest: Manifest, root: str) -> dict[str, Entry]:
    """Return the table of all names that ``manifest`` publishes in the folder ``root``."""
    table = {}
    for name, file in manifest.published():
        size, sha256, _ = manifest.content(file)
        etag = f'"{base64.urlsafe_b64encode(sha256[:18]).decode()}"'
        table[name] = entry(name, os.path.join(root, file), size, etag, immutable=name == file)
    return table


def table_of_folder(root: str, is_immutable: Callable[[str], bool] = lambda _: False) -> dict[str, Entry]:
    """Return the table of a folder that has no manifest of ours, walked once.

    Hidden files and folders are left out, and so are symbolic links that leave the folder.
    ``is_immutable`` is asked for each name whether its content never changes.
    """
    table = {}
    real_root = os.path.realpath(root)
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for base in files:
            file = os.path.join(folder, base)
            real = os.path.realpath(file)
            if base.startswith(".") or not real.startswith(real_root + os.sep) or not os.path.isfile(real):
                continue
            status = os.stat(real)
            name = os.path.relpath(file, root).replace(os.sep, "/")
            etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
            table[name] = entry(name, file, status.st_size, etag, immutable=is_immutable(name))
    return table


def load_table(root: str, manifest: str | None = None, immutable: str | None = None) -> dict[str, Entry]:
    """Return the table for a published folder.

    ``manifest`` is the path of a manifest; without one ``root/staticfiles.json`` is used, and where there
    is none of ours the folder is walked. ``immutable`` is a regular expression for names that never
    change there; Django's own manifest says so too.

    Raises ``ManifestError`` when the manifest that was given is missing or cannot be read.
    """
    path = manifest or os.path.join(root, manifests.NAME)
    try:
        with open(path, "rb") as file:
            content = file.read()
    except FileNotFoundError:
        if manifest:
            raise ManifestError(f"There is no manifest at {path}.", "Run collectstatic.") from None
        return table_of_folder(root, _immutable_names((), immutable))
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}.", "Mend its permissions.") from error
    paths = manifests.django_paths(content)
    if paths is not None:
        return table_of_folder(root, _immutable_names(frozenset(paths.values()), immutable))
    return table_of_manifest(manifests.from_json(content, path), root)


def path_prefix(url: str) -> str:
    """Return the path of a URL as requests have it: without its host, decoded, a slash at both ends."""
    path = unquote(urlsplit(url).path).strip("/")
    return f"/{path}/" if path else "/"


def _immutable_names(names: Collection[str], pattern: str | None) -> Callable[[str], bool]:
    compiled = re.compile(pattern or r"(?!)")
    return lambda name: name in names or compiled.search(name) is not None
