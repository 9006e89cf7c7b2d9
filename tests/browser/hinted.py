"""A site whose pages name what they need in all ways that tags have, under a policy that asks for a nonce.

The environment says where it is (``STATOR_TEST_ROOT``).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.apps import AppConfig
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from stator.django.asgi import get_asgi_application

ROOT = Path(os.environ["STATOR_TEST_ROOT"])
_HEAD = """<!doctype html><title>hints</title>{% load stator %}<link rel="icon" href="data:,">"""
_NEEDS = """{% preload "text.woff2" %}{% stylesheet "css/app.css" %}{% script "js/old.js" defer %}
{% script "js/main.js" %}"""
PAGES = {
    "plain": f"{_HEAD}{_NEEDS}<p>Hello</p>",
    "mapped": _HEAD + "{% importmap %}" + _NEEDS + '{% script "js/bare.js" %}<p>Hello</p>',
}


class Hinted(AppConfig):
    name = "tests.browser"
    importmap = {"near": "js/near.js"}  # noqa: RUF012


def with_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[Any], HttpResponse]:
    def answer(request: Any) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(16)
        response = get_response(request)
        response.headers["Content-Security-Policy"] = (
            f"default-src 'self' data:; script-src 'nonce-{request.csp_nonce}'"
        )
        return response

    return answer


def page(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(PAGES[name]).render({}, request))


settings.configure(
    SECRET_KEY="for tests",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["tests.browser.hinted.Hinted", "stator.django", "django.contrib.staticfiles"],
    MIDDLEWARE=["stator.django.middleware.StatorMiddleware", f"{__name__}.with_policy"],
    STATIC_URL="/static/",
    STATIC_ROOT=str(ROOT),
    STATICFILES_DIRS=[str(ROOT.parent / "static")],
    STORAGES={"staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"}},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    STATOR={"CODINGS": ()},
)
django.setup()
urlpatterns = [path("<name>", page)]
asgi_application = get_asgi_application()
