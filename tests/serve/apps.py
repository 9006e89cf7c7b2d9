"""The applications that test servers run: the site in STATOR_TEST_ROOT in front of one that says its name."""

from __future__ import annotations

import os

from stator.serve import asgi, wsgi

PAGE = b"the application"
FIELDS = {"Content-Type": "text/plain", "Content-Length": str(len(PAGE))}


def wsgi_page(environ, start_response):
    start_response("200 OK", list(FIELDS.items()))
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else PAGE]


async def asgi_page(scope, receive, send):
    assert scope["type"] == "http", "a server takes this for: no lifespan here"
    headers = [(name.lower().encode(), value.encode()) for name, value in FIELDS.items()]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else PAGE})


if "STATOR_TEST_ROOT" in os.environ:
    wsgi_application = wsgi.StaticFiles(wsgi_page, os.environ["STATOR_TEST_ROOT"])
    asgi_application = asgi.StaticFiles(asgi_page, os.environ["STATOR_TEST_ROOT"])
