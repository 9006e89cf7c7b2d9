"""Static files in front of any WSGI application (PEP 3333)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import IO, TYPE_CHECKING

from stator.serve.file_table import load_table
from stator.serve.response import Response, missing, respond

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

BLOCK = 1 << 16


class StaticFiles:
    """Answers for the files published in ``root`` under ``prefix``, and hands on all other requests.

    ``manifest`` and ``immutable`` are those of ``load_table``, whose errors are raised at once.
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
        self.prefix = f"/{prefix.strip('/')}/" if prefix.strip("/") else "/"
        self.table = load_table(root, manifest, immutable)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(self.prefix):
            response = respond(
                self.table,
                environ["REQUEST_METHOD"],
                _decoded(path[len(self.prefix) :]),
                environ.get("HTTP_IF_NONE_MATCH"),
            )
            if response is not None:
                return _send(response, environ, start_response)
        return self.app(environ, start_response)


def _decoded(path: str) -> str:
    # PEP 3333 hands over bytes in the guise of Latin-1. Bytes that are not UTF-8 are no file's name.
    return path.encode("latin-1").decode("utf-8", "replace")


def _send(response: Response, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    file = None
    if response.file is not None:
        try:
            file = open(response.file, "rb")  # noqa: SIM115  (the server closes what it is given)
        except FileNotFoundError:
            response = missing(environ["REQUEST_METHOD"])
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
