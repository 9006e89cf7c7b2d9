"""Static files in front of any ASGI application (ASGI 3, HTTP connection scope)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from time import monotonic
from typing import Any

from stator.serve.body import Body, opened
from stator.serve.request import FIELDS, Request
from stator.serve.response import Response
from stator.serve.site import Site, site_of

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH_SEND = "http.response.pathsend"  # the server sends a file by its path (ASGI extension)
_FIELDS = {field.encode(): number for number, field in enumerate(FIELDS)}
_ACCEPT = FIELDS[0].encode()
_OTHERS = frozenset(_FIELDS) - {_ACCEPT}


class Front:
    """Answers for the files of ``site``, and hands on all other requests to ``app``."""

    def __init__(self, app: Application, site: Site) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        site = self.site
        if monotonic() > site.next_look:
            site.look()
        asked = _asked(scope)
        ready = site.served.ready.get(asked)
        if ready is None:
            await self._answer(scope, receive, send, asked)
        else:
            headers, body = ready
            await send({"type": "http.response.start", "status": 200, "headers": headers[:]})
            await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive, send: Send, asked: Any) -> None:
        request, served = request_of(scope), self.site.served
        response = self.site.respond(path_of(scope), request)
        if response is None:
            await self.app(scope, receive, send)
            return
        body = served.body_of(response) if asked is not None and request.is_plain else None
        if body is None:
            await send_response(response, scope, receive, send)
            return
        headers = _raw(response)
        served.keep(asked, (headers, body))
        await send({"type": "http.response.start", "status": 200, "headers": headers[:]})
        await send({"type": "http.response.body", "body": body})


class StaticFiles(Front):
    """Answers for the files published in ``root`` under ``prefix``, and hands on all other requests.

    ``prefix`` is a path or a URL, below ``root_path`` where the server sets that. All arguments are those of
    ``site_of``, whose errors are raised at once.
    """

    def __init__(
        self,
        app: Application,
        root: str,
        prefix: str = "/static/",
        manifest: str | None = None,
        immutable: str | None = None,
        *,
        headers: Mapping[str, Mapping[str, str | None]] | None = None,
        root_files: str | None = None,
    ) -> None:
        super().__init__(app, site_of(root, prefix, manifest, immutable, headers, root_files))


def _asked(scope: Scope) -> tuple[str, str, bytes | None] | None:
    """Return what the answer to a plain GET depends on, ``None`` for any other request."""
    if scope["method"] != "GET":
        return None
    accept = None
    for name, value in scope["headers"]:
        if name in _OTHERS or (name == _ACCEPT and accept is not None):
            return None
        if name == _ACCEPT:
            accept = value
    return scope["path"], scope.get("root_path", ""), accept


def path_of(scope: Scope) -> str:
    """Return the path of a request below the place where the server has put the application."""
    path, mount = scope["path"], scope.get("root_path", "").rstrip("/")
    return path[len(mount) :] if path.startswith(f"{mount}/") else path  # type: ignore[no-any-return]


def request_of(scope: Scope) -> Request:
    """Return what of a request counts; several lines of a field are one list (RFC 9110, 5.2)."""
    values: list[str | None] = [None] * len(FIELDS)
    for name, value in scope["headers"]:
        number = _FIELDS.get(name)
        if number is not None:
            text, before = value.decode("latin-1"), values[number]
            values[number] = text if before is None else f"{before}, {text}"
    return Request(scope["method"], *values)


def _raw(response: Response) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in response.headers]


async def send_response(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer, by the server itself where it can, and no more of it than the client stays for."""
    response, body = opened(response, scope["method"])  # a page cache hit; no thread is worth it
    try:
        await send({"type": "http.response.start", "status": response.status, "headers": _raw(response)})
        if body is None:
            await send({"type": "http.response.body", "body": response.body})
        elif body.whole and response.form and PATH_SEND in (scope.get("extensions") or {}):
            await send({"type": PATH_SEND, "path": response.form.file})
        else:
            await _send_blocks(body, receive, send)
    finally:
        if body is not None:
            body.close()


async def _send_blocks(body: Body, receive: Receive, send: Send) -> None:
    """Send a file block by block, until the client leaves: servers take blocks for one that has left."""
    left = asyncio.ensure_future(_disconnected(receive))
    try:
        for block in body:
            if left.done():
                return
            await send({"type": "http.response.body", "body": block, "more_body": True})
            await asyncio.sleep(0)  # others are served meanwhile, and what was received is looked at
        await send({"type": "http.response.body", "body": b""})
    finally:
        left.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
