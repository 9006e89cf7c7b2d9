"""Static files in front of any ASGI application (ASGI 3, HTTP connection scope)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from stator.serve.file_table import load_table
from stator.serve.response import Response, missing, respond

BLOCK = 1 << 16

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class StaticFiles:
    """Answers for the files published in ``root`` under ``prefix``, and hands on all other requests.

    ``manifest`` and ``immutable`` are those of ``load_table``, whose errors are raised at once.
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
        self.prefix = f"/{prefix.strip('/')}/" if prefix.strip("/") else "/"
        self.table = load_table(root, manifest, immutable)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(self.prefix):
            name = scope["path"][len(self.prefix) :]
            response = respond(self.table, scope["method"], name, _field(scope, b"if-none-match"))
            if response is not None:
                await _send(response, scope["method"], send)
                return
        await self.app(scope, receive, send)


def _field(scope: Scope, name: bytes) -> str | None:
    """Return a field's value; several lines of it are one list (RFC 9110, 5.2)."""
    values = [value for key, value in scope["headers"] if key == name]
    return b", ".join(values).decode("latin-1") if values else None


async def _send(response: Response, method: str, send: Send) -> None:
    file = None
    if response.file is not None:
        try:
            file = open(response.file, "rb")  # noqa: ASYNC230, SIM115  (a page cache hit; no thread is worth it)
        except FileNotFoundError:
            response = missing(method)
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in response.headers],
        }
    )
    if file is None:
        await send({"type": "http.response.body", "body": response.body})
        return
    with file:
        while block := file.read(BLOCK):
            await send({"type": "http.response.body", "body": block, "more_body": True})
    await send({"type": "http.response.body"})
