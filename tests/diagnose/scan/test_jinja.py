from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.diagnose.scan import jinja
from stator.diagnose.scan.request import Kind
from stator.diagnose.scan.sights import Computed, Name, Wrong

jinja2 = pytest.importorskip("jinja2")
ENVIRONMENT = jinja2.Environment()


def seen(template: str, environment=ENVIRONMENT):
    content = template.encode()
    sights = jinja.scan(content, environment.lex, {"static"}, ["/static/"])
    for sight in sights:
        assert 0 <= sight.start <= sight.end <= len(content)
        if isinstance(sight, Name) and sight.exact:
            assert content[sight.start : sight.end].decode() == sight.name
    return sights


def names(template: str, **options) -> list[str]:
    return [sight.name for sight in seen(template, **options) if isinstance(sight, Name)]


@pytest.mark.parametrize(
    "template",
    [
        "{{ static('a.css') }}",
        '{{static("a.css")}}',
        "{% set x = static('a.css') %}",
        "{{ f(static( 'a.css' ) ~ x) }}",
        "<a href='{{ static('a.css') }}?v=1'>",
        "ä {{- static('a.css') -}} ö",
        "\r\n\r{% if x -%}\r\n{{ 'ü' }}{{\r\nstatic('a.css')\r}}",
        "{# static('b.css') #}{{ static('a.css') }}",
        "{% raw %}{{ static('b.css') }}{% endraw %}{{ static('a.css') }}",
    ],
)
def test_a_call_with_a_literal_asks_for_it(template: str) -> None:
    assert names(template) == ["a.css"]


@pytest.mark.parametrize(
    "template",
    [
        "static('a.css')",
        "{# {{ static('a.css') }} #}",
        "{{ url('a.css') }}",
        "{{ x.static('a.css') }}",
        "{{ x|static('a.css') }}",
        "{{ static }}",
        "{{ static() }}",
        "{{ \"static('a.css')\" }}",
        "{% macro static(x) %}{% endmacro %}",
    ],
)
def test_anything_else_asks_for_nothing(template: str) -> None:
    assert seen(template) == []


@pytest.mark.parametrize("call", ["static(x)", "static('a' ~ (x))", "static('a'|lower)", "static(f(x), y)"])
def test_what_is_known_at_run_time_only_is_computed(call: str) -> None:
    assert seen(f"{{{{ {call} }}}}") == [Computed(3, 3 + len(call), call, Kind.CALL)]


def test_a_folder_is_the_beginning_of_computed_names() -> None:
    assert seen("{{ static('img/') }}") == [Computed(11, 15, "img/", Kind.CALL)]


def test_escapes_are_resolved() -> None:
    assert seen(r"{{ static('\x61.css') }}") == [Name(11, 19, "a.css", Kind.CALL, exact=False)]


def test_an_environment_has_its_own_delimiters() -> None:
    environment = jinja2.Environment(
        variable_start_string="<<", variable_end_string=">>", line_statement_prefix="%"
    )
    assert names("<< static('a.css') >>\n% set x = static('b.css')\n", environment=environment) == [
        "a.css",
        "b.css",
    ]


def test_a_name_behind_the_address_of_all_files_has_no_digest() -> None:
    assert seen("<img src='{{ STATIC_URL }}a.png'>") == [Wrong(10, 31, "static-url-variable", "a.png")]


def test_addresses_around_tags_are_seen() -> None:
    template = "<a href='/static/a.css'><a href='/static/{{ x }}'>{# <a href='/static/b.css'> #}"
    template += "<a href='{% if x %}/static/c.css{% else %}/static/d.css{% endif %}'>"
    assert names(template) == ["/static/a.css", "/static/c.css", "/static/d.css"]


def test_a_template_that_the_lexer_refuses_is_refused() -> None:
    with pytest.raises(jinja2.TemplateSyntaxError):
        seen("{{ 'a }}")


PIECES = """{{ }} {% %} {%- -%} {# #} static( 'a.css' ) ä raw endraw if ~""".split()  # noqa: SIM905


@given(st.lists(st.sampled_from([*PIECES, " ", "\r\n", "\r", "\n", "\xa0"])).map("".join))
def test_spans_lie_inside(template: str) -> None:
    try:
        seen(template)
    except jinja2.TemplateSyntaxError:
        return


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ('{% extends "base.html" %}', ("base.html",)),
        ("{%- include 'a.html' ignore missing -%}{% import 'b.html' as b %}", ("a.html", "b.html")),
        ("{% from 'forms.html' import field %}", ("forms.html",)),
        ("{% extends layout %}{% include ['a.html', 'b.html'] %}", ("", "")),
        ("{# {% include 'a.html' %} #}{% raw %}{% include 'b.html' %}{% endraw %}", ()),
        ("{{ include('a.html') }}{% set extends = 'a.html' %}{% block a %}", ()),
    ],
)
def test_what_a_template_is_put_together_from(template: str, names: tuple[str, ...]) -> None:
    assert jinja.uses(template.encode(), ENVIRONMENT.lex) == names


@pytest.mark.parametrize(("element", "fetched"), [("link", True), ("a", False)])
def test_what_a_link_leads_to_is_told_from_what_a_page_loads(element: str, *, fetched: bool) -> None:
    assert [sight.fetched for sight in seen(f"<{element} href={{{{ static('a.css') }}}}>")] == [fetched]
    assert [sight.fetched for sight in seen(f"<{element} href='/static/a.css'>")] == [fetched]
