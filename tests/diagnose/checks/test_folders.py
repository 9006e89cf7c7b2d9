"""Checks of folders, as far as the sites do not show it: what was meant by a folder that is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stator.diagnose.check import run
from stator.diagnose.checks.apps import APP_FINDER, FILE_SYSTEM_FINDER
from stator.diagnose.checks.folders import CHECKS
from stator.diagnose.facts.setup import App, Setup, StaticFolder
from stator.findings import Finding, Level
from tests.sites import write

STORAGE = "stator.django.storage.StatorStorage"


def told(id: str, project: Path, *listed: str, **differing: Any) -> list[Finding]:
    """Return what one check finds in a project that lists these folders, paths from the project's."""
    setup = Setup(
        project=str(project),
        settings=frozenset({"STATIC_ROOT"}),
        inside='BASE_DIR / "{}"',
        static_root=str(project / "static_root"),
        static_folders=tuple(StaticFolder(str(project / one)) for one in listed),
        storages={"staticfiles": STORAGE},
        finders=(FILE_SYSTEM_FINDER, APP_FINDER),
    )
    return list(run({id: CHECKS[id]}, setup._replace(**differing)))


def pasted(finding: Finding) -> str:
    return finding.mend.text if finding.mend else ""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", {"manage.py": b"", "static/css/app.css": b""})


# A folder that is not there


@pytest.mark.parametrize("listed", ["sttic", "Static", "/static", r"C:\shop\static"])
def test_the_folder_that_is_meant_is_written(shop: Path, listed: str) -> None:
    (found,) = told("static-dir-missing", shop, listed)
    assert found.level is Level.ERROR
    assert pasted(found) == 'STATICFILES_DIRS = [BASE_DIR / "static"]'


@pytest.mark.parametrize("listed", ["assets", "frontend/static", "/srv/elsewhere"])
def test_no_other_folder_is_meant(shop: Path, listed: str) -> None:
    (found,) = told("static-dir-missing", shop, listed)
    assert found.level is Level.WARNING
    assert not found.mend


@pytest.mark.parametrize(
    ("near", "differing"),
    [
        ("statics/__init__.py", {}),
        ("statics/settings.py", {"file": "statics/settings.py"}),
        ("statics/a.css", {"static_root": "statics"}),
        ("statics/a.css", {"media_root": "statics"}),
    ],
)
def test_a_folder_for_other_things_is_not_meant(tmp_path: Path, near: str, differing: dict[str, str]) -> None:
    write(tmp_path, {near: b""})
    paths = {name: str(tmp_path / path) for name, path in differing.items()}
    (found,) = told("static-dir-missing", tmp_path, "static", **paths)
    assert found.level is Level.WARNING
    assert not found.mend


def test_other_folders_stay_in_the_list(shop: Path) -> None:
    write(shop, {"assets/a.css": b""})
    (found,) = told("static-dir-missing", shop, "assets", "statik")
    assert pasted(found) == 'STATICFILES_DIRS = [BASE_DIR / "assets", BASE_DIR / "static"]'


def test_a_list_with_more_than_names_in_it_is_not_written_anew(shop: Path) -> None:
    for kept in (StaticFolder(str(shop / "static"), "prefix"), StaticFolder(str(shop.parent))):
        folders = (kept, StaticFolder(str(shop / "stati")))
        write(shop, {"statik/a.css": b""})
        (found,) = told("static-dir-missing", shop, static_folders=folders)
        assert found.level is Level.ERROR
        assert not found.mend


def test_a_base_dir_that_is_too_deep_is_told(shop: Path) -> None:
    write(shop, {"config/settings.py": b""})
    (found,) = told("static-dir-missing", shop / "config", "static")
    assert found.level is Level.ERROR
    assert "BASE_DIR" in found.hint
    assert str(shop / "static") in found.hint


def test_a_front_end_that_is_not_built_is_to_be_built(shop: Path) -> None:
    package = json.dumps({"scripts": {"build": "vite build"}})
    write(shop, {"frontend/package.json": package.encode()})
    (found,) = told("static-dir-missing", shop, "frontend/dist")
    assert found.level is Level.WARNING
    assert pasted(found) == "cd frontend && npm run build"


# STATIC_ROOT with files that nobody has collected


def by_hand(shop: Path, **differing: Any) -> list[Finding]:
    return told("static-root-by-hand", shop, **{"static_root": str(shop / "static"), **differing})


def test_a_folder_with_sources_is_listed_and_another_is_published_to(shop: Path) -> None:
    (found,) = by_hand(shop)
    assert "css/app.css" in found.message
    assert pasted(found) == 'STATIC_ROOT = BASE_DIR / "static_root"\nSTATICFILES_DIRS = [BASE_DIR / "static"]'


def test_a_list_of_folders_that_is_there_is_not_written_twice(shop: Path) -> None:
    (found,) = by_hand(shop, settings=frozenset({"STATIC_ROOT", "STATICFILES_DIRS"}))
    assert not found.mend
    assert 'BASE_DIR / "static"' in found.hint


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"static/.gitkeep": b"", "static/README.md": b"", "static/.cache/a.css": b""},
        {"static/app.css": b"", "static/staticfiles.json": b"{}"},
        {"static/app.css": b"", "shop/static/app.css": b""},
        {"static/vendor/app.css": b"", "vendor/app.css": b""},
    ],
)
def test_what_was_collected_is_no_source(tmp_path: Path, files: dict[str, bytes]) -> None:
    write(tmp_path, files)
    app = App("shop", "shop", str(tmp_path / "shop"))
    assert not by_hand(
        tmp_path, apps=(app,), static_folders=(StaticFolder(str(tmp_path / "vendor"), "vendor"),)
    )


@pytest.mark.parametrize(
    "differing",
    [
        {"finders": (FILE_SYSTEM_FINDER, "compressor.finders.CompressorFinder")},  # which writes there
        {"storages": {"staticfiles": "storages.backends.s3.S3Storage"}},
        {"static_root": ""},
    ],
)
def test_where_it_cannot_be_told_nothing_is(shop: Path, differing: dict[str, Any]) -> None:
    assert not by_hand(shop, **differing)


# Uploads among static files


@pytest.mark.parametrize(
    ("media", "mend"),
    [
        ("static", 'STATICFILES_DIRS = [BASE_DIR / "assets"]'),
        ("static/media", 'MEDIA_ROOT = BASE_DIR / "media"'),
        ("static/css", 'MEDIA_ROOT = BASE_DIR / "media"'),
    ],
)
def test_uploads_among_static_files_get_a_folder(shop: Path, media: str, mend: str) -> None:
    write(shop, {"assets/a.css": b""})
    (found,) = told("media-in-static-dirs", shop, "assets", "static", media_root=str(shop / media))
    assert (found.level, pasted(found)) == (Level.ERROR, mend)


def test_static_files_among_uploads_are_to_be_moved(shop: Path) -> None:
    write(shop, {"media/static/a.css": b""})
    (found,) = told("media-in-static-dirs", shop, "media/static", media_root=str(shop / "media"))
    assert not found.mend


def test_uploads_beside_static_files_are_where_they_should_be(shop: Path) -> None:
    assert not told("media-in-static-dirs", shop, "static", media_root=str(shop / "static-uploads"))
