"""Patterns for the ``urlpatterns`` of a project."""

from __future__ import annotations

import logging

from django.urls import URLPattern, get_resolver

from stator.django.conf import options
from stator.django.media import Uploads, load_guards, unserved, whole_site
from stator.errors import ConfigError

_log = logging.getLogger(__name__)

# Why ``media()`` has served nothing where it was called, message and hint.
_said: list[tuple[str, str]] = []


def media() -> list[URLPattern]:
    """Return the patterns that serve uploads: what is in ``MEDIA_ROOT``, under ``MEDIA_URL``.

    They go to the end of the root ``urlpatterns``, with ``DEBUG`` on or off; ``STATOR["MEDIA"]`` says who may
    read what. None where there is nothing to serve, as with uploads in a bucket; a check then says why.

    A bad ``STATOR``, or a function there that cannot be imported, is logged here, told by ``manage.py
    check``, and an error for who asks for an upload: a project whose URLs cannot be loaded can check nothing.
    """
    try:
        load_guards(options().media)
    except ConfigError as error:
        _log.error("%s", error)
    reason = unserved()
    _said[:] = [reason] if reason else []
    return [] if reason else [Uploads()]


def unserved_uploads() -> tuple[str, str] | None:
    """Return why ``media()`` serves nothing where the loaded ``urlpatterns`` call it, message and hint."""
    if _said:
        return _said[0]
    used = any(isinstance(pattern, Uploads) for pattern in get_resolver().url_patterns)
    return whole_site() if used else None
