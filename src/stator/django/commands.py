"""What our commands share: errors that end with their exit code, the storage, and text for any terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, SystemCheckError

from stator.django.storage import StatorStorage
from stator.errors import ConfigError, EnvironmentFailed, StatorError
from stator.load_path import SourceFile
from stator.progress import Progress, progress_for

if TYPE_CHECKING:
    from stator.destination import Destination, Request


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


def publishing() -> Destination:
    """Return where this project publishes to. Raises ``ConfigError``."""
    from stator.destination import destination_of  # noqa: PLC0415  (the network, for few verbs)

    return destination_of(static_storage().way(), os.environ)


def request_of(command: BaseCommand, opts: Mapping[str, Any], sources: Iterable[SourceFile] = ()) -> Request:
    """Return what is said to a destination by the options of a verb."""
    from stator.destination import Request  # noqa: PLC0415

    def waits(holder: str) -> None:
        who = f"Another command ({holder})" if holder else "Another command"
        command.stdout.write(f"{who} is writing there; waiting for it to end.")

    wants_bar = opts["verbosity"] > 0
    progress = progress_for(sys.stderr, wanted=True) if wants_bar else Progress()
    return Request(opts["dry_run"], waits, progress, sources)


def static_storage() -> StatorStorage:
    """Return the storage of static files. Raises ``ConfigError`` when it is not ours."""
    storage: Any = staticfiles_storage
    if isinstance(storage, StatorStorage):
        return storage
    raise ConfigError(
        f"Static files are not Stator's: their storage is {storage.__class__.__qualname__}.",
        "Set STORAGES['staticfiles']['BACKEND'] = 'stator.django.storage.StatorStorage'.",
    )
