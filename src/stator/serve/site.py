"""What is served, as it is now: the table of a release, and the answers that have been given already.

Facts. A server runs for weeks, and releases come meanwhile. The manifest is looked at once a second at most,
and read by another thread when it is a new one; until that is done, the last release is served. Only when a
page asks for a digested name that nobody knows, the manifest is looked at at once: that page is of the
release that has just come.

What was answered to a plain GET, for a small file, is kept as it was sent. All of that goes when it grows
beyond its budget: what is asked for often is soon there again.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from stator.config import Options
from stator.errors import StatorError
from stator.paths import parse_digested
from stator.serve.body import content_of
from stator.serve.file_table import NOTHING, FileTable, load_table, manifest_of, path_prefix, table_of_folder
from stator.serve.request import Request
from stator.serve.response import Response, answer, missing
from stator.setting import read_options

INTERVAL = 1.0  # seconds between two looks at the manifest
SMALL = 1 << 20  # bytes: a larger file is not kept in memory
MEMORY = 32 << 20  # bytes of files that are kept in memory
MOST_READY = 4096  # answers that are kept: clients choose part of what they are kept under
_log = logging.getLogger(__name__)


class Served:
    """A release as it is served: its table, and by what was asked the answers that are ready.

    ``ready`` holds what the carrier makes of an answer. Nothing in it is changed.
    """

    def __init__(self, table: FileTable) -> None:
        self.table = table
        self.ready: dict[Any, Any] = {}
        self._bodies: dict[str, bytes] = {}
        self._held = 0

    def body_of(self, response: Response) -> bytes | None:
        """Return the bytes of an answer with all of a small file; ``None`` for any other answer."""
        form = response.form
        if form is None or response.pieces or form.size > SMALL:
            return None
        body = self._bodies.get(form.file)
        if body is None:
            body = content_of(response)
            if body is None:
                return None
            if self._held + len(body) > MEMORY:
                self._bodies, self.ready, self._held = {}, {}, 0
            self._bodies[form.file] = body
            self._held += len(body)
        return body

    def keep(self, asked: Any, sent: Any) -> None:
        """Keep what was sent, to be sent again to whoever asks for the same."""
        if len(self.ready) >= MOST_READY:
            self.ready = {}
        self.ready[asked] = sent


class Site:
    """The releases of a published folder, one after the other, under a prefix, and files at the root.

    ``load`` returns the table of the current release; ``watched`` is the file by whose status a new one is
    known, empty for none. ``root_files`` is the table of what is served at ``/``. Raises what ``load`` does,
    but if it is ``patient``: then nothing is served until there is a release that can be read.
    """

    def __init__(
        self,
        prefix: str,
        load: Callable[[], FileTable],
        watched: str = "",
        root_files: FileTable | None = None,
        *,
        patient: bool = False,
    ) -> None:
        self.prefix = prefix
        self.next_look: float = monotonic() + INTERVAL
        self._load = load
        self._watched = watched
        self._root_files = root_files
        self._loading = threading.Lock()
        self._seen = self._look()
        try:
            self.served: Served = Served(load())
        except StatorError as error:
            if not patient:
                raise
            _log.error("No published file is served: %s", error)
            self.served = Served(NOTHING)

    def respond(self, path: str, request: Request) -> Response | None:
        """Return the answer for the path of a URL, decoded; ``None`` if it is not ours."""
        if path.startswith(self.prefix):
            name = path[len(self.prefix) :]
            entry = self.served.table.get(name)
            if entry is not None:
                return answer(entry, request)
            if parse_digested(name):
                self.look(wait=True)
                entry = self.served.table.get(name)
                return answer(entry, request) if entry else missing(request.method)
        if self._root_files is not None:
            entry = self._root_files.get(path[1:])
            return answer(entry, request) if entry else None
        return None

    def look(self, *, wait: bool = False) -> None:
        """Look whether there is a new release, and serve it as soon as it has been read.

        With ``wait`` it is served when this returns.
        """
        self.next_look = monotonic() + INTERVAL
        seen = self._look()
        if seen == self._seen or seen is None:
            return
        if wait:
            with self._loading:
                self._change_to(seen)
        elif self._loading.acquire(blocking=False):
            threading.Thread(target=self._change_and_release, args=(seen,), daemon=True).start()

    def _change_and_release(self, seen: tuple[int, ...]) -> None:
        try:
            self._change_to(seen)
        finally:
            self._loading.release()

    def _change_to(self, seen: tuple[int, ...]) -> None:
        if seen == self._seen:
            return
        try:
            self.served = Served(self._load())
        except StatorError as error:
            _log.error("The release before goes on being served: %s", error)
        self._seen = seen

    def _look(self) -> tuple[int, ...] | None:
        try:
            status = os.stat(self._watched)
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


def site_of(
    root: str,
    prefix: str = "/static/",
    manifest: str | None = None,
    immutable: str | None = None,
    headers: Mapping[str, Mapping[str, str | None]] | None = None,
    root_files: str | None = None,
) -> Site:
    """Return the site published in the folder ``root``.

    ``prefix`` is a path or a URL. ``manifest`` is the path of a manifest; without one
    ``root/staticfiles.json`` is used, and where there is none of ours the folder is indexed once.
    ``immutable`` is a regular expression for names that never change there. ``headers`` and ``root_files``
    are as ``STATOR["HEADERS"]`` and ``STATOR["ROOT_FILES"]``.

    Raises ``ManifestError`` when a manifest that was given is missing or cannot be read, ``ConfigError`` for
    an argument that cannot be right.
    """
    chosen = {"HEADERS": headers, "ROOT_FILES": root_files}
    options = read_options({key: value for key, value in chosen.items() if value is not None})
    return site_with(options, root, prefix, manifest, immutable)


def site_with(
    options: Options,
    root: str,
    prefix: str,
    manifest: str | None = None,
    immutable: str | None = None,
    *,
    patient: bool = False,
) -> Site:
    """Return the site published in ``root``, served as ``options`` say.

    Raises ``ManifestError``, unless it is ``patient``.
    """
    return Site(
        path_prefix(prefix),
        lambda: load_table(root, manifest, immutable, options.headers),
        manifest or manifest_of(root),
        table_of_folder(options.root_files, rules=options.headers) if options.root_files else None,
        patient=patient,
    )
