"""Checks of folders: STATIC_ROOT, MEDIA_ROOT, STATICFILES_DIRS and those of apps.

Folders are compared with links followed: two names of one folder are one folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from stator.diagnose.check import Check, Found, When
from stator.diagnose.checks import snippets
from stator.diagnose.facts.setup import Setup
from stator.findings import Level

_FOLDERS = {"STATIC_ROOT": "static_root", "MEDIA_ROOT": "media"}  # what a root is called where we name it


def _holds(outer: str, inner: str) -> bool:
    """Say whether a folder is or lies in another one."""
    return _is_within(os.path.realpath(inner), os.path.realpath(outer))


def _is_within(inner: str, outer: str) -> bool:
    """Say the same of paths in which no link is left. To follow links is dear, so loops do it beforehand."""
    return inner == outer or inner.startswith(outer.rstrip(os.sep) + os.sep)


def _roots(setup: Setup) -> dict[str, str]:
    """Return those of the two roots that are set, by setting."""
    given = {"STATIC_ROOT": setup.static_root, "MEDIA_ROOT": setup.media_root}
    return {name: root for name, root in given.items() if root}


def _code_in(folder: str, setup: Setup) -> str:
    """Return what code of the project's own lies in a folder, "" for none."""
    own = {f"the app {app.name}": app.path for app in setup.apps if not app.package}
    code = {"the project": setup.project, "the settings": setup.file, **own}
    real = os.path.realpath(folder)
    held = (what for what, path in code.items() if path and _is_within(os.path.realpath(path), real))
    return next(held, "")


def _sources(setup: Setup) -> dict[str, str]:
    """Return the folders that static files are looked for in, by what they are in messages."""
    of_settings = {f"STATICFILES_DIRS[{number}]": one.path for number, one in enumerate(setup.static_folders)}
    of_apps = {f"the static/ folder of {app.name}": os.path.join(app.path, "static") for app in setup.apps}
    return {what: path for what, path in {**of_settings, **of_apps}.items() if os.path.isdir(path)}


# --- STATIC_ROOT and MEDIA_ROOT


def _static_root_unset(setup: Setup) -> Iterator[Found]:
    if not setup.static_root:
        yield Found(
            setup.place("STATIC_ROOT"),
            "STATIC_ROOT is not set, so collectstatic has nowhere to publish files.",
            "Give it a folder that holds nothing else.",
            snippets.assigned("STATIC_ROOT", snippets.inside(setup, "static_root")),
            Level.INFO if setup.debug else None,
        )


def _root_is_project(setup: Setup) -> Iterator[Found]:
    for name, root in _roots(setup).items():
        code = _code_in(root, setup)
        if code:
            yield Found(
                setup.place(name),
                f"{name} is {root}, where {code} is: code would be sent to whoever asks for it.",
                "Give it a folder that holds nothing else.",
                snippets.assigned(name, snippets.inside(setup, _FOLDERS[name])),
            )


def _static_root_in_sources(setup: Setup) -> Iterator[Found]:
    root = setup.static_root
    if not root or _code_in(root, setup):  # the cause, which is told
        return
    real_root = os.path.realpath(root)
    for what, source in _sources(setup).items():
        real_source = os.path.realpath(source)
        holds, lies_in = _is_within(real_source, real_root), _is_within(real_root, real_source)
        if (holds or lies_in) and not _code_in(source, setup):  # which is told as well
            yield Found(
                setup.place("STATIC_ROOT"),
                f"STATIC_ROOT ({root}) {'holds' if holds else 'lies in'} {what} ({source}): what is "
                "published and its sources mix.",
                "Give STATIC_ROOT a folder outside of all sources.",
                snippets.assigned("STATIC_ROOT", snippets.inside(setup, _unused(source, setup))),
                None if holds else Level.WARNING,  # since a collect leaves it out of its sources
            )


def _unused(source: str, setup: Setup) -> str:
    """Return a name of a folder in the project that does not lie in a source."""
    name = _FOLDERS["STATIC_ROOT"]
    return f"{name}_published" if _holds(source, os.path.join(setup.project, name)) else name


def _static_and_media_root(setup: Setup) -> Iterator[Found]:
    static, media = setup.static_root, setup.media_root
    if not static or not media or _code_in(static, setup) or _code_in(media, setup):
        return
    name = _FOLDERS["MEDIA_ROOT"]
    mend = snippets.assigned("MEDIA_ROOT", snippets.inside(setup, f"{name}_root" if name in static else name))
    if _holds(static, media):
        relation = "is" if _holds(media, static) else "lies in"
        yield Found(
            setup.place("MEDIA_ROOT"),
            f"MEDIA_ROOT ({media}) {relation} STATIC_ROOT ({static}): uploads are published without a rule, "
            "and collectstatic --clear deletes them.",
            "Give each a folder of its own.",
            mend,
        )
    elif _holds(media, static):
        yield Found(
            setup.place("MEDIA_ROOT"),
            f"STATIC_ROOT ({static}) lies in MEDIA_ROOT ({media}): an upload can take the place of a "
            "published file.",
            "Give each a folder of its own.",
            mend,
            Level.WARNING,
        )


def _static_root_not_writable(setup: Setup) -> Iterator[Found]:
    nearest = setup.static_root
    while nearest and not os.path.lexists(nearest):
        nearest = os.path.dirname(nearest)
    if not nearest:
        return
    if not os.path.isdir(nearest):
        yield Found(
            setup.place("STATIC_ROOT"),
            f"STATIC_ROOT ({setup.static_root}) cannot be a folder: {nearest} is a file.",
            "Move that file away, or give STATIC_ROOT another folder.",
        )
    elif not os.access(nearest, os.W_OK | os.X_OK):
        yield Found(
            setup.place("STATIC_ROOT"),
            f"STATIC_ROOT ({setup.static_root}) cannot be written to by who runs this: {nearest} is closed.",
            "Run collectstatic as its owner. Where that was done, as in a container, nothing is wrong.",
            level=Level.WARNING,
        )


# --- STATICFILES_DIRS


def _static_dirs_no_list(setup: Setup) -> Iterator[Found]:
    for name, value in setup.no_lists.items():
        yield Found(
            setup.place(name),
            f"{name} has to be a list and is {value}.",
            f'Put it in brackets: {name} = [BASE_DIR / "static"]',
            snippets.assigned(name, f"[{snippets.inside(setup, 'static')}]"),
        )


def _static_dir_missing(setup: Setup) -> Iterator[Found]:
    for number, (path, _) in enumerate(setup.static_folders):
        if not os.path.isdir(path):
            what = "is a file" if os.path.isfile(path) else "does not exist"
            yield Found(
                setup.place("STATICFILES_DIRS"),
                f"STATICFILES_DIRS[{number}] names {path}, which {what}.",
                "Make the folder, correct its name, or take it out of the list.",
            )


def _static_dir_in_app(setup: Setup) -> Iterator[Found]:
    of_apps = [(app, os.path.realpath(os.path.join(app.path, "static"))) for app in setup.apps]
    for number, (path, _) in enumerate(setup.static_folders):
        real = os.path.realpath(path)
        for app, static in of_apps:
            if _is_within(real, static) and os.path.isdir(real):
                yield Found(
                    setup.place("STATICFILES_DIRS"),
                    f"STATICFILES_DIRS[{number}] ({path}) lies in the static/ folder of {app.name}, where "
                    "files are found anyway: each is published twice or hides itself.",
                    "Take it out of the list.",
                )


def _static_dir_twice(setup: Setup) -> Iterator[Found]:
    seen: dict[tuple[str, str], int] = {}
    for number, (path, prefix) in enumerate(setup.static_folders):
        first = seen.setdefault((os.path.realpath(path), prefix), number)
        if first != number:
            yield Found(
                setup.place("STATICFILES_DIRS"),
                f"STATICFILES_DIRS names one folder twice, as [{first}] and [{number}]: {path}",
                "Take one of the two out of the list.",
            )


def _static_dir_holds_code(setup: Setup) -> Iterator[Found]:
    for number, (path, _) in enumerate(setup.static_folders):
        code = _code_in(path, setup)
        if code:
            yield Found(
                setup.place("STATICFILES_DIRS"),
                f"STATICFILES_DIRS[{number}] is {path}, where {code} is: its code would be published.",
                "Name a folder that holds static files and nothing else.",
            )


def _root_files_missing(setup: Setup) -> Iterator[Found]:
    folder = setup.options.root_files
    if folder and not os.path.isdir(folder):
        yield Found(
            setup.place("STATOR"),
            f"STATOR['ROOT_FILES'] names {folder}, which is no folder, so nothing is served from it.",
            "Make the folder, or correct its name.",
        )


CHECKS: Mapping[str, Check[Setup]] = {
    "root-is-project": Check(Level.ERROR, "Code is where files for visitors are.", _root_is_project),
    "static-root-unset": Check(
        Level.WARNING, "Static files have nowhere to be published to.", _static_root_unset, When.DEPLOY
    ),
    "static-root-in-sources": Check(
        Level.ERROR, "Published files and their sources share a folder.", _static_root_in_sources
    ),
    "static-and-media-root": Check(
        Level.ERROR, "Published files and uploads share a folder.", _static_and_media_root
    ),
    "static-root-not-writable": Check(
        Level.ERROR, "Static files cannot be published.", _static_root_not_writable, When.DEPLOY
    ),
    "static-dirs-no-list": Check(Level.ERROR, "STATICFILES_DIRS is no list.", _static_dirs_no_list),
    "static-dir-holds-code": Check(
        Level.ERROR, "A folder of static files holds code.", _static_dir_holds_code
    ),
    "static-dir-missing": Check(
        Level.WARNING, "A folder of static files does not exist.", _static_dir_missing, When.NEVER
    ),
    "static-dir-in-app": Check(
        Level.WARNING, "A folder of an app is listed as one of the project.", _static_dir_in_app
    ),
    "static-dir-twice": Check(Level.WARNING, "A folder is listed twice.", _static_dir_twice),
    "root-files-missing": Check(
        Level.WARNING, "The folder for files at the root of the site does not exist.", _root_files_missing
    ),
}
