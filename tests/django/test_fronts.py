"""Files answered before Django is entered: the cases of every server, and where Django puts its paths."""

from __future__ import annotations

import os

import django
import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from stator.django import asgi, wsgi
from stator.fields import IMMUTABLE
from tests.serve import site
from tests.serve.http import matches
from tests.serve.http_cases import HttpCases, url
from tests.serve.servers import started

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

PROJECT = "tests.serve.django_front"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return site.publish(tmp_path_factory.mktemp("site") / "public")


@pytest.fixture(scope="module", params=["gunicorn", "uvicorn"])
def server(request, root):
    with started(request.param, root, PROJECT) as running:
        yield running


class TestServers(HttpCases):
    def test_no_middleware_is_asked(self, server):
        assert server.get(url(site.APP))["cross-origin-opener-policy"] is None
        assert server.get("/page")["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("kind", "static_url"),
    [
        ("gunicorn", "static/"),
        ("gunicorn", "https://cdn.example/app/static/"),
        ("uvicorn", "static/"),
        ("uvicorn", "/app/static/"),
    ],
)
@pytest.mark.parametrize("first", ["a page", "a file"])
def test_below_a_script_name_pages_and_files_agree(root, kind, static_url, first):
    options, environ = {"gunicorn": ("", {"SCRIPT_NAME": "/app"}), "uvicorn": ("--root-path=/app", {})}[kind]
    with started(kind, root, PROJECT, options, STATOR_TEST_STATIC_URL=static_url, **environ) as server:
        outside = "/app" if kind == "gunicorn" else ""  # uvicorn puts the root path in front itself
        if first == "a file":
            matches(server.get(f"{outside}/static/{site.APP}"), 200, site.CSS, cache=IMMUTABLE)
        address = server.get(f"{outside}/style-sheet").body.decode().removeprefix("https://cdn.example")
        assert address == f"/app/static/{site.APP}"
        matches(server.get(outside + address.removeprefix("/app")), 200, site.CSS, cache=IMMUTABLE)


def test_with_debug_it_is_djangos_own():
    with override_settings(DEBUG=True):
        assert type(wsgi.get_wsgi_application()) is WSGIHandler
        assert type(asgi.get_asgi_application()) is ASGIHandler
