"""Linking: bytes outside a reference never change, and a reference keeps the form it was written in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sites import built, content_of, names_of, write

TARGETS: dict[str, str | bytes] = {
    "img/a b.png": "",
    "img/x.png": "",
    "img/ü.png": "",
    "img/it's (1).png": "",
    "app/part.css": "",
    "app/part.js": "",
    "app/font.eot": "",
}


def linked(folder: Path, name: str, content: str | bytes, static_url: str = "/static/") -> str:
    """Return the published content with each of our digests shown as ``#``."""
    finished = built(write(folder / "app", {**TARGETS, name: content}), static_url=static_url)
    assert finished.findings == ()
    text = content_of(finished, name).decode("utf-8", "surrogateescape")
    return re.sub(r"\.[0-9a-f]{12}(?=\.)", ".#", text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a{b:url(../img/x.png)}", "a{b:url(../img/x.#.png)}"),
        ("a{b:url( '../img/x.png' )}", "a{b:url( '../img/x.#.png' )}"),
        ('a{b:URL("/static/img/x.png")}', 'a{b:URL("/static/img/x.#.png")}'),
        ("a{b:url(./../img/x.png?v=1#y)}", "a{b:url(./../img/x.#.png?v=1#y)}"),
        ("a{b:url(font.eot?#iefix)}", "a{b:url(font.#.eot?#iefix)}"),
        ("a{b:url(../img/a%20b.png)}", "a{b:url(../img/a%20b.#.png)}"),
        ("a{b:url(../img/a\\ b.png)}", "a{b:url(../img/a%20b.#.png)}"),
        ("a{b:url('../img/a b.png')}", "a{b:url('../img/a%20b.#.png')}"),
        ("a{b:url(../img/ü.png)}", "a{b:url(../img/%C3%BC.#.png)}"),
        ('a{b:url("../img/it\'s (1).png")}', 'a{b:url("../img/it%27s%20%281%29.#.png")}'),
        ("a{b:url(../img/it\\'s\\ \\(1\\).png)}", "a{b:url(../img/it%27s%20%281%29.#.png)}"),
        ("@import 'part.css' layer(x) screen;", "@import 'part.#.css' layer(x) screen;"),
        ("a{b:url(\\70 art.css)}", "a{b:url(part.#.css)}"),
        ("a{}\r\n\r\nb{c:url(../img/x.png)}\r", "a{}\r\n\r\nb{c:url(../img/x.#.png)}\r"),
        (b"/* \xe9t\xe9 */a{b:url(../img/x.png)}\0", "/* \udce9t\udce9 */a{b:url(../img/x.#.png)}\0"),
        ("\ufeffa{b:url(../img/x.png)}", "\ufeffa{b:url(../img/x.#.png)}"),
        ("a{b:url(https://x.y/z.png) url(data:,x) url(#id) url(/media/x.png)}",) * 2,
        ("/* url(../img/x.png) */ a{content:'url(../img/x.png)'}",) * 2,
    ],
)
def test_css(tmp_path: Path, before: str | bytes, after: str) -> None:
    assert linked(tmp_path, "app/site.css", before) == after


@pytest.mark.parametrize("name", ["app/site.js", "app/site.mjs"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import a from './part.js'", "import a from './part.#.js'"),
        ('export * from "/static/app/part.js";', 'export * from "/static/app/part.#.js";'),
        ("const m = import(`./part.js`)", "const m = import(`./part.#.js`)"),
        ("import(/* webpackIgnore: true */ './part.js')", "import(/* webpackIgnore: true */ './part.#.js')"),
        (
            "new Worker(new URL('part.js', import.meta.url))",
            "new Worker(new URL('part.#.js', import.meta.url))",
        ),
        ("import '\\u002e/part.js'", "import './part.#.js'"),
        ("import 'react'; import '@a/b'; import 'https://x.y/z.js'",) * 2,
        ("new URL('./', import.meta.url); new URL('../img/', import.meta.url)",) * 2,
        ("'import \"./part.js\"' + `import('./part.js')`",) * 2,
    ],
)
def test_javascript(tmp_path: Path, name: str, before: str, after: str) -> None:
    assert linked(tmp_path, name, before) == after


def test_under_a_cdn_the_form_is_kept(tmp_path: Path) -> None:
    before = "a{b:url(https://cdn.example.com/s/img/x.png) url(../img/x.png) url(/s/img/x.png)}"
    after = "a{b:url(https://cdn.example.com/s/img/x.#.png) url(../img/x.#.png) url(/s/img/x.#.png)}"
    assert linked(tmp_path, "app/site.css", before, "https://cdn.example.com/s/") == after


def test_a_source_map_and_its_script_name_each_other(tmp_path: Path) -> None:
    app = write(
        tmp_path / "app",
        {
            "a.js": "f()\n//# sourceMappingURL=a.js.map\n",
            "a.js.map": '{"version":3,"file":"a.js","sources":["a.ts"],"mappings":""}',
            "a.css": "a{}\n/*# sourceMappingURL=a.css.map */",
            "a.css.map": '{"version":3,"file":"gone.css","sources":[]}',
        },
    )
    finished = built(app)
    names = names_of(finished)
    assert finished.findings == ()
    assert content_of(finished, "a.js").decode() == f"f()\n//# sourceMappingURL={names['a.js.map']}\n"
    assert f'"file":"{names["a.js"]}"' in content_of(finished, "a.js.map").decode()
    assert content_of(finished, "a.css").decode() == f"a{{}}\n/*# sourceMappingURL={names['a.css.map']} */"
    assert '"file":"gone.css"' in content_of(finished, "a.css.map").decode()
