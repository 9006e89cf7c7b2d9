"""Static files in front of any ASGI application (ASGI 3, HTTP connection scope)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import nullcontext
from typing import Any

from stator.serve.file_table import load_table, path_prefix
from stator.serve.response import BLOCK, Response, opened, respond

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class StaticFiles:
    """Answers for the files published in ``root`` under ``prefix``, and hands on all other requests.

    ``prefix`` is a path or a URL, below ``root_path`` where the server sets that. ``manifest`` and
    ``immutable`` are those of ``load_table``, whose errors are raised at once.
    """

    def __init__(
        self,
        app: Application,
        root: str,
        prefix: str = "/static/",
        manifest: str | None = None,
        immutable: str | None = None,
    ) -> None:
        self.app = app
        self.prefix = path_prefix(prefix)
        self.table = load_table(root, manifest, immutable)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = self._respond(scope) if scope["type"] == "http" else None
        if response is None:
            await self.app(scope, receive, send)
        else:
            await _send(response, scope["method"], send)

    def _respond(self, scope: Scope) -> Response | None:
        path, mount = scope["path"], scope.get("root_path", "").rstrip("/")
        if path.startswith(f"{mount}/"):
            path = path[len(mount) :]
        if not path.startswith(self.prefix):
            return None
        name = path[len(self.prefix) :]
        return respond(self.table, scope["method"], name, _field(scope, b"if-none-match"))


def _field(scope: Scope, name: bytes) -> str | None:
    """Return a field's value; several lines of it are one list (RFC 9110, 5.2)."""
    values = [value for key, value in scope["headers"] if key == name]
    return b", ".join(values).decode("latin-1") if values else None


async def _send(response: Response, method: str, send: Send) -> None:
    response, file = opened(response, method)  # a page cache hit; no thread is worth it
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.headers]
    with file or nullcontext():
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        while file and (block := file.read(BLOCK)):
            await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body", "body": response.body})
