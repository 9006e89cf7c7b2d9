"""What is to blame that a file was not found: a table of checks, each of which knows one mistake.

A check is a function from a search to its reasons. Rule: it says only what it has seen, and stays silent
otherwise; the folders that it looks into are those that people put files into by mistake.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from stator.config import EDITOR_DROPPINGS, matcher
from stator.live.search import Folder, Search, file_in, is_file
from stator.nearest import Names
from stator.paths import parse_digested

_MOST_FOLDERS = 200  # of a project that are looked into


class Reason(NamedTuple):
    """Why a file was not found, in a sentence, and what to do about it in another."""

    what: str
    mend: str


def reasons(search: Search) -> list[Reason]:
    """Return all that is known to be wrong, the likeliest first."""
    return [reason for check in CHECKS for reason in check(search)]


def _folder(search: Search) -> Iterator[Reason]:
    below = search.name.rstrip("/")
    start = f"{below}/" if below else ""
    if search.name in {"", start} and any(name.startswith(start) for name in search.load_path.files):
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
        ", as are all hidden files and what editors leave behind",
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
    places = {file for _, file in search.places()}
    apps = {app.path for app in search.apps}
    for origin in search.origins:
        parent = os.path.dirname(origin.root)
        if parent not in apps and is_file(parent, search.name) and file_in(parent, search.name) not in places:
            yield Reason(
                f"{file_in(parent, search.name)} is beside {origin.root}, which is searched, and not in it.",
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
    for app in search.apps:
        if is_file(app.path, search.name):
            yield Reason(
                f"The app {app.name!r} has the file in its own folder, not in the static folder in that.",
                f"Move it to {os.path.join(app.path, 'static', search.name)}.",
            )


def _not_configured(search: Search) -> Iterator[Reason]:
    """Folders of the project that have the file and that no finder looks into."""
    roots = {origin.root for origin in search.origins} | {search.static_root}
    installed = {app.path for app in search.apps}
    for folder in _folders_around(search):
        static = os.path.join(folder.path, "static")
        if folder.path not in installed and static not in roots and is_file(static, search.name):
            yield Reason(
                f"{folder.name}/static has the file, and {folder.name!r} is not in INSTALLED_APPS.",
                f"Add {folder.name!r} to INSTALLED_APPS, or {static} to STATICFILES_DIRS.",
            )
        if folder.path not in roots | installed and is_file(folder.path, search.name):
            yield Reason(
                f"{folder.path} has the file, and is not in STATICFILES_DIRS.",
                f"STATICFILES_DIRS = [BASE_DIR / {folder.name!r}, …]",
            )


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


CHECKS: tuple[Callable[[Search], Iterator[Reason]], ...] = (
    _folder,
    _leading_slash,
    _relative,
    _digested,
    _refused,
    _unreadable,
    _ignored,
    _other_case,
    _prefix,
    _doubled,
    _app_unsearched,
    _not_configured,
    _app_outside_static,
    _beside,
    _only_published,
    _missing_folder,
)
