"""Development: files from their sources, live reload, and a 404 that helps. At work with ``DEBUG`` only."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Awaitable
from enum import Enum, auto

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template import engines
from django.template.autoreload import get_template_directories, reset_loaders
from django.template.backends.django import DjangoTemplates

from stator import clock, live
from stator.django import origins
from stator.django.carry import carry, in_memory
from stator.django.conf import options
from stator.django.proxy import answer_of_server
from stator.django.searching import search_of, url_prefix
from stator.errors import ConfigError
from stator.fields import NO_STORE
from stator.live import events, not_found, stopping
from stator.live.changes import Changes, now
from stator.live.injection import nonce_of, script_tag, with_tag
from stator.live.noticing import Noticing
from stator.live.sources import Sources
from stator.live.watch import Watch
from stator.load_path import LoadPath, SourceFile, signature
from stator.paths import parse_digested, published_name
from stator.serve.body import BLOCK, content_of
from stator.serve.file_table import Entry, Found, entry_of, table_of_folder
from stator.serve.response import answer, missing
from stator.serve.wsgi import request_of

CLIENT = "__stator__/client.js"  # below STATIC_URL
EVENTS = "__stator__/events"
_CLIENT_FILE = os.path.join(os.path.dirname(live.__file__), "client.js")
_SINCE = "stator.since"  # in META: when the request came, by the clock of changes
_ATTEMPTS = 3  # at a file that is being written or replaced while it is opened
_LISTENED = 3 * events.BEAT  # seconds after a question until nobody seems to listen any more
_PAGES = {"document", "iframe", "frame"}  # what a request is for (Fetch metadata)
_log = logging.getLogger(__name__)


class Mode(Enum):
    """How much is done: nothing, files without live reload, or all."""

    OFF = auto()
    FILES = auto()
    RELOAD = auto()


class Chosen:
    """What the command has chosen for this process.

    ``life`` is how many seconds a stream may hold a thread; without it the server's kind decides.
    """

    mode = Mode.RELOAD
    life: float | None = None


chosen: Chosen = Chosen()


class Live:
    """What a middleware does with ``DEBUG``: ``respond`` before the application, ``finish`` after it.

    Neither blocks for long, so both are called from sync and async code alike. An instance serves one
    process; what it starts, in the first request, ends with it or with ``close``. Made in the main thread, as
    a middleware is at start, it hears when the process is asked to stop.
    """

    def __init__(self) -> None:
        self.changes: Changes = Changes()
        self.sources: Sources = Sources(_walk, _locate)
        self._watch: Watch | None = None
        self._starting = threading.Lock()
        stopping.tell(self.changes.end)
        weakref.finalize(self, stopping.forget, self.changes.end)

    def respond(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase] | None:
        """Return the answer to a request for a file or for changes, ``None`` for any other request.

        It is awaited for where another server is asked, and this one cannot wait.
        """
        mode = _mode()
        if mode is Mode.OFF:
            return None
        request.META[_SINCE] = now()
        if mode is Mode.RELOAD:
            self._start()
        prefix = url_prefix()
        if prefix and request.path.startswith(prefix):
            name = request.path[len(prefix) :]
            if name == EVENTS and mode is Mode.RELOAD:
                return self._events(request)
            source = self.sources.get(name)
            if source is None or source.origin.frontend:  # what stands was built at some other time
                handed_on = answer_of_server(name, request)
                if handed_on is not None:
                    return handed_on
            response = self._file(name, request)
            if response is None and (parse_digested(name) or _locate(name)):
                response = self.finish(request, self._not_found(name, request))
            if response is not None:
                return response
        response = _root_file(request)
        if response is None and mode is Mode.RELOAD:
            # A page that a middleware inside compresses could not get the script.
            request.META.pop("HTTP_ACCEPT_ENCODING", None)
        return response

    def finish(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the application's answer with what a developer needs in it.

        A 404 for a static file becomes one that says why; a page gets the script of live reload.
        """
        mode = _mode()
        if mode is Mode.OFF:
            return response
        if response.status_code == 404 and request.method in {"GET", "HEAD"}:
            name = self._missed(request)
            if name is not None:
                response = self._not_found(name, request)
        return _with_script(request, response) if mode is Mode.RELOAD else response

    def close(self) -> None:
        """End the streams and the thread that watches."""
        self.changes.end()
        if self._watch is not None:
            self._watch.close()

    def _start(self) -> None:
        if self._watch is not None:
            return
        with self._starting:
            if self._watch is None:
                folders = [origin.root for origin in origins.origins()]
                templates = _template_folders()
                noticing = Noticing(self.sources, self.changes, folders, templates, reset_loaders)
                changes = self.changes  # the thread must not keep this object alive
                self._watch = Watch(
                    [*folders, *templates], noticing, lambda: changes.was_asked_within(_LISTENED)
                )
                self.sources.watched = self._watch.by_events

    def _events(self, request: HttpRequest) -> HttpResponseBase:
        at = events.time_of(request.headers.get("Last-Event-ID"), request.GET.get("since"))
        if isinstance(request, ASGIRequest):
            response = StreamingHttpResponse(events.async_stream(self.changes, at))
        else:
            life = events.SHORT if request.META.get("wsgi.multithread") else events.AT_ONCE
            life = life if chosen.life is None else chosen.life
            response = StreamingHttpResponse(events.stream(self.changes, at, life))
        response.headers["Content-Type"] = events.CONTENT_TYPE
        response.headers["Cache-Control"] = NO_STORE
        # These would hold the events back: nginx in front, and Django's GZipMiddleware around us.
        response.headers["X-Accel-Buffering"] = "no"
        response.headers["Content-Encoding"] = "identity"
        return response

    def _file(self, name: str, request: HttpRequest) -> HttpResponseBase | None:
        if name == CLIENT:
            return _sent(name, _CLIENT_FILE, request)
        for _ in range(_ATTEMPTS):
            index = self.sources.index
            source = self.sources.get(name)
            if source is None:
                return None
            response = _copied(source, request) if source.opener else _sent(name, source.location, request)
            if response.status_code != 404:
                return response
            self.sources.refresh(index)
        return None

    def _missed(self, request: HttpRequest) -> str | None:
        """Return the name of the static file that the application was asked for in vain, if it was."""
        prefix = url_prefix()
        before, found, name = request.path.partition(prefix) if len(prefix) > 1 else ("", "", "")
        return name if found and (not before or self.sources.get(name)) else None

    def _not_found(self, name: str, request: HttpRequest) -> HttpResponse:
        load_path = self.sources.index.load_path
        search = search_of(name, load_path.files, load_path.findings, path=request.path)
        if "text/html" in request.headers.get("Accept", ""):
            response = HttpResponse(not_found.as_html(search), status=404)
        else:
            response = HttpResponse(not_found.as_text(search), "text/plain; charset=utf-8", 404)
        response.headers["Cache-Control"] = NO_STORE
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _mode() -> Mode:
    return chosen.mode if settings.DEBUG else Mode.OFF


# Files


def _walk() -> LoadPath:
    try:
        return origins.find(options(), [], published=str(settings.STATIC_ROOT or ""))
    except ConfigError as error:
        _log.warning("collectstatic would refuse to publish: %s", error)
        return origins.find(options(), [])


def _locate(name: str) -> str | None:
    try:
        found = finders.find(published_name(name))
    except (SuspiciousFileOperation, ValueError):  # a name that leads out, or none at all
        return None
    return str(found) if found and not os.path.isdir(str(found)) else None


def _sent(name: str, file: str, request: HttpRequest) -> HttpResponseBase:
    response = answer(_entry(name, file), request_of(request.META))
    form = response.form
    if request.method != "GET" or form is None or response.pieces or form.size > BLOCK:
        return carry(response, request)
    # It may be written to at any moment, and a server that is left with less than it has announced keeps the
    # client waiting: what fits into a block is read before anything is announced.
    content = content_of(response)
    return carry(missing("GET"), request) if content is None else in_memory(response, content)


def _entry(name: str, file: str) -> Entry:
    try:
        status = os.stat(file)
    except OSError:
        return Entry()
    # A file that was written just now may be written again and keep its times.
    tag = signature(status, clock.now()).replace(" ", "-") or f"{now():x}"
    return entry_of(name, Found(file, status.st_size, tag), options().headers)


def _copied(source: SourceFile, request: HttpRequest) -> HttpResponseBase:
    """Return the answer with a file of a remote storage, which goes when the answer has been sent."""
    with tempfile.NamedTemporaryFile() as copy:
        with source.open() as content:
            shutil.copyfileobj(content, copy)
        copy.flush()
        copy.seek(0)
        tag = hashlib.file_digest(copy, "sha256").hexdigest()
        entry = entry_of(source.path, Found(copy.name, copy.tell(), tag), options().headers)
        return carry(answer(entry, request_of(request.META)), request)  # it has the file open now


def _root_file(request: HttpRequest) -> HttpResponseBase | None:
    folder, name = options().root_files, request.path[1:]
    if not folder or not os.path.isfile(os.path.join(folder, name)):
        return None
    entry = table_of_folder(folder, rules=options().headers).get(name)
    return carry(answer(entry, request_of(request.META)), request) if entry else None


# Pages


def _with_script(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if not isinstance(response, HttpResponse) or not _is_page(request, response):
        return response
    csp = response.headers.get("Content-Security-Policy")
    # Where the policy is yet to be written, it will allow what the request has: Django's, and django-csp.
    nonce = nonce_of(csp) if csp else str(getattr(request, "_csp_nonce", None) or "")
    since = request.META.get(_SINCE, now())
    tag = script_tag(url_prefix() + CLIENT, since, nonce, by_hand=request.method not in {"GET", "HEAD"})
    page = with_tag(response.content, tag)
    if page is None:
        return response
    response.content = page
    if response.has_header("Content-Length"):
        response.headers["Content-Length"] = str(len(page))
    del response.headers["ETag"], response.headers["Last-Modified"]  # these were of the page without it
    return response


def _is_page(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether the answer is an HTML document that a browser will show, and not a piece of one."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "text/html" or response.has_header("Content-Encoding"):
        return False
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        return False
    wanted = request.headers.get("Sec-Fetch-Dest")
    if wanted:
        return wanted in _PAGES
    return not any(field in request.headers for field in ("X-Requested-With", "HX-Request"))


def _template_folders() -> list[str]:
    found = {str(folder) for folder in get_template_directories()}
    for engine in engines.all():
        if not isinstance(engine, DjangoTemplates):
            found.update(str(folder) for folder in getattr(engine, "template_dirs", ()))
    return sorted(os.path.abspath(folder) for folder in found)
