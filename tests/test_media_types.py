from __future__ import annotations

import subprocess
import sys

import pytest

from stator import media_types
from stator.media_types import UNKNOWN, content_type, extension, media_type

# What a web server must not get wrong: a browser refuses it, or does not show it.
KNOWN = {
    "app.css": "text/css; charset=utf-8",
    "app.js": "text/javascript; charset=utf-8",
    "app.mjs": "text/javascript; charset=utf-8",
    "app.cjs": "text/javascript; charset=utf-8",
    "app.js.map": "application/json",
    "app.css.map": "application/json",
    "data.json": "application/json",
    "app.wasm": "application/wasm",
    "site.webmanifest": "application/manifest+json",
    "index.html": "text/html; charset=utf-8",
    "notes.txt": "text/plain; charset=utf-8",
    "subtitles.vtt": "text/vtt; charset=utf-8",
    "table.csv": "text/csv; charset=utf-8",
    "feed.xml": "application/xml",
    "a.svg": "image/svg+xml",
    "a.png": "image/png",
    "a.jpg": "image/jpeg",
    "a.jpeg": "image/jpeg",
    "a.gif": "image/gif",
    "a.webp": "image/webp",
    "a.avif": "image/avif",
    "favicon.ico": "image/x-icon",
    "a.woff": "font/woff",
    "a.woff2": "font/woff2",
    "a.ttf": "font/ttf",
    "a.otf": "font/otf",
    "a.eot": "application/vnd.ms-fontobject",
    "a.mp3": "audio/mpeg",
    "a.mp4": "video/mp4",
    "a.webm": "video/webm",
    "a.pdf": "application/pdf",
    "a.zip": "application/zip",
    "a.tar.gz": "application/gzip",
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_types(name):
    assert content_type(name) == KNOWN[name]


@pytest.mark.parametrize("name", KNOWN)
def test_neither_a_digest_nor_capitals_nor_a_folder_change_the_type(name):
    stem, dot, ending = name.rpartition(".")
    assert content_type(f"{stem}.0123456789ab{dot}{ending}") == KNOWN[name]
    assert content_type(name.upper()) == KNOWN[name]
    assert content_type(f"some.folder/{name}") == KNOWN[name]


@pytest.mark.parametrize(
    "name",
    ["", "LICENSE", "a.unknown", "a.", ".css", "folder.css/file", "a.css~", "a.css ", "a.0123456789ab"],
)
def test_what_is_unknown_is_octets(name):
    assert content_type(name) == media_type(name) == UNKNOWN == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "expected"), [("a.CSS", ".css"), ("a.b.js", ".js"), ("a", ""), (".css", ""), ("a.b/c", "")]
)
def test_extensions(name, expected):
    assert extension(name) == expected


@pytest.mark.parametrize("ending", sorted(media_types.BY_EXTENSION))
def test_every_row_of_the_table_is_well_formed(ending):
    kind = media_type(f"a{ending}")
    assert ending == ending.lower()
    assert kind.partition("/")[0] in {"application", "audio", "font", "image", "model", "text", "video"}
    assert content_type(f"a{ending}") == (f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)


def test_the_table_is_in_order():
    assert list(media_types.BY_EXTENSION) == sorted(media_types.BY_EXTENSION)


def test_the_machines_own_table_is_not_asked(tmp_path):
    lies = tmp_path / "mime.types"
    lies.write_text("text/plain css js\napplication/x-made-up unknown\n")
    program = (
        f"import mimetypes; mimetypes.init([{str(lies)!r}])\n"
        "assert mimetypes.guess_type('a.css')[0] == 'text/plain'\n"
        "from stator.media_types import content_type\n"
        "print(content_type('a.css'), content_type('a.js'), content_type('a.unknown'))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert printed.split("\n")[0] == f"{KNOWN['app.css']} {KNOWN['app.js']} {UNKNOWN}"
