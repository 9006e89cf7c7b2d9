"""Requests for what the development server of a front end has, handed on to it; pages have one origin."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from functools import partial

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from stator.django.finders import toolchains
from stator.django.searching import url_prefix
from stator.fields import NO_STORE
from stator.frontends.developing import Server, server_of
from stator.live.proxy import Blocks, Passed, Unreachable, ask
from stator.live.refresh import refresh_module
from stator.urls import quoted

_REFRESH = "__stator__/refresh/"  # below STATIC_URL; then the name of a front end, and ".js"
_BODILESS = {204, 304}
_LARGEST = 1 << 18  # bytes that are read at once; more of them pass through


def refresh_url(name: str) -> str:
    """Return where the module is that pages with React need before the first of the front end ``name``."""
    return quoted(f"{url_prefix()}{_REFRESH}{name}.js")


def server_below(path: str) -> Server | None:
    """Return the development server that has what is asked for under the path, ``None`` if none runs."""
    prefix = url_prefix()
    return _server(path[len(prefix) :].partition("/")[0]) if prefix and path.startswith(prefix) else None


def answer_of_server(
    name: str, request: HttpRequest
) -> HttpResponseBase | Awaitable[HttpResponseBase] | None:
    """Return what a development server says of a file below ``STATIC_URL``, ``None`` where none runs.

    Under ASGI it is awaited for. Raises ``DisallowedHost``.
    """
    if name.startswith(_REFRESH):
        return _refresh(name[len(_REFRESH) :].removesuffix(".js"))
    frontend = name.partition("/")[0]
    server = _server(frontend)
    if server is None:
        return None
    request.get_host()  # the server believes that we know our hosts
    answered = partial(_answered, frontend, server.address, request, request.body)
    return _awaited(answered) if isinstance(request, ASGIRequest) else answered()


def _server(name: str) -> Server | None:
    root = next((one.root for one in toolchains() if one.name == name and one.serves), None)
    return server_of(root) if root else None


def _refresh(name: str) -> HttpResponse | None:
    if _server(name) is None:
        return None
    return _of_ours(refresh_module(quoted(f"{url_prefix()}{name}/")), "text/javascript")


def _of_ours(text: str, kind: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(text, f"{kind}; charset=utf-8", status)
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Cache-Control"] = NO_STORE
    return response


async def _awaited(answered: partial[HttpResponseBase]) -> HttpResponseBase:
    response = await sync_to_async(answered, thread_sensitive=False)()
    if isinstance(response, _Streamed):
        response.streaming_content = _awaited_blocks(response.blocks)
    return response


async def _awaited_blocks(blocks: Blocks) -> AsyncIterator[bytes]:
    read = sync_to_async(blocks.read, thread_sensitive=False)
    while block := await read():
        yield block


class _Streamed(StreamingHttpResponse):
    """An answer that passes through; its server says how the blocks are read."""

    def __init__(self, blocks: Blocks, status: int) -> None:
        super().__init__(blocks, status=status)
        self.blocks = blocks


def _answered(name: str, address: str, request: HttpRequest, body: bytes) -> HttpResponseBase:
    try:
        passed = ask(address, request.method or "GET", request.get_full_path(), request.headers.items(), body)
        return _carried(passed, request.method or "GET")
    except Unreachable as error:
        said = (
            f"The development server of the front end {name!r} gives no answer ({address}: {error}).\n"
            f"hint: Look at what 'manage.py stator frontend dev {name}' says, and start it again.\n"
        )
        return _of_ours(said, "text/plain", 502)


def _carried(passed: Passed, method: str) -> HttpResponseBase:
    length = {name.lower(): value for name, value in passed.fields}.get("content-length", "")
    small = length.isdecimal() and int(length) <= _LARGEST
    response: HttpResponse | _Streamed
    if small or method == "HEAD" or passed.status in _BODILESS:
        response = HttpResponse(passed.content, status=passed.status)
    else:
        response = _Streamed(passed.blocks, passed.status)
    del response.headers["Content-Type"]
    for name, value in passed.fields:
        if name.lower() == "set-cookie":  # the one field whose lines cannot be joined (RFC 9110, 5.3)
            response.cookies.load(value)
            continue
        before = response.headers.get(name)
        response.headers[name] = f"{before}, {value}" if before else value
    return response
