"""A search for a static file in this project, for those who explain why there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import AppDirectoriesFinder, FileSystemFinder

from stator.diagnose.missing.search import Folder, Search
from stator.django import origins
from stator.django.conf import options
from stator.findings import Finding
from stator.nearest import Names
from stator.serve.file_table import path_prefix


def search_of(
    name: str,
    files: Collection[str],
    findings: tuple[Finding, ...] = (),
    *,
    path: str = "",
    published: bool = False,
) -> Search:
    """Return the search for a name among ``files`` in this project.

    ``path`` is that of the request, where there was one; ``published`` says that ``files`` are those of the
    manifest. ``findings`` are what was wrong with sources.
    """
    known = (FileSystemFinder, AppDirectoriesFinder)
    kinds = [type(finder) for finder in finders.get_finders()]
    dirs = [one[1] if isinstance(one, (list, tuple)) else one for one in settings.STATICFILES_DIRS]
    prefix = url_prefix()
    return Search(
        path or prefix + name,
        name,
        prefix,
        files,
        Names(files),
        findings,
        tuple(origins.origins()),
        tuple(f"{kind.__module__}.{kind.__qualname__}" for kind in kinds if kind not in known),
        tuple(os.path.abspath(folder) for folder in dirs),
        tuple(Folder(app.name, app.path) for app in apps.get_app_configs()),
        os.path.abspath(getattr(settings, "BASE_DIR", "")) if hasattr(settings, "BASE_DIR") else "",
        getattr(sys.modules.get(settings.SETTINGS_MODULE), "__file__", None) or "",
        str(settings.STATIC_ROOT or ""),
        options().ignore,
        any(issubclass(kind, AppDirectoriesFinder) for kind in kinds),
        published,
    )


def url_prefix() -> str:
    """Return the path of ``STATIC_URL`` as requests have it, empty when static files have no address."""
    return path_prefix(settings.STATIC_URL) if settings.STATIC_URL else ""
