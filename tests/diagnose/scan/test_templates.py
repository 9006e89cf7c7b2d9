from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import django
import pytest
from django.template.base import Lexer, TokenType
from hypothesis import given
from hypothesis import strategies as st

from stator.diagnose.scan.request import Kind
from stator.diagnose.scan.sights import Computed, Name, Starting, Wrong
from stator.diagnose.scan.templates import (
    DJANGO_TAGS,
    Tags,
    extends,
    library_instead,
    scan,
    static_instead,
    uses,
)
from tests.parts import PACKAGES

LOAD = "{% load static %}"
WITH_OURS = Tags(
    {**DJANGO_TAGS.libraries, "stator": {"script": Kind.STATOR_TAG, "frontend": Kind.STATOR_TAG}}, {}
)


def seen(template: str, **options):
    return scan(template.encode(), **options)


def names(template: str, **options) -> list[str]:
    return [sight.name for sight in seen(template, **options) if isinstance(sight, Name)]


def faults(template: str, **options) -> list[tuple[str, str]]:
    return [(sight.id, sight.said) for sight in seen(template, **options) if isinstance(sight, Wrong)]


def computed(template: str) -> list[str]:
    return [sight.text for sight in seen(template) if isinstance(sight, Computed)]


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ('{% static "a.css" %}', "a.css"),
        ("{% static 'a.css' %}", "a.css"),
        ("{%static 'a.css'%}", "a.css"),
        ("{%   static\t'a.css'   %}", "a.css"),
        ('{% static "a.css" as url %}', "a.css"),
        ('<link href="{% static "a.css" %}?v=2">', "a.css"),
        ('{% static "a b.css" %}', "a b.css"),
        ('{% static "ä.css" %}', "ä.css"),
        (r'{% static "a\"b.css" %}', 'a"b.css'),
        (r"{% static 'css\\app.css' %}", r"css\app.css"),
        (r"{% static 'css\app.css' %}", r"css\app.css"),
        ('<a href="{% static "img/" %}">', "img/"),
        ("<script src='{% static \"\" %}'>", ""),
        ("<!-- {% static 'a.css' %} -->", "a.css"),
        ("{# x #}{% static 'a.css' %}", "a.css"),
        ("{# {% static 'b.css' %}\n{% static 'a.css' %} #}", "b.css"),
    ],
)
def test_a_literal_is_a_name(template: str, name: str) -> None:
    assert names(LOAD + template)[0] == name


@pytest.mark.parametrize(
    "template",
    [
        "{# {% static 'a.css' %} #}",
        "{% comment %}{% static 'a.css' %}{% endcomment %}",
        "{% comment 'why' %}{% if x %}{% static 'a.css' %}{% endcomment %}",
        "{% comment %}{% static 'a.css' %}",
        "{% verbatim %}{% static 'a.css' %}{% endverbatim %}",
        "{% verbatim x %}{% endverbatim %}{% static 'a.css' %}{% endverbatim x %}",
        "{% comment %}{% verbatim %}{% endcomment %}{% static 'a.css' %}",
        "{% static\n'a.css' %}",
        "{% static %}",
        "{{ static }}",
        "{% statics 'a.css' %}",
        "{% url 'static' %}",
        "{ % static 'a.css' %}",
    ],
)
def test_what_is_hidden_or_no_tag_asks_for_nothing(template: str) -> None:
    assert seen(LOAD + template) == []


def test_what_stands_behind_something_hidden_is_seen() -> None:
    for hidden in ("{% comment %}{% x %}{% endcomment %}", "{% verbatim a %}{{{% endverbatim a %}"):
        assert names(f"{LOAD}{hidden}{{% static 'a.css' %}}") == ["a.css"]


@pytest.mark.parametrize(
    "tag",
    [
        "{% static name %}",
        "{% static 'a.css'|lower %}",
        "{% static _('a.css') %}",
        "{% static name as url %}",
        "{% static 'a'|add:name as url %}",
    ],
)
def test_what_is_known_at_run_time_only_is_computed(tag: str) -> None:
    assert seen(LOAD + tag) == [Computed(len(LOAD), len(LOAD + tag), tag, Kind.TAG)]


@pytest.mark.parametrize(
    "template",
    [
        "var root = '{% static 'img/' %}';",
        "{% static '' %}",
        "{% static 'img/' %}{{ name }}",
        "{% static 'x/' %}a.png",
    ],
)
def test_a_folder_is_the_beginning_of_computed_names(template: str) -> None:
    assert names(LOAD + template) == []
    assert len(computed(LOAD + template)) == 1


def test_a_name_with_more_behind_it_is_asked_for_as_it_is_and_cannot_be_replaced() -> None:
    for template in ("{% static 'flag-' %}{{ code }}.png", "{% static 'js/app' %}.js"):
        [sight] = seen(LOAD + template)
        assert isinstance(sight, Name)
        assert not sight.exact
    [sight] = seen(LOAD + "<use href='{% static 'sprite.svg' %}#icon'>")
    assert isinstance(sight, Name)
    assert sight.exact


def test_a_span_cuts_out_the_name() -> None:
    template = f"ä{LOAD}\n<link href='{{% static \"ö.css\" %}}'>".encode()
    [sight] = scan(template)
    assert template[sight.start : sight.end].decode() == "ö.css"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{% static 'a.css' %}", ["{% static 'a.css' %}"]),
        ("{% static 'a.css' %}{% static 'b.css' %}", ["{% static 'a.css' %}"]),
        ("{% extends 'b.html' %}{% static name %}", ["{% static name %}"]),
        ("{% load i18n from static %}{% static 'a' %}", ["{% static 'a' %}"]),
        ("{% static 'a' %}{% load static %}", ["{% static 'a' %}"]),
        ("{% comment %}{% load static %}{% endcomment %}{% static 'a' %}", ["{% static 'a' %}"]),
        ("{% load static %}{% static 'a' %}", []),
        ("{% if x %}{% load static %}{% endif %}{% static 'a' %}", []),
        ("{% load i18n static %}{% static 'a' %}", []),
        ("{% load static from static %}{% static 'a' %}", []),
        ("{% load unknown %}{% static 'a' %}", []),
        ("{% load staticfiles %}{% static 'a' %}", []),
        ("{# {% static 'a' %} #}", []),
    ],
)
def test_a_tag_whose_library_is_not_loaded(template: str, said: list[str]) -> None:
    libraries = Tags({**DJANGO_TAGS.libraries, "i18n": {}}, {})
    assert [text for id, text in faults(template, tags=libraries) if id == "load-missing"] == said


def test_a_builtin_needs_no_loading() -> None:
    assert faults("{% static 'a.css' %}", tags=Tags({}, {"static": Kind.TAG})) == []


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{% load staticfiles %}", ["staticfiles"]),
        ("{% load i18n admin_static %}", ["admin_static"]),
        ("{% load static from staticfiles %}", ["staticfiles"]),
        ("{% load staticfiles from mine %}", []),
        ("{% load static %}", []),
        ("{# {% load staticfiles %} #}", []),
    ],
)
def test_a_library_that_django_has_dropped(template: str, said: list[str]) -> None:
    assert faults(template) == [("load-removed", name) for name in said]
    for sight in seen(template):
        assert template[sight.start : sight.end] in said


def test_a_library_of_an_old_name_that_the_project_has_is_right() -> None:
    tags = Tags({"staticfiles": {"static": Kind.TAG}}, {})
    assert faults("{% load staticfiles %}{% static 'a.css' %}", tags=tags) == []


@pytest.mark.parametrize(
    ("template", "marked", "said"),
    [
        ('<img src="{{ STATIC_URL }}a/b.png">', "{{ STATIC_URL }}a/b.png", "a/b.png"),
        ('<img src="{{STATIC_URL}}a.js?v=1">', "{{STATIC_URL}}a.js", "a.js"),
        ("{% get_static_prefix %}a.js", "{% get_static_prefix %}a.js", "a.js"),
        ("{% get_static_prefix as P %}{{ P }}a.js", "{{ P }}a.js", "a.js"),
    ],
)
def test_a_name_behind_the_address_of_all_files_has_no_digest(template: str, marked: str, said: str) -> None:
    [sight] = seen(template)
    assert sight == Wrong(
        template.index(marked), template.index(marked) + len(marked), "static-url-variable", said
    )


@pytest.mark.parametrize(
    ("template", "id", "marked", "instead"),
    [
        ("{% static 'a.js' }}", "tag-not-closed", "{% static 'a.js' }}", "{% static 'a.js' %}"),
        ("{{ static 'a.js' %}", "tag-not-closed", "{{ static 'a.js' %}", "{% static 'a.js' %}"),
        ("{% static 'a.js' }} {% x %}", "tag-not-closed", "{% static 'a.js' }}", "{% static 'a.js' %}"),
        ("{% static 'x/{{ n }}.js' %}", "name-with-variable", "'x/{{ n }}.js'", "'x/'|add:n|add:'.js'"),
        ("{% static '{{n.m}}.js' %}", "name-with-variable", "'{{n.m}}.js'", "''|add:n.m|add:'.js'"),
        ("{% static 'x/{{ n|f }}.js' %}", "name-with-variable", "'x/{{ n|f }}.js'", ""),
    ],
)
def test_what_is_nearly_a_tag_is_told_with_what_was_meant(
    template: str, id: str, marked: str, instead: str
) -> None:
    [sight] = seen(LOAD + template)
    assert isinstance(sight, Wrong)
    assert (sight.id, (LOAD + template)[sight.start : sight.end], sight.instead) == (id, marked, instead)


@pytest.mark.parametrize(
    "tag", ["{% static x/a.js %}", "{% static ‘x/a.js’ %}", "{{ static 'x/a.js' }}", "{%static'x/a.js'%}"]
)
def test_what_a_tag_that_does_not_compile_was_meant_to_be(tag: str) -> None:
    assert static_instead(tag) == "{% static 'x/a.js' %}"


@pytest.mark.parametrize(
    ("tag", "instead"),
    [
        ("{% load statics i18n %}", "{% load static i18n %}"),
        ("{% load unheard %}", ""),
        ("{% load x from statics %}", ""),
        ("{% static 'a' %}", ""),
    ],
)
def test_a_library_that_nobody_has_is_mended_with_the_nearest(tag: str, instead: str) -> None:
    assert library_instead(tag, ["static", "i18n"]) == instead


@pytest.mark.parametrize(
    "template",
    [
        "var root = '{{ STATIC_URL }}';",
        "{{ STATIC_URL }}{{ name }}",
        "{{ STATIC_URL }}img/{{ name }}.png",
        "{{ STATIC_URL }}img/",
        "{% get_static_prefix %}",
    ],
)
def test_the_address_of_all_files_alone_is_for_a_script_to_go_on_with(template: str) -> None:
    assert [type(sight) for sight in seen(template)] == [Computed]


@pytest.mark.parametrize(
    "template",
    [
        "{{ MEDIA_URL }}a.png",
        "{{ STATIC_URLS }}a.png",
        "{% get_media_prefix %}a.png",
        "{% get_static_prefix as P %}",
    ],
)
def test_other_addresses_are_nobodys_fault(template: str) -> None:
    assert seen(template) == []


def test_a_tag_of_ours_asks_when_its_library_is_loaded() -> None:
    assert seen("{% load stator %}{% script 'a.js' defer %}", tags=WITH_OURS) == [
        Name(28, 32, "a.js", Kind.STATOR_TAG)
    ]
    assert seen("{% load other %}{% script 'a.js' %}", tags=WITH_OURS) == []


@pytest.mark.parametrize(
    ("tag", "frontend", "entry"),
    [
        ('{% frontend "shop" %}', "shop", ""),
        ("{%frontend 'shop'%}", "shop", ""),
        ('{% frontend "shop" "" %}', "shop", ""),
        ("{% frontend \"shop\" 'src/main.tsx' %}", "shop", "src/main.tsx"),
        ("{%  frontend  'shop'\t'src/a b.css'  %}", "shop", "src/a b.css"),
        ('{% frontend "ä" "ö.ts" %}', "ä", "ö.ts"),
    ],
)
def test_a_front_end_is_started_with_an_entry_or_without(tag: str, frontend: str, entry: str) -> None:
    template = f"ü{{% load stator %}}{tag}".encode()
    [sight] = scan(template, tags=WITH_OURS)
    assert isinstance(sight, Starting)
    assert (sight.frontend, sight.entry) == (frontend, entry)
    assert template[sight.start : sight.end].decode() == frontend
    assert template[slice(*sight.entry_span)].decode() == (entry or frontend)


@pytest.mark.parametrize(
    ("tag", "known"),
    [
        ("{% frontend name %}", None),
        ("{% frontend name 'a.ts' %}", None),
        ("{% frontend 'shop'|lower %}", None),
        ("{% frontend 'sh\\'op' %}", None),
        ("{% frontend 'shop' entry %}", "shop"),
        ("{% frontend 'shop' 'a.ts'|lower %}", "shop"),
        ("{% frontend 'shop' 'src/'|add:name %}", "shop"),
    ],
)
def test_what_is_started_may_be_known_at_run_time_only(tag: str, known: str | None) -> None:
    load = "{% load stator %}"
    sights = seen(load + tag, tags=WITH_OURS)
    [unknown] = [sight for sight in sights if isinstance(sight, Computed)]
    assert unknown == Computed(len(load), len(load + tag), tag, Kind.STATOR_TAG)
    started = [(sight.frontend, sight.entry) for sight in sights if isinstance(sight, Starting)]
    assert started == ([(known, None)] if known else [])


@pytest.mark.parametrize(
    "template",
    [
        "{% frontend 'shop' %}",
        "{% load other %}{% frontend 'shop' %}",
        "{% load script from stator %}{% frontend 'shop' %}",
        "{% load stator %}{% frontend %}",
        "{% load stator %}{# {% frontend 'shop' %} #}",
    ],
)
def test_no_front_end_is_started_by_another_tag(template: str) -> None:
    assert seen(template, tags=WITH_OURS) == []


def test_addresses_around_tags_are_seen() -> None:
    template = LOAD + '<img src="/static/{% if x %}a{% endif %}" alt="{{ y }}"><img src="/static/b.png">'
    assert names(template, prefixes=["/static/"]) == ["/static/b.png"]


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{% extends 'admin/base.html' %}", "admin/base.html"),
        ('{# x #}\n{%extends "a.html"%}', "a.html"),
        ("{% extends parent %}", ""),
        ("{% include 'a.html' %}", ""),
    ],
)
def test_what_a_template_extends(template: str, name: str) -> None:
    assert extends(template.encode()) == name


END_OF_COMMENT = (TokenType.BLOCK, "endcomment")
PIECES = st.sampled_from(
    """{% %} {{ }} {# #} static load as ' " a.css \\ verbatim endverbatim comment endcomment STATIC_URL from ä
    /static/ <a href= > <script> </script> <style> url( ) <!-- --> ` srcset= ,""".split()  # noqa: SIM905
)


WRITTEN = st.lists(PIECES | st.sampled_from(" \n")).map("".join)


def tags_by_django(template: str) -> list[str]:
    found = []
    tokens = iter(Lexer(template).tokenize())
    for token in tokens:
        words = token.contents.split() if token.token_type is TokenType.BLOCK else []
        if words[:1] == ["comment"]:
            while (hidden := next(tokens, None)) and (hidden.token_type, hidden.contents) != END_OF_COMMENT:
                pass
        elif words[:1] == ["static"] and len(words) > 1:
            found.append(token.contents)
    return found


@given(WRITTEN)
def test_tags_are_those_that_django_sees(template: str) -> None:
    tags = [sight for sight in seen(template) if not isinstance(sight, Wrong) and sight.kind is Kind.TAG]
    assert len(tags) == len(tags_by_django(template))


@given(st.one_of(st.binary(), WRITTEN.map(str.encode)))
def test_any_bytes_will_do_and_spans_lie_inside(content: bytes) -> None:
    for sight in scan(content, prefixes=["/static/", "/media/"]):
        assert 0 <= sight.start <= sight.end <= len(content)
        if isinstance(sight, Name) and sight.exact:
            assert content[sight.start : sight.end].decode("utf-8", "replace") == sight.name


HIDDEN = re.compile(r"\{#.*?#\}|(?s:\{% comment.*?%\}.*?\{% endcomment %\})")
LITERAL = re.compile(r"\{%\s*(?:versioned_)?static\s+[\"']([^\"'%]*)[\"'](?:\s+as\s+\w+)?\s*%\}")
WITH_WAGTAILS = Tags({**DJANGO_TAGS.libraries, "wagtailadmin_tags": {"versioned_static": Kind.TAG}}, {})


@pytest.mark.needs("pip corpus")
@pytest.mark.parametrize(
    ("package", "at_least"),
    [(Path(django.__file__).parent, 30), (PACKAGES / "wagtail", 40), (PACKAGES / "unfold", 15)],
    ids=["django", "wagtail", "unfold"],
)
def test_every_literal_of_a_real_package_is_found(package: Path, at_least: int) -> None:
    found: Counter[str] = Counter()
    expected: Counter[str] = Counter()
    for file in package.rglob("templates/**/*.html"):
        content = file.read_bytes()
        sights = scan(content, WITH_WAGTAILS, ["/static/", "/media/"], file.name)
        found.update(sight.name for sight in sights if isinstance(sight, Name))
        expected.update(LITERAL.findall(HIDDEN.sub("", content.decode())))
        assert not [sight for sight in sights if isinstance(sight, Wrong)], file
    assert found == expected
    assert found.total() >= at_least


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ('{% extends "base.html" %}', ("base.html",)),
        ("{%extends 'base.html'%}{% include 'a.html' with x=1 only %}", ("base.html", "a.html")),
        ('{% include "./near.html" %}{% include "../far.html" %}', ("shop/near.html", "far.html")),
        ('{% include "list.html#row" %}', ("list.html",)),
        ("{% extends base %}{% include x|default:'a.html' %}", ("", "")),
        ('{% include "a.html"|add:x %}', ("",)),
        ("{# {% include 'a.html' %} #}{% comment %}{% include 'b.html' %}{% endcomment %}", ()),
        ("{% verbatim %}{% include 'a.html' %}{% endverbatim %}", ()),
        ("{% includes 'a.html' %}{{ include }}{% static 'a.css' %}", ()),
    ],
)
def test_what_a_template_is_put_together_from(template: str, names: tuple[str, ...]) -> None:
    assert uses(template.encode(), "shop/page.html") == names


@pytest.mark.parametrize(
    ("markup", "fetched"),
    [
        ("<link href='{}'>", True),
        ("<img alt='a' src='{}'>", True),
        ("<a href='#'>x</a><img src='{}'>", True),
        ("<abbr title='{}'>", True),
        ("{}", True),
        ("<a href='{}'>", False),
        ("<A class=x\n  href={}>", False),
        ("<meta property='og:image' content='{}'>", False),
    ],
)
def test_what_a_link_leads_to_is_told_from_what_a_page_loads(markup: str, *, fetched: bool) -> None:
    [sight] = seen(LOAD + markup.format("{% static 'a.css' %}"))
    assert isinstance(sight, Name)
    assert sight.fetched is fetched
