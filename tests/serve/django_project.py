"""A Django project in one file, as test servers run it, for the site in STATOR_TEST_ROOT."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.templatetags.static import static
from django.urls import path, re_path

from tests.serve.apps import PAGE

settings.configure(
    SECRET_KEY="for tests",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["stator.django", "django.contrib.staticfiles"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "stator.django.middleware.StatorMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
    STATIC_URL=os.environ.get("STATOR_TEST_STATIC_URL", "/static/"),
    STATIC_ROOT=os.environ["STATOR_TEST_ROOT"],
    STORAGES={"staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"}},
)

urlpatterns = [
    path("style-sheet", lambda _: HttpResponse(static("css/app.css"))),
    re_path("", lambda _: HttpResponse(PAGE)),
]
wsgi_application = get_wsgi_application()
asgi_application = get_asgi_application()
