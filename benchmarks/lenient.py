"""Django's storage as projects make it when their packages hold references that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class Django(ManifestStaticFilesStorage):
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


class DjangoWithModules(Django):
    support_js_module_import_aggregation = True
