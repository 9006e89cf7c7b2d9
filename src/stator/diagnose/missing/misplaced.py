"""Files that are there and were not found: in folders that nobody looks into, left out, not collected yet.

Each check knows one way to put a file into the wrong place. Rules: it says only what it has seen, and stays
silent otherwise; the folders that it looks into are those that people put files into by mistake. Nothing is
advised that would publish Python. Commands are for a shell in the folder of the project.
"""

from __future__ import annotations

import itertools
import os
import shlex
from collections.abc import Iterable, Iterator

from stator.config import EDITOR_DROPPINGS, matcher
from stator.diagnose.missing.reason import COLLECT, Check, Reason, instead
from stator.diagnose.missing.search import Folder, Search, file_in, is_file
from stator.findings import How, Mend
from stator.paths import parse_digested

_MOST_FOLDERS = 200  # of a project that are looked into
_CODE = ".py"
_TEMPLATES = "templates"


def _stale(search: Search) -> Iterator[Reason]:
    parsed = parse_digested(search.name)
    if parsed and parsed[0] not in search.files and not is_file(search.static_root, search.name):
        yield Reason(
            "name-with-digest",
            "This looks like a name with a digest, and there is no such file: the page is an old one.",
            "Reload the page.",
        )


def _refused(search: Search) -> Iterator[Reason]:
    """What the walk found under this name and could not use: links that lead out, names, permissions."""
    files = {file for _, file in search.places() if file}
    for finding in search.findings:
        if finding.place.file in files:
            yield Reason(finding.id, f"{finding.place.file}: {finding.message}.", finding.hint)


def _unreadable(search: Search) -> Iterator[Reason]:
    for file in search.found():
        if not os.access(file, os.R_OK):
            mend = Mend(How.RUN, f"chmod a+r {_shown(search, file)}")
            yield Reason("unreadable", f"{file} cannot be read.", "Mend its permissions.", mend)


def _ignored(search: Search) -> Iterator[Reason]:
    file = next(search.found(), "")
    pattern = _pattern(search)
    if file and pattern:
        whose, hint = (
            (" in STATOR['IGNORE']", "Take the pattern out, or rename the file.")
            if pattern in search.ignored
            else (", as is all that editors leave behind", "Rename the file.")
        )
        yield Reason("name-ignored", f"{file} is left out by the pattern {pattern!r}{whose}.", hint)


def _pattern(search: Search) -> str:
    """Return the pattern by which a file of this name is left out, empty where there is none."""
    parts = [search.name, *search.name.split("/")]
    patterns = (*search.ignored, *EDITOR_DROPPINGS)
    return next((one for one in patterns if any(map(matcher((one,)), parts))), "")


def _not_collected(search: Search) -> Iterator[Reason]:
    file = next(search.found(), "")
    if search.published and file and not _pattern(search):
        yield Reason(
            "not-collected-name",
            f"{file} has not been collected: no release has it.",
            "Run collectstatic.",
            COLLECT,
        )


def _prefix(search: Search) -> Iterator[Reason]:
    for origin in search.origins:
        if origin.prefix and is_file(origin.root, search.name):
            what = f"The files of {origin.label} are below {origin.prefix}/: that is its prefix."
            yield instead(search, "name-without-prefix", what, f"{origin.prefix}/{search.name}")


def _beside(search: Search) -> Iterator[Reason]:
    known = _published_folders(search) | {app.path for app in search.apps}
    for origin in search.origins:
        parent = os.path.dirname(origin.root)
        file = file_in(parent, search.name)
        if parent not in known and is_file(parent, search.name) and not _is_within(file, known):
            yield Reason(
                "file-outside-static",
                f"{file} is beside {origin.root}, which is searched, and not in it.",
                "Move the file into that folder.",
                _moved(search, file, file_in(origin.root, search.name)),
            )


def _only_published(search: Search) -> Iterator[Reason]:
    roots = {origin.root for origin in search.origins}
    if (
        search.static_root not in roots
        and is_file(search.static_root, search.name)
        and not parse_digested(search.name)
        and not any(search.found())
    ):
        yield Reason(
            "only-published",
            "The file is in STATIC_ROOT only: what collectstatic publishes is no source.",
            "Put the source into the static/ folder of an app, or into a folder of STATICFILES_DIRS.",
        )


def _app_unsearched(search: Search) -> Iterator[Reason]:
    roots = {origin.root for origin in search.origins}
    for app in search.apps:
        folder = os.path.join(app.path, "static")
        if folder not in roots and is_file(folder, search.name):
            yield Reason(
                "finder-missing",
                f"The app {app.name!r} has the file in {folder}, and that folder is not searched.",
                "Restart the server: it looks for folders of apps when it starts."
                if search.by_apps
                else "Add django.contrib.staticfiles.finders.AppDirectoriesFinder to STATICFILES_FINDERS.",
            )


def _app_outside_static(search: Search) -> Iterator[Reason]:
    statics = _published_folders(search) | {os.path.join(app.path, "static") for app in search.apps}
    for app in search.apps:
        for folder, what in _WRONG_IN_AN_APP:
            for name in _names_in(app, search.name):
                file = file_in(os.path.join(app.path, folder), name)
                if is_file(app.path, os.path.join(folder, name)) and not _is_within(file, statics):
                    yield Reason(
                        "file-outside-static",
                        f"The app {app.name!r} has the file in {what}, not in its static folder: {file}.",
                        *_move(search, file, app.path),
                    )


# below the folder of an app, and what it is called
_WRONG_IN_AN_APP = (("", "its own folder"), (_TEMPLATES, "its folder of templates"))


def _names_in(app: Folder, name: str) -> list[str]:
    """Return the name, and what follows the app's label in it where it begins with that."""
    label = app.name.rpartition(".")[2]
    first, _, rest = name.partition("/")
    return [name, rest] if rest and first == label else [name]


def _without_label(search: Search) -> Iterator[Reason]:
    for app in search.apps:
        static = os.path.join(app.path, "static")
        for name in _names_in(app, search.name)[1:]:
            if name in search.files and next(search.asking(name).found(), "") == file_in(static, name):
                yield instead(
                    search,
                    "name-not-namespaced",
                    f"The file is in {static} itself, without a folder for the app in that.",
                    name,
                    f"; or move the file to {file_in(static, search.name)}, where no other app has a file of "
                    "its name",
                )


def _not_configured(search: Search) -> Iterator[Reason]:
    """Folders of the project that have the file and that no finder looks into."""
    known = _published_folders(search) | {app.path for app in search.apps}
    for folder in _folders_around(search):
        if folder.path in known:
            continue
        static = os.path.join(folder.path, "static")
        if static not in known and is_file(static, search.name):
            yield Reason(
                "app-not-installed",
                f"{folder.path}/static has the file, and {folder.name!r} is not in INSTALLED_APPS.",
                f"Add {folder.name!r} to INSTALLED_APPS, or {static} to STATICFILES_DIRS.",
                _added(search, "INSTALLED_APPS", f'"{folder.name}"')
                if _is_app(folder.path)
                else _searched(search, static),
            )
        file = file_in(folder.path, search.name)
        if is_file(folder.path, search.name) and not _is_within(file, known | {static}):
            yield Reason(
                "folder-not-configured",
                f"{folder.path} has the file, and is not searched.",
                *_publish(search, folder, file),
            )


def _is_app(folder: str) -> bool:
    return any(os.path.isfile(os.path.join(folder, name)) for name in ("__init__.py", "apps.py"))


def _publish(search: Search, folder: Folder, file: str) -> tuple[str, Mend | None]:
    if os.path.basename(folder.path) == _TEMPLATES:
        return _move(search, file, os.path.dirname(folder.path))
    if _holds_code(folder.path):
        return _move(search, file, folder.path)
    below = os.path.relpath(folder.path, search.project)
    return f"STATICFILES_DIRS = [BASE_DIR / {below!r}, …]", _searched(search, folder.path)


def _holds_code(folder: str) -> bool:
    """Say whether there is Python in a folder or below it, or too much to be sure that there is none."""
    walked = os.walk(folder)
    some = itertools.islice(walked, _MOST_FOLDERS)
    return any(file.endswith(_CODE) for _, _, files in some for file in files) or any(walked)


def _move(search: Search, file: str, parent: str) -> tuple[str, Mend | None]:
    """Say that a file belongs into the static folder in ``parent``, and how that comes to be searched."""
    static = os.path.join(parent, "static")
    to = file_in(static, search.name)
    mend: Mend | None = _moved(search, file, to)
    if static in _published_folders(search):
        then = ""
    elif search.by_apps and any(app.path == parent for app in search.apps):
        then = " and restart the server, which looks for folders of apps when it starts"
    else:
        then = f" and add {static} to STATICFILES_DIRS"
        added = _searched(search, static)
        mend = Mend(How.RUN, f"{_moved(search, file, to).text}\n{added.text}") if added else None
    return f"Move it to {to}{then}.", mend


# Mends


def _moved(search: Search, file: str, to: str) -> Mend:
    folder = _shown(search, os.path.dirname(to))
    return Mend(How.RUN, f"mkdir -p {folder} && mv {_shown(search, file)} {_shown(search, to)}")


def _searched(search: Search, folder: str) -> Mend | None:
    """Return what makes a folder one that is searched; it is named from BASE_DIR, a string or a path."""
    below = os.path.relpath(folder, search.project).replace(os.sep, "/")
    return _added(search, "STATICFILES_DIRS", f'f"{{BASE_DIR}}/{below}"', given=bool(search.configured))


def _added(search: Search, setting: str, value: str, *, given: bool = True) -> Mend | None:
    """Return the command that adds a value to a list of the settings, or makes it where none is ``given``."""
    if not search.settings or not search.project:
        return None
    line = f"{setting} = [*{setting}, {value}]" if given else f"{setting} = [{value}]"
    return Mend(How.RUN, f"echo {shlex.quote(line)} >> {_shown(search, search.settings)}")


def _shown(search: Search, path: str) -> str:
    """Return a path as a command in the folder of the project names it."""
    return shlex.quote(path.removeprefix(search.project.rstrip(os.sep) + os.sep) if search.project else path)


# Folders


def _published_folders(search: Search) -> set[str]:
    return {origin.root for origin in search.origins} | {search.static_root} - {""}


def _is_within(file: str, folders: Iterable[str]) -> bool:
    return any(file.startswith(folder + os.sep) for folder in folders)


def _folders_around(search: Search) -> Iterator[Folder]:
    """Yield the folders in that of the project and beside its apps, each as it would be named as an app."""
    if not search.project:
        return
    own = [app for app in search.apps if app.path.startswith(search.project + os.sep)]
    packages = {os.path.dirname(app.path): app.name.rpartition(".")[0] for app in own}
    seen = set()
    for parent, package in {**packages, search.project: ""}.items():
        try:
            entries = [entry for entry in os.scandir(parent) if entry.is_dir() and entry.name[0] not in "._"]
        except OSError:
            continue
        for entry in sorted(entries, key=lambda entry: entry.name)[:_MOST_FOLDERS]:
            if entry.path not in seen:
                seen.add(entry.path)
                yield Folder(f"{package}.{entry.name}" if package else entry.name, entry.path)


CHECKS: tuple[Check, ...] = (
    _stale,
    _refused,
    _unreadable,
    _ignored,
    _not_collected,
    _prefix,
    _app_unsearched,
    _without_label,
    _not_configured,
    _app_outside_static,
    _beside,
    _only_published,
)
