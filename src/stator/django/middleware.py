"""The middleware: published files answered inside Django's process, by the core in ``stator.serve``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cached_property
from typing import IO, Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import STATICFILES_STORAGE_ALIAS, settings
from django.core.files.storage import storages
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from stator.django.storage import StatorStorage
from stator.serve.file_table import FileTable, load_table, path_prefix
from stator.serve.response import BLOCK, Response, opened, respond


class StatorMiddleware:
    """Answers for the files that the storage publishes; put it right after ``SecurityMiddleware``.

    With ``DEBUG`` every request is handed on, since then files are served from their sources.
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

    @cached_property
    def site(self) -> tuple[str, FileTable]:
        """The path that files stand under and the table of them, made in the first request and not before.

        Django puts ``SCRIPT_NAME`` in front of a relative ``STATIC_URL`` when that is first read, and keeps
        the result; the storage reads it.
        """
        storage = storages[STATICFILES_STORAGE_ALIAS]
        if isinstance(storage, StatorStorage):
            return path_prefix(storage.base_url or "/"), storage.file_table()
        table = load_table(str(settings.STATIC_ROOT)) if settings.STATIC_ROOT else {}
        return path_prefix(settings.STATIC_URL or "/static/"), table

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._answer_async(request)
        response = self._respond(request)
        return self.get_response(request) if response is None else _carry(response, request)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        response = self._respond(request)
        if response is None:
            return await self.get_response(request)  # type: ignore[misc, no-any-return]
        return _carry(response, request)

    def _respond(self, request: HttpRequest) -> Response | None:
        if settings.DEBUG:
            return None
        prefix, table = self.site
        if not request.path.startswith(prefix):
            return None
        name = request.path[len(prefix) :]
        return respond(table, request.method or "GET", name, request.headers.get("If-None-Match"))


def _carry(response: Response, request: HttpRequest) -> HttpResponseBase:
    """Return the answer as Django's; the request says which kind of server will read a file.

    The middleware cannot: another one beside it may make it sync under ASGI, or async under WSGI.
    """
    response, file = opened(response, request.method or "GET")
    answer: HttpResponseBase
    if file is None:
        answer = HttpResponse(response.body, status=response.status)
    elif isinstance(request, ASGIRequest):
        answer = StreamingHttpResponse(_Blocks(file), status=response.status)
    else:
        answer = _File(file, status=response.status)
    del answer.headers["Content-Type"]
    for name, value in response.headers:
        answer.headers[name] = value
    return answer


class _File(FileResponse):
    """Django's, which a WSGI server can send with ``sendfile``, without the headers that it guesses."""

    def set_headers(self, filelike: Any) -> None:
        """Leave the headers to the core."""


class _Blocks:
    """A file in blocks; whoever closes the response closes it, read or not."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while block := self.file.read(BLOCK):
            yield block

    def close(self) -> None:
        self.file.close()
