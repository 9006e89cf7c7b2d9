"""``manage.py stator report``: what it tells of a site with two releases, and where it writes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command

from stator.report.page import MARK
from tests.django.conftest import Project
from tests.django.test_stator_command import failure, stator
from tests.parts import TESTS
from tests.sites import write

DOCS = TESTS.parent / "docs"
GOLDEN = TESTS / "report" / "golden.json"
FIRST, SECOND, NOW = 1_790_000_000, 1_790_086_400, 1_790_100_000  # seconds since 1970
SOURCES = {
    "app.css": "@import 'base.css';\n",
    "base.css": "@font-face { src: url(font.woff2) }\n",
    "font.woff2": "font",
    "book.js": "import './lib.js';\nimport('./late.js');\n",
    "lib.js": "export default 1;\n",
    "late.js": "export default 2;\n//# sourceMappingURL=late.js.map\n",
    "late.js.map": '{"version": 3, "sources": []}',
    "logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "gone.txt": "gone",
}
SUPPRESSED = {"SUPPRESS": ["nothing-serves-static"]}  # whose place is the settings of all tests
TEMPLATES = {
    "base.html": (
        "{% load static %}<!doctype html><link href=\"{% static 'app.css' %}\">{% include 'menu.html' %}"
    ),
    "menu.html": '<img src="/static/logo.svg">',
    "book.html": (
        "{% extends 'base.html' %}{% load static %}{% block x %}"
        "<script src=\"{% static 'book.js' %}\"></script><a href=\"{% static 'late.txt' %}\">read</a>"
        "{% static name %}{% static 'new.css' %}{% endblock %}"
    ),
    "mail.txt": "{% load static %}{% static 'logo.svg' %}",
}


@pytest.fixture
def library(project: Project) -> Iterator[Project]:
    """A site with two releases: a style sheet changed, a file went and another came."""
    write(project.folder / "theme", {"logo.svg": "<svg/>"})
    templates = write(project.folder / "templates", TEMPLATES)
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [str(templates)]}
    folders = [str(project.sources), str(project.folder / "theme")]
    chosen = {"STATICFILES_DIRS": folders, "TEMPLATES": [engine], "STATOR": SUPPRESSED}
    with project.settings(BASE_DIR=project.folder, **chosen):
        project.write(SOURCES)
        collect(FIRST)
        (project.sources / "gone.txt").unlink()
        project.write({"base.css": "@font-face { src: url(font.woff2) }\nb {}\n", "late.txt": "came"})
        collect(SECOND)
        yield project


def collect(now: int) -> None:
    with mock.patch("time.time", return_value=now):
        call_command("collectstatic", interactive=False, verbosity=0)


def told(*words: str) -> dict[str, Any]:
    with mock.patch("time.time", return_value=NOW):
        report: dict[str, Any] = json.loads(stator("report", "--format", "json", "-o", "-", *words))
    return report


def test_a_site_is_told_as_it_is_written_down(library: Project) -> None:
    found = told()
    found["site"], found["maker"] = "library", "Stator"  # a folder of this run, a version of today
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    assert found == json.loads(GOLDEN.read_text())


def test_every_field_is_explained() -> None:
    table = (DOCS / "report.md").read_text().partition("| field | meaning |")[2]
    rows = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    explained = {field for row in rows for field in re.findall(r"`(\w+)`", row)}
    assert explained == json.loads(GOLDEN.read_text()).keys()


def test_hostile_names_are_text(project: Project, tmp_path: Path) -> None:
    names = ["<script>alert(1)<", "\"'>&.css", "\u202egnp.css", "x" * 200, "$(rm) `x`.js"]
    project.write(dict.fromkeys(names, "text"))
    collect(FIRST)
    assert told()["files"]["paths"] == sorted(names)
    assert "<script>alert" not in stator("report", "-o", "-")


def test_a_report_of_the_same_release_is_the_same(library: Project) -> None:
    assert told() == told()


def test_nothing_tells_where_the_project_lies(library: Project) -> None:
    assert str(library.folder) not in stator("report", "-o", "-")


def test_a_page_is_written_and_what_is_in_it_is_said(
    library: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert stator("report") == "stator-report.html: 9 files, 2 pages, 4 findings.\n"
    page = (tmp_path / "stator-report.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert '"paths":["app.css"' in page
    assert stator("report", "--format", "json", verbosity=0) == ""
    assert json.loads((tmp_path / "stator-report.json").read_text("utf-8"))["format"] == 1
    assert not list(tmp_path.glob("*.[0-9]*"))


@pytest.mark.parametrize("format", ["html", "json"])
def test_an_earlier_report_is_replaced(library: Project, tmp_path: Path, format: str) -> None:
    file = tmp_path / "report"
    stator("report", "-o", str(file), "--format", format)
    earlier = file.read_bytes()
    file.write_bytes(earlier + b" ")
    stator("report", "-o", str(file), "--format", format)
    assert len(file.read_bytes()) == len(earlier)


@pytest.mark.parametrize("content", ["", "notes", f"{' ' * 5000}{MARK}", '{"format": 1}'])
def test_what_is_no_report_stays(library: Project, tmp_path: Path, content: str) -> None:
    file = tmp_path / "notes.html"
    file.write_text(content)
    refused = failure("report", "-o", str(file))
    assert (refused.returncode, "is no report of Stator" in str(refused)) == (2, True)
    assert file.read_text() == content
    stator("report", "-o", str(file), "--force")
    assert MARK in file.read_text("utf-8")


def test_a_folder_that_is_not_there_is_told(library: Project, tmp_path: Path) -> None:
    refused = failure("report", "-o", str(tmp_path / "gone" / "report.html"))
    assert refused.returncode == 3


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_stays_whatever_is_said(
    library: Project, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(place := tmp_path / "report.html")
    for words in ([], ["--force"]):
        refused = failure("report", "-o", str(place), *words)
        assert (refused.returncode, "is no file" in str(refused)) == (2, True)
    assert not place.is_file()


def test_a_link_goes_on_leading_to_the_report(library: Project, tmp_path: Path) -> None:
    (tmp_path / "latest.html").symlink_to("report.html")
    for _ in range(2):
        stator("report", "-o", str(tmp_path / "latest.html"))
    assert (tmp_path / "latest.html").is_symlink()
    assert MARK in (tmp_path / "report.html").read_text("utf-8")


def test_what_cannot_be_written_leaves_nothing_behind(library: Project, tmp_path: Path) -> None:
    with mock.patch("os.replace", side_effect=OSError):
        assert failure("report", "-o", str(tmp_path / "report.html")).returncode == 3
    assert list(tmp_path.glob("report*")) == []


def test_an_override_that_is_meant_is_said_to_be(library: Project) -> None:
    folders = [str(library.sources), str(library.folder / "theme")]
    with library.settings(STATICFILES_DIRS=folders, STATOR={**SUPPRESSED, "OVERRIDES": ["logo.svg"]}):
        [shadowed] = told()["shadowed"]
    assert shadowed["declared"]


def test_without_a_release_there_is_nothing_to_tell(project: Project) -> None:
    refused = failure("report")
    assert refused.returncode == 2
    assert "manage.py collectstatic" in str(refused)


def test_a_manifest_that_cannot_be_read_is_told(library: Project) -> None:
    (library.root / "staticfiles.json").write_text("{")
    refused = failure("report", "-o", "-")
    assert refused.returncode == 2
    assert "There is no release" not in str(refused)


def test_without_a_snapshot_no_link_is_told(library: Project) -> None:
    with library.settings(STATOR={**SUPPRESSED, "CACHE_DIR": str(library.folder / "another")}):
        found = told()
    assert found["links"] is None
    [_, book] = found["pages"]
    assert len(book["loads"]) == 2  # what style sheets and modules import is in the manifest


def test_forms_of_files_are_told(library: Project) -> None:
    library.write({"base.css": "b { color: red }\n" * 100})
    with library.settings(STATOR={**SUPPRESSED, "CODINGS": ["br", "gzip"]}):
        collect(NOW)
        found = told()
    assert found["previous"]["since"] == SECOND
    assert found["release"]["since"] == found["previous"]["until"] == NOW
    assert found["codings"] == ["br", "gzip"]
    base = found["files"]["paths"].index("base.css")
    br, gzip, size = (found["files"][name][base] for name in ("br", "gzip", "sizes"))
    assert 0 < br < gzip < size
    assert found["changes"]["changed"][1][0] == base
