"""Uploads in Django: who may read what, asked and answered without a change of threads.

Facts. Django runs a sync view under ASGI in another thread, and an async one under WSGI in a new event loop.
So there are two views, and the pattern leads to the one that its caller runs as it is. Only a guard of the
other kind, and a page that says no, cost a change.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from inspect import isawaitable
from typing import Any, cast

from asgiref.sync import async_to_sync, iscoroutinefunction, sync_to_async
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.storage import FileSystemStorage, storages
from django.core.handlers.exception import response_for_exception
from django.db import connections, transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, URLPattern, get_script_prefix
from django.urls.resolvers import RegexPattern
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from stator.config import UploadRules
from stator.django.carry import carry
from stator.django.conf import options
from stator.errors import ConfigError
from stator.fields import NO_STORE
from stator.serve import uploads
from stator.serve.file_table import path_prefix
from stator.serve.wsgi import request_of
from stator.uploads import guard_of

Guard = Callable[[HttpRequest, str], Any]


def unserved() -> tuple[str, str] | None:
    """Return why there are no uploads to serve, message and hint, ``None`` if there are."""
    if "default" not in settings.STORAGES:
        return (
            'media() serves nothing: STORAGES has no "default".',
            'For example: "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}',
        )
    storage = storages["default"]
    if not isinstance(storage, FileSystemStorage):
        return (
            f"media() serves nothing: {type(storage).__name__} keeps uploads elsewhere.",
            "Leave media() out of urlpatterns, or silence this where it is meant.",
        )
    if not storage.base_location:
        return (
            "media() serves nothing: MEDIA_ROOT is not set.",
            "For example: MEDIA_ROOT = BASE_DIR / 'media'",
        )
    return None


def whole_site() -> tuple[str, str] | None:
    """Return why ``Uploads`` serve nothing though there are some; not asked before URLs can be read."""
    if _prefix() != "/":
        return None
    return "media() serves nothing: MEDIA_URL is the whole site.", "For example: MEDIA_URL = 'media/'"


class Uploads(URLPattern):
    """All that is below ``MEDIA_URL``, by the view of the caller's kind: async handlers resolve in a loop."""

    def __init__(self) -> None:
        for alias in connections:  # no transaction is of use here, and an async view can have none
            transaction.non_atomic_requests(alias)(view)
            transaction.non_atomic_requests(alias)(async_view)
        super().__init__(_BelowMediaUrl(), view)

    def resolve(self, path: str) -> ResolverMatch | None:
        match = super().resolve(path)
        if match is not None and _in_event_loop():
            match.func = async_view
        return match


class _BelowMediaUrl(RegexPattern):
    """The path of ``MEDIA_URL``, read in a request and not before.

    Django puts ``SCRIPT_NAME`` in front of a relative ``MEDIA_URL`` when that is first read, and keeps the
    result. The paths of requests are below ``SCRIPT_NAME``.
    """

    def __init__(self) -> None:
        super().__init__(r"^(?P<path>.+)$", is_endpoint=True)

    def match(self, path: str) -> tuple[str, tuple[Any, ...], dict[str, Any]] | None:
        prefix = _prefix()[1:]
        return super().match(path[len(prefix) :]) if prefix and path.startswith(prefix) else None

    def __str__(self) -> str:
        return "MEDIA_URL<path>"


def _prefix() -> str:
    """Return the path below which uploads are, as the application sees it; ``/`` for the whole site."""
    # The storage is asked, since its URL may be an option of its own.
    prefix, mount = path_prefix(_storage().base_url or ""), get_script_prefix()
    return prefix[len(mount) - 1 :] if prefix.startswith(mount) else prefix


def _storage() -> FileSystemStorage:
    return cast("FileSystemStorage", storages["default"])  # without one there is no pattern


def load_guard(dotted: str) -> Guard:
    """Return the function that says who may read. Raises ``ConfigError``."""
    try:
        guard = import_string(dotted)
    except ImportError as error:
        raise ConfigError(
            f"STATOR['MEDIA']['PRIVATE'] names {dotted!r}, which cannot be imported: {error}.",
            "Name a function that takes the request and the path below MEDIA_URL, and returns True or False.",
        ) from error
    if not callable(guard):
        raise ConfigError(
            f"STATOR['MEDIA']['PRIVATE'] names {dotted!r}, which is no function.",
            "Name one that takes the request and the path below MEDIA_URL, and returns True or False.",
        )
    return guard  # type: ignore[no-any-return]


def load_guards(rules: UploadRules) -> None:
    """Import every function that says who may read. Raises ``ConfigError`` for one that cannot be."""
    for _, dotted in rules.private:
        load_guard(dotted)


@csrf_exempt  # nothing can be changed here: other methods are told so
def view(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer with an upload, or with the site's own page that there is none or that it may not be read."""
    try:
        if dotted := _guard_of(path):
            allowed = load_guard(dotted)(request, path)
            _judge(dotted, async_to_sync(_end_of)(allowed) if isawaitable(allowed) else allowed)
        return _answer(request, path)
    except (Http404, PermissionDenied) as error:
        return _unkept(response_for_exception(request, error))


@csrf_exempt
async def async_view(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer as ``view`` does, in the event loop."""
    try:
        if dotted := _guard_of(path):
            guard = load_guard(dotted)
            asked = guard if iscoroutinefunction(guard) else sync_to_async(guard)
            _judge(dotted, await _end_of(asked(request, path)))
        return _answer(request, path)
    except (Http404, PermissionDenied) as error:
        return _unkept(await sync_to_async(response_for_exception, thread_sensitive=False)(request, error))


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _guard_of(path: str) -> str:
    if not uploads.is_upload(path):
        raise Http404
    return guard_of(path, options().media)


async def _end_of(answer: Any) -> Any:
    """Return what a guard says in the end: a decorator can hide that a function is async."""
    while isawaitable(answer):
        answer = await answer
    return answer


def _judge(dotted: str, allowed: Any) -> None:
    """Go on if the guard has said ``True``. Raises ``PermissionDenied``, ``ConfigError``.

    A redirect to the login page is true as well, and is no leave to read.
    """
    if not allowed:
        raise PermissionDenied
    if allowed is not True:
        raise ConfigError(
            f"{dotted} has returned {allowed!r}: the upload is not sent.",
            "Return True or False from it, or raise PermissionDenied.",
        )


def _answer(request: HttpRequest, path: str) -> HttpResponseBase:
    asked, rules = request_of(request.META), options().media
    response = uploads.respond(os.fspath(_storage().location), path, asked, rules)
    if response is None:
        raise Http404
    return carry(response, request)


def _unkept(response: HttpResponseBase) -> HttpResponseBase:
    """Return a page that says no as one that no cache keeps: a file may come, and leave may be given."""
    response.headers["Cache-Control"] = NO_STORE
    return response
