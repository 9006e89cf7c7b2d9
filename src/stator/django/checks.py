"""Checks of the settings, run by ``manage.py check``; most of them also before ``collectstatic``."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import get_resolver

from stator.django.conf import options
from stator.errors import ConfigError

ABOVE = 'INSTALLED_APPS = ["stator.django", …, "django.contrib.staticfiles"]'


def check_stator(**_: Any) -> list[CheckMessage]:
    """Return an error for a bad ``STATOR``, and for apps that are missing or in the wrong order."""
    messages: list[CheckMessage] = []
    try:
        options()
    except ConfigError as error:
        messages.append(Error(error.message, hint=error.hint or None, id="stator.E001"))
    else:
        messages += _check_guards()
    names = [app.name for app in apps.get_app_configs()]
    if "django.contrib.staticfiles" not in names:
        messages.append(
            Error("django.contrib.staticfiles is not in INSTALLED_APPS.", hint=ABOVE, id="stator.E002")
        )
    elif names.index("stator.django") > names.index("django.contrib.staticfiles"):
        messages.append(
            Error(
                "stator.django stands below django.contrib.staticfiles, so its commands are never used.",
                hint=ABOVE,
                id="stator.E003",
            )
        )
    return messages


def _check_guards() -> list[CheckMessage]:
    from stator.django.media import load_guards  # noqa: PLC0415  (not before the apps are loaded)

    try:
        load_guards(options().media)
    except ConfigError as error:
        return [Error(error.message, hint=error.hint, id="stator.E004")]
    return []


@register(Tags.urls)
def check_media(**_: Any) -> list[CheckMessage]:
    """Return why ``media()`` serves nothing, where the project's ``urlpatterns`` call it."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    from stator.django.urls import said  # noqa: PLC0415  (not before the apps are loaded)

    get_resolver().url_patterns  # noqa: B018  (loaded now, if they have not been)
    return list(said)
