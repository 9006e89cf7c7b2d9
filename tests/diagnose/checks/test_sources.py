from __future__ import annotations

from pathlib import Path

import pytest

from stator.diagnose.facts.setup import App, Setup
from stator.findings import Level
from tests.diagnose.sources import project, told


@pytest.mark.parametrize(
    "name",
    ["production.env", "backup/db.sqlite3", "id_rsa", "keys/site.P12", "htpasswd", "client_secret_1.json"],
)
def test_names_of_secrets(tmp_path: Path, name: str) -> None:
    (found,) = told("secret-published", project(tmp_path, {name: "x"}))
    assert found.path == name


@pytest.mark.parametrize(
    "name", ["environment.js", "env.css", "site.pem", "id_rsa.pub", "js/credentials.js", "data.sqlite"]
)
def test_names_that_are_none_of_secrets(tmp_path: Path, name: str) -> None:
    assert told("secret-published", project(tmp_path, {name: "x"})) == []


def test_a_key_in_a_file_that_is_secret_by_its_name_is_told_once(tmp_path: Path) -> None:
    key = "-----BEGIN PRIVATE KEY-----\n" + "A" * 64
    (found,) = told("secret-published", project(tmp_path, {"id_rsa": key}))
    assert found.place.line == 1


def test_a_secret_is_told_once_a_file_and_not_shown(tmp_path: Path) -> None:
    dump = "INSERT INTO auth_user (password) VALUES ('pbkdf2_sha256$600000$abcdefghij$" + "h" * 43 + "=');\n"
    (found,) = told("secret-published", project(tmp_path, {"backup.sql": dump * 3}))
    assert "its users" in found.message
    assert (found.place.line, found.place.excerpt) == (1, "")


@pytest.mark.parametrize(
    ("files", "level"),
    [
        (["shop/__init__.py", "shop/prices.py"], None),
        (["Dockerfile"], None),
        (["requirements-dev.txt"], None),
        (["lib/.git/config"], None),
        (["examples/hello.py"], Level.WARNING),
    ],
)
def test_code(tmp_path: Path, files: list[str], level: Level | None) -> None:
    (found,) = told("code-published", project(tmp_path, dict.fromkeys(files, "x")))
    assert found.level == level
    assert all(name in found.message for name in files)


@pytest.mark.parametrize(
    "name", ["package.json", "vendor/composer.json", "requirements.js", "python.css", "readme.txt"]
)
def test_no_code(tmp_path: Path, name: str) -> None:
    assert told("code-published", project(tmp_path, {name: "x"})) == []


def test_a_folder_of_packages_is_told_once(tmp_path: Path) -> None:
    files = {"lib/node_modules/a/a.ts": "x", "lib/node_modules/b/test/b.js": "x", "app.js": "x"}
    found = project(tmp_path, files)
    (one,) = told("node-modules-published", found)
    assert one.place.file == str(tmp_path / "static/lib/node_modules")
    assert told("source-published", found) == told("tests-published", found) == []


def test_sources_are_told_once_a_folder(tmp_path: Path) -> None:
    files = {"a/one.scss": "", "a/two.SCSS": "", "b/app.ts": "", "b/app.vue": "", "a/app.css": ""}
    one, two = told("source-published", project(tmp_path, files))
    assert "style sheets" in one.message
    assert "one.scss, two.SCSS" in one.message
    assert "app.ts, app.vue" in two.message


def test_film_is_no_typescript(tmp_path: Path) -> None:
    assert told("source-published", project(tmp_path, {"film/a.m3u8": "", "film/1.ts": ""})) == []


@pytest.mark.parametrize("name", ["tests/a.js", "js/__tests__/a.js", "a.test.mjs", "js/a.spec.ts"])
def test_tests(tmp_path: Path, name: str) -> None:
    assert len(told("tests-published", project(tmp_path, {name: ""}))) == 1


@pytest.mark.parametrize("name", ["latest/a.js", "test.js", "specs.css", "contest.js"])
def test_no_tests(tmp_path: Path, name: str) -> None:
    assert told("tests-published", project(tmp_path, {name: ""})) == []


@pytest.mark.parametrize(
    ("name", "is_loose"),
    [
        ("app.css", True),
        ("css/app.css", True),
        ("IMG/a.png", True),
        ("shop/app.css", False),
        ("admin/js/own.js", False),
    ],
)
def test_names_of_an_app(tmp_path: Path, name: str, is_loose: bool) -> None:
    setup = Setup(apps=(App("shop", "shop", str(tmp_path)),))
    assert bool(told("not-namespaced", project(tmp_path, {name: ""}, setup))) is is_loose


def test_an_app_may_be_called_as_a_kind_of_files(tmp_path: Path) -> None:
    setup = Setup(apps=(App("media", "media", str(tmp_path)),))
    assert told("not-namespaced", project(tmp_path, {"media/a.png": ""}, setup)) == []


def test_names_in_another_case(tmp_path: Path) -> None:
    (found,) = told(
        "case-twins", project(tmp_path, {"img/Logo.svg": "", "IMG/logo.svg": "", "img/a.svg": ""})
    )
    assert "IMG/logo.svg, img/Logo.svg" in found.message
