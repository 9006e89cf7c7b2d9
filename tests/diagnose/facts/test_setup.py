"""Checks of the set-up, as far as the sites do not show it: levels, relatives that are no mistake, mends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from stator.config import Options
from stator.diagnose.check import When, run
from stator.diagnose.checks.setup import CHECKS
from stator.diagnose.facts.setup import App, Failure, Routes, Setup, StaticFolder
from stator.findings import Finding, Level, Place

FILES = "django.core.files.storage.FileSystemStorage"
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
OURS = "stator.django.middleware.StatorMiddleware"
SECURITY = "django.middleware.security.SecurityMiddleware"
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
GZIP = "django.middleware.gzip.GZipMiddleware"
WHITENOISE = "whitenoise.middleware.WhiteNoiseMiddleware"
APPS = ("stator.django", "django.contrib.staticfiles")

GOOD = Setup(
    file="/srv/shop/shop/settings.py",
    project="/srv/shop",
    debug=True,
    settings=frozenset({"STORAGES", "STATIC_URL"}),
    inside='BASE_DIR / "{}"',
    static_url="/static/",
    static_root="/srv/shop/static_root",
    app_names=APPS,
    apps=tuple(App(name, name.rpartition(".")[2], f"/usr/lib/{name}", package=True) for name in APPS),
    middleware=(SECURITY, OURS, SESSIONS),
    storages={"default": FILES, "staticfiles": "stator.django.storage.StatorStorage"},
    fronts=frozenset(),
    routes=Routes("/srv/shop/shop/urls.py", frozenset({"MEDIA_URL"})),
)


def told(**differing: Any) -> list[Finding]:
    """Return what is found in a set-up that is good but for what is given; folders may not be there."""
    return [one for one in run(CHECKS, GOOD._replace(**differing)) if one.id != "static-dir-missing"]


def ids(**differing: Any) -> dict[str, Level]:
    return {finding.id: finding.level for finding in told(**differing)}


def test_nothing_is_wrong_with_a_good_one() -> None:
    assert told() == []


MEDIA = {"media_url": "/media/", "media_root": "/srv/media"}
OWN_APP = (*GOOD.apps, App("shop", "shop", "/srv/lib/shop"))
HOST = {"static_url": "/static.files/", "relative": frozenset({"STATIC_URL"})}
IN_A_BUCKET = {"storages": {**GOOD.storages, "default": "storages.backends.s3.S3Storage"}}
PLAIN_NAMES = {"storages": {"default": FILES, "staticfiles": PLAIN}}
OF_OLD = {"old_storages": {"STATICFILES_STORAGE": MANIFEST}}
FAILURE = Failure("KeyError", "'x'", Place("urls.py", 3))
A, A_AGAIN = StaticFolder("/srv/a"), StaticFolder("/srv/a", "prefix")
NO_FINDER = {"finder-missing": "W"}


@pytest.mark.parametrize(
    ("differing", "expected"),
    [
        # addresses
        ({"static_url": "//cdn.example.com/static/"}, {}),
        (HOST, {"static-url-without-scheme": "E"}),
        ({**HOST, "static_url": "/localhost:8000/static/"}, {"static-url-without-scheme": "E"}),
        ({**HOST, "static_url": "/v1.2/"}, {}),
        ({"static_url": "/cdn.example.com/static/"}, {}),
        ({"static_url": "http://cdn.example.com/"}, {}),
        ({"static_url": "http://cdn.example.com/", "secure": True}, {"static-url-insecure": "W"}),
        ({"static_url": "http://localhost:8000/", "secure": True}, {}),
        ({"static_url": "https://cdn.example.com/", "secure": True}, {}),
        ({**MEDIA, "media_url": "/static/"}, {"static-and-media-url": "E"}),
        ({**MEDIA, "static_url": "/media/static/"}, {"static-and-media-url": "W"}),
        ({**MEDIA, "static_url": "/"}, {"static-and-media-url": "E"}),
        ({**MEDIA, "static_url": "https://cdn.example.com/static/"}, {}),
        ({**MEDIA, "media_url": "https://cdn.example.com/media/"}, {}),
        # uploads
        ({"media_url": "/media/"}, {"media-root-unset": "W"}),
        ({"media_url": "/media/", **IN_A_BUCKET}, {}),
        ({"media_root": "/srv/media", **IN_A_BUCKET}, {}),
        ({"media_root": "/srv/media"}, {"media-url-unset": "W"}),
        ({**MEDIA, "routes": Routes()}, {"media-not-served": "W"}),
        ({**MEDIA, "routes": Routes(), "debug": False}, {"nothing-serves-media": "I"}),
        ({**MEDIA, "routes": Routes(), "debug": False, **IN_A_BUCKET}, {}),
        ({**MEDIA, "routes": Routes(), "debug": False, "media_url": "//cdn.example.com/media/"}, {}),
        ({**MEDIA, "routes": None}, {}),
        ({**MEDIA, "media_url": "https://cdn.example.com/media/", "routes": Routes()}, {}),
        ({"routes": Routes(unserved=("media() serves nothing.", ""))}, {"media-not-served": "W"}),
        ({"routes": Routes(failure=FAILURE)}, {"urls-not-importable": "E"}),
        # storages and finders
        (PLAIN_NAMES, {}),
        ({**PLAIN_NAMES, "debug": False}, {"storage-without-digests": "W"}),
        ({**OF_OLD, "settings": frozenset()}, {"obsolete-storage-setting": "E"}),
        (OF_OLD, {"obsolete-storage-setting": "W"}),
        ({"old_storages": {"DEFAULT_FILE_STORAGE": FILES}}, {"obsolete-storage-setting": "I"}),
        ({"unimportable": {"gone.Middleware": "no module"}}, {}),
        ({"unimportable": {SESSIONS: "no module"}}, {"setting-not-importable": "E"}),
        # folders
        ({"static_root": "", "debug": True}, {"static-root-unset": "I"}),
        ({"static_root": "", "debug": False}, {"static-root-unset": "W"}),
        ({"static_root": "/srv"}, {"root-is-project": "E"}),
        ({"static_root": "/usr/lib/stator.django"}, {}),
        ({"static_root": "/srv/lib/shop", "apps": OWN_APP}, {"root-is-project": "E"}),
        ({"static_root": "/srv/shop-static"}, {}),
        ({**MEDIA, "media_root": "/srv/shop"}, {"root-is-project": "E"}),
        ({**MEDIA, "media_root": "/srv/shop/static_root"}, {"static-and-media-root": "E"}),
        ({**MEDIA, "media_root": "/srv/shop/static_root/media"}, {"static-and-media-root": "E"}),
        ({**MEDIA, "static_root": "/srv/media/static"}, {"static-and-media-root": "W"}),
        ({"static_folders": (StaticFolder("/srv/shop"),)}, {"static-dir-holds-code": "E", **NO_FINDER}),
        ({"static_folders": (A, A)}, {"static-dir-twice": "W", **NO_FINDER}),
        ({"static_folders": (A, A_AGAIN)}, NO_FINDER),
        ({"options": Options(root_files="/nowhere/at/all")}, {"root-files-missing": "W"}),
        # middleware
        ({"middleware": ()}, {}),
        ({"middleware": (), "debug": False}, {"nothing-serves-static": "W"}),
        ({"middleware": (), "debug": False, "static_url": "https://cdn.example.com/"}, {}),
        ({"middleware": (), "debug": False, "static_url": "//cdn.example.com/static/"}, {}),
        ({"middleware": (), "debug": False, "fronts": frozenset({"stator.django.asgi"})}, {}),
        ({"middleware": (), "debug": False, "fronts": frozenset({"whitenoise"})}, {}),
        ({"middleware": (), "debug": False, "fronts": None}, {}),
        ({"middleware": (), "debug": False, "routes": Routes(answered=frozenset({"STATIC_URL"}))}, {}),
        ({"middleware": (SECURITY, WHITENOISE), "debug": False}, {}),
        ({"middleware": (SECURITY, WHITENOISE, OURS)}, {"two-static-servers": "W"}),
        ({"app_names": ("whitenoise.runserver_nostatic", *APPS)}, {"two-static-servers": "W"}),
        ({"app_names": ("whitenoise.runserver_nostatic", *APPS), "middleware": (SECURITY, WHITENOISE)}, {}),
        ({"middleware": (SESSIONS, OURS)}, {"middleware-after-body": "W"}),
        ({"middleware": ("debug_toolbar.middleware.DebugToolbarMiddleware", SECURITY, OURS)}, {}),
        ({"middleware": (SECURITY, GZIP, OURS)}, {"middleware-below-gzip": "W"}),
        ({"middleware": (SECURITY, OURS, GZIP)}, {}),
        ({"middleware": (OURS, OURS)}, {"middleware-twice": "W"}),
    ],
)  # fmt: skip
def test_what_is_told(differing: dict[str, Any], expected: dict[str, str]) -> None:
    levels = {"E": Level.ERROR, "W": Level.WARNING, "I": Level.INFO}
    assert ids(**differing) == {id: levels[level] for id, level in expected.items()}


def test_a_class_is_known_by_what_it_is_made_from() -> None:
    bases = {name: frozenset((name, base)) for name, base in [("shop.Users", SESSIONS), ("shop.Files", OURS)]}
    found = ids(middleware=(SECURITY, "shop.Users", "shop.Files"), bases=bases, debug=False)
    assert found == {"middleware-after-body": Level.WARNING}


@pytest.mark.parametrize(
    ("middleware", "mended"),
    [
        ((SESSIONS, OURS), [OURS, SESSIONS]),
        ((SECURITY, SESSIONS, OURS), [SECURITY, OURS, SESSIONS]),
        ((GZIP, SECURITY, OURS), [SECURITY, OURS, GZIP]),
        (("timing.Timing", SECURITY, SESSIONS, OURS), ["timing.Timing", SECURITY, OURS, SESSIONS]),
        ((OURS, SECURITY, OURS), [SECURITY, OURS]),
    ],
)
def test_middleware_is_put_in_order(middleware: tuple[str, ...], mended: list[str]) -> None:
    finding = told(middleware=middleware)[0]
    assert finding.mend
    written: dict[str, list[str]] = {}
    exec(finding.mend.text, {}, written)
    assert written == {"MIDDLEWARE": mended}


def test_settings_of_old_become_one_setting() -> None:
    old = {"STATICFILES_STORAGE": MANIFEST, "DEFAULT_FILE_STORAGE": "storages.backends.s3.S3Storage"}
    findings = told(old_storages=old, settings=frozenset(), debug=False)
    assert [finding.id for finding in findings] == ["obsolete-storage-setting"] * 2
    written: dict[str, dict[str, dict[str, str]]] = {}
    for finding in findings:
        assert finding.mend
        exec(finding.mend.text, {}, written)
        backends = {alias: one["BACKEND"] for alias, one in written["STORAGES"].items()}
        assert backends == {"default": old["DEFAULT_FILE_STORAGE"], "staticfiles": MANIFEST}


@pytest.mark.parametrize(
    ("reach", "level"), [("static", Level.ERROR), ("static/dist", Level.WARNING), (".", Level.ERROR)]
)
def test_what_is_published_is_kept_apart_from_sources(reach: str, level: Level, tmp_path: Path) -> None:
    (tmp_path / "static" / "dist").mkdir(parents=True)
    folders = (StaticFolder(str(tmp_path / "static")),)
    found = ids(static_root=os.path.normpath(tmp_path / reach), static_folders=folders)
    assert found["static-root-in-sources"] is level


def test_folders_are_compared_with_links_followed(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "link").symlink_to("static")
    folders = (StaticFolder(str(tmp_path / "static")), StaticFolder(str(tmp_path / "link")))
    assert "static-dir-twice" in ids(static_folders=folders)


def test_a_folder_of_an_app_is_not_to_be_listed(tmp_path: Path) -> None:
    (tmp_path / "shop" / "static" / "shop").mkdir(parents=True)
    apps = (*GOOD.apps, App("shop", "shop", str(tmp_path / "shop")))
    folders = (StaticFolder(str(tmp_path / "shop" / "static" / "shop")),)
    assert "static-dir-in-app" in ids(apps=apps, static_folders=folders)


def test_the_folder_for_a_root_that_is_not_there_yet_is_made_later(tmp_path: Path) -> None:
    assert told(static_root=str(tmp_path / "not" / "yet")) == []


def test_a_closed_folder_is_only_likely_to_be_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root, whom nothing is closed to, runs tests too
    assert ids(static_root=str(tmp_path / "static_root")) == {"static-root-not-writable": Level.WARNING}


def test_what_only_visitors_feel_is_told_before_a_deployment_only() -> None:
    deploying = {id for id, check in CHECKS.items() if check.when is When.DEPLOY}
    assert deploying == {
        "nothing-serves-media",
        "nothing-serves-static",
        "static-root-not-writable",
        "static-root-unset",
        "storage-without-digests",
    }


def test_a_project_chooses_what_it_hears() -> None:
    finding = told(middleware=(SESSIONS, OURS))[0]
    for patterns, suppressed in [
        ((("middleware-*", "*"),), True),
        ((("middleware-after-body", "*/settings.py"),), True),
        ((("middleware-after-body", "*.html"),), False),
        ((("media-not-served", "*"),), False),
    ]:
        assert GOOD._replace(options=Options(suppress=patterns)).suppresses(finding) is suppressed
