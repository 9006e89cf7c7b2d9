"""Checks of the repository: what is under version control and should not be, and the other way round."""

from __future__ import annotations

import os
import posixpath
import re
import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeVar

from stator import manifest as manifests
from stator.diagnose.check import Check, Found
from stator.diagnose.checks.wording import few, place_of, shell_path, shown
from stator.diagnose.facts.bundling import may_be_built
from stator.diagnose.facts.project import Project
from stator.diagnose.facts.repository import IgnoreRule, Repository
from stator.diagnose.missing.wanted import wanted
from stator.findings import How, Level, Mend, Place
from stator.load_path import SourceFile, printable
from stator.media_types import extension

Ruled = TypeVar("Ruled")

_IGNORE_FILE = ".gitignore"
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
    ignored = _ignored(project, repository)
    folders = _ignored_folders(ignored, project, repository)
    for rule, roots in _by_rule(folders).items():
        inside = [source.path for source in ignored if source.origin.root in roots]
        yield _ignored_found(
            rule,
            inside,
            "Make the pattern more exact, or take back what it says of folders of sources, and commit these.",
            Mend(How.RUN, _track(roots, rule, repository, project)),
        )
    tracked = {os.path.dirname(path) for path in repository.tracked}
    single = {
        source: rule
        for source, rule in ignored.items()
        if source.origin.root not in folders
        and _is_by_accident(source, rule, beside_tracked=os.path.dirname(_real(source)) in tracked)
    }
    for rule, sources in _by_rule(single).items():
        files = " ".join(shell_path(source.location, project.setup.project) for source in sources)
        yield _ignored_found(
            rule,
            [source.path for source in sources],
            "Add it to the repository by force, or make the pattern more exact.",
            Mend(How.RUN, f"git add --force {files}"),
        )


def _ignored_found(rule: IgnoreRule, paths: list[str], hint: str, mend: Mend) -> Found:
    return Found(
        Place(printable(rule.file), rule.line, 1, rule.pattern, length=len(rule.pattern)),
        f"No checkout has {few(paths)}, which git ignores by its pattern {rule.pattern!r}.",
        hint,
        mend,
        path=paths[0],
    )


def _ignored(project: Project, repository: Repository) -> dict[SourceFile, IgnoreRule]:
    """Return the sources in the working tree that git ignores and does not track."""
    by_real = {_real(source): source for source in project.written_files()}
    inside = os.path.join(repository.root, "")
    untracked = [path for path in by_real if path.startswith(inside) and path not in repository.tracked]
    return {by_real[path]: rule for path, rule in repository.ignored(untracked).items()}


def _real(source: SourceFile) -> str:
    return os.path.realpath(source.location)


def _by_rule(ruled: Mapping[Ruled, IgnoreRule]) -> dict[IgnoreRule, list[Ruled]]:
    by_rule: defaultdict[IgnoreRule, list[Ruled]] = defaultdict(list)
    for one, rule in ruled.items():
        by_rule[rule].append(one)
    return by_rule


def _ignored_folders(
    ignored: Mapping[SourceFile, IgnoreRule], project: Project, repository: Repository
) -> dict[str, IgnoreRule]:
    """Return the folders of sources that are ignored as a whole, though pages ask for what is in them.

    That is done on purpose to what is built, and to a folder in another that is ignored; and where nothing of
    the project is under version control, nothing is missing in a checkout of it.
    """
    if not repository.tracked_below(project.setup.project):
        return {}
    here = {source.origin.root for source in project.written_files() if source not in ignored}
    asked = {one.name for one in wanted(project)}
    roots = {
        os.path.realpath(source.origin.root): source.origin.root
        for source in ignored
        if source.path in asked
        and source.origin.root not in here
        and not may_be_built(source.origin.root, project.setup.project)
    }
    around = repository.ignored({os.path.dirname(real) for real in roots})
    rules = repository.ignored(real for real in roots if os.path.dirname(real) not in around)
    # A pattern for all names is one of a repository that lists what it does not ignore.
    return {roots[real]: rule for real, rule in rules.items() if "*" not in rule.pattern}


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
    return _append([_pattern(folder, repository.root)], os.path.join(repository.root, _IGNORE_FILE), project)


def _track(roots: list[str], rule: IgnoreRule, repository: Repository, project: Project) -> str:
    """Return the command that takes back what a rule says of folders, and adds these to the repository."""
    is_own = os.path.basename(rule.file) == _IGNORE_FILE and repository.holds(rule.file)
    file = rule.file if is_own else os.path.join(repository.root, _IGNORE_FILE)
    patterns = [f"!{_pattern(root, os.path.dirname(file))}" for root in roots]
    folders = " ".join(shell_path(root, project.setup.project) for root in roots)
    return f"{_append(patterns, file, project)} && git add {folders}"


def _pattern(folder: str, base: str) -> str:
    path = os.path.relpath(os.path.realpath(folder), base).replace(os.sep, "/")
    return "/" + _SPECIAL.sub(r"\\\1", path) + "/"


def _append(patterns: list[str], file: str, project: Project) -> str:
    """Return the command that adds lines to a file of patterns, which may not end with a line of its own."""
    lines = " ".join(map(shlex.quote, patterns))
    return rf"printf '\n%s\n' {lines} >> {shell_path(file, os.path.realpath(project.setup.project))}"


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
