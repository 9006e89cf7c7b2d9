"""Checks of folders: STATIC_ROOT, MEDIA_ROOT, STATICFILES_DIRS and those of apps.

Folders are compared with links followed: two names of one folder are one folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from stator import manifest as manifests
from stator.diagnose.check import Check, Found, When
from stator.diagnose.checks import snippets
from stator.diagnose.checks.apps import APP_FINDER, FILE_SYSTEM_FINDER, FILES, OUR_STORAGE
from stator.diagnose.facts.setup import Setup, StaticFolder
from stator.findings import How, Level, Mend

_NOTES = frozenset(["README", "README.md", "README.txt"])  # what keeps an empty folder in a repository
_MOST_LOOKED_AT = 100  # files, to see whether a folder was filled by collectstatic
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


def _written(path: str, setup: Setup) -> str:
    """Return how the settings write an absolute path: from the project's folder where it is inside."""
    if _is_within(path, setup.project):
        return snippets.inside(setup, os.path.relpath(path, setup.project))
    return snippets.quoted(path)


def _listed(paths: Iterable[str], setup: Setup) -> Mend | None:
    """Return the mend that sets STATICFILES_DIRS; ``None`` where more than names in the project is written.

    That is a prefix, or a path from elsewhere, which may come from the environment.
    """
    paths = list(paths)
    if any(one.prefix for one in setup.static_folders):
        return None
    if not all(_is_within(path, setup.project) for path in paths):
        return None
    folders = ", ".join(_written(path, setup) for path in paths)
    return snippets.assigned("STATICFILES_DIRS", f"[{folders}]")


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


def _static_root_by_hand(setup: Setup) -> Iterator[Found]:
    root = setup.static_root
    if not root or not _can_tell_by_hand(setup):
        return
    if any(_holds(root, source) or _holds(source, root) for source in _sources(setup).values()):
        return  # the cause, which is told
    names = list(islice(_names_in(root), _MOST_LOOKED_AT))
    if names and not any(_is_offered(name, setup) for name in names):
        written = _written(root, setup)
        alone = "STATIC_ROOT" in setup.settings and "STATICFILES_DIRS" not in setup.settings
        moved = snippets.assigned("STATIC_ROOT", snippets.inside(setup, _unused(root, setup)))
        yield Found(
            setup.place("STATIC_ROOT"),
            f"STATIC_ROOT ({root}) holds files that no collectstatic has put there, as {names[0]}: in the "
            "folder that is published to, nothing finds them.",
            f"Give STATIC_ROOT a folder that holds nothing else, and list {written} in STATICFILES_DIRS.",
            moved._replace(text=f"{moved.text}\nSTATICFILES_DIRS = [{written}]") if alone else None,
        )


def _can_tell_by_hand(setup: Setup) -> bool:
    """Say whether what finders offer and what a collect leaves in ``STATIC_ROOT`` are plain to see."""
    root, storage = setup.static_root, setup.storages.get("staticfiles", "")
    return (
        setup.is_a(storage, OUR_STORAGE, *FILES)
        and {*setup.finders} <= {FILE_SYSTEM_FINDER, APP_FINDER}
        and not _code_in(root, setup)
        and not (setup.media_root and _holds(root, setup.media_root))
        and not os.path.exists(os.path.join(root, setup.options.manifest or manifests.NAME))
    )


def _names_in(folder: str) -> Iterator[str]:
    """Yield the paths of files below a folder, without those of hidden files and in hidden folders."""
    for around, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and name not in _NOTES:
                yield os.path.relpath(os.path.join(around, name), folder)


def _is_offered(name: str, setup: Setup) -> bool:
    """Say whether a finder finds a file under this name."""
    folders = [StaticFolder(os.path.join(app.path, "static")) for app in setup.apps]
    starts = ((path, f"{prefix}/" if prefix else "") for path, prefix in (*setup.static_folders, *folders))
    return any(
        name.startswith(start) and os.path.isfile(os.path.join(path, name.removeprefix(start)))
        for path, start in starts
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


def _media_in_static_dirs(setup: Setup) -> Iterator[Found]:
    media = setup.media_root
    if not media or _code_in(media, setup):
        return
    for what, source in _sources(setup).items():
        if _code_in(source, setup) or not (_holds(source, media) or _holds(media, source)):
            continue
        kept = [path for path, _ in setup.static_folders if path != source]
        if not _holds(media, source):
            name = _FOLDERS["MEDIA_ROOT"]
            is_taken = _holds(source, os.path.join(setup.project, name))
            yield Found(
                setup.place("MEDIA_ROOT"),
                f"MEDIA_ROOT ({media}) lies in {what} ({source}): collectstatic publishes every upload.",
                "Give uploads a folder of their own, and move there what has been uploaded.",
                snippets.assigned("MEDIA_ROOT", snippets.inside(setup, "uploads" if is_taken else name)),
            )
        elif _holds(source, media):
            yield Found(
                setup.place("STATICFILES_DIRS"),
                f"{what} is MEDIA_ROOT ({media}): collectstatic publishes every upload.",
                "Take it out of the list: pages name an upload by its field, as {{ product.photo.url }}.",
                _listed(kept, setup),
            )
        else:
            yield Found(
                setup.place("STATICFILES_DIRS"),
                f"{what} ({source}) lies in MEDIA_ROOT ({media}): an upload can become a static file.",
                "Move it out of there, and list where it is then.",
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
            hint, mend, level = _instead(path, setup)
            yield Found(
                setup.place("STATICFILES_DIRS"),
                f"STATICFILES_DIRS[{number}] names {path}, which {what}.",
                hint,
                mend,
                level,
            )


def _instead(path: str, setup: Setup) -> tuple[str, Mend | None, Level | None]:
    """Return what to do about a folder that is missing: hint, mend, and how much it matters."""
    listed = [one.path for one in setup.static_folders]
    for near, hint in _near(path, setup):
        if _is_free(near, setup):
            mend = _listed((near if one == path else one for one in listed), setup)
            return hint, mend, Level.ERROR
    from stator.diagnose.facts.bundling import build_command  # noqa: PLC0415  (for who lacks a folder only)

    command = build_command(path, setup.project)
    if command:
        return (
            "Build the front end, which makes it, before files are collected.",
            Mend(How.RUN, command),
            None,
        )
    return "Make the folder, correct its name, or take it out of the list.", None, None


def _near(path: str, setup: Setup) -> Iterator[tuple[str, str]]:
    """Yield folders that a missing one may be meant to be, which need not exist, each with a hint."""
    folder, name = os.path.split(path)
    if not _is_within(path, setup.project):
        near = os.path.join(setup.project, path.lstrip(os.sep))
        yield (
            near,
            f"Write {_written(near, setup)}: what begins with a slash is not looked for in the project.",
        )
    elif os.path.exists(os.path.join(os.path.dirname(setup.project), "manage.py")):
        above = os.path.dirname(setup.project)
        near = os.path.join(above, os.path.relpath(path, setup.project))
        yield near, f"There is {near}: BASE_DIR is not the folder of manage.py, it lacks a .parent."
    if "\\" in name:
        near = os.path.join(folder, name.rpartition("\\")[2])
        yield near, f"Write {_written(near, setup)}: the path is one of Windows."
    from stator.nearest import Names  # noqa: PLC0415  (for who lacks a folder only)

    beside = os.listdir(folder) if os.access(folder, os.R_OK | os.X_OK) else []
    like = Names(one for one in beside if _is_free(os.path.join(folder, one), setup)).nearest(name)
    if like:
        near = os.path.join(folder, like)
        yield near, f"The nearest folder is {near}."


def _is_free(folder: str, setup: Setup) -> bool:
    """Say whether a folder is there that is for nothing else, as far as the set-up tells."""
    taken = {setup.static_root, setup.media_root, *(one.path for one in setup.static_folders)}
    is_code = os.path.exists(os.path.join(folder, "__init__.py")) or _code_in(folder, setup)
    return os.path.isdir(folder) and folder not in taken and not is_code


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
    "static-root-by-hand": Check(
        Level.ERROR, "STATIC_ROOT is where files are written by hand.", _static_root_by_hand
    ),
    "static-and-media-root": Check(
        Level.ERROR, "Published files and uploads share a folder.", _static_and_media_root
    ),
    "media-in-static-dirs": Check(
        Level.ERROR, "Uploads are published as static files.", _media_in_static_dirs
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
