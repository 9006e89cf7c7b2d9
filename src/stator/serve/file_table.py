"""The file table: from a name to what can be answered for it.

Facts. A request is one look-up by exact name: there is no path to walk, so there is none to escape from.
The names are known at start; what is answered for one is made when it is first asked for, so that starting
does not take longer the more files there are. The disk is asked about a file once, and again only when it
cannot be opened.
"""

from __future__ import annotations

import base64
import logging
import os
import re
import stat
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from stator import manifest as manifests
from stator import manifest_text
from stator.config import HeaderRules
from stator.errors import ManifestError
from stator.fields import Headers, fields_of
from stator.manifest_index import Index, read_index
from stator.paths import CODING_SUFFIXES
from stator.serve.http_date import http_date
from stator.serve.negotiation import IDENTITY

VARY = ("Vary", "Accept-Encoding")
WELL_KNOWN = ".well-known"  # RFC 8615: hidden by its name only
_RANGES = ("Accept-Ranges", "bytes")
_OF_A_304 = {"etag", "cache-control", "vary"}  # RFC 9110, 15.4.5
_log = logging.getLogger(__name__)


class Representation(NamedTuple):
    """One form of a file that a client may get.

    ``size`` is in bytes, ``modified`` in seconds since 1970; ``headers`` are the fields of a 200,
    ``validators`` those of a 304.
    """

    coding: str
    file: str
    size: int
    etag: str
    modified: int
    headers: Headers
    validators: Headers


class Entry(NamedTuple):
    """One name: its representations, the smallest first; none when the file has been lost.

    ``varies`` is what every answer says that depends on what the client accepts.
    """

    forms: tuple[Representation, ...] = ()
    varies: Headers = ()


class FileTable(Protocol):
    """Entries by name."""

    def get(self, name: str) -> Entry | None:
        """Return the entry of ``name``, ``None`` for a name that is not published."""


class Found(NamedTuple):
    """A published file as the disk has it: path, size, hash or what stands for it, codings with sizes.

    ``since`` is when what stands under the name was last replaced, if that is known.
    """

    file: str
    size: int
    tag: str
    codings: tuple[tuple[str, int], ...] = ()
    immutable: bool = False
    since: int = 0


class Lookup:
    """A file table that makes an entry when it is first asked for one."""

    def __init__(self, find: Callable[[str], Found | None], rules: HeaderRules = ()) -> None:
        self._find = find
        self._rules = rules
        self._entries: dict[str, Entry] = {}

    def get(self, name: str) -> Entry | None:
        entry = self._entries.get(name)
        if entry is None:
            found = self._find(name)
            if found is None:
                return None
            entry = entry_of(name, found, self._rules)
            if entry.forms:  # a file that was lost may be there again the next time
                self._entries[name] = entry
        return entry


NOTHING = Lookup(lambda _: None)


def entry_of(name: str, found: Found, rules: HeaderRules = ()) -> Entry:
    """Return the entry of a name, from what the disk has of it now."""
    fields = fields_of(name, immutable=found.immutable, rules=rules)
    varies = (VARY,) if found.codings else ()
    forms = []
    for coding, size in ((IDENTITY, found.size), *found.codings):
        file = found.file + CODING_SUFFIXES.get(coding, "")
        status = _status(file, size)
        if status is None:
            if coding == IDENTITY:
                return Entry((), varies)
            continue
        etag = f'"{found.tag}"' if coding == IDENTITY else f'"{found.tag}-{coding}"'
        modified = max(int(status.st_mtime), found.since)
        headers = (
            *fields,
            ("Content-Length", str(size)),
            ("ETag", etag),
            ("Last-Modified", http_date(modified)),
            _RANGES,
            *((("Content-Encoding", coding),) if coding != IDENTITY else ()),
            *varies,
        )
        validators = tuple(field for field in headers if field[0].lower() in _OF_A_304)
        forms.append(Representation(coding, file, size, etag, modified, headers, validators))
    return Entry(tuple(sorted(forms, key=lambda form: form.size)), varies)


def _status(file: str, size: int) -> os.stat_result | None:
    """Return the status of a file that is as it was published, ``None`` for one that is not."""
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) and status.st_size == size else None


def table_of_index(index: Index, root: str, since: int = 0, rules: HeaderRules = ()) -> Lookup:
    """Return the table of all names that a manifest publishes in the folder ``root``.

    ``since`` is when the manifest became the current one: no plain name has changed later.
    """

    def find(name: str) -> Found | None:
        try:
            published = index.find(name)
        except ManifestError as error:
            _log.error("%s", error)  # the others are served all the same
            return None
        if published is None:
            return None
        file, content, immutable = published
        tag = base64.urlsafe_b64encode(content.sha256[:18]).decode()
        place = os.path.join(root, file)
        return Found(place, content.size, tag, content.codings, immutable, 0 if immutable else since)

    return Lookup(find, rules)


def table_of_folder(
    root: str, is_immutable: Callable[[str], bool] = lambda _: False, rules: HeaderRules = ()
) -> Lookup:
    """Return the table of a folder that has no manifest of ours, walked once.

    Hidden files and folders are left out, but for ``.well-known``, and so are symbolic links that leave the
    folder.
    ``is_immutable`` is asked for each name whether its content never changes. A file with the name of
    another and ``.br``, ``.zst`` or ``.gz`` behind it is a precompressed form of that.
    """
    files = {name: (file, status) for name, file, status in _walk(root)}

    def find(name: str) -> Found | None:
        if name not in files:
            return None
        file, status = files[name]
        codings = tuple(
            (coding, files[name + suffix][1].st_size)
            for coding, suffix in CODING_SUFFIXES.items()
            if name + suffix in files
        )
        tag = f"{status.st_mtime_ns:x}-{status.st_size:x}"
        return Found(file, status.st_size, tag, codings, is_immutable(name))

    return Lookup(find, rules)


def _walk(root: str) -> Collection[tuple[str, str, os.stat_result]]:
    real_root = os.path.realpath(root)
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") or name == WELL_KNOWN]
        for base in files:
            file = os.path.join(folder, base)
            real = os.path.realpath(file)
            name = os.path.relpath(file, root).replace(os.sep, "/")
            if base.startswith(".") or name == manifests.NAME:
                continue
            if not real.startswith(real_root + os.sep) or not os.path.isfile(real):
                continue
            found.append((name, file, os.stat(real)))
    return found


def load_table(
    root: str, manifest: str | None = None, immutable: str | None = None, rules: HeaderRules = ()
) -> Lookup:
    """Return the table for a published folder.

    ``manifest`` is the path of a manifest; without one ``root/staticfiles.json`` is used, and where there
    is none of ours the folder is walked. ``immutable`` is a regular expression for names that never
    change there; Django's own manifest says so too.

    Raises ``ManifestError`` when the manifest that was given is missing or cannot be read.
    """
    root = os.path.abspath(root)  # servers that send files by their paths want them so
    path = manifest or manifest_of(root)
    try:
        with open(path, "rb") as file:
            index, since = read_index(file, path), int(os.fstat(file.fileno()).st_mtime)
            if index is not None:
                return table_of_index(index, root, since, rules)
            file.seek(0)
            paths: Mapping[str, str] = manifest_text.django_paths(file.read()) or {}
    except FileNotFoundError:
        if manifest:
            raise ManifestError(f"There is no manifest at {path}.", "Run collectstatic.") from None
        paths = {}
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}.", "Mend its permissions.") from error
    return table_of_folder(root, _immutable_names(frozenset(paths.values()), immutable), rules)


def manifest_of(root: str) -> str:
    """Return where the manifest of a published folder is, unless it is kept elsewhere."""
    return os.path.join(root, manifests.NAME)


def path_prefix(url: str) -> str:
    """Return the path of a URL as requests have it: without its host, decoded, a slash at both ends."""
    path = unquote(urlsplit(url).path).strip("/")
    return f"/{path}/" if path else "/"


def _immutable_names(names: Collection[str], pattern: str | None) -> Callable[[str], bool]:
    compiled = re.compile(pattern or r"(?!)")
    return lambda name: name in names or compiled.search(name) is not None
