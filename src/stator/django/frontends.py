"""A view for a front end that is a whole page, with routes of its own.

In ``urls.py``, every address below ``planner/`` gives the page that the front end's tool has built::

    path("planner/", FrontendView.as_view(frontend="planner")),
    path("planner/<path:route>", FrontendView.as_view(frontend="planner")),
"""

from __future__ import annotations

import functools
import hashlib
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views import View

from stator.config import FrontendRules
from stator.django.built import built, developed, rules_of
from stator.django.index_page import IndexPage, index_page, with_nonce
from stator.django.storage import MissingEntry
from stator.django.tags.page import Page
from stator.django.tags.static import base_url, is_published, manifest_in_use, published
from stator.fields import REVALIDATE
from stator.frontend import PAGE
from stator.frontends.developing import Server
from stator.media_types import BY_EXTENSION, extension
from stator.urls import quoted


class FrontendView(View):
    """Answers with the page of ``frontend``, whatever the ``route``, which is the front end's own business.

    A route that ends as a file does (``logo.svg``) leads to that file of the front end, and is not found if
    there is none. Raises ``MissingEntry`` for a front end that is not published, and with ``DEBUG`` for one
    that is not built, unless its development server runs.
    """

    http_method_names: list[str] = ["get", "head"]  # noqa: RUF012  (Django's own)
    frontend: str = ""

    def get(self, request: HttpRequest, *_: Any, route: str = "", **__: Any) -> HttpResponseBase | None:
        rules = rules_of(self.frontend)
        running = developed(rules)
        if extension(route) in BY_EXTENSION:
            return _led_to_file(f"{rules.name}/{route}", sure=running is not None)
        page = _page_of_server(running[1], rules) if running else _page(rules)
        return _answer(request, page)


def _led_to_file(path: str, *, sure: bool) -> HttpResponse:
    """Lead to a file of the front end; ``sure`` where its server knows better whether there is one."""
    if sure:
        return HttpResponseRedirect(base_url() + quoted(path))
    if not is_published(path):
        raise Http404(f"There is no {path!r}.")
    return HttpResponseRedirect(published(path).url)


def _answer(request: HttpRequest, page: IndexPage) -> HttpResponseBase | None:
    asked = Page(request)
    for hint in page.hints:
        asked.loads(hint)
    nonce = asked.nonce
    response = HttpResponse(with_nonce(page, nonce))
    response.headers["Cache-Control"] = REVALIDATE
    if nonce:
        return response  # no two answers are the same, and an old page does not fit a new policy
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)


def _page(rules: FrontendRules) -> IndexPage:
    text = built(rules).page
    if not text:
        raise MissingEntry(f"The front end {rules.name!r} has no {PAGE}.")
    manifest = manifest_in_use()
    if manifest is None:
        return index_page(rules.name, text)  # with DEBUG files come and go
    return _published_page(rules.name, text, manifest.id, base_url())


@functools.lru_cache(maxsize=16)
def _published_page(name: str, text: str, _release: str, _base: str) -> IndexPage:
    return index_page(name, text)


def _page_of_server(server: Server, rules: FrontendRules) -> IndexPage:
    from stator.live.proxy import Unreachable, ask  # noqa: PLC0415  (for developers only)

    try:
        passed = ask(server.address, "GET", urlsplit(server.address).path, [("Accept", "text/html")])
        text = passed.content.decode(errors="replace")
    except Unreachable as error:
        raise MissingEntry(
            f"The development server of the front end {rules.name!r} gives no answer ({error}). "
            f"Start it again: python manage.py stator frontend dev {rules.name}"
        ) from error
    if passed.status != HTTPStatus.OK:
        said = f"The development server of the front end {rules.name!r} has no {PAGE}"
        raise MissingEntry(f"{said}: it answers with {passed.status}.")
    return index_page(rules.name, text)
