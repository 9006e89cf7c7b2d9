"""Uploads: from a root and a path that nobody has checked to a ``Response``.

Facts. Unlike published files, uploads come and go, so each request asks the disk. A name is one file below
the root or none: what is hidden, has an empty, ``.`` or ``..`` segment, or is no text is none. A symbolic
link may lead about below the root, but neither out of it nor between folders that are guarded differently.

What has been checked is what is sent. The name with all links followed is opened folder by folder, each step
refusing links, so nothing that is put into its place meanwhile is followed; the open file goes on from here.
Opening waits for nobody: a pipe is found out once it is open, and is missing like a device or a folder.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from typing import NamedTuple
from urllib.parse import quote

from stator.config import UploadRules
from stator.errors import UnsafePath
from stator.fields import METHODS
from stator.paths import published_name
from stator.serve.file_table import Entry, Representation
from stator.serve.http_date import http_date
from stator.serve.negotiation import IDENTITY
from stator.serve.request import Request
from stator.serve.response import Response, answer
from stator.uploads import INTERNAL, guard_of, upload_fields

_OF_A_304 = {"etag", "cache-control"}  # RFC 9110, 15.4.5
_OF_THE_SENDER = {"content-length", "accept-ranges"}
_LONGEST = 4096  # characters: no system opens a longer path
# A folder is only gone through, which takes no leave to list it, where the system can say so.
_FOLDER = os.O_DIRECTORY | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
# What opening says of a name that leads nowhere; anything else is a fault of the machine, and told.
_NOWHERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EISDIR, errno.ENXIO}
_log = logging.getLogger(__name__)


class _Open(NamedTuple):
    """An upload that is open: its descriptor, what the disk says of it, its name with all links followed."""

    descriptor: int
    status: os.stat_result
    real: str


def is_upload(name: str) -> bool:
    """Say whether an upload can have this name, the path of a URL below ``MEDIA_URL``, decoded."""
    try:
        published_name(name)
    except UnsafePath:
        return False
    return len(name) <= _LONGEST and not any(segment.startswith(".") for segment in name.split("/"))


def respond(root: str, name: str, request: Request, rules: UploadRules) -> Response | None:
    """Return the answer with the upload ``name`` in the folder ``root``; ``None`` if there is none.

    Whether the file may be read has been asked before. With ``rules.sendfile`` a guarded one is left for the
    web server in front to send. The ``file`` of the answer's form is open: send the answer, or close it.
    """
    found = _open(root, name, rules) if is_upload(name) else None
    if found is None:
        return None
    form = _form(name, found, rules)
    sendfile = rules.sendfile if guard_of(name, rules) else ""
    if request.method == "OPTIONS":
        response = Response(204, (("Allow", METHODS),))  # no other origin may read an upload
    elif sendfile:
        # Whoever sends the file has validators of its own, and answers by them.
        response = answer(Entry((form,)), Request(request.method))
    else:
        response = answer(Entry((form,)), request)
    if response.form is not None and not sendfile:
        return response
    os.close(found.descriptor)
    return _handed_over(response, sendfile, root, found.real) if response.form else response


def _form(name: str, found: _Open, rules: UploadRules) -> Representation:
    status = found.status
    modified = int(status.st_mtime)
    etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}-{status.st_ino:x}"'
    headers = (
        *upload_fields(name, rules),
        ("Content-Length", str(status.st_size)),
        ("ETag", etag),
        ("Last-Modified", http_date(modified)),
        ("Accept-Ranges", "bytes"),
    )
    validators = tuple(field for field in headers if field[0].lower() in _OF_A_304)
    file: str = found.descriptor  # type: ignore[assignment]  # to ``open`` it is as good as a path
    return Representation(IDENTITY, file, status.st_size, etag, modified, headers, validators)


def _handed_over(response: Response, sendfile: str, root: str, real: str) -> Response:
    """Return the answer that says which file to send. Both kinds of servers decode what they are told."""
    file = INTERNAL + real if sendfile == "X-Accel-Redirect" else os.path.join(root, real)
    kept = (field for field in response.headers if field[0].lower() not in _OF_THE_SENDER)
    return Response(response.status, (*kept, ("Content-Length", "0"), (sendfile, quote(file))))


def _open(root: str, name: str, rules: UploadRules) -> _Open | None:
    try:
        base = os.path.realpath(root, strict=True)
        real = os.path.relpath(os.path.realpath(os.path.join(base, name), strict=True), base)
        if not is_upload(real) or guard_of(real, rules) != guard_of(name, rules):
            return None
        descriptor = _open_below(base, real)
    except UnicodeEncodeError:
        return None  # no name of a file on a machine whose names are not UTF-8
    except OSError as error:
        if error.errno not in _NOWHERE:
            _log.error("The upload %s cannot be read: %s", name, error.strerror)
        return None
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        return _Open(descriptor, status, real)
    os.close(descriptor)
    return None


def _open_below(base: str, real: str) -> int:
    """Return a descriptor of the file, with no link followed below ``base``. Raises ``OSError``."""
    *folders, file = real.split("/")
    folder = os.open(base, _FOLDER)
    try:
        for name in folders:
            inner = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(file, _FILE, dir_fd=folder)
    finally:
        os.close(folder)
