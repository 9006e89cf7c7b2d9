"""The middleware: published files answered inside Django's process, by the core in ``stator.serve``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import IO, TypeVar
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from stator.django.conf import options
from stator.serve.file_table import FileTable, load_table
from stator.serve.response import Response, missing, respond

BLOCK = 1 << 16

_Answer = TypeVar("_Answer", bound=HttpResponseBase)


class StatorMiddleware:
    """Answers for published files below ``STATIC_URL``; put it right after ``SecurityMiddleware``.

    The table of files is made once, at start. With ``DEBUG`` every request is handed on, since then
    files are served from their sources.
    """

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)
        self.prefix = urlsplit(settings.STATIC_URL or "/static/").path
        self.table: FileTable = {} if settings.DEBUG else _table()

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._answer_async(request)
        response = self._respond(request)
        if response is None:
            return self.get_response(request)
        answer, file = _opened(response, request)
        if file is None:
            return _whole(answer)
        return _with_headers(FileResponse(file), answer)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        response = self._respond(request)
        if response is None:
            return await self.get_response(request)  # type: ignore[misc, no-any-return]
        answer, file = _opened(response, request)
        if file is None:
            return _whole(answer)
        return _with_headers(StreamingHttpResponse(_blocks(file)), answer)

    def _respond(self, request: HttpRequest) -> Response | None:
        if settings.DEBUG or not request.path.startswith(self.prefix):
            return None
        name = request.path[len(self.prefix) :]
        return respond(self.table, request.method or "GET", name, request.headers.get("If-None-Match"))


def _table() -> FileTable:
    return load_table(str(settings.STATIC_ROOT), options().manifest or None) if settings.STATIC_ROOT else {}


def _opened(response: Response, request: HttpRequest) -> tuple[Response, IO[bytes] | None]:
    if response.file is None:
        return response, None
    try:
        return response, open(response.file, "rb")
    except FileNotFoundError:
        return missing(request.method or "GET"), None


async def _blocks(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while block := file.read(BLOCK):
            yield block


def _whole(response: Response) -> HttpResponse:
    answer = HttpResponse(response.body, status=response.status)
    del answer.headers["Content-Type"]
    return _with_headers(answer, response)


def _with_headers(answer: _Answer, response: Response) -> _Answer:
    for name, value in response.headers:
        answer.headers[name] = value
    return answer
