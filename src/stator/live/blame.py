"""What is to blame that a file was not found: a table of checks, each of which knows one mistake.

A check is a function from a search to its reasons. Rules: it says only what it has seen, and stays silent
otherwise; the folders that it looks into are those that people put files into by mistake. The disk is not
searched for a name under which nothing can be published, nor for hidden files and Python, of which nobody is
told here whether they exist. Nothing is advised that would publish Python.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from stator.config import EDITOR_DROPPINGS, matcher
from stator.live.search import Folder, Search, file_in, is_file
from stator.nearest import Names
from stator.paths import parse_digested

_MOST_FOLDERS = 200  # of a project that are looked into
_CODE = ".py"
_TEMPLATES = "templates"


class Reason(NamedTuple):
    """Why a file was not found, in a sentence, and what to do about it in another."""

    what: str
    mend: str


def reasons(search: Search) -> list[Reason]:
    """Return all that is known to be wrong, the likeliest first."""
    checks = BY_NAME if search.refusal() or _is_private(search.name) else (*BY_NAME, *ON_DISK)
    return [reason for check in checks for reason in check(search)]


def _is_private(name: str) -> bool:
    return _is_hidden(name) or name.lower().endswith(_CODE)


def _is_hidden(name: str) -> bool:
    return any(segment.startswith(".") for segment in name.split("/"))


def _unusable(search: Search) -> Iterator[Reason]:
    refusal = search.refusal()
    if refusal and not any(_folder(search)) and not any(_leading_slash(search)):
        yield Reason(
            f"No file is ever published under this name: it {refusal}.",
            "Write the name as the file has it, below its static/ folder.",
        )


def _hidden(search: Search) -> Iterator[Reason]:
    if _is_hidden(search.name) and not search.refusal():
        yield Reason(
            "Files and folders whose names begin with a dot are never published.",
            "Choose a name without the dot.",
        )


def _folder(search: Search) -> Iterator[Reason]:
    below = search.name.rstrip("/")
    start = f"{below}/" if below else ""
    if search.name in {"", below, start} and any(name.startswith(start) for name in search.load_path.files):
        yield Reason(f"{search.path} is a folder, and folders are not listed.", "Ask for a file in it.")


def _leading_slash(search: Search) -> Iterator[Reason]:
    name = search.name.lstrip("/")
    if name != search.name and name in search.load_path.files:
        yield Reason(
            "There is a slash too many before the name.",
            f"Write {{% static '{name}' %}}, or {search.prefix}{name}.",
        )


def _relative(search: Search) -> Iterator[Reason]:
    if not search.path.startswith(search.prefix) and search.name in search.load_path.files:
        yield Reason(
            "The address is written relative to the page: without a slash in front of it.",
            f"Write {{% static '{search.name}' %}}, or {search.prefix}{search.name}.",
        )


def _digested(search: Search) -> Iterator[Reason]:
    parsed = parse_digested(search.name)
    if parsed and not is_file(search.static_root, search.name):
        known = parsed[0] in search.load_path.files
        yield Reason(
            "This looks like a name with a digest, and with DEBUG files have their plain names: the page is"
            " an old one, or was rendered with DEBUG off.",
            f"Reload the page; the file is {search.prefix}{parsed[0]} now." if known else "Reload the page.",
        )


def _refused(search: Search) -> Iterator[Reason]:
    """What the walk found under this name and could not use: links that lead out, names, permissions."""
    files = {file for _, file in search.places() if file}
    for finding in search.load_path.findings:
        if finding.place.file in files:
            yield Reason(f"{finding.place.file}: {finding.message}.", finding.hint)


def _unreadable(search: Search) -> Iterator[Reason]:
    for _, file in search.places():
        if os.path.isfile(file) and not os.access(file, os.R_OK):
            yield Reason(f"{file} cannot be read.", "Mend its permissions.")


def _ignored(search: Search) -> Iterator[Reason]:
    files = [file for _, file in search.places() if file and os.path.isfile(file)]
    parts = [search.name, *search.name.split("/")]
    for patterns, whose, mend in _PATTERNS:
        pattern = next((one for one in patterns(search) if any(map(matcher((one,)), parts))), None)
        if pattern and files:
            yield Reason(f"{files[0]} is left out by the pattern {pattern!r}{whose}.", mend)
            return


# the patterns, whose they are, the next step
_PATTERNS: tuple[tuple[Callable[[Search], Iterable[str]], str, str], ...] = (
    (lambda search: search.ignored, " in STATOR['IGNORE']", "Take the pattern out, or rename the file."),
    (
        lambda _: EDITOR_DROPPINGS,
        ", as is all that editors leave behind",
        "Rename the file.",
    ),
)


def _other_case(search: Search) -> Iterator[Reason]:
    other = Names(search.load_path.files).other_case(search.name)
    if other:
        yield Reason(
            f"The file is called {other!r}: upper and lower case differ.",
            "Write the name as the file has it. Where it works all the same, a server with Linux will fail.",
        )


def _prefix(search: Search) -> Iterator[Reason]:
    for origin in search.origins:
        if origin.prefix and is_file(origin.root, search.name):
            yield Reason(
                f"The files of {origin.label} are below {origin.prefix}/: that is its prefix.",
                f"Ask for {origin.prefix}/{search.name}.",
            )


def _doubled(search: Search) -> Iterator[Reason]:
    first, _, rest = search.name.partition("/")
    for origin in search.origins:
        if rest in search.load_path.files and os.path.basename(origin.root) == first:
            yield Reason(
                f"The name begins with {first}/, which is the name of the folder that is searched itself.",
                f"Ask for {rest}.",
            )
            return


def _beside(search: Search) -> Iterator[Reason]:
    known = _published_folders(search) | {app.path for app in search.apps}
    for origin in search.origins:
        parent = os.path.dirname(origin.root)
        file = file_in(parent, search.name)
        if parent not in known and is_file(parent, search.name) and not _is_within(file, known):
            yield Reason(
                f"{file} is beside {origin.root}, which is searched, and not in it.",
                "Move the file into that folder.",
            )


def _only_published(search: Search) -> Iterator[Reason]:
    roots = {origin.root for origin in search.origins}
    if search.static_root not in roots and is_file(search.static_root, search.name):
        yield Reason(
            "The file is in STATIC_ROOT only: what collectstatic publishes is no source.",
            "Put the source into the static/ folder of an app, or into a folder of STATICFILES_DIRS.",
        )


def _missing_folder(search: Search) -> Iterator[Reason]:
    for folder in search.configured:
        if not os.path.isdir(folder):
            yield Reason(
                f"STATICFILES_DIRS names {folder}, which is not there.", "Make the folder, or mend its path."
            )


def _app_unsearched(search: Search) -> Iterator[Reason]:
    roots = {origin.root for origin in search.origins}
    for app in search.apps:
        folder = os.path.join(app.path, "static")
        if folder not in roots and is_file(folder, search.name):
            yield Reason(
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
                        f"The app {app.name!r} has the file in {what}, not in its static folder: {file}.",
                        _move(search, app.path),
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
            source = search.load_path.files.get(name)
            if source and source.location == file_in(static, name):
                yield Reason(
                    f"The file is in {static} itself, without a folder for the app in that.",
                    f"Write {{% static '{name}' %}}, which is {search.prefix}{name}; or move the file to"
                    f" {file_in(static, search.name)}, where no other app has a file of its name.",
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
                f"{folder.name}/static has the file, and {folder.name!r} is not in INSTALLED_APPS.",
                f"Add {folder.name!r} to INSTALLED_APPS, or {static} to STATICFILES_DIRS.",
            )
        file = file_in(folder.path, search.name)
        if is_file(folder.path, search.name) and not _is_within(file, known | {static}):
            yield Reason(f"{folder.path} has the file, and is not searched.", _publish(search, folder))


def _publish(search: Search, folder: Folder) -> str:
    if folder.name == _TEMPLATES:
        return _move(search, os.path.dirname(folder.path))
    if _holds_code(folder.path):
        return _move(search, folder.path)
    return f"STATICFILES_DIRS = [BASE_DIR / {os.path.relpath(folder.path, search.project)!r}, …]"


def _holds_code(folder: str) -> bool:
    """Say whether there is Python in a folder or below it, or too much to be sure that there is none."""
    walked = os.walk(folder)
    some = itertools.islice(walked, _MOST_FOLDERS)
    return any(file.endswith(_CODE) for _, _, files in some for file in files) or any(walked)


def _move(search: Search, parent: str) -> str:
    """Say that the file belongs into the static folder in ``parent``, and how that comes to be searched."""
    static = os.path.join(parent, "static")
    if static in _published_folders(search):
        then = ""
    elif search.by_apps and any(app.path == parent for app in search.apps):
        then = " and restart the server, which looks for folders of apps when it starts"
    else:
        then = f" and add {static} to STATICFILES_DIRS"
    return f"Move it to {file_in(static, search.name)}{then}."


def _published_folders(search: Search) -> set[str]:
    return {origin.root for origin in search.origins} | {search.static_root} - {""}


def _is_within(file: str, folders: Iterable[str]) -> bool:
    return any(file.startswith(folder + os.sep) for folder in folders)


def _folders_around(search: Search) -> Iterator[Folder]:
    own = [os.path.dirname(app.path) for app in search.apps if app.path.startswith(search.project + os.sep)]
    seen = set()
    for parent in dict.fromkeys([search.project, *own] if search.project else []):
        try:
            entries = [entry for entry in os.scandir(parent) if entry.is_dir() and entry.name[0] not in "._"]
        except OSError:
            continue
        for entry in sorted(entries, key=lambda entry: entry.name)[:_MOST_FOLDERS]:
            if entry.path not in seen:
                seen.add(entry.path)
                yield Folder(entry.name, entry.path)


Check = Callable[[Search], Iterator[Reason]]

# These know the name and what is published, and touch no disk.
BY_NAME: tuple[Check, ...] = (
    _folder,
    _leading_slash,
    _unusable,
    _hidden,
    _relative,
    _other_case,
    _doubled,
)
ON_DISK: tuple[Check, ...] = (
    _digested,
    _refused,
    _unreadable,
    _ignored,
    _prefix,
    _app_unsearched,
    _without_label,
    _not_configured,
    _app_outside_static,
    _beside,
    _only_published,
    _missing_folder,
)
