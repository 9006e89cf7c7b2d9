from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from stator.diagnose.facts.setup import App, Setup, StaticFolder
from stator.diagnose.scan.pieces import Template
from stator.diagnose.scan.request import Asked, Kind
from stator.django.asking import asked_of
from stator.django.reading import MOST
from tests.sites import write

DJANGO = "django.template.backends.django.DjangoTemplates"
JINJA = "django.template.backends.jinja2.Jinja2"
FOLDERS = "django.template.loaders.filesystem.Loader"
APPS = "django.template.loaders.app_directories.Loader"
CACHED = "django.template.loaders.cached.Loader"
MEMORY = "django.template.loaders.locmem.Loader"
SITES = Path(__file__).parents[1] / "sites"


def static(name: str) -> str:
    return f"{{% load static %}}{{% static '{name}' %}}"


def engine(*folders: Path, backend: str = DJANGO, loaders: list[object] | None = None, **options: object):
    options = {**options, "loaders": loaders} if loaders else options
    return {"BACKEND": backend, "DIRS": [str(folder) for folder in folders], "OPTIONS": options}


def asked(project: Path, *engines: dict[str, object], **setup: object) -> Asked:
    with override_settings(TEMPLATES=[{"NAME": str(at), **one} for at, one in enumerate(engines)]):
        return asked_of(Setup(str(project / "settings.py"), str(project), static_url="/static/", **setup))


def names(found: Asked) -> list[str]:
    return [request.name for request in found.requests]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    write(
        tmp_path,
        {"a/x.html": static("x.css"), "b/x.html": static("shadowed.css"), "b/y/z.txt": static("z.css")},
    )
    return tmp_path


def test_a_request_has_the_place_of_its_name(project: Path) -> None:
    [request] = asked(project, engine(project / "a")).requests
    assert request.kind is Kind.TAG
    assert (request.place.file, request.place.line, request.place.column, request.place.length) == (
        str(project / "a" / "x.html"), 1, len("{% load static %}{% static '") + 1, len("x.css"),
    )  # fmt: skip
    assert not request.package
    assert request.exact


def test_of_templates_with_one_name_the_first_is_read(project: Path) -> None:
    assert names(asked(project, engine(project / "a", project / "b"))) == ["x.css", "z.css"]
    assert names(asked(project, engine(project / "b", project / "a"))) == ["shadowed.css", "z.css"]


def test_one_that_extends_its_own_name_is_read_with_the_next(project: Path) -> None:
    write(project, {"a/x.html": f"{{% extends 'x.html' %}}{static('x.css')}"})
    assert names(asked(project, engine(project / "a", project / "b"))) == ["x.css", "shadowed.css", "z.css"]


def test_templates_are_told_with_what_they_are_put_together_from(tmp_path: Path) -> None:
    write(tmp_path, {"a/x.html": "{% extends 'b.html' %}", "b/b.html": "<html>{% include part %}"})
    write(tmp_path, {"j/x.html": "{% import 'm.html' as m %}"})
    found = asked(tmp_path, engine(tmp_path / "a", tmp_path / "b"), engine(tmp_path / "j", backend=JINJA))
    assert found.templates == (
        Template("x.html", "django", str(tmp_path / "a" / "x.html"), uses=("b.html",)),
        Template("b.html", "django", str(tmp_path / "b" / "b.html"), uses=("",), document=True),
        Template("x.html", "jinja", str(tmp_path / "j" / "x.html"), uses=("m.html",)),
    )


def test_all_loaders_are_asked(project: Path) -> None:
    in_memory = (MEMORY, {"m.html": static("m.css")})
    found = asked(project, engine(project / "a", loaders=[(CACHED, [FOLDERS, APPS]), in_memory]))
    assert names(found) == ["x.css", "m.css"]
    assert found.requests[1].place.file == "m.html"


def test_a_loader_that_lists_nothing_is_told(project: Path) -> None:
    [(place, reason)] = asked(project, engine(loaders=[f"{__name__}.Loader"])).unread
    assert place.file == str(project / "settings.py")
    assert "Loader cannot be listed" in reason


def test_a_file_that_two_engines_have_is_read_once(project: Path) -> None:
    assert names(asked(project, engine(project / "a"), engine(project / "a"))) == ["x.css"]
    assert names(asked(project, engine(project), engine(project / "a"))) == ["shadowed.css", "z.css", "x.css"]


def test_an_engine_that_cannot_be_made_is_told_and_the_others_are_read(project: Path) -> None:
    found = asked(project, engine(backend="nowhere.Engine"), engine(project / "a"))
    assert names(found) == ["x.css"]
    assert ["nowhere" in reason for _, reason in found.unread] == [True]


def test_static_files_below_a_folder_of_templates_are_no_templates(tmp_path: Path) -> None:
    write(tmp_path, {"x.html": static("x.css")})
    for file in ("assets/a.js", "root/a.js", "node_modules/a.js"):
        write(tmp_path, {file: "load('/static/b.css')"})
    folders = (StaticFolder(str(tmp_path / "assets")),)
    found = asked(tmp_path, engine(tmp_path), static_folders=folders, static_root=str(tmp_path / "root"))
    assert names(found) == ["x.css"]


def test_templates_of_packages_are_said_to_be(tmp_path: Path) -> None:
    folder = tmp_path / "site-packages" / "p" / "templates"
    write(folder, {"x.html": static("x.css")})
    [request] = asked(tmp_path / "project", engine(folder)).requests
    assert request.package


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff", "It is not utf-8: byte 1."),
        (b"a\0b", "It is no text."),
        (b"a" * (MOST + 1), "It is larger than 2 MiB."),
    ],
    ids=["encoding", "binary", "large"],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, content: bytes, reason: str) -> None:
    write(tmp_path, {"x.html": content, "y.html": static("y.css"), "z.png": content})
    found = asked(tmp_path, engine(tmp_path))
    assert [(place.file, why) for place, why in found.unread] == [(str(tmp_path / "x.html"), reason)]
    assert (names(found), found.read) == (["y.css"], 1)


def test_libraries_and_builtins_of_an_engine_are_known(tmp_path: Path) -> None:
    write(tmp_path, {"x.html": "{% static 'x.css' %}"})
    assert [fault.id for fault in asked(tmp_path, engine(tmp_path)).faults] == ["load-missing"]
    builtin = engine(tmp_path, builtins=["django.templatetags.static"])
    assert asked(tmp_path, builtin).faults == ()
    write(tmp_path, {"x.html": "{% load staticfiles %}{% static 'x.css' %}"})
    assert [fault.id for fault in asked(tmp_path, engine(tmp_path)).faults] == ["load-removed"]
    as_before = engine(tmp_path, libraries={"staticfiles": "django.templatetags.static"})
    assert asked(tmp_path, as_before).faults == ()


def test_addresses_are_those_of_the_project(tmp_path: Path) -> None:
    write(tmp_path, {"x.html": "<a href='/static/a.css'><a href='/uploads/a.png'><a href='/media/a.png'>"})
    assert names(asked(tmp_path, engine(tmp_path), media_url="/uploads/")) == [
        "/static/a.css",
        "/uploads/a.png",
    ]
    assert names(asked(tmp_path, engine(tmp_path), media_url="/")) == ["/static/a.css"]


# Jinja


def environment(**options: object):
    import jinja2
    from django.templatetags import static as tags

    made = jinja2.Environment(**options)
    made.globals["asset"] = tags.static
    return made


def test_templates_of_jinja_are_read_by_their_environment(tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    write(tmp_path, {"x.html": "{{ asset('x.css') }}{{ static('y.css') }}", "z.html": "\n{{ 'z }}"})
    found = asked(tmp_path, engine(tmp_path, backend=JINJA, environment=f"{__name__}.environment"))
    assert names(found) == ["x.css"]
    faults = {fault.id: fault for fault in found.faults}
    assert (faults["template-broken"].place.file, faults["template-broken"].place.line) == (
        str(tmp_path / "z.html"), 2,
    )  # fmt: skip
    assert faults["jinja-static-missing"].place.file == str(tmp_path / "x.html")


@pytest.mark.parametrize("order", [1, -1])
def test_a_template_is_broken_when_no_engine_that_has_its_folder_compiles_it(
    tmp_path: Path, order: int
) -> None:
    pytest.importorskip("jinja2")
    write(
        tmp_path,
        {
            "django.html": "{% load static %}{% if not x %}{% static name %}{% endif %}",
            "jinja.html": "{% set x = 1 %}{{ x }}",
            "none.html": "{% nobody %}",
            "notes.md": "{% nobody %}",
        },
    )
    jinja = engine(tmp_path, backend=JINJA, environment=f"{__name__}.environment")
    found = asked(tmp_path, *[engine(tmp_path), jinja][::order])
    assert {Path(fault.place.file).name for fault in found.faults} == {"none.html"}


def test_a_broken_tag_computes_no_name_and_what_is_known_of_libraries_is_told_once(tmp_path: Path) -> None:
    write(tmp_path, {"a.html": "{% load static %}{% static x/a.js %}", "b.html": "{% static 'b.js' %}"})
    found = asked(tmp_path, engine(tmp_path))
    assert [fault.id for fault in found.faults] == ["template-broken", "load-missing"]
    assert found.computed == ()


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("{% stylesheet 'a.css' %}", "{% load stator %}{% stylesheet 'a.css' %}"),
        ("{% block x %}{% frontend 'shop' %}{% endblock %}", "{% load stator %}{% frontend 'shop' %}"),
        ("{% load stator %}{% script %}", ""),  # written wrong, as the message says
        ("{% nobody 'a.css' %}", ""),
    ],
)
def test_a_tag_of_ours_wants_its_library(tmp_path: Path, written: str, instead: str) -> None:
    write(tmp_path, {"a.html": written})
    (fault,) = asked(tmp_path, engine(tmp_path)).faults
    assert (fault.id, fault.instead) == ("template-broken", instead)


def test_a_folder_of_jinja_inside_one_of_django_is_read_once(tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    write(
        tmp_path, {"x.html": static("x.css"), "jinja/y.html": "{{ asset('y.css') }}<a href='/static/z.css'>"}
    )
    jinja = engine(tmp_path / "jinja", backend=JINJA, environment=f"{__name__}.environment")
    assert names(asked(tmp_path, engine(tmp_path), jinja)) == ["x.css", "y.css", "/static/z.css"]


# Modules

CALL = "from django.templatetags.static import static\nstatic({!r})\n"


def test_modules_of_the_project_and_its_apps_are_read(tmp_path: Path) -> None:
    write(tmp_path, {
        "project/app/forms.py": CALL.format("a.css"),
        "project/.venv/x.py": CALL.format("hidden.css"),
        "project/env/pyvenv.cfg": "",
        "project/env/x.py": CALL.format("environment.css"),
        "project/node_modules/x.py": CALL.format("node.css"),
        "project/app/migrations/x.py": CALL.format("migration.css"),
        "project/app/tests/x.py": CALL.format("tests.css"),
        "project/app/test_x.py": CALL.format("test.css"),
        "project/broken.py": "static(",
        "elsewhere/x.py": CALL.format("b.css"),
        "site-packages/p/x.py": CALL.format("package.css"),
    })  # fmt: skip
    apps = (
        App("app", "app", str(tmp_path / "project" / "app")),
        App("elsewhere", "elsewhere", str(tmp_path / "elsewhere")),
        App("p", "p", str(tmp_path / "site-packages" / "p"), package=True),
    )
    found = asked(tmp_path / "project", apps=apps)
    assert names(found) == ["a.css", "b.css"]
    [(place, reason)] = found.unread
    assert (Path(place.file).name, place.line) == ("broken.py", 1)
    assert reason.startswith("It cannot be parsed: ")


# The admin

ADMIN = """
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.templatetags.static import static

NAME = "inline.js"

class Wide(forms.TextInput):
    class Media:
        js = [f"wide{n}.js" for n in (1, 2)]

class Several(forms.MultiWidget):
    def __init__(self):
        super().__init__([Wide()])

class Form(forms.ModelForm):
    name = forms.CharField(widget=Several())

class Inline(admin.TabularInline):
    model = User.groups.through
    media = property(lambda self: forms.Media(js=[NAME]))

class GroupAdmin(admin.ModelAdmin):
    form = Form
    inlines = [Inline]
    class Media:
        js = ["seen.js", "https://example.com/x.js", forms.Script("object.js")]
        css = {"all": tuple(["made.css"])}

class Broken(admin.ModelAdmin):
    media = property(lambda self: 1 / 0)

admin.site.unregister(Group)
admin.site.register(Group, GroupAdmin)
admin.site.unregister(User)
admin.site.register(User, Broken)
"""
SETTINGS = """
from usual_settings import *
BASE_DIR = __file__.rpartition("/")[0]
INSTALLED_APPS = [*INSTALLED_APPS, "shop"]
"""
TELL = """
import django, json
django.setup()
from stator.django.asking import asked_of
from stator.django.facts import setup_of
found = asked_of(setup_of())
print(json.dumps([found.requests, found.unread]))
"""


def test_media_of_the_admin_is_asked_for_at_run_time(tmp_path: Path) -> None:
    write(tmp_path, {"settings.py": SETTINGS, "shop/__init__.py": "", "shop/admin.py": ADMIN})
    environ = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(SITES), str(tmp_path)]),
        "DJANGO_SETTINGS_MODULE": "settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", TELL], cwd=tmp_path, env=environ, check=True, capture_output=True
    )
    requests, unread = json.loads(done.stdout)
    lines = ADMIN.splitlines()
    own = {name: lines[place[1] - 1] for name, kind, place, package, *_ in requests if not package}
    assert set(own) == {"wide1.js", "wide2.js", "inline.js", "seen.js", "object.js", "made.css"}
    assert own["wide1.js"] == "class Wide(forms.TextInput):"
    assert own["inline.js"] == "    media = property(lambda self: forms.Media(js=[NAME]))"
    assert own["made.css"] == "class GroupAdmin(admin.ModelAdmin):"
    assert "seen.js" in own["seen.js"]
    packages = {name: place[0] for name, kind, place, package, *_ in requests if kind == "Media" and package}
    assert packages["admin/js/core.js"].endswith("django/contrib/admin/options.py")
    [[place, reason]] = unread
    assert lines[place[1] - 1] == "class Broken(admin.ModelAdmin):"
    assert "division by zero" in reason


class Loader:
    """A loader that only knows how to load."""

    def __init__(self, engine: object) -> None:
        self.engine = engine


def unread(found: Asked) -> dict[str, str]:
    return {Path(place.file).name: reason for place, reason in found.unread}


def test_what_is_no_regular_file_is_not_waited_for(project: Path) -> None:
    os.mkfifo(project / "a" / "pipe.html")
    os.mkfifo(project / "pipe.py")
    found = asked(project, engine(project / "a"))
    assert unread(found) == dict.fromkeys(["pipe.html", "pipe.py"], "It is no regular file.")
    assert names(found) == ["x.css"]


def test_a_module_nested_too_deep_is_told(project: Path) -> None:
    write(project, {"deep.py": f"from x import static\nx = {'-' * 200_000}1\n"})
    assert unread(asked(project, engine(project / "a"))) == {"deep.py": "It is nested too deep to be parsed."}


def test_a_folder_that_cannot_be_listed_is_told(project: Path) -> None:
    found = asked(project, engine(project / "a" / "x.html", project / "gone"))
    assert unread(found) == {"x.html": "It cannot be read: Not a directory."}


def test_places_are_printable(project: Path) -> None:
    write(project, {"a/\x1b[31m.html": static("y.css")})
    found = asked(project, engine(project / "a"))
    assert {Path(request.place.file).name for request in found.requests} == {"x.html", "\\x1b[31m.html"}


def test_templates_of_a_wrong_setting_are_not_looked_for(project: Path) -> None:
    assert asked(project, engine(project / "a"), wrong={"TEMPLATES": "a list"}) == Asked()
