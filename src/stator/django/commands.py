"""What our commands share: errors that end with their exit code, the storage, and text for any terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, SystemCheckError

from stator import clock
from stator.django import origins
from stator.django.conf import options
from stator.django.storage import StatorStorage
from stator.errors import ConfigError, EnvironmentFailed, StatorError
from stator.load_path import SourceFile, lies_in
from stator.progress import Progress, progress_for

if TYPE_CHECKING:
    from stator.destination import Destination, Request
    from stator.manifest import Manifest


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
        hint = 'STATIC_ROOT = BASE_DIR / "static_root"' if "STATIC_ROOT" in str(error) else ""
        raise ConfigError(str(error), hint) from error
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

    way = static_storage().way()
    if folder := options().shared_folder(way.directory.root):
        _require_apart(folder, way.directory.root)
    return destination_of(way, os.environ)


def current_at(destination: Destination) -> Manifest | None:
    """Return the manifest that is current there, ``None`` before the first publish."""
    try:
        return destination.current()
    except ConfigError:
        return None


def _require_apart(folder: str, root: str) -> None:
    others = [("STATIC_ROOT", root), *((origin.label, origin.root) for origin in origins.origins())]
    for label, other in others:
        if lies_in(folder, other) or lies_in(other, folder):
            raise ConfigError(
                f"STATOR['DESTINATION'] is {folder}, and {label} is {other}: one holds the other.",
                "Give STATOR['DESTINATION'] a folder of its own.",
            )


def request_of(command: BaseCommand, opts: Mapping[str, Any]) -> Request:
    """Return what the options of a verb say to a destination. Sources are looked for only if they matter."""
    from stator.destination import Request  # noqa: PLC0415

    def waits(holder: str) -> None:
        who = f"Another command ({holder})" if holder else "Another command"
        if opts["verbosity"]:
            command.stdout.write(f"{who} is writing there; waiting for it to end.")

    progress = progress_for(sys.stderr, wanted=True) if opts["verbosity"] else Progress()
    return Request(opts["dry_run"], waits, progress, _sources())


def _sources() -> Iterator[SourceFile]:
    found = origins.find(options(), [], published=static_storage().path(""), since=clock.now())
    yield from found.files.values()


def static_storage() -> StatorStorage:
    """Return the storage of static files. Raises ``ConfigError`` when it is not ours."""
    storage: Any = staticfiles_storage
    if isinstance(storage, StatorStorage):
        return storage
    raise ConfigError(
        f"Static files are not Stator's: their storage is {storage.__class__.__qualname__}.",
        "Set STORAGES['staticfiles']['BACKEND'] = 'stator.django.storage.StatorStorage'.",
    )
