"""The options of the project, read from ``settings.STATOR`` once."""

from __future__ import annotations

import functools
import os
from typing import Any

from django.conf import settings

from stator.config import Options
from stator.django.given import given
from stator.setting import read_options


@functools.cache
def options() -> Options:
    """Return the options of the project. Raises ``ConfigError`` for a bad setting."""
    return read_options(getattr(settings, "STATOR", {}))


def project_folder() -> str:
    """Return the folder of the project: its ``BASE_DIR``, or the one that commands are run in."""
    return os.path.abspath(given("BASE_DIR") or os.getcwd())


def forget_options(*, setting: str, **_: Any) -> None:
    """Read the setting anew after a test has changed it."""
    if setting == "STATOR":
        options.cache_clear()
