"""Files that are there and were not found: in folders that nobody looks into, left out, not collected yet.

Each check knows one way to put a file into the wrong place. Rules: it says only what it has seen, and stays
silent otherwise; the folders that it looks into are those that people put files into by mistake. Nothing is
advised that would publish Python, uploads, or a folder that holds more than files for visitors, and nothing
is moved by a command but from an app into its own static folder. Commands are for a shell in the folder of
the project.
"""

from __future__ import annotations

import itertools
import os
import shlex
from collections.abc import Iterable, Iterator

from stator.config import EDITOR_DROPPINGS, matcher
from stator.diagnose.facts.bundling import build_command
from stator.diagnose.facts.project import NODE_MODULES
from stator.diagnose.missing.reason import COLLECT, Check, Reason, instead, upload
from stator.diagnose.missing.search import Folder, Search, file_in, is_file
from stator.findings import How, Mend
from stator.frontends.package import PACKAGE
from stator.media_types import CSS, JAVASCRIPT, MANIFEST, media_type
from stator.paths import parse_digested

_MOST_FOLDERS = 200  # of a project that are looked into
_TEMPLATES = "templates"
_STATIC_NAMES = ("static", "statics", "assets", "build", "dist", "public")
# What shows that a folder holds more than files for visitors, or the output of a collect.
_is_for_others = matcher(
    ("*.py", "*.sqlite3", ".env*", ".git", "manage.py", NODE_MODULES, PACKAGE, "staticfiles.json")
)
_ASSETS = frozenset((CSS, JAVASCRIPT, MANIFEST, "application/vnd.ms-fontobject", "application/wasm"))
_KINDS_OF_ASSETS = ("audio/", "font/", "image/", "video/")


def uploaded(search: Search) -> Iterator[Reason]:
    """Yield the reason for a name that an upload has, with or without the folder of all uploads."""
    starts = ("", f"{os.path.basename(search.media_root)}/", search.media_url.lstrip("/"))
    names = dict.fromkeys(
        search.name.removeprefix(start) for start in starts if search.name.startswith(start)
    )
    is_apart = not _is_within(os.path.join(search.project, "x"), [search.media_root])
    for name in names:
        if is_apart and is_file(search.media_root, name) and not any(search.found()):
            yield upload(f"{file_in(search.media_root, name)} is in MEDIA_ROOT")
            return


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
        place = finding.place.file
        if finding.id != "shadowed" and (place in files or any(_is_within(file, [place]) for file in files)):
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
            f"{file} has not been collected: the current release is without it.",
            "Run collectstatic, or 'manage.py stator rollback' if the code went back to an earlier release.",
            COLLECT,
        )


def _prefix(search: Search) -> Iterator[Reason]:
    for origin in search.origins:
        if origin.prefix and is_file(origin.root, search.name):
            what = f"The files of {origin.label} are below {origin.prefix}/: that is its prefix."
            yield instead(search, "name-without-prefix", what, f"{origin.prefix}/{search.name}")


def _beside(search: Search) -> Iterator[Reason]:
    known = _known_folders(search) | {app.path for app in search.apps}
    for origin in search.origins if _is_asset(search.name) else ():
        parent = os.path.dirname(origin.root)
        file = file_in(parent, search.name)
        if parent not in known and is_file(parent, search.name) and not _is_within(file, known):
            yield Reason(
                "file-outside-static",
                f"{file} is beside {origin.root}, which is searched, and not in it.",
                *_elsewhere(search, file, f"Move it to {file_in(origin.root, search.name)}."),
            )


def _only_published(search: Search) -> Iterator[Reason]:
    roots = {origin.root for origin in search.origins}
    if (
        search.static_root not in roots
        and is_file(search.static_root, search.name)
        and not parse_digested(search.name)
        and not any(search.found())
    ):
        unbuilt = (build_command(one, search.project) for one in _not_there(search))
        command = next(filter(None, unbuilt), "")
        yield Reason(
            "only-published",
            "The file is in STATIC_ROOT only: what collectstatic publishes is no source.",
            f"Build the front end: {command}."
            if command
            else "Put the source into the static/ folder of an app, or into a folder of STATICFILES_DIRS.",
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


def _listed_unsearched(search: Search) -> Iterator[Reason]:
    roots = {origin.root for origin in search.origins}
    for folder in search.configured:
        if folder not in roots and is_file(folder, search.name):
            yield Reason(
                "finder-missing",
                f"{folder} has the file and is listed in STATICFILES_DIRS, which no finder looks into.",
                "Add django.contrib.staticfiles.finders.FileSystemFinder to STATICFILES_FINDERS.",
            )


def _app_outside_static(search: Search) -> Iterator[Reason]:
    statics = _known_folders(search) | {os.path.join(app.path, "static") for app in search.apps}
    for app in search.apps if _is_asset(search.name) else ():
        for folder, what in _WRONG_IN_AN_APP:
            for name in _names_in(app, search.name):
                file = file_in(os.path.join(app.path, folder), name)
                if is_file(app.path, os.path.join(folder, name)) and not _is_within(file, statics):
                    hint, to = _into_static(search, app.path)
                    yield Reason(
                        "file-outside-static",
                        f"The app {app.name!r} has the file in {what}, not in its static folder: {file}.",
                        hint,
                        _moved(search, file, to) if search.by_apps or _is_within(to, statics) else None,
                    )


# below the folder of an app, and what it is called
_WRONG_IN_AN_APP = (
    ("", "its own folder"),
    (_TEMPLATES, "its folder of templates"),
    *((name, f"its folder {name}") for name in _STATIC_NAMES[1:]),
)


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
    known = _known_folders(search) | {app.path for app in search.apps}
    for folder in _folders_around(search):
        if folder.path in known:
            continue
        static = os.path.join(folder.path, "static")
        if static not in known and is_file(static, search.name):
            yield _not_installed(search, folder) if _is_app(folder.path) else _not_listed(search, static)
        file = file_in(folder.path, search.name)
        if is_file(folder.path, search.name) and not _is_within(file, known | {static}):
            if _is_for_visitors(search, folder.path):
                yield _not_listed(search, folder.path)
            elif _is_asset(search.name):
                yield Reason(
                    "file-outside-static",
                    f"{folder.path} has the file, and is not searched.",
                    *_elsewhere(search, file, _into_static(search, _own_folder(folder.path))[0]),
                )


def _not_installed(search: Search, app: Folder) -> Reason:
    return Reason(
        "app-not-installed",
        f"{app.path}/static has the file, and {app.name!r} is not in INSTALLED_APPS.",
        f"Add {app.name!r} to INSTALLED_APPS.",
        _added(search, "INSTALLED_APPS", f'"{app.name}"'),
    )


def _not_listed(search: Search, folder: str) -> Reason:
    for gone in _not_there(search):
        return Reason(
            "static-dir-missing",
            f"STATICFILES_DIRS names {gone}, which is not there; {folder} has the file.",
            "Mend the path in STATICFILES_DIRS.",
        )
    return Reason(
        "folder-not-configured",
        f"{folder} has the file, and is not searched.",
        f"Add the folder {_told(search, folder)} to STATICFILES_DIRS.",
        _listed(search, folder),
    )


def _is_app(folder: str) -> bool:
    return any(os.path.isfile(os.path.join(folder, name)) for name in ("__init__.py", "apps.py"))


def _is_for_visitors(search: Search, folder: str) -> bool:
    """Say whether a folder is called as those of static files are and holds, as far as is seen, only such."""
    if os.path.basename(folder) not in _STATIC_NAMES or _is_within(search.media_root, [folder]):
        return False
    walked = os.walk(folder)
    some = itertools.islice(walked, _MOST_FOLDERS)
    has_others = any(_is_for_others(name) for _, folders, files in some for name in (*folders, *files))
    return not has_others and not any(walked)


def _is_asset(name: str) -> bool:
    """Say whether a file of this name can be nothing but a static file, once it is known to be no upload."""
    kind = media_type(name)
    return kind in _ASSETS or kind.startswith(_KINDS_OF_ASSETS)


def _elsewhere(search: Search, file: str, otherwise: str) -> tuple[str]:
    """Return what to do about a file in no static folder: of a package, of a front end, or ``otherwise``."""
    around, found, below = file.rpartition(f"/{NODE_MODULES}/")
    if found:
        package = "/".join(below.split("/")[: 2 if below.startswith("@") else 1])
        prefix = search.name.removesuffix(below.removeprefix(package)).strip("/")
        folder = _told(search, f"{around}{found}{package}")
        return (f"Add ({prefix!r}, {folder!r}) to STATICFILES_DIRS: this package, and not all of them.",)
    if any(os.path.isfile(os.path.join(folder, PACKAGE)) for folder in _between(search.project, file)):
        return ("It is a source of the front end: build that, and ask for what comes of it.",)
    return (otherwise,)


def _between(folder: str, file: str) -> Iterator[str]:
    """Yield the folders that a file is in, up to one around them, which is not among them."""
    while _is_within(inside := os.path.dirname(file), [folder]):
        yield inside
        file = inside


def _into_static(search: Search, parent: str) -> tuple[str, str]:
    """Say that a file belongs into the static folder in ``parent``, and return where it is then."""
    static = os.path.join(parent, "static")
    to = file_in(static, search.name)
    if static in _known_folders(search):
        then = ""
    elif search.by_apps and any(app.path == parent for app in search.apps):
        then = " and restart the server, which looks for folders of apps when it starts"
    else:
        then = f" and add {static} to STATICFILES_DIRS"
    return f"Move it to {to}{then}.", to


def _own_folder(folder: str) -> str:
    """Return the folder that would have the static one for what is in this."""
    return os.path.dirname(folder) if os.path.basename(folder) == _TEMPLATES else folder


# Mends


def _moved(search: Search, file: str, to: str) -> Mend:
    folder = _shown(search, os.path.dirname(to))
    return Mend(How.RUN, f"mkdir -p {folder} && mv {_shown(search, file)} {_shown(search, to)}")


def _listed(search: Search, folder: str) -> Mend | None:
    """Return what makes a folder one that is searched; it is named from BASE_DIR, a string or a path."""
    below = os.path.relpath(folder, search.project or os.sep).replace(os.sep, "/")
    return _added(search, "STATICFILES_DIRS", f'f"{{BASE_DIR}}/{below}"', given=bool(search.configured))


def _added(search: Search, setting: str, value: str, *, given: bool = True) -> Mend | None:
    """Return the command that adds a value to a list of the settings, or makes it where none is ``given``.

    That is done where the list is written, of several modules, or else where the project's folder is; a
    module outside of the project is not changed.
    """
    written = (search.written.get(name, "") for name in (setting, "BASE_DIR"))
    file = next((one for one in written if _is_within(one, [search.project])), search.settings)
    if not file or not search.project:
        return None
    line = f"{setting} = [*{setting}, {value}]" if given else f"{setting} = [{value}]"
    return Mend(How.RUN, rf"printf '\n%s\n' {shlex.quote(line)} >> {_shown(search, file)}")


def _shown(search: Search, path: str) -> str:
    """Return a path as a command in the folder of the project names it."""
    return shlex.quote(_told(search, path))


def _told(search: Search, path: str) -> str:
    """Return a path from the folder of the project, where it is inside."""
    return path.removeprefix(search.project.rstrip(os.sep) + os.sep) if search.project else path


# Folders


def _known_folders(search: Search) -> set[str]:
    """Return the folders that are searched, are to be, are published to, or hold uploads."""
    return {
        *(origin.root for origin in search.origins),
        *search.configured,
        search.static_root,
        search.media_root,
    } - {""}


def _not_there(search: Search) -> Iterator[str]:
    return (folder for folder in search.configured if not os.path.isdir(folder))


def _is_within(file: str, folders: Iterable[str]) -> bool:
    return any(file.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders if folder)


def _folders_around(search: Search) -> Iterator[Folder]:
    """Yield the folders in those of the project and beside its apps, each as it would be named as an app."""
    tops = {*_tops(search)}
    own = [app for app in search.apps if _is_within(app.path, tops)]
    packages = {os.path.dirname(app.path): app.name.rpartition(".")[0] for app in own}
    seen = set()
    for parent, package in {**packages, **dict.fromkeys(_tops(search), "")}.items():
        try:
            entries = [entry for entry in os.scandir(parent) if entry.is_dir() and entry.name[0] not in "._"]
        except OSError:
            continue
        for entry in sorted(entries, key=lambda entry: entry.name)[:_MOST_FOLDERS]:
            if entry.path not in seen:
                seen.add(entry.path)
                yield Folder(f"{package}.{entry.name}" if package else entry.name, entry.path)


def _tops(search: Search) -> Iterator[str]:
    """Yield the folder of the project, and that around the package of its settings, where it often is."""
    if search.project:
        yield search.project
    folder = os.path.dirname(search.settings)
    while folder and os.path.isfile(os.path.join(folder, "__init__.py")):
        folder = os.path.dirname(folder)
    if folder and folder != search.project:
        yield folder


CHECKS: tuple[Check, ...] = (
    _stale,
    _refused,
    _unreadable,
    _ignored,
    _not_collected,
    _prefix,
    _app_unsearched,
    _listed_unsearched,
    _without_label,
    _not_configured,
    _app_outside_static,
    _beside,
    _only_published,
)
