"""What our commands share: errors that end with their exit code, the storage, and text for any terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError, SystemCheckError

from stator.collect import Way
from stator.django.storage import StatorStorage
from stator.errors import ConfigError, EnvironmentFailed, StatorError


@contextmanager
def errors_told() -> Iterator[None]:
    """Turn each error of ours into a ``CommandError`` with its exit code."""
    try:
        yield
    except StatorError as error:
        raise CommandError(str(error), returncode=error.exit_code) from error


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn what Django or the system refuses into an error of ours."""
    try:
        yield
    except SystemCheckError as error:
        error.returncode = ConfigError.exit_code
        raise
    except ImproperlyConfigured as error:
        raise ConfigError(str(error)) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        hint = "Mend the cause and run the command again."
        raise EnvironmentFailed(f"{where}{error.strerror or error}.", hint) from error


def printable(text: str, stream: Any) -> str:
    """Return the text with what the stream cannot take written as escapes: not every terminal has UTF-8."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def way_to_releases() -> Way:
    """Return how static files are collected. Raises ``ConfigError`` when none were yet."""
    way = static_storage().way()
    if way.directory.stamp(way.manifest) is None:
        place = os.path.join(way.directory.root, way.manifest)
        raise ConfigError(f"There is no manifest at {place}.", "Run collectstatic first, which writes one.")
    return way


def static_storage() -> StatorStorage:
    """Return the storage of static files. Raises ``ConfigError`` when it is not ours."""
    storage: Any = staticfiles_storage
    if isinstance(storage, StatorStorage):
        return storage
    raise ConfigError(
        f"Static files are not Stator's: their storage is {storage.__class__.__qualname__}.",
        "Set STORAGES['staticfiles']['BACKEND'] = 'stator.django.storage.StatorStorage'.",
    )
