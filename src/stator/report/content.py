"""What a report tells: a release, the one before it, its links and pages, and what the doctor says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from stator.diagnose.doctor import Report
from stator.diagnose.facts.project import Project
from stator.manifest import Manifest, Row
from stator.report.changes import rows_before
from stator.report.loading import Links, loading_of
from stator.report.pages import Page, named_in, pages_of


class Content(NamedTuple):
    """All that is told. ``rows`` are what the release has, in order of logical path.

    ``before`` is what the release before it had, ``None`` where there is none or not all is known. ``links``
    are ``None`` where nothing is known of the collect that has made the release.
    """

    project: Project
    manifest: Manifest
    rows: Mapping[str, Row]
    before: Mapping[str, Row] | None
    links: Links | None
    pages: tuple[Page, ...]
    diagnosis: Report


def content_of(project: Project, manifest: Manifest, diagnosis: Report) -> Content:
    """Return what there is to tell of a release of a project; ``diagnosis`` is what the doctor says of it."""
    links = dict(project.published.last.all_links()) if project.published.last.paths else None
    loading = loading_of(manifest, links or {})
    pages = pages_of(project.asked.templates, named_in(project, manifest), loading)
    rows = dict(sorted(manifest.rows().items()))
    return Content(project, manifest, rows, rows_before(manifest), links, tuple(pages), diagnosis)
