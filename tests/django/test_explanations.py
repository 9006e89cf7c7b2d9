"""Whoever says that a static file is not there says the same of why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import RequestFactory

from stator.django.live import Live
from stator.django.storage import MissingEntry
from tests.django.conftest import Project
from tests.django.frontends import plain, settings_of
from tests.sites import write

# name: what is wrong, what to do
SAID: Mapping[str, tuple[str, str]] = {
    "/css/app.css": (
        "There is a slash in front of the name, which has none.",
        "Write 'css/app.css', which is /static/css/app.css.",
    ),
    "static/css/app.css": (
        "The name begins with static/, and names are those below that.",
        "Write 'css/app.css', which is /static/css/app.css.",
    ),
    "css/App.css": (
        "The file is called 'css/app.css': upper and lower case differ.",
        "which is /static/css/app.css; where the other works all the same, a server with Linux will fail.",
    ),
    "css": (
        "/static/css is a folder, and folders are not listed.",
        "Ask for a file in it; where a script puts that behind, let the folder end with a slash.",
    ),
    "css/app.3f2a9c1b7d5e.css": (
        "This looks like a name with a digest, which {% static %} adds and no file has with DEBUG.",
        "Write 'css/app.css', which is /static/css/app.css; if a page of an earlier time asks,",
    ),
    "draft.psd": (
        "{sources}/draft.psd is left out by the pattern '*.psd' in STATOR['IGNORE'].",
        "Take the pattern out, or rename the file.",
    ),
    "chart-3.6.0.js": (
        "There is another version of it: 'chart-3.7.1.js'.",
        "Write 'chart-3.7.1.js', which is /static/chart-3.7.1.js.",
    ),
    "css/ap.css": (
        "The nearest name is 'css/app.css'.",
        "Write 'css/app.css', which is /static/css/app.css.",
    ),
}


def page(name: str) -> str:
    made = Live()
    try:
        request = RequestFactory().get(f"/static/{name}", headers={"accept": "text/html"})
        response = made.finish(request, HttpResponse("?", status=404))
        assert isinstance(response, HttpResponse)
        return unescape(response.content.decode())
    finally:
        made.close()


def exception(name: str) -> str:
    with pytest.raises(MissingEntry) as raised:
        staticfiles_storage.url(name)
    return str(raised.value)


def findstatic(name: str) -> str:
    err = StringIO()
    call_command("findstatic", name, stderr=err)
    return err.getvalue()


def why(name: str) -> str:
    with pytest.raises(CommandError) as raised:
        call_command("stator", "why", name)
    return str(raised.value)


ASKED = [(ask, name) for ask in (page, exception, findstatic, why) for name in SAID]
ASKED.remove((why, "/css/app.css"))  # it reads that as a path, and finds the file


@pytest.mark.parametrize(("ask", "name"), ASKED, ids=lambda value: getattr(value, "__name__", value))
def test_the_same_of_the_same_mistake(project: Project, ask: Callable[[str], str], name: str) -> None:
    project.write({"css/app.css": "", "chart-3.7.1.js": "", "draft.psd": ""})
    with project.settings(DEBUG=True, STATOR={"IGNORE": ["*.psd"]}):
        said = ask(name)
    what, hint = SAID[name]
    assert what.replace("{sources}", str(project.sources)) in said
    assert hint in said


@pytest.mark.parametrize("ask", [page, exception, findstatic, why])
def test_a_front_end_that_is_not_built_is_all_that_is_wrong(
    project: Project, tmp_path: Path, ask: Callable[[str], str]
) -> None:
    write(tmp_path / "shop", {"package.json": "{}"})
    write(project.root, {"shop/site.css": ""})
    with project.settings(**settings_of(shop={"root": str(tmp_path / "shop"), "build": ""}), DEBUG=True):
        said = ask("shop/site.css")
    assert "The front end 'shop' is not built." in said
    assert "python manage.py stator frontend dev shop" in said
    assert "STATIC_ROOT" not in said


def test_the_page_names_front_ends_among_the_places(project: Project, tmp_path: Path) -> None:
    write(tmp_path / "shop", {"package.json": "{}"})
    frontends: dict[str, dict[str, object]] = {
        "theme": plain(tmp_path / "theme"),
        "shop": {"root": str(tmp_path / "shop"), "build": ""},
    }
    with project.settings(**settings_of(**frontends), DEBUG=True):
        said = page("theme/gone.css")
    places = [
        f"<dt>front end 'theme'</dt><dd>{tmp_path}/theme/dist/gone.css</dd>",
        f"<dt>front end 'shop'</dt><dd>{tmp_path}/shop/dist, not built yet</dd>",
    ]
    assert [place for place in places if place in said] == places
    assert "is not built." not in said
    assert "FrontendFinder" not in said


def test_the_exception_begins_as_djangos(project: Project) -> None:
    project.write({"css/app.css": ""})
    with project.settings(DEBUG=True):
        assert exception("css/ap.css") == (
            "Missing staticfiles manifest entry for 'css/ap.css'. The nearest name is 'css/app.css'. "
            "Write 'css/app.css', which is /static/css/app.css."
        )


def test_in_production_the_exception_tells_what_is_not_collected_yet(project: Project) -> None:
    project.write({"css/app.css": ""})
    call_command("collectstatic", interactive=False, verbosity=0)
    project.write({"css/new.css": ""})
    assert exception("css/new.css") == (
        f"Missing staticfiles manifest entry for 'css/new.css'. {project.sources}/css/new.css has not been "
        "collected: the current release is without it. Run collectstatic, or 'manage.py stator rollback' if "
        "the code went back to an earlier release."
    )


def test_who_only_catches_the_exception_pays_for_no_explanation(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("stator.diagnose.missing.mistakes.reasons", lambda search: asked.append(search) or [])
    project.write({"css/app.css": ""})
    call_command("collectstatic", interactive=False, verbosity=0)
    with pytest.raises(MissingEntry) as raised:
        staticfiles_storage.url("css/ap.css")
    assert asked == []
    assert str(raised.value) == str(raised.value) == "Missing staticfiles manifest entry for 'css/ap.css'."
    assert len(asked) == 1
