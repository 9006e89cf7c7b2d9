from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.diagnose.scan.modules import scan
from stator.diagnose.scan.request import Kind
from stator.diagnose.scan.sights import Computed, Name, Wrong

STATIC = "from django.templatetags.static import static\n"
STORAGE = "from django.contrib.staticfiles.storage import staticfiles_storage\n"
PREFIXES = ("/static/", "/media/")


def seen(source: str):
    content, sights = scan(source.encode(), PREFIXES)
    for sight in sights:
        assert 0 <= sight.start <= sight.end <= len(content)
        if isinstance(sight, Name) and sight.exact:
            assert content[sight.start : sight.end].decode() == sight.name
    return sights


def names(source: str, kind: Kind) -> list[str]:
    return [sight.name for sight in seen(source) if isinstance(sight, Name) and sight.kind is kind]


def computed(source: str) -> list[str]:
    return [sight.text for sight in seen(source) if isinstance(sight, Computed)]


@pytest.mark.parametrize(
    "source",
    [
        STATIC + "static('a.css')",
        STATIC + 'static("a.css")',
        STATIC + "static(path='a.css')",
        STATIC + "def f():\n    return [static('''a.css''')]",
        "from django.templatetags.static import static as s\ns('a.css')",
        "from django.templatetags import static\nstatic.static('a.css')",
        "import django.templatetags.static\ndjango.templatetags.static.static('a.css')",
        "import django.templatetags.static as x\nx.static('a.css')",
        STORAGE + "staticfiles_storage.url('a.css')",
        "from django.contrib.staticfiles import storage\nstorage.staticfiles_storage.url('a.css')",
        "def f():\n    " + STATIC + "    return static('a.css')",
    ],
)
def test_a_call_with_a_literal_asks_for_it(source: str) -> None:
    assert names(source, Kind.CALL) == ["a.css"]


@pytest.mark.parametrize(
    "source",
    [
        "from django.conf.urls.static import static\nstatic('a.css')",
        "from mine import static\nstatic('a.css')",
        "from .static import static\nstatic('a.css')",
        "static('a.css')",
        STATIC + "static",
        STATIC + "other.static('a.css')",
        STATIC + "# static('a.css')",
        STORAGE + "staticfiles_storage.exists('a.css')",
        STATIC + "static()",
    ],
)
def test_other_functions_ask_for_nothing(source: str) -> None:
    assert seen(source) == []


@pytest.mark.parametrize("argument", ["name", "f'{name}.css'", "'a' + name", "'%s.css' % name", "*names"])
def test_what_is_known_at_run_time_only_is_computed(argument: str) -> None:
    assert computed(f"{STATIC}static({argument})") == [argument]


def test_a_folder_is_the_beginning_of_computed_names() -> None:
    assert computed(f"{STATIC}static('img/') + name") == ["img/"]


IN_A_CLASS = "class A:\n    class Media:\n        "


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (IN_A_CLASS + "js = ['a.js', 'b.js']", ["a.js", "b.js"]),
        (IN_A_CLASS + "js: list = ('a.js',)", ["a.js"]),
        (IN_A_CLASS + "css = {'all': ['a.css'], 'print': ('b.css',)}", ["a.css", "b.css"]),
        (IN_A_CLASS + "js = ['https://example.com/a.js', '//example.com/a.js']", []),
        (IN_A_CLASS + "extend = ['a.js']", []),
        ("from django.forms import Media\nMedia(js=['a.js'], css={'all': ['a.css']})", ["a.js", "a.css"]),
        ("from django import forms\nforms.Media(js=['a.js'])", ["a.js"]),
        ("from django.forms import Script\n" + IN_A_CLASS + "js = [Script('a.js', defer=True)]", ["a.js"]),
        ("from django.forms.widgets import MediaAsset\nMediaAsset(path='a.js')", ["a.js"]),
        ("class Media:\n    js = ['a.js']", []),
        ("class A:\n    class Meta:\n        js = ['a.js']", []),
    ],
)
def test_media_names_files(source: str, found: list[str]) -> None:
    assert names(source, Kind.MEDIA) == found


@pytest.mark.parametrize(
    ("body", "said", "instead"),
    [
        ('js = ("a.js")', "a.js", '["a.js"]'),
        ("js = 'a.js'", "a.js", "['a.js']"),
        ('css = {"all": "a.css"}', "a.css", '["a.css"]'),
    ],
)
def test_a_text_in_media_is_no_list(body: str, said: str, instead: str) -> None:
    [sight] = seen(IN_A_CLASS + body)
    assert isinstance(sight, Wrong)
    assert (sight.id, sight.said, sight.instead) == ("media-no-list", said, instead)


@pytest.mark.parametrize(
    ("given", "argument", "found"),
    [
        ("LOGO = 'a.png'\n", "LOGO", ["a.png"]),
        ("", "'shop/' + 'a.css'", ["shop/a.css"]),
        ("BASE = 'shop/'\n", "BASE + 'a.css'", ["shop/a.css"]),
        ("LOGO = 'a.png'\nLOGO = 'b.png'\n", "LOGO", []),
        ("LOGO = 'a.png'\ndef f(LOGO): pass\n", "LOGO", []),
    ],
)
def test_constants_and_texts_that_are_added_up_are_names(given: str, argument: str, found: list[str]) -> None:
    assert names(f"{STATIC}{given}static({argument})", Kind.CALL) == found


def test_an_absolute_path_in_media_leads_past_static_files() -> None:
    [sight] = seen(IN_A_CLASS + "js = ['/shop/a.js']")
    assert (sight.name, sight.kind) == ("/shop/a.js", Kind.ADDRESS)


def test_an_absolute_path_in_media_is_an_address() -> None:
    source = IN_A_CLASS + "js = ['/static/a.js', 'https://example.com/b.js']"
    assert [(sight.name, sight.kind) for sight in seen(source)] == [("/static/a.js", Kind.ADDRESS)]


def test_a_call_in_media_is_judged_once() -> None:
    source = STATIC + "class A:\n    class Media:\n        js = [static('a.js'), mine('b.js'), NAME]"
    assert names(source, Kind.CALL) == ["a.js"]
    assert computed(source) == ["mine('b.js')", "NAME"]


def test_lists_that_are_made_are_computed() -> None:
    source = "class A:\n    class Media:\n        js = ['a.js'] + MORE\n        css = make()"
    assert computed(source) == ["['a.js'] + MORE", "make()"]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("LOGO = '/static/logo.png'", ["/static/logo.png"]),
        ("x = {'icon': '/media/a/b.svg?v=1'}", ["/media/a/b.svg?v=1"]),
        ("STATIC_URL = '/static/'", []),
        ("if path.startswith('/static/admin'): pass", []),
        ("path('/static/<path:name>.css', view)", []),
        ("re_path(r'/static/(?P<x>.*)\\.css')", []),
        ("'''/static/a.css is a file.'''", []),
        ("f'/static/a.css'", []),
        ("# '/static/a.css'", []),
    ],
)
def test_an_address_in_a_string(source: str, found: list[str]) -> None:
    assert names(source, Kind.ADDRESS) == found


def test_an_address_with_a_value_in_it_is_computed() -> None:
    assert computed("f'/static/{name}.css'") == ["f'/static/{name}.css'"]


def test_what_static_is_given_is_no_address_too() -> None:
    assert [sight.kind for sight in seen(STATIC + "static('/static/a.css')")] == [Kind.CALL]


@pytest.mark.parametrize(
    ("literal", "marked", "exact"),
    [
        ("'a.css'", "a.css", True),
        ("r'a.css'", "a.css", True),
        ("'ä.css'", "ä.css", True),
        (r"'\x61.css'", r"\x61.css", False),
        ("'a' '.css'", "a' '.css", False),
        (r"'\ud800.css'", r"\ud800.css", False),
    ],
)
def test_a_span_leaves_out_the_quotes(literal: str, marked: str, exact: bool) -> None:
    content, [sight] = scan(f"'ö'; {STATIC}\nx = 'ü', static({literal})".encode(), PREFIXES)
    assert isinstance(sight, Name)
    assert (content[sight.start : sight.end].decode(), sight.exact) == (marked, exact)


def test_other_encodings_line_ends_and_a_byte_order_mark_are_read() -> None:
    for source in (
        b"\xef\xbb\xbf" + STATIC.encode() + b"static('\xc3\xa4.css')",
        b"# coding: latin-1\r\n" + STATIC.encode() + b"\r\nstatic('\xe4.css')",
    ):
        content, [sight] = scan(source)
        assert content[sight.start : sight.end].decode() == "ä.css"


@pytest.mark.parametrize("source", [b"static(", b"static\0", b"# coding: none\nstatic", b"static = '\xff'"])
def test_what_is_no_python_is_refused(source: bytes) -> None:
    with pytest.raises((SyntaxError, ValueError)):
        scan(source)


def test_doubtful_escapes_are_for_python_to_tell() -> None:
    assert seen(STATIC + r"'\d'; static('a.css')")


PIECES = ["static('a')", "'/static/a.b'", "f'/static/{x}'", "class A:\n class Media:\n  js=", *"\n ä()[]=,"]


@given(st.lists(st.sampled_from(PIECES)))
def test_spans_lie_inside(pieces: list[str]) -> None:
    source = STATIC + "".join(pieces)
    try:
        ast.parse(source)
    except SyntaxError:
        return
    seen(source)
