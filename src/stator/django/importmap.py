"""What installed apps put into the import map of pages: ``AppConfig.importmap``, by bare specifier.

A value is a static path, as ``{% static %}`` is given, or a URL. A specifier that ends with a slash stands
for all that begin with it, so its value is a folder and ends with one too (HTML, "import maps"). Of two apps
that declare the same specifier the first in ``INSTALLED_APPS`` counts, as with templates and static files.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Mapping

from django.apps import AppConfig, apps

from stator.diagnose.facts.setup import MapEntry
from stator.django.packages import is_package
from stator.errors import ConfigError, UnsafePath
from stator.findings import Finding, Level, Place
from stator.load_path import printable
from stator.paths import logical_path

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/")
_RELATIVE = ("./", "../", "/")  # no browser looks these up as they are written
_EXAMPLE = 'For example: importmap = {"lit": "vendor/lit.js", "lit/": "vendor/lit/"}'


def declared() -> Iterator[MapEntry]:
    """Yield the entries of all apps, in the order of ``INSTALLED_APPS``. Raises ``ConfigError``."""
    for app in apps.get_app_configs():
        entries = getattr(app, "importmap", {})
        if not isinstance(entries, Mapping):
            raise _error(app, "is no dictionary of specifiers to static paths")
        for specifier, target in entries.items():
            yield _checked(app, specifier, target)


def importmap_targets() -> tuple[tuple[str, str], ...]:
    """Return the entries that count: specifier, and logical path or URL. Raises ``ConfigError``."""
    counting: dict[str, str] = {}
    for _, specifier, target in declared():
        counting.setdefault(specifier, target)
    return tuple(counting.items())


def missing_files(paths: Collection[str]) -> Iterator[Finding]:
    """Yield a finding for each entry that leads to none of the ``paths`` that will be published.

    Pages leave such an entry out, so that a module asks for it in vain and not the page for its map.
    """
    try:
        entries = list(declared())
    except ConfigError:  # the checks tell
        return
    for app, specifier, target in entries:
        is_there = any(path.startswith(target) for path in paths) if target.endswith("/") else target in paths
        if not is_url(target) and not is_there:
            yield _missing(next(one for one in apps.get_app_configs() if one.name == app), specifier, target)


def _missing(app: AppConfig, specifier: str, target: str) -> Finding:
    package = is_package(app.path)
    return Finding(
        "importmap-missing",
        Level.WARNING if package else Level.ERROR,
        f"the import map of {app.name} leads from {specifier!r} to {target!r}, which is not there",
        Place(printable(getattr(sys.modules[type(app).__module__], "__file__", None) or app.path)),
        "Mend the path, which is what {% static %} would be given, or take the entry out.",
        target,
        package,
    )


def is_url(target: str) -> bool:
    """Say whether a value is a URL, and no static path."""
    return _URL.match(target) is not None


def _checked(app: AppConfig, specifier: object, target: object) -> MapEntry:
    if not isinstance(specifier, str) or not specifier or specifier.startswith(_RELATIVE):
        raise _error(app, f"has {specifier!r}, which is no bare specifier")
    if not isinstance(target, str) or not target:
        raise _error(app, f"has {target!r} for {specifier!r}, which is no static path and no URL")
    if specifier.endswith("/") is not target.endswith("/"):
        raise _error(app, f"has {target!r} for {specifier!r}: both end with a slash, or neither")
    if not is_url(target):
        try:
            logical_path(target.removesuffix("/"))
        except UnsafePath as reason:
            raise _error(app, f"has {target!r} for {specifier!r}, which {reason}") from None
    return MapEntry(app.name, specifier, target)


def _error(app: AppConfig, what: str) -> ConfigError:
    kind = type(app)
    return ConfigError(f"The importmap of {kind.__module__}.{kind.__qualname__} {what}.", _EXAMPLE)
