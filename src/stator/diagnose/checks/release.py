"""Checks of the release: whether what stands in ``STATIC_ROOT`` is whole, and is that of the sources."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from stator.config import MINIFIED
from stator.diagnose.check import Check, Found
from stator.diagnose.checks.wording import few, shell_path, shown
from stator.diagnose.facts.project import Project, Published
from stator.encode.decoding import decodes_to
from stator.findings import How, Level, Mend, Place
from stator.load_path import printable
from stator.manifest import Content, Manifest
from stator.media_types import media_type
from stator.minify.tools import leaves_alone
from stator.paths import CODING_SUFFIXES
from stator.progress import count_text, size_text

_COLLECT = Mend(How.RUN, "python manage.py collectstatic --noinput")
_CLEAR = Mend(How.RUN, "python manage.py collectstatic --noinput --clear")
_MIDDLEWARE = "stator.django.middleware.StatorMiddleware"


def _not_collected(project: Project) -> Iterator[Found]:
    published = project.published
    is_there = published.manifest or published.by_django or published.problem
    is_of_sources = any(origin.root == published.root for origin in project.origins)  # which is told
    is_elsewhere = bool(project.setup.options.manifest_object)
    if is_there or is_of_sources or is_elsewhere:
        return
    if published.expected and project.load_path.files:
        yield Found(
            project.setup.place("STATIC_ROOT"),
            f"Nothing has been collected yet: {shown(published.file, project.setup.project)} is not there.",
            "Collect with each deployment, before the site is started anew.",
            _COLLECT,
            _less_in_development(Level.WARNING, project),
        )


def _less_in_development(level: Level, project: Project) -> Level:
    # With DEBUG on, files are served from their sources.
    return Level.INFO if project.setup.debug else level


def _manifest_unreadable(project: Project) -> Iterator[Found]:
    if project.published.problem:
        message, hint = project.published.problem
        yield Found(Place(printable(project.published.file)), message, hint, _COLLECT)


def _manifest_by_django(project: Project) -> Iterator[Found]:
    if project.published.by_django and project.published.expected:
        yield Found(
            Place(printable(project.published.file)),
            "The manifest is that of Django's own storage, from before Stator was installed.",
            "Collect once more: what pages name today goes on being served.",
            _COLLECT,
        )


class _Changes(NamedTuple):
    """The logical paths of sources that are not as they were when they were collected."""

    changed: list[str]
    new: list[str]
    gone: list[str]

    def __str__(self) -> str:
        told = [("changed", self.changed), ("new", self.new), ("gone", self.gone)]
        return "; ".join(f"{len(paths):,} {what}: {few(paths)}" for what, paths in told if paths)


def _manifest_stale(project: Project) -> Iterator[Found]:
    manifest = project.published.manifest
    changes = manifest and _changes(project, manifest)
    if changes and any(changes):
        yield Found(
            Place(printable(project.published.file)),
            f"The sources are not those that were collected ({changes}).",
            # No command: what the sources hold now may be what other findings warn of.
            "Collect with each deployment, before the site is started anew.",
            level=_less_in_development(Level.WARNING, project) if changes.changed else Level.INFO,
        )


def _changes(project: Project, manifest: Manifest) -> _Changes:
    files = project.load_path.files
    return _Changes(
        [path for path in manifest.paths if path in files and not _is_as_collected(path, project, manifest)],
        [path for path in files if path not in manifest.paths and _is_newer(path, project)],
        [path for path in manifest.paths if path not in files],
    )


def _is_as_collected(path: str, project: Project, manifest: Manifest) -> bool:
    """Say whether a source has the content that was collected; where that is not known, it has."""
    asset = project.built.read.assets.get(path)
    if asset is None:
        return True  # it could not be read, which is told
    if path in project.published.last:
        return project.published.last.has_content(asset)
    is_copied = media_type(path) not in MINIFIED or leaves_alone(path)
    if not is_copied or not project.built.artifacts[path].is_copy:
        return True
    return manifest.content(manifest.paths[path]).sha256 == asset.sha256


def _is_newer(path: str, project: Project) -> bool:
    """Say whether a source has come since the last collect, which may have been told to leave out others."""
    try:
        status = os.stat(project.load_path.files[path].location)
    except OSError:
        return False
    return max(status.st_ctime_ns, status.st_mtime_ns) > project.published.written


def _lost_files(project: Project) -> Iterator[Found]:
    published = project.published
    lost = sorted(_lost(published)) if published.manifest else []
    if lost:
        yield Found(
            Place(printable(published.file)),
            f"The manifest names {count_text(len(lost), 'file')} that STATIC_ROOT has not, or not in that "
            f"size: {few(lost)}.",
            "Collect again, and copy a release whole: all files first, the manifest last.",
            _COLLECT,
        )
    yield from _lost_earlier(project)


def _lost_earlier(project: Project) -> Iterator[Found]:
    published = project.published
    if published.manifest is None or project.setup.options.destination:
        return  # where releases are published elsewhere, earlier ones stand there
    names = (name for release in published.manifest.earlier for name in release.files)
    lost = sorted(name for name in names if name not in published.files)
    if lost:
        yield Found(
            Place(printable(published.file)),
            f"STATIC_ROOT has lost {count_text(len(lost), 'file')} of earlier releases: {few(lost)}. "
            "Pages that name them may be open yet, and 'stator rollback' refuses such a release.",
            "Collect once from the sources of that release, and then from these again.",
            level=Level.WARNING,
        )


def _lost(published: Published) -> Iterator[str]:
    """Yield the names of the release's own files that do not stand as the manifest says."""
    for name, size in _sizes(published.manifest):
        if name not in published.files or (size is not None and published.files[name][0] != size):
            yield name


def _sizes(manifest: Manifest | None) -> Iterator[tuple[str, int | None]]:
    """Yield the names of the release's files and their sizes, ``None`` for what may be a symbolic link."""
    if manifest is None:
        return
    for name, content in manifest.files.items():
        yield name, content.size
        yield from ((name + CODING_SUFFIXES[coding], size) for coding, size in content.codings)
    yield from ((path, None) for path in manifest.plain_names())


def _known_names(published: Published, manifest: Manifest) -> set[str]:
    """Return every name that a release has given to a file, with those of precompressed forms."""
    known = {os.path.relpath(published.file, published.root).replace(os.sep, "/")}
    for name, content in _served(manifest):
        known.add(name)
        known.update(name + CODING_SUFFIXES[coding] for coding, _ in content.codings)
    known.update(manifest.forms_of_earlier())
    for release in manifest.earlier:
        for path in release.plain:
            known.update((path, *(path + suffix for suffix in CODING_SUFFIXES.values())))
    return known


def _served(manifest: Manifest) -> Iterator[tuple[str, Content]]:
    return ((name, manifest.content(first)) for name, first in manifest.published())


def _leftovers(project: Project) -> Iterator[Found]:
    published = project.published
    if published.manifest is None:
        return
    known = _known_names(published, published.manifest)
    left = sorted(name for name in published.files if name not in known)
    if left:
        size = sum(published.files[name][0] for name in left)
        yield Found(
            Place(printable(published.root)),
            f"No release names {count_text(len(left), 'file')} ({size_text(size)}) in STATIC_ROOT: "
            f"{few(left)}.",
            "Remove them, or let collectstatic --clear do it, which removes earlier releases too.",
            _CLEAR,
        )


def _stale_coding(project: Project) -> Iterator[Found]:
    published = project.published
    if published.manifest is None:
        return
    known = _known_names(published, published.manifest)
    for name, content in _served(published.manifest):
        for coding, suffix in CODING_SUFFIXES.items():
            form = name + suffix
            if form not in published.files or form in known:
                continue
            file = os.path.join(published.root, form)
            if not _is_form_of(content, file, coding):
                yield Found(
                    Place(printable(file)),
                    f"{printable(form)!r} does not decode to {printable(name)!r}, and web servers send it "
                    "in its place.",
                    "Remove it: another tool made it, of another content, and the manifest does not name it.",
                    Mend(How.RUN, f"rm {shell_path(file, project.setup.project)}"),
                    path=form,
                )


def _is_form_of(content: Content, file: str, coding: str) -> bool:
    """Say whether a file decodes to the content; one that cannot be read is sent to nobody."""
    try:
        with open(file, "rb") as opened:
            return decodes_to(opened, coding, content.size, content.sha256)
    except OSError:
        return True


def _not_readable(project: Project) -> Iterator[Found]:
    published = project.published
    closed = [name or "the folder itself" for name in published.closed]
    if closed:
        is_served_here = project.setup.position(_MIDDLEWARE) >= 0
        yield Found(
            Place(printable(published.root)),
            f"Other users may not read all of STATIC_ROOT, and a web server is one: {few(closed)}.",
            "Set FILE_UPLOAD_PERMISSIONS = 0o644 and FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755, and mend "
            "what is there.",
            Mend(How.RUN, f"chmod -R a+rX {shell_path(published.root, project.setup.project)}"),
            Level.INFO if is_served_here else None,
        )


CHECKS: Mapping[str, Check[Project]] = {
    "not-collected": Check(
        Level.WARNING, "Nothing has been collected, so no name that a page asks for is known.", _not_collected
    ),
    "manifest-unreadable": Check(
        Level.ERROR, "There is a manifest, and it cannot be read, so nothing is served.", _manifest_unreadable
    ),
    "manifest-by-django": Check(
        Level.WARNING, "The last collect was made by Django's own storage.", _manifest_by_django
    ),
    "lost-files": Check(Level.ERROR, "Files of the current release are gone or cut short.", _lost_files),
    "stale-coding": Check(
        Level.ERROR,
        "Beside a published file there is a precompressed form of another content, which web servers send.",
        _stale_coding,
    ),
    "manifest-stale": Check(
        Level.WARNING, "The sources have changed since they were collected.", _manifest_stale
    ),
    "not-readable": Check(
        Level.WARNING, "A web server may not read what was published, and answers 403.", _not_readable
    ),
    "leftovers": Check(Level.INFO, "Files in STATIC_ROOT belong to no release.", _leftovers),
}
