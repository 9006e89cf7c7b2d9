"""A search for a static file in this project, for those who explain why there is none."""

from __future__ import annotations

from collections.abc import Collection

from stator.diagnose.missing.search import Search, search_in
from stator.django import origins
from stator.django.facts import setup_of
from stator.django.given import address
from stator.findings import Finding
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
    setup = setup_of(with_places=False, with_urls=False)
    prefix = url_prefix()
    search = search_in(setup, files, origins.origins(), findings)
    return search._replace(path=path or prefix + name, name=name, prefix=prefix, published=published)


def url_prefix() -> str:
    """Return the path of ``STATIC_URL`` as requests have it, empty when static files have no address."""
    url = address("STATIC_URL")
    return path_prefix(url) if url else ""
