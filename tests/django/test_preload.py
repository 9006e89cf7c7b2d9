"""The field ``Link``: what style sheets import is told in the head of a page, where somebody writes that."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import django
import pytest
from asgiref.sync import ThreadSensitiveContext
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import RequestContext, Template
from django.test import AsyncClient, Client
from django.urls import path

from stator.django import live
from stator.django.tags.hints import MOST_BYTES, Hint, Needs
from tests.django.conftest import Project
from tests.django.test_tags import SITE, collect, url

PAGE = "{% load stator %}{% stylesheet 'css/app.css' %}{% script 'js/main.js' %}"


def page(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(Template(PAGE).render(RequestContext(request)))
    response.headers["Link"] = "</feed>; rel=alternate"
    return response


def data(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Template(PAGE).render(RequestContext(request)), "application/json")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def blocks() -> Iterator[str]:
        yield Template(PAGE).render(RequestContext(request))

    return StreamingHttpResponse(blocks())


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>")


urlpatterns = [path("page", page), path("data", data), path("stream", stream), path("bare", bare)]
SERVED = {"ROOT_URLCONF": __name__, "MIDDLEWARE": ["stator.django.middleware.StatorMiddleware"]}


def link(path: str) -> str:
    return f"<{url(path)}>; rel=preload; as=style"


def test_the_middleware_tells_what_style_sheets_import_and_keeps_what_was_there(project: Project) -> None:
    project.write(SITE)
    collect()
    with project.settings(**SERVED):
        response = Client().get("/page")
        expected = ["</feed>; rel=alternate", link("css/reset.css"), link("css/base.css")]
        assert response.headers["Link"].split(", ") == expected
        assert 'rel="preload"' not in response.text
        assert response.text.count('rel="modulepreload"') == 2  # never in the head: see hints.py


async def asked(path: str) -> HttpResponse:
    """Ask under ASGI, and leave no thread behind."""
    async with ThreadSensitiveContext():
        return await AsyncClient().get(path)


def test_under_asgi_too(project: Project) -> None:
    project.write(SITE)
    collect()
    with project.settings(**SERVED):
        response = asyncio.run(asked("/page"))
        assert link("css/reset.css") in response.headers["Link"]


def test_without_the_middleware_it_stands_in_the_page(project: Project) -> None:
    project.write(SITE)
    collect()
    with project.settings(**{**SERVED, "MIDDLEWARE": []}):
        response = Client().get("/page")
        assert response.headers["Link"] == "</feed>; rel=alternate"
        assert response.text.count('rel="preload"') == 2


def test_what_is_no_page_tells_nothing(project: Project) -> None:
    project.write(SITE)
    collect()
    with project.settings(**SERVED):
        assert "Link" not in Client().get("/data").headers


def test_a_page_whose_head_is_sent_already_has_it_all_in_itself(project: Project) -> None:
    project.write(SITE)
    collect()
    with project.settings(**SERVED):
        response = Client().get("/stream")
        assert "Link" not in response.headers
        assert b"".join(response.streaming_content).count(b'rel="preload"') == 2


def test_debug_tells_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.chosen, "mode", live.Mode.FILES)  # nothing is watched
    project.write(SITE)
    with project.settings(**SERVED, DEBUG=True):
        response = Client().get("/page")
        assert response.headers["Link"] == "</feed>; rel=alternate"
        assert "preload" not in response.text


def test_a_tag_that_is_used_twice_is_told_once(project: Project) -> None:
    needs = Needs()
    assert needs.take(Hint("/x.css", "style"))
    assert needs.take(Hint("/x.css", "style"))
    assert needs.close() == "</x.css>; rel=preload; as=style"


def test_nothing_in_a_query_ends_the_field() -> None:
    link = Hint("/x%20.css?v=\r\nSet-Cookie: a>; <é&b=[1]#c", "style").link
    assert link == "</x%20.css?v=%0D%0ASet-Cookie:%20a%3E;%20%3C%C3%A9&b=[1]#c>; rel=preload; as=style"


@pytest.mark.parametrize("length", [1, 500])
def test_the_field_is_bounded(length: int) -> None:
    needs = Needs()
    taken = [needs.take(Hint(f"/{number:0{length}}.css", "style")) for number in range(100)]
    assert taken == sorted(taken, reverse=True)
    assert 0 < sum(taken) <= 50
    assert len(needs.field) <= MOST_BYTES


@pytest.mark.skipif(django.VERSION < (6, 0), reason="Django has a policy since 6.0")
def test_the_policy_of_django_lets_in_what_tags_write_and_has_no_nonce_without(project: Project) -> None:
    project.write(SITE)
    collect()
    policy = {"SECURE_CSP": {"default-src": ["'self'"], "script-src": ["'self'", "<CSP_NONCE_SENTINEL>"]}}
    middleware = [*SERVED["MIDDLEWARE"], "django.middleware.csp.ContentSecurityPolicyMiddleware"]
    with project.settings(**{**SERVED, **policy, "MIDDLEWARE": middleware}):
        response = Client().get("/page")
        nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
        assert nonce
        assert response.text.count(f' nonce="{nonce[1]}"') == 4
        assert "nonce" not in Client().get("/bare").headers["Content-Security-Policy"]
