"""The applications that servers run: factories, which servers find by name.

Each imports what it needs and nothing more, since start-up is measured. The environment says what to answer:

``BENCH_ROOT``      the published folder
``BENCH_BODY``      the file with the bytes that the trivial applications answer
``BENCH_FIELDS``    the header fields of that answer, a line each
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from stator.serve.asgi import Application, Receive, Scope, Send

PREFIX = "/static/"

urlpatterns: list[Any] = []  # of the Django projects, in which the middleware answers

# Django projects: middleware, storage, apps.
_TRIVIAL = (
    "benchmarks.serving.applications.trivial_middleware",
    "django.contrib.staticfiles.storage.StaticFilesStorage",
)
_STATOR = (
    "stator.django.middleware.StatorMiddleware",
    "stator.django.storage.StatorStorage",
    "stator.django",
)
_WHITENOISE = (
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "whitenoise.storage.CompressedManifestStaticFilesStorage",
)
_SERVESTATIC = (
    "servestatic.middleware.ServeStaticMiddleware",
    "servestatic.storage.CompressedManifestStaticFilesStorage",
    "servestatic",
)


def trivial_wsgi() -> WSGIApplication:
    fields, body = _fields(), constant_body()

    def application(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", fields)
        return [body]

    return application


def stator_wsgi() -> WSGIApplication:
    from stator.serve.wsgi import StaticFiles

    return StaticFiles(_no_page, _root(), prefix=PREFIX)


def whitenoise_wsgi() -> WSGIApplication:
    from whitenoise import WhiteNoise  # type: ignore[import-untyped]

    return WhiteNoise(_no_page, root=_root(), prefix=PREFIX)  # type: ignore[no-any-return]


def trivial_asgi() -> Application:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in _fields()]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    body = {"type": "http.response.body", "body": constant_body()}

    async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(start)
        await send(body)

    return application


def stator_asgi() -> Application:
    from stator.serve.asgi import StaticFiles

    return StaticFiles(_no_page_async, _root(), prefix=PREFIX)


def servestatic_asgi() -> Any:
    from servestatic import ServeStaticASGI  # type: ignore[import-untyped]

    return ServeStaticASGI(_no_page_async, root=_root(), prefix=PREFIX)


def trivial_middleware(get_response: Any) -> Any:
    """Answer as the trivial applications do, inside Django: what no middleware can exceed."""
    from asgiref.sync import iscoroutinefunction
    from django.http import HttpResponse

    fields, body = dict(_fields()), constant_body()

    def answer(_: Any) -> HttpResponse:
        return HttpResponse(body, headers=fields)

    async def answer_async(_: Any) -> HttpResponse:
        return HttpResponse(body, headers=fields)

    return answer_async if iscoroutinefunction(get_response) else answer


trivial_middleware.sync_capable = True  # type: ignore[attr-defined]
trivial_middleware.async_capable = True  # type: ignore[attr-defined]


def trivial_django_wsgi() -> WSGIApplication:
    return _django_wsgi(*_TRIVIAL)


def stator_django_wsgi() -> WSGIApplication:
    return _django_wsgi(*_STATOR)


def stator_front_wsgi() -> WSGIApplication:
    from stator.django.wsgi import get_wsgi_application

    _configure(*_STATOR)
    return get_wsgi_application()


def whitenoise_django_wsgi() -> WSGIApplication:
    return _django_wsgi(*_WHITENOISE)


def trivial_django_asgi() -> Any:
    return _django_asgi(*_TRIVIAL)


def stator_django_asgi() -> Any:
    return _django_asgi(*_STATOR)


def stator_front_asgi() -> Any:
    from stator.django.asgi import get_asgi_application

    _configure(*_STATOR)
    return get_asgi_application()


def servestatic_django_asgi() -> Any:
    return _django_asgi(*_SERVESTATIC)


def _django_wsgi(middleware: str, storage: str, *apps: str) -> WSGIApplication:
    from django.core.wsgi import get_wsgi_application

    _configure(middleware, storage, *apps)
    return get_wsgi_application()


def _django_asgi(middleware: str, storage: str, *apps: str) -> Any:
    from django.core.asgi import get_asgi_application

    _configure(middleware, storage, *apps)
    return get_asgi_application()


def _configure(middleware: str, storage: str, *apps: str) -> None:
    from django.conf import settings

    settings.configure(
        SECRET_KEY="for benchmarks",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=[*apps, "django.contrib.staticfiles"],
        MIDDLEWARE=[middleware],
        STATIC_URL=PREFIX,
        STATIC_ROOT=_root(),
        STORAGES={"staticfiles": {"BACKEND": storage}},
    )


def _no_page(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Length", "0")])
    return []


async def _no_page_async(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def _root() -> str:
    return os.environ["BENCH_ROOT"]


def constant_body() -> bytes:
    with open(os.environ["BENCH_BODY"], "rb") as file:
        return file.read()


def _fields() -> list[tuple[str, str]]:
    lines = (line.partition(": ") for line in os.environ["BENCH_FIELDS"].splitlines())
    return [(name, value) for name, _, value in lines]
