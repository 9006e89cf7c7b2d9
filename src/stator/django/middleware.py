"""The middleware: published files answered inside Django's process, by the core in ``stator.serve``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from inspect import isawaitable
from time import monotonic
from typing import TYPE_CHECKING

from asgiref.sync import async_to_sync, iscoroutinefunction, markcoroutinefunction
from django.conf import STATICFILES_STORAGE_ALIAS, settings
from django.core.files.storage import storages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix

from stator.django.carry import carry, in_memory
from stator.django.conf import options
from stator.django.early_hints import await_needs, with_links
from stator.django.storage import StatorStorage, in_bucket
from stator.serve.file_table import NOTHING, path_prefix
from stator.serve.site import Site, site_with
from stator.serve.wsgi import request_of

if TYPE_CHECKING:
    from stator.django.live import Live


def published(*, below_script_name: bool = False) -> Site:
    """Return what is served of the storage's files.

    It can be known in a request and not before: Django puts ``SCRIPT_NAME`` in front of a relative
    ``STATIC_URL`` when that is first read, and keeps the result. ``below_script_name`` leaves it away again,
    for those who see paths without it.
    """
    storage = storages[STATICFILES_STORAGE_ALIAS]
    if isinstance(storage, StatorStorage):
        site = storage.site()
    elif settings.STATIC_ROOT:
        root, prefix = str(settings.STATIC_ROOT), settings.STATIC_URL or "/static/"
        site = site_with(options(), root, prefix, patient=True)
    else:
        site = Site(path_prefix(settings.STATIC_URL or "/static/"), lambda: NOTHING)
    if below_script_name:
        site.prefix = "/" + site.prefix.removeprefix(get_script_prefix())
    return site


def require_manifest() -> None:
    """Read a manifest that is in a bucket: no server starts without one. Raises ``StatorError``.

    The storage is not made for that, for which it is too early (``published``).
    """
    if options().manifest_object:
        in_bucket(options())


class StatorMiddleware:
    """Answers for the files that the storage publishes; put it right after ``SecurityMiddleware``.

    With ``DEBUG`` files are served from their sources, with live reload (``stator.django.live``).
    """

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self.get_response = get_response
        if not settings.DEBUG:
            require_manifest()
        self.live: Live | None = _live()
        self.is_async: bool = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    @cached_property
    def site(self) -> Site:
        """What is served, made in the first request and not before (``published``)."""
        return published()

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._answer_async(request)
        answer = self._answer(request)
        if isawaitable(answer):
            answer = async_to_sync(_awaited)(answer)
        if answer is None:
            await_needs(request)
            answer = self._finished(request, self.get_response(request))  # type: ignore[arg-type]
        return answer

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        answer = self._answer(request)
        if isawaitable(answer):
            answer = await answer
        if answer is None:
            await_needs(request)
            answer = self._finished(request, await self.get_response(request))  # type: ignore[misc]
        return answer

    def _answer(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase] | None:
        if settings.DEBUG:
            return self.live.respond(request) if self.live else None
        site = self.site
        if monotonic() > site.next_look:
            site.look()
        asked, served = request_of(request.META), site.served
        ready = served.ready.get((request.path, asked.accept_encoding)) if asked.is_plain else None
        if ready is not None:
            return in_memory(*ready)
        response = site.respond(request.path, asked)
        if response is None:
            return None
        body = served.body_of(response) if asked.is_plain else None
        if body is None:
            return carry(response, request)
        served.keep((request.path, asked.accept_encoding), (response, body))
        return in_memory(response, body)

    def _finished(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response = with_links(request, response)
        return self.live.finish(request, response) if self.live else response


async def _awaited(answer: Awaitable[HttpResponseBase]) -> HttpResponseBase:
    return await answer


def _live() -> Live | None:
    """Return what serves a developer, ``None`` in production, which loads nothing of it."""
    if not settings.DEBUG:
        return None
    from stator.django.live import Live  # noqa: PLC0415

    return Live()
