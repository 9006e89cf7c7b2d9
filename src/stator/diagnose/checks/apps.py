"""Checks of apps, storages and finders: what finds static files, and what publishes them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from stator.diagnose.check import Check, Found, When
from stator.diagnose.checks import snippets
from stator.diagnose.facts.setup import MapEntry, Setup
from stator.findings import Level, Mend

STATICFILES = "django.contrib.staticfiles"
STATOR = "stator.django"
OUR_STORAGE = "stator.django.storage.StatorStorage"
# Django's storage in a folder, as settings name it and as Python does.
FILES = (
    "django.core.files.storage.FileSystemStorage",
    "django.core.files.storage.filesystem.FileSystemStorage",
)
FILE_SYSTEM_FINDER = f"{STATICFILES}.finders.FileSystemFinder"
APP_FINDER = f"{STATICFILES}.finders.AppDirectoriesFinder"

_ABOVE = f'INSTALLED_APPS = ["{STATOR}", …, "{STATICFILES}"]'
_PLAIN_STORAGE = f"{STATICFILES}.storage.StaticFilesStorage"
_ALIASES = {"DEFAULT_FILE_STORAGE": "default", "STATICFILES_STORAGE": "staticfiles"}  # settings of old
# Classes that everybody has, for who writes one of them wrong.
_EVERYBODYS = {
    "MIDDLEWARE": (
        "stator.django.middleware.StatorMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "django.middleware.gzip.GZipMiddleware",
    ),
    "STORAGES": (OUR_STORAGE, FILES[0], _PLAIN_STORAGE, f"{STATICFILES}.storage.ManifestStaticFilesStorage"),
    "STATICFILES_FINDERS": (FILE_SYSTEM_FINDER, APP_FINDER),
}
_NEAR = 0.9  # of 1: dotted names have much in common that says nothing


def _names(setup: Setup) -> list[str]:
    return [app.name for app in setup.apps]


def _staticfiles_not_installed(setup: Setup) -> Iterator[Found]:
    if STATICFILES not in _names(setup):
        yield Found(
            setup.place("INSTALLED_APPS"),
            f"{STATICFILES} is not in INSTALLED_APPS.",
            _ABOVE,
            snippets.listed("INSTALLED_APPS", [*setup.app_names, STATICFILES]),
        )


def _stator_below_staticfiles(setup: Setup) -> Iterator[Found]:
    names = _names(setup)
    if {STATICFILES, STATOR} <= {*names} and names.index(STATOR) > names.index(STATICFILES):
        ours = setup.app_names[names.index(STATOR)]
        yield Found(
            setup.place("INSTALLED_APPS"),
            f"{STATOR} stands below {STATICFILES}, so its commands are never used.",
            _ABOVE,
            snippets.listed("INSTALLED_APPS", [ours, *(one for one in setup.app_names if one != ours)]),
        )


def _not_importable(setup: Setup) -> Iterator[Found]:
    named = {
        "MIDDLEWARE": setup.middleware,
        "STORAGES": setup.storages.values(),
        "STATICFILES_FINDERS": setup.finders,
    }
    for setting, dotted_names in named.items():
        for dotted in dotted_names:
            if dotted in setup.unimportable:
                meant = _meant(dotted, _EVERYBODYS[setting])
                yield Found(
                    setup.place(setting),
                    f"{setting} names {dotted!r}, which cannot be imported: {setup.unimportable[dotted]}",
                    f"Did you mean {meant!r}?"
                    if meant
                    else "Correct the name, install the package that has it, or take it out.",
                    # STORAGES has options too, which must not get lost.
                    _renamed(setting, dotted_names, dotted, meant)
                    if meant and setting != "STORAGES"
                    else None,
                )


def _meant(dotted: str, known: Sequence[str]) -> str:
    """Return the class that one was probably meant to be, "" where none is near."""
    import difflib  # noqa: PLC0415  (for who has written one wrong only)

    name = dotted.rpartition(".")[2]
    same_name = [one for one in known if one.rpartition(".")[2] == name]
    return next(iter(same_name or difflib.get_close_matches(dotted, known, n=1, cutoff=_NEAR)), "")


def _renamed(setting: str, dotted_names: Iterable[str], wrong: str, right: str) -> Mend:
    """Return a list of classes with one of them corrected, and none twice."""
    return snippets.listed(setting, dict.fromkeys(right if one == wrong else one for one in dotted_names))


def _default_storage_missing(setup: Setup) -> Iterator[Found]:
    if "STORAGES" in setup.settings and "default" not in setup.storages:
        has_uploads = setup.media_root or setup.media_url
        yield Found(
            setup.place("STORAGES"),
            'STORAGES has no "default", so whatever stores or shows an upload fails.',
            f'Add it: "default": {{"BACKEND": "{FILES[0]}"}}',
            level=Level.ERROR if has_uploads else None,
        )


def _obsolete_storage_setting(setup: Setup) -> Iterator[Found]:
    meant = {**setup.storages, **{_ALIASES[name]: dotted for name, dotted in setup.old_storages.items()}}
    for name in setup.old_storages:
        message = f"{name} is set, and Django reads it no more since 5.1: STORAGES has taken its place."
        alias = _ALIASES[name]
        if "STORAGES" not in setup.settings:
            hint = "Write STORAGES instead."
            yield Found(setup.place(name), message, hint, snippets.stored(meant))
        elif setup.storages.get(alias) == setup.old_storages[name]:
            hint = f"Delete it: STORAGES[{alias!r}] says the same."
            yield Found(setup.place(name), message, hint, level=Level.INFO)
        else:
            hint = f"Delete it, and see that STORAGES[{alias!r}] names the backend that is meant."
            yield Found(setup.place(name), message, hint, level=Level.WARNING)


def _storage_without_digests(setup: Setup) -> Iterator[Found]:
    obsolete = "STATICFILES_STORAGE" in setup.old_storages and "STORAGES" not in setup.settings
    if setup.storages.get("staticfiles") == _PLAIN_STORAGE and not setup.debug and not obsolete:
        written = "STORAGES" in setup.settings  # with options perhaps, which must not get lost
        meant = {**setup.storages, "staticfiles": OUR_STORAGE}
        yield Found(
            setup.place("STORAGES"),
            f"The storage of static files is Django's {_PLAIN_STORAGE.rpartition('.')[2]}: names never "
            "change, so browsers go on showing old files after a deploy.",
            f'STORAGES["staticfiles"] = {{"BACKEND": "{OUR_STORAGE}"}}',
            None if written else snippets.stored(meant),
        )


def _finder_missing(setup: Setup) -> Iterator[Found]:
    app = next((app for app in setup.apps if os.path.isdir(os.path.join(app.path, "static"))), None)
    needed = {}
    if setup.static_folders:
        needed[FILE_SYSTEM_FINDER] = "the folders of STATICFILES_DIRS"
    if app:
        needed[APP_FINDER] = f"the static/ folder of {app.name} and of other apps"
    for finder, folders in needed.items():
        if not any(setup.is_a(dotted, finder) for dotted in setup.finders):
            yield Found(
                setup.place("STATICFILES_FINDERS"),
                f"Nothing looks into {folders}: STATICFILES_FINDERS lacks {finder.rpartition('.')[2]}.",
                "Add it, or delete the setting where Django's own two finders are enough.",
                snippets.listed("STATICFILES_FINDERS", [*setup.finders, finder]),
            )


def _bad_importmap(setup: Setup) -> Iterator[Found]:
    if setup.importmap_problem:
        message, hint = setup.importmap_problem
        yield Found(setup.place("INSTALLED_APPS"), message, hint)


def _importmap_conflict(setup: Setup) -> Iterator[Found]:
    first: dict[str, MapEntry] = {}
    for entry in setup.importmap:
        counting = first.setdefault(entry.specifier, entry)
        if counting.target != entry.target:
            yield Found(
                setup.place("INSTALLED_APPS"),
                f"{counting.app} and {entry.app} put {entry.specifier!r} into the import map, as "
                f"{counting.target!r} and as {entry.target!r}; the first counts.",
                "Take one of them out, or put the app that is meant above the other.",
            )


CHECKS: Mapping[str, Check[Setup]] = {
    "staticfiles-not-installed": Check(
        Level.ERROR, "Django's app for static files is not installed.", _staticfiles_not_installed
    ),
    "stator-below-staticfiles": Check(
        Level.ERROR, "Django's commands are found before Stator's.", _stator_below_staticfiles
    ),
    "setting-not-importable": Check(
        Level.ERROR, "A setting names a class that cannot be imported.", _not_importable, When.URLS
    ),
    "default-storage-missing": Check(
        Level.WARNING, "There is no storage for uploads.", _default_storage_missing
    ),
    "obsolete-storage-setting": Check(
        Level.ERROR, "A setting of old chooses a storage and is ignored.", _obsolete_storage_setting
    ),
    "finder-missing": Check(Level.WARNING, "Folders with static files are not looked into.", _finder_missing),
    "bad-importmap": Check(Level.ERROR, "An app's import map cannot be right.", _bad_importmap),
    "importmap-conflict": Check(
        Level.WARNING, "Two apps give one name of the import map to different modules.", _importmap_conflict
    ),
    "storage-without-digests": Check(
        Level.WARNING,
        "Names of static files never change, so caches go on using old files.",
        _storage_without_digests,
        When.DEPLOY,
    ),
}
