"""Checks of the repository: what is under version control and should not be, and the other way round."""

from __future__ import annotations

import os
import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping

from stator import manifest as manifests
from stator.diagnose.check import Check, Found
from stator.diagnose.checks.wording import few, place_of, shell_path, shown
from stator.diagnose.facts.project import Project
from stator.diagnose.facts.repository import IgnoreRule, Repository
from stator.findings import How, Level, Mend, Place
from stator.load_path import SourceFile, printable
from stator.media_types import extension

_PROBE = "any/file"  # a name that no pattern of file names means
_KEPT_FOR_GIT = frozenset([".gitignore", ".gitkeep", ".keep", "README", "README.md", "README.txt"])
# Kinds of files that no build makes.
_MADE_BY_HAND = frozenset(
    [
        *(".avif", ".gif", ".ico", ".jpeg", ".jpg", ".png", ".svg", ".webp"),
        *(".eot", ".otf", ".ttf", ".woff", ".woff2"),
        *(".mp3", ".mp4", ".ogg", ".pdf", ".webm"),
    ]
)
# Folders of Python's own tools in every .gitignore for Python, which mean other things in a static folder.
_PYTHON_FOLDERS = frozenset(["downloads", "eggs", "env", "lib", "lib64", "parts", "sdist", "var", "wheels"])
_SPECIAL = re.compile(r"([\\*?\[\]#! ])")


def _output(project: Project) -> tuple[Repository, str] | None:
    """Return the repository and ``STATIC_ROOT``, unless that holds the project or sources, which is told."""
    repository, root = project.repository, project.published.root
    if not repository or not root or any(_is_in(origin.root, root) for origin in project.origins):
        return None
    return None if _is_in(project.setup.project, root) else (repository, root)


def _is_in(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder.rstrip('/')}/")


def _output_in_repository(project: Project) -> Iterator[Found]:
    if not (known := _output(project)):
        return
    repository, root = known
    tracked = repository.tracked_below(root)
    if _is_collected(tracked, project):
        yield Found(
            project.setup.place("STATIC_ROOT"),
            f"Files of STATIC_ROOT are under version control: {few(tracked)}.",
            "Take them out of the repository, not of the disk, and collect with each deployment.",
            Mend(How.RUN, f"{_untrack(root, project)} && {_ignore(root, repository, project)}"),
        )


def _is_collected(tracked: list[str], project: Project) -> bool:
    """Say whether files in ``STATIC_ROOT`` were put there by a collect, and not by hand."""
    return manifests.NAME in tracked or any(path in project.load_path.files for path in tracked)


def _sources_in_static_root(project: Project) -> Iterator[Found]:
    if not (known := _output(project)):
        return
    repository, root = known
    tracked = [name for name in repository.tracked_below(root) if _is_content(name)]
    if tracked and not _is_collected(tracked, project):
        yield Found(
            project.setup.place("STATIC_ROOT"),
            f"STATIC_ROOT holds files that no collect has put there: {few(tracked)}.",
            "collectstatic writes to STATIC_ROOT and takes nothing from it: move them to another folder, and "
            "list that in STATICFILES_DIRS.",
        )


def _is_content(name: str) -> bool:
    return posixpath.basename(name) not in _KEPT_FOR_GIT


def _output_not_ignored(project: Project) -> Iterator[Found]:
    if not (known := _output(project)):
        return
    repository, root = known
    probe = os.path.join(os.path.realpath(root), _PROBE)
    if repository.holds(root) and not repository.tracked_below(root) and not repository.ignored([probe]):
        yield Found(
            project.setup.place("STATIC_ROOT"),
            f"git does not ignore {shown(root, project.setup.project)}, the STATIC_ROOT in its repository.",
            "Ignore it: what collectstatic makes is made anew with each deployment.",
            Mend(How.RUN, _ignore(root, repository, project)),
        )


def _media_in_repository(project: Project) -> Iterator[Found]:
    repository, root = project.repository, project.setup.media_root
    if not repository or not root or _is_in(project.setup.project, root):
        return
    tracked = [name for name in repository.tracked_below(root) if _is_content(name)]
    if tracked:
        yield Found(
            project.setup.place("MEDIA_ROOT"),
            f"Uploads, in MEDIA_ROOT, are under version control: {few(tracked)}.",
            "What people upload belongs into a backup: take it out of the repository, not of the disk.",
            Mend(How.RUN, f"{_untrack(root, project)} && {_ignore(root, repository, project)}"),
        )


def _build_output_in_repository(project: Project) -> Iterator[Found]:
    repository, files = project.repository, project.load_path.files
    if not repository:
        return
    named = [files[path] for path in project.built.notes.get("named", ()) if path in files]
    tracked = [
        source
        for source in named
        if not source.origin.package and os.path.realpath(source.location) in repository.tracked
    ]
    if tracked:
        yield Found(
            place_of(tracked[0]),
            f"What a bundler has made is under version control: {few([source.path for source in tracked])}.",
            "Let the deployment run the bundler, and ignore its folder; or keep them, and run it before each "
            "commit.",
            path=tracked[0].path,
        )


def _ignored_source(project: Project) -> Iterator[Found]:
    repository = project.repository
    if not repository:
        return
    by_real = {os.path.realpath(source.location): source for source in project.written_files()}
    inside = os.path.join(repository.root, "")
    untracked = [path for path in by_real if path.startswith(inside) and path not in repository.tracked]
    folders = {os.path.dirname(path) for path in repository.tracked}
    for path, rule in repository.ignored(untracked).items():
        source = by_real[path]
        name = printable(source.path)
        if _is_by_accident(source, rule, beside_tracked=os.path.dirname(path) in folders):
            yield Found(
                Place(printable(rule.file), rule.line, 1, rule.pattern, length=len(rule.pattern)),
                f"No checkout has {name!r}: git ignores it by its pattern {rule.pattern!r}.",
                "Add it to the repository by force, or make the pattern more exact.",
                Mend(How.RUN, f"git add --force {shell_path(source.location, project.setup.project)}"),
                path=source.path,
            )


def _is_by_accident(source: SourceFile, rule: IgnoreRule, *, beside_tracked: bool) -> bool:
    """Say whether a pattern hits a source that it was not meant for.

    One with a folder in it was written for that folder. Of the others two kinds are known to hit too much:
    those for folders of Python's tools, and those for kinds of files that no build makes.
    """
    pattern = rule.pattern.rstrip("/")
    if "/" in pattern:
        return False
    return pattern in _PYTHON_FOLDERS or (beside_tracked and extension(source.path) in _MADE_BY_HAND)


def _untrack(folder: str, project: Project) -> str:
    return f"git rm -r --quiet --cached {shell_path(folder, project.setup.project)}"


def _ignore(folder: str, repository: Repository, project: Project) -> str:
    """Return the command that adds a folder to the ``.gitignore`` of its repository."""
    path = os.path.relpath(os.path.realpath(folder), repository.root).replace(os.sep, "/")
    pattern = _SPECIAL.sub(r"\\\1", path)
    file = os.path.relpath(
        os.path.join(repository.root, ".gitignore"), os.path.realpath(project.setup.project)
    )
    return rf"printf '\n%s\n' {shlex.quote(f'/{pattern}/')} >> {shlex.quote(file)}"


CHECKS: Mapping[str, Check[Project]] = {
    "output-in-repository": Check(
        Level.WARNING, "What collectstatic has made is under version control.", _output_in_repository
    ),
    "sources-in-static-root": Check(
        Level.WARNING,
        "Files were put into STATIC_ROOT by hand, where nothing is collected from.",
        _sources_in_static_root,
    ),
    "output-not-ignored": Check(
        Level.WARNING, "What collectstatic makes could be committed by mistake.", _output_not_ignored
    ),
    "media-in-repository": Check(Level.WARNING, "Uploads are under version control.", _media_in_repository),
    "ignored-source": Check(
        Level.WARNING,
        "git ignores a static file by mistake, so it is missing in every deployment.",
        _ignored_source,
    ),
    "build-output-in-repository": Check(
        Level.INFO, "What a bundler has made is under version control.", _build_output_in_repository
    ),
}
