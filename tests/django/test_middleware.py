"""The middleware: the cases of every server, under WSGI and ASGI, and what only Django can do to them."""

from __future__ import annotations

import asyncio
import os

import django
import pytest
from django.http import HttpResponseNotFound
from django.test import AsyncRequestFactory, RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from stator.django.middleware import StatorMiddleware
from stator.fields import IMMUTABLE
from tests.serve import site
from tests.serve.http import matches
from tests.serve.http_cases import HttpCases, url
from tests.serve.servers import open_files, started

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

PROJECT = "tests.serve.django_project"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return site.publish(tmp_path_factory.mktemp("site") / "public")


@pytest.fixture(scope="module", params=["gunicorn", "uvicorn"])
def server(request, root):
    with started(request.param, root, PROJECT) as running:
        yield running


class TestServers(HttpCases):
    def test_security_middleware_is_asked_first(self, server):
        assert server.get(url(site.APP))["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("kind", "static_url"),
    [("gunicorn", "static/"), ("gunicorn", "https://cdn.example/app/static/"), ("uvicorn", "static/")],
)
def test_below_a_script_name_pages_and_files_agree(root, kind, static_url):
    options, environ = {"gunicorn": ("", {"SCRIPT_NAME": "/app"}), "uvicorn": ("--root-path=/app", {})}[kind]
    with started(kind, root, PROJECT, options, STATOR_TEST_STATIC_URL=static_url, **environ) as server:
        outside = "/app" if kind == "gunicorn" else ""  # uvicorn puts the root path in front itself
        address = server.get(f"{outside}/style-sheet").body.decode().removeprefix("https://cdn.example")
        assert address == f"/app/static/{site.APP}"
        matches(server.get(outside + address.removeprefix("/app")), 200, site.CSS, cache=IMMUTABLE)


def page(request):
    return HttpResponseNotFound("the page")


async def async_page(request):
    return HttpResponseNotFound("the page")


@pytest.fixture(scope="module", autouse=True)
def settings(root):
    with override_settings(STATIC_ROOT=root, STATIC_URL="/static/", DEBUG=False):
        yield


def request_for(name, **fields):
    return RequestFactory().get(url(name), **fields)


def test_the_answer_has_the_fields_of_the_core_and_no_others():
    answer = StatorMiddleware(page)(request_for(site.APP))
    assert answer.getvalue() == site.CSS
    assert set(answer.headers) == {
        "Content-Type",
        "Content-Length",
        "ETag",
        "Last-Modified",
        "Cache-Control",
        "Accept-Ranges",
        "X-Content-Type-Options",
        "Access-Control-Allow-Origin",
        "Cross-Origin-Resource-Policy",
    }
    answer.close()


def test_a_304_has_validators_only():
    answer = StatorMiddleware(page)(request_for(site.APP, headers={"If-None-Match": "*"}))
    assert (answer.status_code, set(answer.headers)) == (304, {"ETag", "Cache-Control"})


# Beside a middleware of the other kind, Django runs this one sync under ASGI, or async under WSGI.


async def read(answer):
    return b"".join([block async for block in answer])


async def first_block(answer):
    return await anext(aiter(answer)) if answer.is_async else next(iter(answer))


def test_sync_under_asgi():
    answer = StatorMiddleware(page)(AsyncRequestFactory().get(url(site.VIDEO)))
    assert asyncio.run(read(answer)) == site.BIG
    answer.close()


def test_async_under_wsgi():
    answer = asyncio.run(StatorMiddleware(async_page)(RequestFactory().get(url(site.VIDEO))))
    assert b"".join(answer) == site.BIG
    answer.close()


@pytest.mark.parametrize("read_some", [False, True])
@pytest.mark.parametrize("factory", [RequestFactory, AsyncRequestFactory])
def test_closing_an_answer_closes_its_file(root, factory, read_some):
    answer = StatorMiddleware(page)(factory().get(url(site.VIDEO)))
    if read_some:
        assert asyncio.run(first_block(answer))
    assert open_files(root, os.getpid()) == [str(root / site.VIDEO)]
    answer.close()
    assert open_files(root, os.getpid()) == []


def test_with_debug_nothing_that_was_published_is_served():
    with override_settings(DEBUG=True):
        middleware = StatorMiddleware(page)
        for name in (site.APP, site.UNKNOWN_DIGEST):
            answer = middleware(request_for(name))
            assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
            assert name in answer.content.decode()
        assert middleware(RequestFactory().get("/other")).content == b"the page"
        middleware.live.close()


def test_a_process_that_was_started_without_debug_stays_so():
    middleware = StatorMiddleware(page)
    with override_settings(DEBUG=True):
        assert middleware(request_for(site.APP)).content == b"the page"


@pytest.mark.parametrize("static_root", [None, ""])
def test_without_a_static_root_there_are_no_files(root, static_root, monkeypatch):
    monkeypatch.chdir(root)  # which must not be taken for it
    with override_settings(STATIC_ROOT=static_root):
        assert StatorMiddleware(page)(request_for("css/app.css")).content == b"the page"


def test_the_manifest_that_stator_names_is_used(tmp_path):
    root = site.publish(tmp_path / "public")
    (root / "staticfiles.json").rename(tmp_path / "elsewhere.json")
    with override_settings(STATIC_ROOT=root, STATOR={"MANIFEST": tmp_path / "elsewhere.json"}):
        answer = StatorMiddleware(page)(request_for(site.OLD_APP))
        assert answer.headers["Cache-Control"] == IMMUTABLE


def test_a_manifest_that_is_missing_publishes_nothing(tmp_path):
    with override_settings(STATIC_ROOT=tmp_path, STATOR={"MANIFEST": tmp_path / "none.json"}):
        assert StatorMiddleware(page)(request_for("css/app.css")).content == b"the page"


def test_a_manifest_that_is_broken_is_logged_and_the_application_answers(tmp_path, caplog):
    root = site.publish(tmp_path / "public")
    whole = (root / "staticfiles.json").read_bytes()
    (root / "staticfiles.json").write_bytes(whole[:300])
    with override_settings(STATIC_ROOT=root):
        middleware = StatorMiddleware(page)
        assert middleware(request_for("css/app.css")).content == b"the page"
        assert "run collectstatic" in caplog.text
        assert middleware(request_for(site.UNKNOWN_DIGEST)).status_code == 404
        (root / "staticfiles.json").write_bytes(whole)
        answer = middleware(request_for(site.APP))  # a digest that is not known yet
        assert answer.getvalue() == site.CSS


def test_the_storage_says_where_files_are_and_under_what_path(tmp_path):
    root = site.publish(tmp_path / "public")
    options = {"location": str(root), "base_url": "/st/"}
    backend = {"BACKEND": "stator.django.storage.StatorStorage", "OPTIONS": options}
    with override_settings(STATIC_ROOT=None, STORAGES={"staticfiles": backend}):
        middleware = StatorMiddleware(page)
        answer = middleware(RequestFactory().get(f"/st/{site.APP}"))
        assert answer.headers["Cache-Control"] == IMMUTABLE
        answer.close()
        assert middleware(request_for(site.APP)).content == b"the page"


@given(st.binary())
def test_no_path_raises(root, path):
    middleware = StatorMiddleware(page)
    for name in (path, site.APP.encode() + path, path + b".0123456789ab.css"):
        target = f"/static/{name.decode('latin-1')}"
        answer = middleware(RequestFactory().generic("GET", "/", PATH_INFO=target))
        assert answer.status_code in {200, 404}
        answer.close()
