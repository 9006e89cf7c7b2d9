"""Patterns for the ``urlpatterns`` of a project."""

from __future__ import annotations

from django.core.checks import CheckMessage
from django.urls import URLPattern

from stator.django.conf import options
from stator.django.media import Uploads, load_guards, unserved

# Why ``media()`` has served nothing where it was called; ``stator.django.checks`` tells it.
said: list[CheckMessage] = []


def media() -> list[URLPattern]:
    """Return the patterns that serve uploads: what is in ``MEDIA_ROOT``, under ``MEDIA_URL``.

    They go to the end of the root ``urlpatterns``, with ``DEBUG`` on or off; ``STATOR["MEDIA"]`` says who may
    read what. None where there is nothing to serve, as with uploads in a bucket; a check then says why.

    Raises ``ConfigError`` for a bad ``STATOR``, and for a function there that cannot be imported.
    """
    load_guards(options().media)
    reason = unserved()
    said[:] = [reason] if reason else []
    return [] if reason else [Uploads()]
