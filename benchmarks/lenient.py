"""Storages as projects make them when their packages refer to what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

if TYPE_CHECKING:
    _Storage = ManifestStaticFilesStorage
else:
    _Storage = object


class Lenient(_Storage):
    """To be put before a storage with a manifest."""

    manifest_strict = False

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        try:
            return super().hashed_name(name, content, filename)
        except ValueError:
            return name

    def post_process(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        # An exception that is handed on ends the command; the work is done all the same.
        for path, hashed, processed in super().post_process(*args, **kwargs):
            if not isinstance(processed, Exception):
                yield path, hashed, processed


class Django(Lenient, ManifestStaticFilesStorage):  # type: ignore[misc]  # the stubs of Django disagree
    pass


class DjangoWithModules(Django):
    support_js_module_import_aggregation = True
