"""From an answer of the core to Django's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, TypeVar

from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from stator.serve.body import Body, opened
from stator.serve.response import Response

Answer = TypeVar("Answer", bound=HttpResponseBase)


def carry(response: Response, request: HttpRequest) -> HttpResponseBase:
    """Return the answer as Django's; the request says which kind of server will read a file.

    A middleware cannot: another one beside it may make it sync under ASGI, or async under WSGI.
    """
    response, body = opened(response, request.method or "GET")
    if body is None:
        return in_memory(response, response.body)
    answer: HttpResponseBase
    if isinstance(request, ASGIRequest):
        answer = StreamingHttpResponse(_Blocks(body), status=response.status)
    elif body.whole:
        answer = _File(body.file, status=response.status)
    else:
        answer = StreamingHttpResponse(body, status=response.status)
    return _with_fields(answer, response)


def in_memory(response: Response, body: bytes) -> HttpResponse:
    """Return the answer with these bytes."""
    return _with_fields(HttpResponse(body, status=response.status), response)


def _with_fields(answer: Answer, response: Response) -> Answer:
    del answer.headers["Content-Type"]
    for name, value in response.headers:
        answer.headers[name] = value
    return answer


class _File(FileResponse):
    """Django's, which a WSGI server can send with ``sendfile``, without the headers that it guesses."""

    def set_headers(self, filelike: Any) -> None:
        """Leave the headers to the core."""


class _Blocks:
    """A body for an asynchronous server; whoever closes the response closes it, read or not."""

    def __init__(self, body: Body) -> None:
        self.body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for block in self.body:
            yield block

    def close(self) -> None:
        self.body.close()
