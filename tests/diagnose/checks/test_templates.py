"""What is said of addresses and tags; ``tests/sites`` has a site for each id."""

from __future__ import annotations

from pathlib import Path

import pytest

from stator.config import Options
from stator.diagnose.check import run
from stator.diagnose.checks.templates import CHECKS
from stator.diagnose.facts.project import Project
from stator.diagnose.scan.request import Fault, Kind, Request
from stator.findings import Finding, How, Level, Mend, Place
from tests.diagnose.projects import USUAL, project, request

FILES = {"css/app.css": "", "css/with space.css": ""}
TAG = request("css/app.css")


def said(of: Project) -> list[Finding]:
    return list(run(CHECKS, of))


def address(name: str, **how: object) -> Request:
    return request(name, Kind.ADDRESS, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "id"), [
    ("/static/css/app.css", "hard-coded-address"),
    ("/static/css/app.css?v=1", "hard-coded-address"),
    ("/static/css/with%20space.css", "hard-coded-address"),
    ("/static/css/App.css", "hard-coded-missing"),
    ("/static/nobody.css", "hard-coded-missing"),
    ("/static/css/", None),
    ("/static/", None),
    ("/media/2024/photo.jpg", "hard-coded-media"),
    ("https://example.com/static/css/app.css", None),
    ("/elsewhere/css/app.css", None),
])  # fmt: skip
def test_addresses(tmp_path: Path, name: str, id: str | None) -> None:
    assert [finding.id for finding in said(project(tmp_path, FILES, address(name)))] == [id][: id is not None]


@pytest.mark.parametrize(("static", "media", "id"), [
    ("/static/", "/static/media/", "hard-coded-media"),
    ("/static/media/", "/static/", "hard-coded-missing"),
    ("/static/", None, "hard-coded-missing"),
    (None, "/static/", "hard-coded-media"),
    (None, None, None),
])  # fmt: skip
def test_where_both_prefixes_are_its_own_the_longer_one_counts(
    tmp_path: Path, static: str | None, media: str | None, id: str | None
) -> None:
    made = project(tmp_path, FILES, address("/static/media/photo.jpg"))
    setup = USUAL._replace(static_url=static, media_url=media)
    assert [finding.id for finding in said(made._replace(setup=setup))] == [id][: id is not None]


@pytest.mark.parametrize(("requests", "faults", "instead"), [
    ((TAG,), (), "{% static 'css/app.css' %}"),
    ((), (), "{% load static %}{% static 'css/app.css' %}"),
    ((TAG,), (Fault("load-missing", TAG.place),), "{% load static %}{% static 'css/app.css' %}"),
])  # fmt: skip
def test_the_tag_is_loaded_where_it_is_not_yet(
    tmp_path: Path, requests: tuple[Request, ...], faults: tuple[Fault, ...], instead: str
) -> None:
    made = project(tmp_path, FILES, address("/static/css/app.css?v=1"), *requests, faults=faults)
    finding = next(one for one in said(made) if one.id == "hard-coded-address")
    assert finding.mend == Mend(How.REPLACE, f"{instead}?v=1")


@pytest.mark.parametrize("file", ["views.py", "app.js", "a.jinja", "/site/jinja2/page.html"])
def test_no_tag_is_put_where_django_renders_nothing(tmp_path: Path, file: str) -> None:
    (finding,) = said(project(tmp_path, FILES, address("/static/css/app.css", file=file)))
    assert finding.mend is None


def test_silent_about_good_addresses_where_names_have_no_digests(tmp_path: Path) -> None:
    made = project(tmp_path, FILES, address("/static/css/app.css"), address("/static/gone.css"))
    plain = USUAL._replace(storages={"staticfiles": "django.contrib.staticfiles.storage.StaticFilesStorage"})
    assert [finding.id for finding in said(made._replace(setup=plain))] == ["hard-coded-missing"]


def test_an_address_is_missing_where_plain_names_are_left_out(tmp_path: Path) -> None:
    made = project(tmp_path, FILES, address("/static/css/app.css"))
    setup = USUAL._replace(options=Options(keep_plain=("*.pdf",)))
    (finding,) = said(made._replace(setup=setup))
    assert (finding.id, finding.level) == ("hard-coded-missing", Level.ERROR)
    assert "KEEP_PLAIN" in finding.message


def test_an_address_with_a_mistake_in_its_name_is_replaced_as_a_whole(tmp_path: Path) -> None:
    (finding,) = said(project(tmp_path, FILES, address("/static/css/App.css?v=1")))
    assert finding.mend == Mend(How.REPLACE, "{% load static %}{% static 'css/app.css' %}?v=1")
    assert finding.hint == f"Write {finding.mend.text}."


@pytest.mark.parametrize(("name", "id"), [
    ("static/css/app.css", "address-past-static"),
    ("../static/css/app.css", "address-past-static"),
    ("http://localhost:8000/static/css/app.css", "address-past-static"),
    ("/css/app.css", "address-past-static"),
    ("static/css/gone.css", None),
    ("http://example.com/static/css/app.css", None),
])  # fmt: skip
def test_addresses_that_lead_past_static_files(tmp_path: Path, name: str, id: str | None) -> None:
    assert [finding.id for finding in said(project(tmp_path, FILES, address(name)))] == [id][: id is not None]


@pytest.mark.parametrize("id", ["load-missing", "load-removed", "static-url-variable"])
@pytest.mark.parametrize("package", [False, True])
def test_faults_of_packages_are_warnings(tmp_path: Path, id: str, package: bool) -> None:
    fault = Fault(id, Place("page.html", 1, 1), "css/app.css", package)
    (finding,) = said(project(tmp_path, FILES, faults=(fault,)))
    assert finding.id == id
    assert finding.level is (Level.WARNING if package else CHECKS[id].level)
    assert finding.package is package


def test_no_tag_for_a_variable_with_a_name_that_nobody_has(tmp_path: Path) -> None:
    fault = Fault("static-url-variable", Place("page.html", 1, 1), "gone.css")
    (finding,) = said(project(tmp_path, FILES, faults=(fault,)))
    assert finding.mend is None
