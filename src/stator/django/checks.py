"""Checks of the settings, run by ``manage.py check`` and before ``collectstatic``."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error

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
