"""Django's ASGI application with published files answered before Django is entered.

In a project's ``asgi.py``, in place of Django's function of the same name. Under ASGI it is many times as
fast as any middleware can be, since Django starts a thread for each request. The middleware is not needed
then; no other middleware sees a request for a published file. What tags of ``{% load stator %}`` want a
browser to fetch early is said in the head of pages, and before it where the server can (``early_hints``).
"""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.core import asgi
from django.core.handlers.asgi import get_script_prefix
from django.urls import set_script_prefix

from stator.django.early_hints import EarlyHints
from stator.django.middleware import published, require_manifest
from stator.serve.asgi import Application, Front, Receive, Scope, Send


def get_asgi_application() -> Application:
    """Return the application of the project. With ``DEBUG`` it is Django's own."""
    application: Application = cast("Any", asgi.get_asgi_application())
    if settings.DEBUG:
        return application
    require_manifest()
    return _Published(EarlyHints(application))


class _Published:
    """The first request tells where a relative ``STATIC_URL`` is: below ``root_path``."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._front: Front | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._front is None:
            if scope["type"] != "http":
                await self._app(scope, receive, send)
                return
            set_script_prefix(get_script_prefix(scope))
            self._front = Front(self._app, published(below_script_name=True))
        await self._front(scope, receive, send)
