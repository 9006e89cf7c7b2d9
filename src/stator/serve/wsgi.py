"""Static files in front of any WSGI application (PEP 3333)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import IO, TYPE_CHECKING

from stator.serve.file_table import load_table, path_prefix
from stator.serve.response import BLOCK, Response, opened, respond

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class StaticFiles:
    """Answers for the files published in ``root`` under ``prefix``, and hands on all other requests.

    ``prefix`` is a path or a URL, below ``SCRIPT_NAME`` where the server sets that. ``manifest`` and
    ``immutable`` are those of ``load_table``, whose errors are raised at once.
    """

    def __init__(
        self,
        app: WSGIApplication,
        root: str,
        prefix: str = "/static/",
        manifest: str | None = None,
        immutable: str | None = None,
    ) -> None:
        self.app = app
        self.prefix = path_prefix(prefix)
        self.table = load_table(root, manifest, immutable)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # PEP 3333 hands over bytes in the guise of Latin-1. Bytes that are not UTF-8 are no file's name.
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        if path.startswith(self.prefix):
            name, method = path[len(self.prefix) :], environ["REQUEST_METHOD"]
            response = respond(self.table, method, name, environ.get("HTTP_IF_NONE_MATCH"))
            if response is not None:
                return _send(response, environ, start_response)
        return self.app(environ, start_response)


def _send(response: Response, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    response, file = opened(response, environ["REQUEST_METHOD"])
    status = HTTPStatus(response.status)
    start_response(f"{status.value} {status.phrase}", list(response.headers))
    if file is None:
        return [response.body] if response.body else []
    wrapper = environ.get("wsgi.file_wrapper", Blocks)
    return wrapper(file, BLOCK)  # type: ignore[no-any-return]


class Blocks:
    """What ``wsgi.file_wrapper`` is, for servers that have none: a file in blocks, closed at the end."""

    def __init__(self, file: IO[bytes], block: int = BLOCK) -> None:
        self.file = file
        self.block = block

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self.block), b"")

    def close(self) -> None:
        self.file.close()
