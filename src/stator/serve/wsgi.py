"""Static files in front of any WSGI application (PEP 3333)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Any

from stator.serve.body import BLOCK, opened
from stator.serve.request import FIELDS, Request
from stator.serve.response import Response
from stator.serve.site import Site, site_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_VARIABLES = tuple(f"HTTP_{field.upper().replace('-', '_')}" for field in FIELDS)
_ACCEPT, *_CONDITIONS, _PREFLIGHT = _VARIABLES
_IF_MATCH, _IF_NONE_MATCH, _IF_MODIFIED, _IF_UNMODIFIED, _RANGE, _IF_RANGE = _CONDITIONS
_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class Front:
    """Answers for the files of ``site``, and hands on all other requests to ``app``."""

    def __init__(self, app: WSGIApplication, site: Site) -> None:
        self.app = app
        self.site = site

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        site = self.site
        if monotonic() > site.next_look:
            site.look()
        ready = site.served.ready.get((environ.get("PATH_INFO"), environ.get(_ACCEPT)))
        if (  # a plain GET; in this place each call would be felt
            ready is not None
            and environ["REQUEST_METHOD"] == "GET"
            and _IF_NONE_MATCH not in environ
            and _RANGE not in environ
            and _IF_MODIFIED not in environ
            and _IF_MATCH not in environ
            and _IF_UNMODIFIED not in environ
        ):
            status, headers, body = ready
            start_response(status, headers[:])  # servers may change the list
            return (body,)
        return self._answer(environ, start_response)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # PEP 3333 hands over bytes in the guise of Latin-1. Bytes that are not UTF-8 are no file's name.
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        request = request_of(environ)
        served = self.site.served
        response = self.site.respond(path, request)
        if response is None:
            return self.app(environ, start_response)
        body = served.body_of(response) if request.is_plain else None
        if body is not None:
            ready = (_STATUS[response.status], list(response.headers), body)
            served.keep((environ.get("PATH_INFO"), request.accept_encoding), ready)
            start_response(ready[0], ready[1][:])
            return (body,)
        return _send(response, environ, start_response)


class StaticFiles(Front):
    """Answers for the files published in ``root`` under ``prefix``, and hands on all other requests.

    ``prefix`` is a path or a URL, below ``SCRIPT_NAME`` where the server sets that. All arguments are
    those of ``site_of``, whose errors are raised at once.
    """

    def __init__(
        self,
        app: WSGIApplication,
        root: str,
        prefix: str = "/static/",
        manifest: str | None = None,
        immutable: str | None = None,
        *,
        headers: Mapping[str, Mapping[str, str | None]] | None = None,
        root_files: str | None = None,
    ) -> None:
        super().__init__(app, site_of(root, prefix, manifest, immutable, headers, root_files))


def request_of(environ: Mapping[str, Any]) -> Request:
    """Return what of a request counts, from its environment: that of WSGI, or Django's ``META``."""
    return Request(environ["REQUEST_METHOD"], *map(environ.get, _VARIABLES))


def _send(response: Response, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    response, body = opened(response, environ["REQUEST_METHOD"])
    start_response(_STATUS[response.status], list(response.headers))
    if body is None:
        return (response.body,) if response.body else ()
    wrapper = environ.get("wsgi.file_wrapper")
    if body.whole and wrapper is not None:
        return wrapper(body.file, BLOCK)  # type: ignore[no-any-return]
    return body
