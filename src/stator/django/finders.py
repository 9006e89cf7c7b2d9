"""The finder of what front ends have built: their output, under the names by which they are known.

``StatorConfig`` adds it to ``STATICFILES_FINDERS``, so that all of Django that looks for static files sees
what ``collectstatic`` will publish.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.contrib.staticfiles.utils import get_files
from django.core.checks import ERROR, CheckMessage
from django.core.files.storage import FileSystemStorage, Storage

from stator.bundlers import LARGEST, is_bundle_manifest
from stator.config import FrontendRules
from stator.django.conf import options, project_folder
from stator.errors import ConfigError
from stator.findings import Finding, Level, Place
from stator.frontend import PAGE
from stator.frontends.building import is_developed, is_unfinished
from stator.frontends.toolchain import Toolchain, output_of, root_of, toolchain_of
from stator.load_path import Origin, SourceFile

FRONTEND_FINDER = "stator.django.finders.FrontendFinder"


class FrontendFinder(FileSystemFinder):
    """Finds the files of ``STATOR["FRONTENDS"]``, without what is only read of them (``is_unpublished``)."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        # Not the parent's, which reads STATICFILES_DIRS.
        project = project_folder()
        self.frontends: list[FrontendRules] = []
        self.locations: list[tuple[str, str]] = []
        self._refusals: list[ConfigError] = []
        for one in options().frontends:
            try:
                self.locations.append((one.name, output_of(one, project)))
                self.frontends.append(one)
            except ConfigError as error:  # raised here it would hide whatever else the checks find
                self._refusals.append(error)
        self.storages: dict[str, Any] = {root: _storage(prefix, root) for prefix, root in self.locations}

    def check(self, **_: Any) -> list[CheckMessage]:
        """Return what no front end may have. One that is not built is told by whoever needs it."""
        return [
            CheckMessage(ERROR, error.message, error.hint, id="stator.bad-option") for error in self._refusals
        ]

    def find_location(self, root: str, path: str, prefix: str | None = None) -> str | None:
        """Return the absolute path of a file, ``None`` for one that is not there or not published."""
        found = super().find_location(root, path, prefix)
        return None if found and _is_only_read(os.path.relpath(found, root), found) else found

    def origins(self) -> Sequence[Origin]:
        """Return the outputs that are there, each with the prefix that its files have."""
        return [
            Origin(
                f"front end {one.name!r}",
                output_of(one, project_folder()),
                one.name,
                frontend=True,
                entry=_entry(one),
            )
            for one in self.frontends
            if is_built(one)
        ]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield the path below its output, and the storage, of every file that is published."""
        for prefix, root in self.locations:
            if os.path.isdir(root):
                storage = _storage(prefix, root)  # of its own: two front ends may have one output
                for path in get_files(storage, list(ignore_patterns or ())):
                    if not _is_only_read(path, storage.path(path)):
                        yield path, storage


def _storage(prefix: str, root: str) -> FileSystemStorage:
    storage = FileSystemStorage(location=root)
    storage.prefix = prefix  # type: ignore[attr-defined]  # as Django's finders do
    return storage


def toolchains() -> tuple[Toolchain, ...]:
    """Return the front ends of the project, completed. Raises ``ConfigError``."""
    return _toolchains(options().frontends, project_folder())


@functools.lru_cache(maxsize=1)
def _toolchains(rules: tuple[FrontendRules, ...], project: str) -> tuple[Toolchain, ...]:
    return tuple(toolchain_of(one, project) for one in rules)


def is_built(rules: FrontendRules) -> bool:
    """Say whether what a front end has built stands, and whole."""
    project = project_folder()
    return os.path.isdir(output_of(rules, project)) and not is_unfinished(root_of(rules, project))


def _entry(rules: FrontendRules) -> str:
    with suppress(ConfigError):  # an image may have what was built, and not what it was built from
        return toolchain_of(rules, project_folder()).entry
    return rules.entry or ""


def not_built() -> Iterator[Finding]:
    """Yield a finding for each front end of which nothing can be published."""
    for one in options().frontends:
        root, output = root_of(one, project_folder()), output_of(one, project_folder())
        if reason := _why_not(root, output):
            yield Finding(
                "frontend-not-built",
                Level.ERROR,
                f"the front end {one.name!r} is not built, and nothing of it can be published: {reason}",
                Place(output),
                f"Build it: python manage.py stator frontend build {one.name}"
                if os.path.isdir(root)
                else f"Name the folder of its sources in STATOR['FRONTENDS'][{one.name!r}]['root'].",
                one.name,
            )


def _why_not(root: str, output: str) -> str:
    """Return why what stands in an output cannot be published, empty if it can."""
    if not os.path.isdir(output):
        return "there is nothing here" if os.path.isdir(root) else f"its sources are not in {root}"
    if is_unfinished(root):
        return "its last build has not ended well"
    return "what stands here was made while developing" if is_developed(root, output) else ""


def is_unpublished(source: SourceFile) -> bool:
    """Say whether a file is read and not published: a bundler's manifest, the page of a front end."""
    origin = source.origin
    return origin.frontend and _is_only_read(source.path.removeprefix(f"{origin.prefix}/"), source.location)


def _is_only_read(path: str, file: str) -> bool:
    """Say whether a file of an output, by its path there, is the bundler's word or the page."""

    def read() -> bytes:
        try:
            with open(file, "rb") as opened:
                return opened.read(LARGEST + 1)
        except OSError:  # whoever publishes it will tell
            return b""

    return path == PAGE or is_bundle_manifest(path, read)


def add_finder() -> None:
    """Let Django look for what front ends have built, after all that the project has listed."""
    listed: list[str] = list(settings.STATICFILES_FINDERS)
    if FRONTEND_FINDER not in listed:
        settings.STATICFILES_FINDERS = [*listed, FRONTEND_FINDER]
