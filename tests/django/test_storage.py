"""The storage for its callers: templates, forms, code; with and without DEBUG."""

from __future__ import annotations

import json

import pytest
from django import forms
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.core.management import call_command
from django.template import Context, Template
from django.templatetags.static import static

from stator.django.storage import MissingEntry, StatorStorage
from stator.errors import ManifestError
from tests.django.conftest import Project

SITE: dict[str, str | bytes] = {
    "app/site.css": "a{b:url(../img/x.png)}",
    "img/x.png": "x",
    "img/ü (1).png": "ü",
    "app/site.js": "",
}


def collect() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


def rendered(template: str) -> str:
    return Template("{% load static %}" + template).render(Context())


def refused(name: str) -> str:
    with pytest.raises(MissingEntry) as raised:
        static(name)
    return str(raised.value)


def test_the_static_tag_gives_digested_urls(project: Project) -> None:
    project.write(SITE)
    collect()
    names = staticfiles_storage.hashed_files
    assert rendered("{% static 'app/site.css' %}") == f"/static/{names['app/site.css']}"
    assert rendered("{% static 'img/x.png' as x %}{{ x }}") == f"/static/{names['img/x.png']}"
    assert static("img/x.png?v=1#y") == f"/static/{names['img/x.png']}?v=1#y"
    assert static("img/") == "/static/img/"


def test_form_media_names_digested_files(project: Project) -> None:
    project.write(SITE)
    collect()

    class Form(forms.Form):
        class Media:
            css = {"all": ["app/site.css"]}  # noqa: RUF012
            js = ["app/site.js", "https://cdn.example.com/x.js"]  # noqa: RUF012

    media = str(Form().media)
    assert staticfiles_storage.hashed_files["app/site.css"] in media
    assert staticfiles_storage.hashed_files["app/site.js"] in media
    assert "https://cdn.example.com/x.js" in media


def test_under_a_cdn(project: Project) -> None:
    project.write(SITE)
    with project.settings(STATIC_URL="https://cdn.example.com/static/"):
        collect()
        name = staticfiles_storage.hashed_files["img/x.png"]
        assert static("img/x.png") == f"https://cdn.example.com/static/{name}"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("img/y.png", "The nearest name is 'img/x.png'."),
        ("img/X.png", "The file is called 'img/x.png'"),
        ("/img/x.png", "There is a slash in front of the name"),
        ("../settings.py", "Missing staticfiles manifest entry for '../settings.py'."),
        ("img", "Missing staticfiles manifest entry for 'img'."),
    ],
)
def test_debug_refuses_what_production_refuses_with_the_same_words(
    project: Project, name: str, said: str
) -> None:
    project.write(SITE)
    with project.settings(DEBUG=True):
        in_debug = refused(name)
    collect()
    assert refused(name) == in_debug
    assert said in in_debug


def test_debug_serves_plain_names_and_needs_no_static_root(project: Project) -> None:
    project.write(SITE)
    with project.settings(DEBUG=True, STATIC_ROOT=None):
        assert static("app/site.css") == "/static/app/site.css"
        assert static("img/") == "/static/img/"


def test_debug_refuses_what_is_never_published(project: Project) -> None:
    project.write({".env": "x", "a.psd": "x"})
    with project.settings(DEBUG=True, STATOR={"IGNORE": ["*.psd"]}):
        refused(".env")
        refused("a.psd")


def test_nothing_collected_yet(project: Project) -> None:
    assert refused("app/site.css").endswith("Nothing has been collected yet. Run collectstatic.")


def test_it_is_djangos_storage_to_those_who_ask(project: Project) -> None:
    project.write(SITE)
    collect()
    storage = StatorStorage()
    assert isinstance(storage, ManifestStaticFilesStorage)
    name = storage.stored_name("img/x.png")
    assert storage.hashed_files["img/x.png"] == name
    assert storage.exists(name)
    with storage.open(name) as file:
        assert file.read() == b"x"
    assert storage.path(name) == str(project.root / name)
    assert json.loads(storage.read_manifest())["paths"]["img/x.png"] == name
    assert storage.load_manifest() == (storage.hashed_files, storage.manifest_hash)
    assert storage.manifest.files[name].integrity.startswith("sha256-")


def test_not_strict_gives_the_plain_name_of_a_file_that_is_there(project: Project) -> None:
    project.write(SITE)
    collect()
    staticfiles_storage.manifest_strict = False
    (project.root / "late.txt").write_text("")
    assert static("late.txt") == "/static/late.txt"
    assert "could not be found" in refused("gone.txt")


def test_a_manifest_of_djangos_own_storage_is_read(project: Project) -> None:
    project.root.mkdir()
    document = {"paths": {"a.css": "a.0123456789ab.css"}, "version": "1.1", "hash": "0123"}
    (project.root / "staticfiles.json").write_text(json.dumps(document))
    assert static("a.css") == "/static/a.0123456789ab.css"
    assert staticfiles_storage.manifest_hash == "0123"


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"version": "9", "paths": {}}', '{"stator": {"format": 99}}']
)
def test_a_broken_manifest_says_what_to_do(project: Project, content: str) -> None:
    project.root.mkdir()
    (project.root / "staticfiles.json").write_text(content)
    with pytest.raises(ManifestError, match="collectstatic"):
        static("a.css")


def test_a_broken_manifest_is_mended_by_collecting(project: Project) -> None:
    project.write(SITE)
    project.root.mkdir()
    (project.root / "staticfiles.json").write_text("{")
    collect()
    assert static("img/x.png").startswith("/static/img/x.")


def test_saving_the_manifest_again_changes_nothing(project: Project) -> None:
    project.write(SITE)
    collect()
    before = (project.root / "staticfiles.json").read_bytes()
    staticfiles_storage.save_manifest()
    assert (project.root / "staticfiles.json").read_bytes() == before


@pytest.mark.parametrize("name", ["img/ü (1).png"])
def test_names_that_must_be_quoted(project: Project, name: str) -> None:
    project.write(SITE)
    collect()
    assert static(name) == f"/static/{staticfiles_storage.hashed_files[name]}"
