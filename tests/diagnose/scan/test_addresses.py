from __future__ import annotations

import pytest

from stator.diagnose.scan.addresses import CLOSING, OPENING, VALUE, form_of, in_markup, in_script, in_style
from stator.diagnose.scan.request import Kind
from stator.diagnose.scan.sights import Computed, Name

PREFIXES = ("/static/", "/media/")
OPEN, CLOSE, HOLE = OPENING.decode(), CLOSING.decode(), VALUE.decode()


def names(search, text: str) -> list[str]:
    content = text.encode()
    found = list(search(content, PREFIXES))
    for one in found:
        assert isinstance(one, Computed) or not one.exact or content[one.start : one.end].decode() == one.name
    return [one.name for one in found if isinstance(one, Name)]


@pytest.mark.parametrize(
    "markup",
    [
        '<link href="/static/a.css">',
        "<LINK HREF='/static/a.css'>",
        "<link href=/static/a.css>",
        "<link\n href = '/static/a.css'\n/>",
        '<link title=">" href="/static/a.css">',
        '<img src=" /static/a.css ">',
        '<video poster="/static/a.css">',
        '<object data="/static/a.css">',
        '<img data-src="/static/a.css">',
        '<use xlink:href="/static/a.css">',
        '<meta property="og:image" content="/static/a.css">',
        '<p style="background: url(/static/a.css)">',
        "<p style=\"background: url('/static/a.css')\">",
        "<style>p { background: url(/static/a.css) }</style>",
        "<script>load('/static/a.css')</script>",
        f'<link href="{OPEN}/static/a.css{CLOSE}">',
        '<link href="/static/a.css"',
        '</p><p><link href="/static/a.css"></p>',
    ],
)
def test_an_address_in_markup(markup: str) -> None:
    assert names(in_markup, markup) == ["/static/a.css"]


@pytest.mark.parametrize(
    "markup",
    [
        "<p>/static/a.css</p>",
        "<code>'/static/a.css'</code>",
        "<!-- <link href='/static/a.css'> -->",
        "<!-- <link href='/static/a.css'>",
        "<style>/* url(/static/a.css) */</style>",
        "<script>// '/static/a.css'</script>",
        "<input value='/static/a.css'>",
        "<a title='/static/a.css'>",
        "<a href='/about?next=/static/a.css'>",
        "<a href='https://example.com/static/a.css'>",
        "<a href='/statics/a.css'>",
        "<a href='/static/'>",
        f"<a href='{HOLE}/static/a.css'>",
        f"<a href='/static/{HOLE}'>",
        f"<a href='/static/a{HOLE}.css'>",
        f"<a href='/static/a{OPEN}-dark{CLOSE}.css'>",
    ],
)
def test_what_is_no_address_of_a_file(markup: str) -> None:
    assert names(in_markup, markup) == []


def test_a_link_to_the_folder_of_all_files_is_no_name() -> None:
    assert list(in_markup(b"<a href='/static/'>", PREFIXES)) == []
    assert len(list(in_markup(b"<div data-src='/static/'>", PREFIXES))) == 1


def test_each_of_a_set_is_an_address() -> None:
    markup = "<img srcset='/static/a.png 1x, /static/b.png 2x,/media/c.png 3x, https://x/static/d.png 4x'>"
    assert names(in_markup, markup) == ["/static/a.png", "/static/b.png", "/media/c.png"]


def test_each_branch_is_an_address() -> None:
    markup = f"<img src='{OPEN}/static/a.png{CLOSE}/static/b.png{CLOSE}'>"
    assert names(in_markup, markup) == ["/static/a.png", "/static/b.png"]


def test_entities_are_resolved_and_tell_that_the_text_differs() -> None:
    assert list(in_markup(b'<a href="/static/a.js?x=1&amp;y">', PREFIXES)) == [
        Name(9, 31, "/static/a.js?x=1&y", Kind.ADDRESS, exact=False)
    ]


def test_markup_goes_on_behind_scripts_and_styles() -> None:
    for raw in ("<script>if (a < b) '<a href='</script >", "<style>a > b</style>", "<script src=x></script>"):
        assert names(in_markup, f"{raw}<a href='/static/a.css'>") == ["/static/a.css"]


def test_without_prefixes_nothing_is_an_address() -> None:
    for search in (in_markup, in_script, in_style):
        assert list(search(b"<a href='/static/a.css'><script>'/static/a.js'</script>", ())) == []


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("load('/static/a.js')", ["/static/a.js"]),
        ('load("/static/a.js?v=1")', ["/static/a.js?v=1"]),
        ("load(`/static/a.js`)", ["/static/a.js"]),
        ('{"src": "/static/a.js"}', ["/static/a.js"]),
        ("/* '/static/a.js' */", []),
        ("x = '/static/';", []),
        ("if (path.startsWith('/static/admin'))", []),
        ("'/static/*.js'", []),
        ("'see /static/a.js'", []),
        (f"'/static/{HOLE}.js'", []),
        ("`/static/${name}.js`", []),
    ],
)
def test_an_address_in_a_script(script: str, found: list[str]) -> None:
    assert names(in_script, script) == found


@pytest.mark.parametrize(
    ("file", "content", "found"),
    [
        ("a.html", "<a href='/static/a.css'>", 1),
        ("a.html.j2", "<a href='/static/a.css'>", 1),
        ("a.unknown", "<a href='/static/a.css'>", 1),
        ("a.svg", "<image href='/static/a.png'/>", 1),
        ("a.js", "'/static/a.css'", 1),
        ("a.css", "p { background: url(/static/a.png) }", 1),
        ("a.txt", "<a href='/static/a.css'>", 0),
        ("a.md", "<a href='/static/a.css'>", 0),
    ],
)
def test_the_name_of_a_template_tells_what_it_makes(file: str, content: str, found: int) -> None:
    assert len(names(form_of(file), content)) == found
