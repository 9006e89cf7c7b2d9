"""Django's WSGI application with published files answered before Django is entered.

In a project's ``wsgi.py``, in place of Django's function of the same name. It is faster than the middleware,
which is not needed then, and knows no other middleware: no redirect to HTTPS, no log of Django's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import wsgi
from django.core.handlers.wsgi import get_script_name
from django.urls import set_script_prefix

from stator.django.middleware import published, require_manifest
from stator.serve.wsgi import Front

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def get_wsgi_application() -> WSGIApplication:
    """Return the application of the project. With ``DEBUG`` it is Django's own."""
    application = wsgi.get_wsgi_application()
    if settings.DEBUG:
        return application
    require_manifest()
    return _Published(application)


class _Published:
    """The first request tells where a relative ``STATIC_URL`` is: below ``SCRIPT_NAME``."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._front: Front | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._front is None:
            set_script_prefix(get_script_name(environ))
            self._front = Front(self._app, published(below_script_name=True))
        return self._front(environ, start_response)
