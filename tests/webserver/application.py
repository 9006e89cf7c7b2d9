"""An application that says what it was asked, and hands a private file over as our view of uploads does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

HANDED_OVER = [
    ("X-Accel-Redirect", "/_stator/media/invoices/1.pdf"),
    ("Content-Type", "application/pdf"),
    ("Content-Disposition", "attachment"),
    ("Cache-Control", "private, no-cache"),
    ("Content-Length", "0"),
]


def wsgi_application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["QUERY_STRING"] == "allowed":
        start_response("200 OK", HANDED_OVER)
        return []
    told = [environ.get(name, "") for name in ("HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR")]
    body = " ".join(["application", environ["REQUEST_METHOD"], environ["PATH_INFO"], *told]).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
