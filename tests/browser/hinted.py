"""A site whose pages name what they need in all ways that tags have, under a policy that asks for a nonce.

The environment says where it is (``STATOR_TEST_ROOT``).
"""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
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
from stator.serve.asgi import Receive, Scope, Send

ROOT = Path(os.environ["STATOR_TEST_ROOT"])
# Seconds that a network takes. A 103 that is there 4 ms after its request is at times lost in Chromium: its
# HTTP/2 session has it before the transaction listens.
LATENCY = 0.05
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


visited: set[str] = set()
asked_early = threading.Event()


def page(request: HttpRequest, name: str) -> HttpResponse:
    """Take as long as a browser needs to act on hints: it drops those of an answer that is there."""
    if name in visited and not asked_early.wait(timeout=10):
        raise RuntimeError(f"Nobody asked for a file before the page {name}")
    visited.add(name)
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
_application = get_asgi_application()


async def asgi_application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"].startswith(settings.STATIC_URL):
        asked_early.set()
    elif scope["type"] == "http":
        asked_early.clear()
        await asyncio.sleep(LATENCY)
    await _application(scope, receive, send)
