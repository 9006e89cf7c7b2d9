"""A Django project in one file that serves uploads, those in STATOR_TEST_ROOT, as test servers run it."""

from __future__ import annotations

import os

from django.conf import settings
from django.conf.urls.static import static
from django.core.asgi import get_asgi_application
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.wsgi import get_wsgi_application
from django.http import Http404, HttpResponse
from django.urls import path

SENDFILE = os.environ.get("STATOR_TEST_SENDFILE")
DEBUG = os.environ.get("STATOR_TEST_DEBUG") == "1"


def by_cookie(request, name):
    return request.COOKIES.get("who") == "reader" and not name.endswith("secret.pdf")


async def by_cookie_async(request, name):
    return by_cookie(request, name)


def in_disguise(request, name):
    return by_cookie_async(request, name)  # as a decorator that knows nothing of async makes it


def by_exception(request, name):
    raise {"404.pdf": Http404, "403.pdf": PermissionDenied}[name.rpartition("/")[2]]


def by_nothing(request, name):
    """Forget to say."""


def by_redirect(request, name):
    return HttpResponse(status=302, headers={"Location": "/login/"})


PRIVATE = {
    "invoices/": "by_cookie",
    "invoices/open/": "everybody",
    "async/": "by_cookie_async",
    "disguise/": "in_disguise",
    "exception/": "by_exception",
    "nothing/": "by_nothing",
    "redirect/": "by_redirect",
}


def everybody(request, name):
    return True


def not_found(request, exception):
    return HttpResponse("the site's own page: not found", status=404)


def forbidden(request, exception):
    return HttpResponse("the site's own page: forbidden", status=403)


if not settings.configured:
    settings.configure(
        DEBUG=DEBUG,
        SECRET_KEY="for tests",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["stator.django", "django.contrib.staticfiles"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        STATIC_URL="/static/",
        MEDIA_URL=os.environ.get("STATOR_TEST_MEDIA_URL", "/media/"),
        MEDIA_ROOT=os.environ["STATOR_TEST_ROOT"],
        STATOR={
            "MEDIA": {
                "PRIVATE": {prefix: f"{__name__}.{guard}" for prefix, guard in PRIVATE.items()},
                **({"SENDFILE": SENDFILE} if SENDFILE else {}),
            }
        },
    )
    wsgi_application = get_wsgi_application()
    asgi_application = get_asgi_application()

from stator.django.urls import media  # noqa: E402  (Django is set up)

handler404 = not_found
handler403 = forbidden
urlpatterns = [
    path("", lambda _: HttpResponse("<!doctype html><title>the site</title>")),
    path("address", lambda _: HttpResponse(default_storage.url("covers/a b ü.png"))),
    *static("/django/", document_root=settings.MEDIA_ROOT),
    *media(),
]
