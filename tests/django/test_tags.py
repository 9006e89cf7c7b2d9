"""The tags for single files: what they write, in production and with ``DEBUG``, and what they refuse."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.http import HttpRequest
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.template.backends.jinja2 import Jinja2
from django.test import RequestFactory

from stator.django.storage import MissingEntry
from tests.django.conftest import Project

SITE: dict[str, str | bytes] = {
    "css/app.css": "@import 'base.css'; a{b:url(../img/x.png)}",
    "css/base.css": "@import 'reset.css';",
    "css/reset.css": "a{}",
    "js/main.js": "import {b} from './b.js'; import('./later.js'); b()",
    "js/b.js": "import './c.js'; export const b = () => 1",
    "js/c.js": "export {}",
    "js/later.js": "export {}",
    "js/old.js": "var x = 1",
    "js/plain.mjs": "globalThis.x = 1",
    "js/@scope/x.js": "export {}",
    "fonts/text.woff2": "font",
    "img/x.png": "x",
    "data.json": "{}",
}


def collect() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


def rendered(template: str, request: HttpRequest | None = None, **variables: object) -> str:
    made = Template("{% load stator %}" + template)
    return made.render(RequestContext(request, variables) if request else Context(variables))


def url(path: str, base: str = "/static/") -> str:
    return base + staticfiles_storage.hashed_files[path]


def integrity(path: str) -> str:
    manifest: Any = staticfiles_storage.manifest
    return str(manifest.files[manifest.paths[path]].integrity)


def with_nonce(name: str, nonce: str) -> HttpRequest:
    request = RequestFactory().get("/")
    setattr(request, name, nonce)
    return request


# --- production


def test_a_stylesheet_has_its_integrity_and_tells_what_it_imports(project: Project) -> None:
    project.write(SITE)
    collect()
    assert rendered("{% stylesheet 'css/app.css' %}").splitlines() == [
        f'<link rel="preload" href="{url("css/reset.css")}" as="style">',
        f'<link rel="preload" href="{url("css/base.css")}" as="style">',
        f'<link rel="stylesheet" href="{url("css/app.css")}" integrity="{integrity("css/app.css")}">',
    ]


def test_a_module_is_one_by_its_content_and_tells_what_it_imports_however_far(project: Project) -> None:
    project.write(SITE)
    collect()
    assert rendered("{% script 'js/main.js' %}").splitlines() == [
        f'<link rel="modulepreload" href="{url("js/b.js")}" integrity="{integrity("js/b.js")}">',
        f'<link rel="modulepreload" href="{url("js/c.js")}" integrity="{integrity("js/c.js")}">',
        f'<script type="module" src="{url("js/main.js")}" integrity="{integrity("js/main.js")}"></script>',
    ]


def test_a_classic_script_tells_nothing(project: Project) -> None:
    project.write(SITE)
    collect()
    old = f'src="{url("js/old.js")}" integrity="{integrity("js/old.js")}"'
    assert rendered("{% script 'js/old.js' %}") == f"<script {old}></script>"
    assert rendered("{% script 'js/old.js' defer %}") == f"<script {old} defer></script>"


def test_modules_that_import_each_other_in_a_circle(project: Project) -> None:
    project.write({"a.js": "import './b.js'", "b.js": "import './a.js'"})
    collect()
    assert rendered("{% script 'a.js' %}").count("modulepreload") == 1


def test_what_is_not_of_the_same_kind_is_asked_for_in_a_way_of_its_own(project: Project) -> None:
    imports = (
        "import sheet from './a.css' with {type: 'css'}; import data from './a.json' with {type: 'json'}"
    )
    project.write({"a.js": imports, "a.css": "@import 'b.css'", "b.css": "", "a.json": "{}"})
    collect()
    assert "preload" not in rendered("{% script 'a.js' %}")


def test_another_origin_is_asked_with_cors(project: Project) -> None:
    project.write(SITE)
    with project.settings(STATIC_URL="https://cdn.example.com/s/"):
        collect()
        written = rendered("{% stylesheet 'css/app.css' %}{% script 'js/old.js' %}")
        assert written.count('crossorigin="anonymous"') == 2
        # What a style sheet imports is asked for without (hints.py).
        assert f'<link rel="preload" href="{url("css/base.css", "https://cdn.example.com/s/")}" as' in written


@pytest.mark.parametrize("attribute", ["csp_nonce", "_csp_nonce"])
def test_a_nonce_is_asked_for_when_a_tag_is_rendered_and_not_before(project: Project, attribute: str) -> None:
    project.write(SITE)
    collect()
    asked = []

    class Lazy:
        def __str__(self) -> str:
            asked.append(1)
            return "n0nce"

        def __bool__(self) -> bool:
            return False

    request: Any = RequestFactory().get("/")
    setattr(request, attribute, Lazy())
    rendered("{% load static %}{% static 'js/old.js' %}", request)
    assert not asked
    written = rendered("{% stylesheet 'css/app.css' %}{% script 'js/main.js' %}", request)
    assert written.count("<") - 1 == written.count('nonce="n0nce"') == 6


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("{% stylesheet 'css/reset.css' media='print' %}", 'media="print"'),
        ("{% script 'js/old.js' data-x=x %}", 'data-x="a&quot;&gt;&lt;b&gt;"'),
        ("{% script 'js/old.js' data-x=safe %}", 'data-x="&lt;i&gt;"'),
        ("{% script 'js/old.js' async=yes nomodule=no %}", " async>"),
        ("{% script 'js/old.js' type='module' %}", 'type="module"'),
        ("{% script 'js/plain.mjs' %}", 'type="module"'),
        ("{% script name|add:'.js' %}", "js/old."),
        ("{% script 'js/old.js' data-page=zero %}", 'data-page="0"'),
    ],
)
def test_further_attributes_pass_through_escaped(project: Project, tag: str, written: str) -> None:
    from django.utils.safestring import mark_safe

    project.write(SITE)
    collect()
    values = {"x": 'a"><b>', "safe": mark_safe("<i>"), "yes": True, "no": False, "name": "js/old", "zero": 0}
    assert written in rendered(tag, None, **values)


@pytest.mark.parametrize(
    ("tag", "gone"),
    [
        ("{% script 'js/main.js' type=None %}", "type="),
        ("{% script 'js/main.js' integrity=None %}", "modulepreload"),
        ("{% script 'js/main.js' integrity=None %}", "integrity"),
        ("{% stylesheet 'css/app.css' media='print' %}", "preload"),
        ("{% stylesheet 'css/app.css' rel='alternate stylesheet' %}", "preload"),
    ],
)
def test_what_an_author_takes_away_is_not_written(project: Project, tag: str, gone: str) -> None:
    project.write(SITE)
    collect()
    assert gone not in rendered(tag)


@pytest.mark.parametrize(
    ("tag", "attributes"),
    [
        ("{% preload 'fonts/text.woff2' %}", 'as="font" type="font/woff2" crossorigin="anonymous"'),
        ("{% preload 'img/x.png' %}", 'as="image" type="image/png"'),
        ("{% preload 'data.json' %}", 'as="fetch" type="application/json" crossorigin="anonymous"'),
        ("{% preload 'img/x.png' as='fetch' %}", 'as="fetch" type="image/png" crossorigin="anonymous"'),
        ("{% preload 'img/x.png' fetchpriority='high' %}", 'type="image/png" fetchpriority="high"'),
    ],
)
def test_preload_asks_as_the_page_will(project: Project, tag: str, attributes: str) -> None:
    project.write(SITE)
    collect()
    written = rendered(tag)
    assert attributes in written
    assert "integrity" not in written


def test_what_will_be_checked_is_preloaded_with_its_integrity(project: Project) -> None:
    project.write(SITE)
    collect()
    assert f'as="script" type="text/javascript" integrity="{integrity("js/old.js")}"' in rendered(
        "{% preload 'js/old.js' %}"
    )
    first, second = rendered("{% preload 'js/b.js' %}").splitlines()
    assert first == f'<link rel="modulepreload" href="{url("js/b.js")}" integrity="{integrity("js/b.js")}">'
    assert url("js/c.js") in second


def test_a_module_has_one_url_in_pages_and_in_modules(project: Project) -> None:
    project.write({**SITE, "js/y.js": "import './@scope/x.js'"})
    collect()
    page = rendered("{% script 'js/@scope/x.js' %}{% script 'js/y.js' %}")
    assert len(set(re.findall(r'"([^"]*scope[^"]*)"', page))) == 1
    assert "/static/js/@scope/x." in page


def test_queries_and_fragments_stay(project: Project) -> None:
    project.write(SITE)
    collect()
    assert f'href="{url("img/x.png")}?v=1#y"' in rendered("{% preload 'img/x.png?v=1#y' %}")


# --- DEBUG


def test_debug_has_plain_names_no_integrity_and_the_same_kinds_of_script(project: Project) -> None:
    project.write(SITE)
    collect()
    with project.settings(DEBUG=True):
        assert rendered("{% stylesheet 'css/app.css' %}") == (
            '<link rel="stylesheet" href="/static/css/app.css">'
        )
        assert rendered("{% script 'js/main.js' %}") == (
            '<script type="module" src="/static/js/main.js"></script>'
        )
        assert rendered("{% script 'js/old.js' %}") == '<script src="/static/js/old.js"></script>'
        project.write({"js/old.js": "import './main.js'"})
        assert 'type="module"' in rendered("{% script 'js/old.js' %}")


# --- refusals


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("tag", ["stylesheet", "script", "preload", "importmap"])
def test_a_name_that_is_not_published_is_refused_as_by_static(
    project: Project, tag: str, debug: bool
) -> None:
    project.write(SITE)
    collect()
    with project.settings(DEBUG=debug):
        with pytest.raises(MissingEntry, match=re.escape("The nearest name is 'js/main.js'.")):
            rendered(f"{{% {tag} 'js/mian.js' %}}")
        with pytest.raises(MissingEntry, match="variable that is not set"):
            rendered(f"{{% {tag} nothing %}}")


@pytest.mark.parametrize(
    "tag",
    [
        "{% stylesheet %}",
        "{% stylesheet media='print' %}",
        "{% script 'js/old.js' 'defer' %}",
        "{% frontend %}",
        "{% frontend 'shop' 'main' defer %}",
        "{% frontend 'shop' entry='main' %}",
    ],
)
def test_a_tag_that_is_written_wrong_is_told_when_the_template_is_read(tag: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=r"[iI]s? ?written \{% \w+ \""):
        Template("{% load stator %}" + tag)


# --- other storages, other languages


def test_a_storage_of_djangos_gives_its_urls(project: Project) -> None:
    project.write(SITE)
    storages = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with project.settings(STORAGES=storages):
        assert rendered("{% script 'js/old.js' %}") == '<script src="/static/js/old.js"></script>'


@pytest.mark.parametrize("name", ["x onload", 'x"', "x>", "x=y", "x/", ""])
def test_what_is_no_name_of_an_attribute_is_refused(project: Project, name: str) -> None:
    project.write(SITE)
    collect()
    engine = Jinja2(
        {"NAME": "j", "DIRS": [], "APP_DIRS": False, "OPTIONS": {"extensions": ["stator.django.jinja.Tags"]}}
    )
    with pytest.raises(ValueError, match="no name of an attribute"):
        engine.from_string("{{ script('js/main.js', **given) }}").render({"given": {name: "alert(1)"}})


def test_jinja_has_the_same_as_functions(project: Project) -> None:
    project.write(SITE)
    collect()
    options = {"extensions": ["stator.django.jinja.Tags"]}
    engine = Jinja2({"NAME": "j", "DIRS": [], "APP_DIRS": False, "OPTIONS": options})
    template = engine.from_string("{{ script('js/main.js', async=true, **{'data-x': '<'}) }}")
    written = template.render(request=with_nonce("csp_nonce", "abc"))
    in_django = rendered("{% script 'js/main.js' async data-x='<' %}", with_nonce("csp_nonce", "abc"))
    assert written == in_django
    assert 'nonce="abc"' in written
    assert "importmap" in engine.env.globals
