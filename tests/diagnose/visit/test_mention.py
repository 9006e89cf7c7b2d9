from __future__ import annotations

import json

import pytest

from stator.diagnose.visit.mention import Mention, Use, of_file, of_page
from stator.findings import Place

PAGE = "https://shop.example/polls/"
S = "https://shop.example/static"


def asked(html: str) -> list[tuple[str, Use]]:
    return [
        (one.url.removeprefix("https://shop.example"), one.use) for one in of_page(html.encode(), PAGE).found
    ]


TABLE = {
    '<link rel="stylesheet" href="/static/a.css">': [("/static/a.css", Use.STYLE)],
    '<link rel="alternate stylesheet" href="/static/a.css">': [("/static/a.css", Use.STYLE)],
    "<LINK REL=StyleSheet HREF=/static/a.css>": [("/static/a.css", Use.STYLE)],
    '<link rel="shortcut icon" href="/static/a.ico">': [("/static/a.ico", Use.IMAGE)],
    '<link rel="apple-touch-icon" href="/static/a.png">': [("/static/a.png", Use.IMAGE)],
    '<link rel="manifest" href="/static/a.webmanifest">': [("/static/a.webmanifest", Use.MANIFEST)],
    '<link rel="modulepreload" href="/static/a.js">': [("/static/a.js", Use.MODULE)],
    '<link rel="preload" as="font" href="/static/a.woff2">': [("/static/a.woff2", Use.FONT)],
    '<script src="/static/a.js"></script>': [("/static/a.js", Use.SCRIPT)],
    '<script type="text/javascript" src="/static/a.js"></script>': [("/static/a.js", Use.SCRIPT)],
    '<script type="module" src="/static/a.js"></script>': [("/static/a.js", Use.MODULE)],
    '<script type="module">import "/static/a.js"; import("/static/later.js")</script>': [
        ("/static/a.js", Use.MODULE)
    ],
    '<img src="/static/a.png" srcset="/static/b.png 1x, /static/c.png 2x">': [
        ("/static/a.png", Use.IMAGE),
        ("/static/b.png", Use.IMAGE),
        ("/static/c.png", Use.IMAGE),
    ],
    '<img srcset="/static/a,b.png, /static/c.png">': [
        ("/static/a,b.png", Use.IMAGE),
        ("/static/c.png", Use.IMAGE),
    ],
    '<img srcset=" , /static/a.png , /static/b.png 1x,/static/c.png 2x,, ">': [
        ("/static/a.png", Use.IMAGE),
        ("/static/b.png", Use.IMAGE),
        ("/static/c.png", Use.IMAGE),
    ],
    '<picture><source srcset="/static/a.avif" type="image/avif"></picture>': [("/static/a.avif", Use.IMAGE)],
    '<video src="/media/a.mp4" poster="/static/a.jpg"></video>': [
        ("/media/a.mp4", Use.MEDIA),
        ("/static/a.jpg", Use.IMAGE),
    ],
    '<svg><use href="/static/a.svg#b"></use></svg>': [("/static/a.svg", Use.IMAGE)],
    "<style>@import '/static/a.css'; b { background: url(/static/b.png) }</style>": [
        ("/static/a.css", Use.STYLE),
        ("/static/b.png", Use.IMAGE),
    ],
    '<p style="background: url(/static/b.png)">': [("/static/b.png", Use.IMAGE)],
    '<img src="a.png">': [("/polls/a.png", Use.IMAGE)],
    '<base href="/static/"><img src="a.png">': [("/static/a.png", Use.IMAGE)],
    '<img src="/static/a.png?v=1&amp;w=2#c">': [("/static/a.png?v=1&w=2", Use.IMAGE)],
    '<img src="//cdn.example/a.png">': [("https://cdn.example/a.png", Use.IMAGE)],
    # What no browser loads by itself, or at all.
    '<a href="/static/a.pdf">': [],
    '<link rel="canonical" href="/static/a.css">': [],
    '<link rel="preconnect" href="https://cdn.example">': [],
    '<script type="application/json" src="/static/a.json"></script>': [],
    '<script type="text/template">import "/static/a.js"</script>': [],
    '<!-- <img src="/static/a.png"> -->': [],
    '<script>"<img src=/static/a.png>"</script>': [],
    '<img src="data:image/png;base64,AA">': [],
    '<img src="">': [],
    "<img src>": [],
    '<img src="http://[broken/a.png">': [],
    '<img src="http://host:port/a.png">': [],
    '<script type="module">import "bare"</script>': [],
}


@pytest.mark.parametrize(("html", "expected"), TABLE.items(), ids=TABLE)
def test_what_a_page_makes_a_browser_ask_for(html: str, expected: list[tuple[str, Use]]) -> None:
    assert asked(html) == expected


def test_places_are_those_of_tags() -> None:
    found = of_page(
        b"<p>\n  <img src=/static/a.png>\n<style>\nb { src: url(/static/b.png) }</style>", PAGE
    ).found
    assert [one.place for one in found] == [Place(PAGE, 2, 3), Place(PAGE, 3, 1)]


@pytest.mark.parametrize(
    ("html", "cors"),
    [
        ("<script src=/a.js></script>", False),
        ("<script src=/a.js crossorigin></script>", True),
        ("<script type=module src=/a.js></script>", True),
        ("<link rel=preload as=font href=/a.woff2>", True),
        ("<style>@font-face { src: url(/a.woff2) }</style>", True),
        ("<style>b { background: url(/a.png) }</style>", False),
    ],
)
def test_which_need_cors(html: str, cors: bool) -> None:
    assert [one.cors for one in of_page(html.encode(), PAGE).found] == [cors]


def test_integrity_is_kept() -> None:
    page = of_page(b'<script src=/a.js integrity="sha256-AA sha384-BB"></script>', PAGE)
    assert page.found[0].integrity == "sha256-AA sha384-BB"


@pytest.mark.parametrize(
    "html",
    [b"<!doctype html><p>\n<![bad", b"<![if x y<img src=a>", b"\xff\xfe<", b"<" * 1000, b"", b"<style>"],
)
def test_no_page_is_too_bad_to_be_read(html: bytes) -> None:
    page = of_page(html, PAGE)
    assert page.found == () or page.found[0].place.file == PAGE


def test_imports_go_through_the_map() -> None:
    imports = {"lib": "/static/lib.1.js", "/static/b.js": "/static/b.2.js", "kit/": "/static/kit/"}
    text = json.dumps({"imports": imports})
    code = 'import "lib"; import "kit/x.js"'
    html = f'<script type="importmap">{text}</script><script type="module">{code}</script>'
    page = of_page(html.encode(), PAGE)
    assert [one.url for one in page.found] == [f"{S}/lib.1.js", f"{S}/kit/x.js"]
    module = Mention(f"{S}/a.js", Use.MODULE, Place(PAGE), PAGE)
    inside = of_file(b'import "./b.js"; import "other"; export * from "./c.js"', module, page.imports)
    assert [one.url for one in inside] == [f"{S}/b.2.js", f"{S}/c.js"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"imports": 3}', '{"imports": {"a": 3}}', '{"imports":' + "[" * 100_000]
)
def test_a_broken_import_map_is_none(text: str) -> None:
    assert of_page(f'<script type="importmap">{text}</script>'.encode(), PAGE).imports in (
        {},
        {"a": "https://shop.example/polls/3"},
    )


def test_a_sheet_is_read_from_its_own_place() -> None:
    sheet = Mention(f"{S}/css/a.css", Use.STYLE, Place(PAGE), PAGE)
    content = b'@import "b.css";\n@font-face { src: url(../f.woff2) } /*# sourceMappingURL=a.css.map */'
    found = of_file(content, sheet, {})
    assert [(one.url, one.use, one.page) for one in found] == [
        (f"{S}/css/b.css", Use.STYLE, PAGE),
        (f"{S}/f.woff2", Use.FONT, PAGE),
    ]
    assert str(found[1].place) == f"{S}/css/a.css:2:23"


def test_other_files_mention_nothing() -> None:
    script = Mention(f"{S}/a.js", Use.SCRIPT, Place(PAGE), PAGE)
    assert of_file(b'import "./b.js"', script, {}) == ()


def test_the_longest_prefix_of_an_import_map_counts() -> None:
    imports = {"kit/": f"{S}/kit/", "kit/a/": f"{S}/other/", f"{S}/b/": f"{S}/c/"}
    module = Mention(f"{S}/a.js", Use.MODULE, Place(PAGE), PAGE)
    inside = of_file(b'import "kit/x.js"; import "kit/a/x.js"; import "./b/x.js"', module, imports)
    assert [one.url for one in inside] == [f"{S}/kit/x.js", f"{S}/other/x.js", f"{S}/c/x.js"]


def test_many_imports_through_a_large_map_are_found_without_walking_it_for_each() -> None:
    imports = {f"/a{number}/": f"/static/b{number}/" for number in range(20_000)}
    code = 'import "/a7/y";' * 20_000
    text = json.dumps({"imports": imports})
    html = f"<script type=importmap>{text}</script><script type=module>{code}</script>"
    assert {one.url for one in of_page(html.encode(), PAGE).found} == {f"{S}/b7/y"}


def test_many_candidates_are_read_once_each() -> None:
    html = "<img srcset='" + "/static/a.png 1x," * 100_000 + "'>"
    assert len(asked(html)) == 100_000
