"""Checks of the sources: what lies in static folders and should not, or not so.

They go by names, and look at own files only.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from stator.config import matcher
from stator.diagnose.check import Check, Found
from stator.diagnose.checks.wording import by_folder, few, files_text, folder_of, place_of, shown
from stator.diagnose.facts.project import NODE_MODULES, Project
from stator.findings import Level, Place
from stator.load_path import SourceFile, printable
from stator.media_types import extension

_KEEP_OUT = "Move it out of the static folders, or keep it out with STATOR['IGNORE'] = [{!r}]."

# By last segment in lower case. Keys in text files are known by what is in them, so *.pem is not here: most
# are certificates.
_PRIVATE_NAMES = """
    *.env .env.* *.htpasswd htpasswd .netrc .npmrc .pgpass .pypirc id_rsa id_dsa id_ecdsa id_ed25519
    *.jks *.kdbx *.keystore *.p12 *.pfx *.ppk *.sqlite3 *.sqlite3-journal *.sqlite3-wal
    credentials credentials.json client_secret*.json service-account*.json
    secrets.json secrets.toml secrets.yaml secrets.yml
"""
_CODE_NAMES = """
    *.pyc __init__.py asgi.py conftest.py manage.py models.py settings.py urls.py views.py wsgi.py
    dockerfile docker-compose*.yaml docker-compose*.yml compose.yaml compose.yml
    pipfile pipfile.lock poetry.lock pyproject.toml requirements*.txt uv.lock
"""
# What may be seen inside of a file, and what is said of it.
_SECRETS_INSIDE = {
    "private-key": "there is a private key in it",
    "users-of-database": "there is a dump of a database with its users in it",
    "password-hash": "there is the hash of a password in it",
    "access-key": "there is a key to an account at Amazon in it",
}
# Folders that any app may have, and so no names of its own.
_KINDS_OF_FILES = """
    assets css data dist docs favicon favicons files font fonts icon icons image images img imgs js json
    lib libs media pdf sass script scripts scss static style styles stylesheets svg vendor vendors video
    videos
"""
_is_secret, _is_code_name = matcher(_PRIVATE_NAMES.split()), matcher(_CODE_NAMES.split())
_is_kind_of_files = matcher(_KINDS_OF_FILES.split())
_MAY_BE_CODE = ".py"  # Pyodide and PyScript run Python in the browser
_LANGUAGES = {
    **dict.fromkeys([".less", ".sass", ".scss", ".styl"], "style sheets"),
    **dict.fromkeys([".coffee", ".jsx", ".svelte", ".ts", ".tsx", ".vue"], "scripts"),
}
_TEST_FOLDERS = frozenset(["__tests__", "spec", "specs", "test", "tests"])
_TEST_NAME = re.compile(r"\.(?:spec|test)\.[cm]?[jt]sx?\Z")


def _base(source: SourceFile) -> str:
    return posixpath.basename(source.path).lower()


def _secret_published(project: Project) -> Iterator[Found]:
    sighted = [one for one in project.contents.sightings if one.id in _SECRETS_INSIDE]
    inside = {sighting.source.path: sighting for sighting in reversed(sighted)}  # the first of each file
    for source in project.own_files():
        if _is_secret(_base(source)) and source.path not in inside:
            yield _secret(source, place_of(source), "by its name it is secret", project)
    for sighting in reversed(inside.values()):
        # The line is not shown, since the secret stands in it.
        place = sighting.place._replace(excerpt="", cut=0)
        yield _secret(sighting.source, place, _SECRETS_INSIDE[sighting.id], project)


def _secret(source: SourceFile, place: Place, why: str, project: Project) -> Found:
    manifest = project.published.manifest
    is_out = manifest is not None and source.path in manifest.paths
    stands = "has been published" if is_out else "will be published"
    return Found(
        place,
        f"{printable(source.path)!r} {stands}, and {why}.",
        _KEEP_OUT.format(posixpath.basename(source.path))
        + (" Then collect with --clear, and replace the secret: it is known." if is_out else ""),
        path=source.path,
    )


def _code_published(project: Project) -> Iterator[Found]:
    by_root: defaultdict[str, list[SourceFile]] = defaultdict(list)
    for source in project.own_files():
        if _is_code(source) or extension(source.path) == _MAY_BE_CODE:
            by_root[source.origin.root].append(source)
    for root, sources in by_root.items():
        yield Found(
            place_of(sources[0]),
            f"Code of the project will be published from {shown(root, project.setup.project)}: "
            f"{few([source.path for source in sources])}.",
            "Keep code out of static folders: STATICFILES_DIRS must not list the project or an app.",
            level=None if any(map(_is_code, sources)) else Level.WARNING,
            path=sources[0].path,
        )


def _is_code(source: SourceFile) -> bool:
    return _is_code_name(_base(source)) or ".git" in source.path.split("/")


def _node_modules_published(project: Project) -> Iterator[Found]:
    listed = {folder.path for folder in project.setup.static_folders}
    by_root: defaultdict[str, list[SourceFile]] = defaultdict(list)
    for source in project.load_path.files.values():
        root = source.origin.root
        if source.origin.package and root not in listed:
            continue
        around = os.path.dirname(root)
        head, found, _ = source.location.removeprefix(around).partition(f"/{NODE_MODULES}/")
        if found:
            by_root[f"{around}{head}/{NODE_MODULES}"].append(source)
    for root, sources in by_root.items():
        yield Found(
            Place(printable(root)),
            f"All of {NODE_MODULES} will be published, with {files_text(sources)}.",
            "List the folders of the packages that pages use, each with a prefix, or let a bundler take what "
            f"is needed; keep the rest out with STATOR['IGNORE'] = ['{NODE_MODULES}'].",
        )


def _source_published(project: Project) -> Iterator[Found]:
    found = [one for one in project.written_files() if extension(one.path) in _LANGUAGES]
    streams = {folder_of(one) for one in project.own_files() if extension(one.path) == ".m3u8"}
    for place, sources in by_folder(one for one in found if folder_of(one) not in streams):
        kinds = " and ".join(sorted({_LANGUAGES[extension(one.path)] for one in sources}))
        yield Found(
            place,
            f"Sources of {kinds}, which no browser reads, will be published: "
            f"{few([posixpath.basename(one.path) for one in sources])}.",
            "Keep them in a folder that is not static, or out with STATOR['IGNORE'] = "
            f"{sorted({'*' + extension(one.path) for one in sources})}.",
            path=sources[0].path,
        )


def _tests_published(project: Project) -> Iterator[Found]:
    tests = [one for one in project.written_files() if _is_test(one.path)]
    for place, sources in by_folder(tests):
        yield Found(
            place,
            f"Tests will be published: {few([posixpath.basename(one.path) for one in sources])}.",
            "Keep them in a folder that is not static, or out with STATOR['IGNORE'].",
            path=sources[0].path,
        )


def _is_test(path: str) -> bool:
    *folders, name = path.lower().split("/")
    return not _TEST_FOLDERS.isdisjoint(folders) or _TEST_NAME.search(name) is not None


def _not_namespaced(project: Project) -> Iterator[Found]:
    own = list(project.own_files())
    for app in project.setup.apps:
        root = os.path.join(app.path, "static")
        loose = [
            source.path for source in own if source.origin.root == root and _is_loose(source.path, app.label)
        ]
        if loose and not app.package:
            yield Found(
                Place(printable(root)),
                f"The app {app.name!r} offers files under names that any other app may have: {few(loose)}.",
                f"Move them to {shown(root, project.setup.project)}/{app.label}, and ask for "
                f"'{app.label}/{loose[0]}'.",
                path=loose[0],
            )


def _is_loose(path: str, label: str) -> bool:
    first, slash, _ = path.partition("/")
    return not slash or (_is_kind_of_files(first.lower()) and first != label)


def _case_twins(project: Project) -> Iterator[Found]:
    by_folded: defaultdict[str, list[SourceFile]] = defaultdict(list)
    for source in project.load_path.files.values():
        by_folded[source.path.casefold()].append(source)
    for first, *others in (twins for twins in by_folded.values() if len(twins) > 1):
        own = next((one for one in (*others, first) if not one.origin.package), None)
        if own:
            yield Found(
                place_of(own),
                f"Only upper and lower case tell {few([one.path for one in (first, *others)])} apart.",
                "Rename one of them: on Windows and macOS they are one file, so a checkout there loses one.",
                path=own.path,
            )


def _override_unused(project: Project) -> Iterator[Found]:
    shadowed = project.load_path.shadowed.items()
    replaced = [path for path, losers in shadowed if any(loser.origin.package for loser in losers)]
    for pattern in project.setup.options.overrides:
        if not any(map(matcher([pattern]), replaced)):
            yield Found(
                project.setup.place("STATOR"),
                f"STATOR['OVERRIDES'] has {pattern!r}, and no package has such a file whose place is taken.",
                "See what the package calls it now and rename yours, or remove the entry; 'manage.py "
                "findstatic' shows who offers a name.",
            )


CHECKS: Mapping[str, Check[Project]] = {
    "secret-published": Check(
        Level.ERROR,
        "A file that must stay secret (a private key, passwords, a database) will be published.",
        _secret_published,
    ),
    "code-published": Check(
        Level.ERROR,
        "Code or set-up of the project lies in a static folder and will be published.",
        _code_published,
    ),
    "node-modules-published": Check(
        Level.WARNING,
        "Whole packages of npm will be published, and not only what pages use.",
        _node_modules_published,
    ),
    "case-twins": Check(
        Level.WARNING, "Two files have names that differ only in upper and lower case.", _case_twins
    ),
    "source-published": Check(
        Level.INFO, "Sources in a language that no browser reads will be published.", _source_published
    ),
    "tests-published": Check(Level.INFO, "Tests of scripts will be published.", _tests_published),
    "not-namespaced": Check(
        Level.INFO, "An app offers files under names that another app could have as well.", _not_namespaced
    ),
    "override-unused": Check(
        Level.WARNING, "A file is declared to stand in place of a package's, and does not.", _override_unused
    ),
}
