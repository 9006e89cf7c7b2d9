"""Who is measured: an application of ``applications`` behind a server, a row each."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.serving.servers import (
    ALONE_ASGI,
    ALONE_WSGI,
    GRANIAN_ASGI,
    GRANIAN_WSGI,
    GUNICORN,
    NGINX,
    UVICORN,
    Server,
)

FULL = "ceiling, fields of Stator's answer"
BARE = "ceiling, type and length only"
TRIVIAL = "trivial application"
STATOR = "Stator"
TRIVIAL_DJANGO = "ceiling inside Django, a trivial middleware"
STATOR_DJANGO = "Stator's middleware"
STATOR_FRONT = "Stator before Django is entered"
WHITENOISE = "WhiteNoise"
WHITENOISE_DJANGO = "WhiteNoise's middleware"
SERVESTATIC = "ServeStatic"
SERVESTATIC_DJANGO = "ServeStatic's middleware"


class Contender(NamedTuple):
    """``application`` is a factory, nothing for a server that needs none."""

    name: str
    server: Server
    application: str = ""


LOADED = (
    Contender(FULL, GRANIAN_WSGI, "trivial_wsgi"),
    Contender(BARE, GRANIAN_WSGI, "trivial_wsgi"),
    Contender(STATOR, GRANIAN_WSGI, "stator_wsgi"),
    Contender(WHITENOISE, GRANIAN_WSGI, "whitenoise_wsgi"),
    Contender(TRIVIAL_DJANGO, GRANIAN_WSGI, "trivial_django_wsgi"),
    Contender(STATOR_DJANGO, GRANIAN_WSGI, "stator_django_wsgi"),
    Contender(STATOR_FRONT, GRANIAN_WSGI, "stator_front_wsgi"),
    Contender(WHITENOISE_DJANGO, GRANIAN_WSGI, "whitenoise_django_wsgi"),
    Contender(FULL, GUNICORN, "trivial_wsgi"),
    Contender(BARE, GUNICORN, "trivial_wsgi"),
    Contender(STATOR, GUNICORN, "stator_wsgi"),
    Contender(WHITENOISE, GUNICORN, "whitenoise_wsgi"),
    Contender(FULL, UVICORN, "trivial_asgi"),
    Contender(BARE, UVICORN, "trivial_asgi"),
    Contender(STATOR, UVICORN, "stator_asgi"),
    Contender(SERVESTATIC, UVICORN, "servestatic_asgi"),
    Contender(TRIVIAL_DJANGO, UVICORN, "trivial_django_asgi"),
    Contender(STATOR_DJANGO, UVICORN, "stator_django_asgi"),
    Contender(STATOR_FRONT, UVICORN, "stator_front_asgi"),
    Contender(SERVESTATIC_DJANGO, UVICORN, "servestatic_django_asgi"),
    Contender(FULL, GRANIAN_ASGI, "trivial_asgi"),
    Contender(BARE, GRANIAN_ASGI, "trivial_asgi"),
    Contender(STATOR, GRANIAN_ASGI, "stator_asgi"),
    Contender(SERVESTATIC, GRANIAN_ASGI, "servestatic_asgi"),
    Contender("nginx", NGINX),
)

STARTED = (
    Contender(TRIVIAL, ALONE_WSGI, "trivial_wsgi"),
    Contender(STATOR, ALONE_WSGI, "stator_wsgi"),
    Contender(WHITENOISE, ALONE_WSGI, "whitenoise_wsgi"),
    Contender(TRIVIAL, ALONE_ASGI, "trivial_asgi"),
    Contender(STATOR, ALONE_ASGI, "stator_asgi"),
    Contender(SERVESTATIC, ALONE_ASGI, "servestatic_asgi"),
    Contender(TRIVIAL, GRANIAN_WSGI, "trivial_wsgi"),
    Contender(STATOR, GRANIAN_WSGI, "stator_wsgi"),
    Contender(WHITENOISE, GRANIAN_WSGI, "whitenoise_wsgi"),
    Contender(TRIVIAL, UVICORN, "trivial_asgi"),
    Contender(STATOR, UVICORN, "stator_asgi"),
    Contender(SERVESTATIC, UVICORN, "servestatic_asgi"),
)
SERVERS = tuple(dict.fromkeys(one.server.name for one in (*LOADED, *STARTED)))
