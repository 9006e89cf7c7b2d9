"""Hints in the head of an answer, and before it: the field ``Link``, and status 103 (RFC 8297).

While a page is being made its browser has nothing to do, so it is told what the last page at the same path
of the same host needed. Rules of this file.

1. *Only navigations* are answered early, only where the server offers it, and only files that tags have named
   are announced: they are public and never change, so a wrong guess costs a request at most.
2. *What is remembered* is bounded: some paths, and some bytes for each; the oldest go first.
3. *No module* is announced to a page with an import map, which Firefox would then refuse. Such a page is
   known by its text; one that is compressed may have one.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from stator.django.tags.hints import MODULE, MOST_BYTES, MOST_LINKS, Hint, Needs
from stator.django.tags.page import NEEDS, needs_of
from stator.serve.asgi import Application, Message, Receive, Scope, Send

EARLY_HINT = "http.response.early_hint"  # the server can send status 103 (ASGI extension)
MOST_PATHS = 1000
LONGEST_PATH = 2000  # with the host
_NAVIGATES = (b"sec-fetch-mode", b"navigate")  # Fetch metadata
_IMPORT_MAP = b"importmap"
_HTML = "text/html"
_Place = tuple[bytes, str]  # the host as asked for, and the path


def await_needs(request: HttpRequest) -> None:
    """Let tags note what the page needs, unless somebody around this has: who does puts it into the head."""
    if needs_of(request) is None:
        request.META[NEEDS] = Needs()


def with_links(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer with what was noted since ``await_needs`` in its field ``Link``."""
    needs: Needs | None = request.META.get(NEEDS)
    field = needs.close() if needs else ""
    if field and response.headers.get("Content-Type", "").startswith(_HTML):
        before = response.headers.get("Link")
        response.headers["Link"] = f"{before}, {field}" if before else field
    return response


class EarlyHints:
    """An ASGI application around ``app``, in whose scope tags find where to note what a page needs."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._known: dict[_Place, list[bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        early = EARLY_HINT in (scope.get("extensions") or {}) and _is_navigation(scope)
        place = _place(scope)
        if early and (links := self._known.get(place)):
            await send({"type": EARLY_HINT, "links": links})
        await self._app({**scope, NEEDS: answer.needs}, receive, answer.send)
        if early:
            self._remember(place, answer.links())

    def _remember(self, place: _Place, links: list[bytes]) -> None:
        self._known.pop(place, None)
        if links and sum(map(len, place)) <= LONGEST_PATH:
            self._known[place] = links
        if len(self._known) > MOST_PATHS:
            del self._known[next(iter(self._known))]


def _place(scope: Scope) -> _Place:
    """Return what a page is remembered by: hosts may have other pages, and tell nothing of each other."""
    hosts = (bytes(value) for name, value in scope["headers"] if bytes(name) == b"host")
    return next(hosts, b""), scope["path"]


def _is_navigation(scope: Scope) -> bool:
    return scope["method"] == "GET" and any(tuple(field) == _NAVIGATES for field in scope["headers"])


class _Answer:
    """An answer that passes through, and gets the field ``Link`` where it is a page."""

    def __init__(self, send: Send) -> None:
        self.needs = Needs()
        self._send = send
        self._is_page = False
        self._has_map = False
        self._end = b""  # of what has passed, since blocks end anywhere

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = self._started(message)
        elif message["type"] == "http.response.body":
            text = self._end + message.get("body", b"")
            self._has_map = self._has_map or _IMPORT_MAP in text
            self._end = text[-len(_IMPORT_MAP) :]
        await self._send(message)

    def links(self) -> list[bytes]:
        """Return what to announce the next time, as values of the field ``Link``."""
        hints = self.needs.early.values() if self._is_page else ()
        return _bounded(hint for hint in hints if hint.kind != MODULE or not self._has_map)

    def _started(self, message: Message) -> Message:
        sent = list(message.get("headers", ()))
        headers = {name.lower(): value for name, value in sent}
        field = self.needs.close()
        if not headers.get(b"content-type", b"").startswith(_HTML.encode()):
            return message
        self._is_page = message["status"] == 200
        self._has_map = b"content-encoding" in headers
        own = [(b"link", field.encode())] if field else []
        return {**message, "headers": [*sent, *own]}


def _bounded(hints: Iterable[Hint]) -> list[bytes]:
    """Return the first hints as fields, as many as there is room for."""
    links: list[bytes] = []
    room = MOST_BYTES
    for hint in hints:
        link = hint.link.encode()
        room -= len(link)
        if room < 0 or len(links) == MOST_LINKS:
            break
        links.append(link)
    return links
