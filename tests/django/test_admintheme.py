"""``manage.py stator admintheme``: the app that it makes, in the admin of the oldest and newest Django."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from tests.django.test_stator_command import failure, stator
from tests.parts import DJANGO_61
from tests.sites import write

SITE = Path(__file__).with_name("admin_site.py")
VERSIONS = [
    pytest.param(sys.executable, id="this Django"),
    pytest.param(DJANGO_61 / "bin" / "python", id="Django 6.1", marks=pytest.mark.needs("Django 6.1")),
]
FILES = {
    "__init__.py",
    "apps.py",
    "templates/admin/base_site.html",
    "static/house/admin.css",
    "static/house/logo.svg",
    "static/house/favicon.svg",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a project, as ``manage.py`` stands in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def files_in(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def pages(folder: Path, python: Path | str, app: str) -> dict[str, Any]:
    """Return what the pages of an admin with the app in it are, by path, and Django's version."""
    environ = {**os.environ, "PYTHONPATH": str(folder), "PYTHONWARNINGS": "error"}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [python, SITE, app], capture_output=True, text=True, env=environ, cwd=folder, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("python", VERSIONS)
def test_the_admin_has_the_theme_on_every_page(folder: Path, python: Path | str) -> None:
    stator("admintheme", "house", "--title", "Müller & Söhne")
    told = pages(folder, python, "house")
    assert set(told) == {"/admin/", "/admin/login/", "/admin/auth/user/", "/admin/auth/user/1/change/"}
    for path, page in told.items():
        assert re.search(r"<title>[^<]+ \| Müller &amp; Söhne</title>", page), path
        assert re.search(r'id="site-name">.*?alt=""[^>]*> Müller &amp; Söhne</a>', page, re.DOTALL), path
        assert page.index('href="/static/house/admin.css"') > page.index("admin/css/dark_mode.css"), path
        assert 'rel="icon" href="/static/house/favicon.svg"' in page, path
        assert page.count('class="theme-toggle"') == 1, path
        assert "admin/js/theme.js" in page, path
        assert "<style" not in page, path


def test_it_is_made_where_one_stands(folder: Path) -> None:
    said = stator("admintheme", "house")
    assert files_in(folder / "house") == FILES
    assert "above 'django.contrib.admin':\n\n    \"house\",\n" in said
    assert "wrote house/apps.py\n" in said
    assert stator("admintheme", "quiet", verbosity=0) == ""


@pytest.mark.parametrize(("where", "module"), [("apps", "apps.house"), ("site/apps", "site.apps.house")])
def test_it_knows_its_name_wherever_it_is_made(folder: Path, where: str, module: str) -> None:
    said = stator("admintheme", "house", "-o", where)
    assert f'    "{module}",\n' in said
    assert f'name = "{module}"' in (folder / where / "house/apps.py").read_text()


def test_the_title_is_made_of_the_name_where_none_is_given(folder: Path) -> None:
    stator("admintheme", "white_house")
    assert '"White House"' in (folder / "white_house/apps.py").read_text()


def test_a_colour_that_cannot_be_read_is_told(folder: Path) -> None:
    assert "White on #ffcc00 has a contrast of 1.5: header and buttons are #" in stator(
        "admintheme", "house", "--colour", "#fc0"
    )
    assert "contrast" not in stator("admintheme", "other", "--colour", "#3b7564")


@pytest.mark.parametrize(("words", "message"), [
    (["white-house"], "cannot be the name of an app"),
    (["class"], "cannot be the name of an app"),
    (["häuschen"], "cannot be the name of an app"),
    (["../house"], "cannot be the name of an app"),
    (["staticfiles"], "is called 'staticfiles' already"),
    (["json"], "There is a module 'json' already"),
    (["taken"], "There is a module 'taken' already"),
    (["house", "-o", "filled"], "exists, and nothing is written over"),
    (["house", "-o", "no-package"], "cannot be a package"),
    (["house", "-o", "/"], "Nothing in / could be imported"),
    (["house", "--colour", "green"], "is no colour"),
])  # fmt: skip
def test_what_is_refused_leaves_nothing_behind(folder: Path, words: list[str], message: str) -> None:
    write(folder, {"taken.py": "", "filled/house/notes.txt": ""})
    before = files_in(folder)
    error = failure("admintheme", *words)
    assert error.returncode == 2
    assert message in str(error)
    assert files_in(folder) == before


@pytest.mark.parametrize("is_in_the_way", [True, False])
def test_a_template_that_would_be_found_before_it_is_told(folder: Path, is_in_the_way: bool) -> None:
    write(folder, {"templates/admin/base_site.html": ""})
    engine = {**settings.TEMPLATES[0], "DIRS": [folder / "templates"] if is_in_the_way else []}
    with override_settings(TEMPLATES=[engine]):
        said = stator("admintheme", "house")
    assert ("templates/admin/base_site.html is found before it" in said) is is_in_the_way
