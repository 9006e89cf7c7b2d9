"""The published folder that every server is asked for: names, contents, forms, and what must never be seen.

Names and contents are constants, so that a case can say which it asks for. All files are of one time, long
ago, so that Last-Modified can be compared with dates before and after it.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import brotli

from stator import manifest as manifests
from stator import manifest_text
from stator.manifest import Content, Manifest, Release
from stator.paths import CODING_SUFFIXES, WORK_FOLDER, digested_path
from tests.encode.decoders import zstd
from tests.sites import write

SECRET = b"what the public must never read"
MODIFIED = 1_767_323_045  # Fri, 02 Jan 2026 03:04:05 GMT

ENCODE: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content),
    "zstd": lambda content: zstd.compress(content, 15),
    "gzip": lambda content: gzip.compress(content, mtime=0),
}
ALL = tuple(ENCODE)


class File(NamedTuple):
    """A published file: its name, its content, and the content of each of its precompressed forms."""

    name: str
    content: bytes
    forms: dict[str, bytes]

    def as_content(self) -> Content:
        forms = tuple((coding, len(form)) for coding, form in self.forms.items())
        return Content(len(self.content), hashlib.sha256(self.content).digest(), forms)


def _rules(seed: int, count: int) -> bytes:
    """Return a text that shrinks as style sheets and scripts do."""
    chance = random.Random(seed)
    words = ["color", "margin", "padding", "flex", "grid", "border", "inherit", "none", "auto"]
    lines = [
        f".a{chance.randrange(9999)} {{ {chance.choice(words)}: {chance.choice(words)} }}\n"
        for _ in range(count)
    ]
    return "".join(lines).encode()


def _file(path: str, content: bytes, codings: tuple[str, ...] = ()) -> File:
    name = digested_path(path, hashlib.sha256(content).hexdigest()[:12])
    return File(name, content, {coding: ENCODE[coding](content) for coding in codings})


CSS = _rules(1, 60)
OLD_CSS = _rules(2, 50)
SCRIPT = b"/* a long one */" + _rules(3, 2000)
PIXELS = bytes(random.Random(4).randrange(256) for _ in range(1000))
BIG = bytes(range(256)) * (3 * 4096)  # 3 MB, so that it is sent in many blocks
DRAWING = b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<path d='M0 0h1v1z'/>" * 40 + b"</svg>"
BUNDLE = b"export default 'a bundler has named me'\n" * 20
LOOKALIKE = "vendor/widget.0123456789ab.css"  # named so by somebody else, and free to change

_SOURCES: dict[str, File] = {
    path: _file(path, content, codings)
    for path, content, codings in [
        ("css/app.css", CSS, ALL),
        ("js/app.js", SCRIPT, ALL),
        ("js/module.mjs", _rules(5, 40), ALL),
        ("js/app.js.map", b'{"version":3,"sources":[]}' * 20, ALL),
        ("js/gzip-only.js", _rules(6, 40), ("gzip",)),
        ("img/logo.png", PIXELS, ()),
        ("img/icon.svg", DRAWING, ALL),
        ("img/grüße aus köln.svg", DRAWING + b"<!-- k -->", ALL),
        ("img/old.svgz", gzip.compress(DRAWING, mtime=0), ()),
        ("img/favicon.ico", PIXELS + b"ico", ()),
        ("img/photo.jpg", PIXELS + b"jpg", ()),
        ("img/photo.webp", PIXELS + b"webp", ()),
        ("img/photo.avif", PIXELS + b"avif", ()),
        ("fonts/text.woff2", PIXELS + b"woff2", ()),
        ("fonts/text.woff", PIXELS + b"woff", ()),
        ("fonts/text.ttf", PIXELS + b"ttf", ()),
        ("wasm/sum.wasm", b"\0asm" + _rules(7, 40), ALL),
        ("site.webmanifest", b'{"name": "a site"}' * 20, ALL),
        ("data/list.json", b'{"a": [1, 2, 3]}' * 20, ALL),
        ("data/feed.xml", b"<feed/>" * 40, ALL),
        ("data/archive.tar.gz", gzip.compress(b"an archive" * 100, mtime=0), ()),
        ("data/file.unheard-of", PIXELS + b"?", ()),
        ("data/LICENSE", _rules(8, 30), ()),
        ("docs/page.html", b"<!doctype html><title>A page</title>" * 10, ALL),
        ("docs/manual.pdf", PIXELS + b"pdf", ()),
        ("docs/notes.TXT", _rules(9, 30), ALL),
        ("film.mp4", BIG, ()),
        ("sound.mp3", PIXELS + b"mp3", ()),
        ("empty.txt", b"", ()),
        (LOOKALIKE, _rules(10, 40), ALL),
    ]
}
_SOURCES["build/index-DRvb_9fX.js"] = File(
    "build/index-DRvb_9fX.js", BUNDLE, {coding: encode(BUNDLE) for coding, encode in ENCODE.items()}
)
# One whose zstd form is the smallest, which it is not for most files.
_ODD_FORMS = _rules(11, 200)
_SOURCES["js/zstd-smallest.js"] = _file("js/zstd-smallest.js", _ODD_FORMS)._replace(
    forms={
        "br": brotli.compress(_ODD_FORMS, quality=0),
        "zstd": zstd.compress(_ODD_FORMS, 19),
        "gzip": gzip.compress(_ODD_FORMS, 1, mtime=0),
    }
)
_LOST = {path: _file(path, BUNDLE) for path in ("js/vanished.js", "js/shortened.js", "js/folder.js")}
_OLD = _file("css/app.css", OLD_CSS, ALL)
_NO_PLAIN = ("js/gzip-only.js", *_LOST.keys() - {"js/vanished.js"})

FILES = {**_SOURCES, **_LOST}
APP = FILES["css/app.css"].name
JS = FILES["js/app.js"].name
OLD_APP = _OLD.name
LOGO = FILES["img/logo.png"].name
FILM = FILES["film.mp4"].name
EMPTY = FILES["empty.txt"].name
NAMED = FILES["img/grüße aus köln.svg"].name
GZIP_ONLY = FILES["js/gzip-only.js"].name
BUNDLED = FILES["build/index-DRvb_9fX.js"].name
ZSTD_SMALLEST = FILES["js/zstd-smallest.js"].name
UNKNOWN_DIGEST = "css/app.0123456789ab.css"
REPLACED = b"/* somebody has copied a file over the published one */\n"

MANIFEST = Manifest(
    "00112233445566aa",
    {path: file.name for path, file in FILES.items()},
    {file.name: file.as_content() for file in FILES.values()},
    tuple(path for path, file in FILES.items() if path not in (*_NO_PLAIN, file.name)),
    (Release("ffeeddccbbaa9988", {OLD_APP: _OLD.as_content()}),),
)
_BY_NAME = {file.name: file for file in (*FILES.values(), _OLD)}
# Every name that is served, with what is served under it.
SERVED = {
    name: _BY_NAME[source] for name, source in MANIFEST.published() if _BY_NAME[source] not in _LOST.values()
}


def write_sources(folder: Path) -> Path:
    """Write what the site was made from, as it is in development, and return the folder."""
    write(folder, {path: file.content for path, file in FILES.items() if path not in _LOST})
    write(folder, {".env": SECRET, "../secret.txt": SECRET})
    _date(folder)
    return folder


def publish(root: Path) -> Path:
    """Write the site into the folder ``root``, with secrets above and in it, and return the folder."""
    for name, file in SERVED.items():
        write(root, {name: file.content})
        write(root, {name + CODING_SUFFIXES[coding]: form for coding, form in file.forms.items()})
    write(root, {"sound.mp3": REPLACED, manifests.NAME: manifest_text.to_json(MANIFEST)})
    write(root, {FILES["js/shortened.js"].name: BUNDLE[:-1], f"{FILES['js/folder.js'].name}/x": SECRET})
    write(root, {".env": SECRET, ".git/config": SECRET, f"{WORK_FOLDER}/unfinished.css": SECRET})
    write(root, {"../secret.txt": SECRET, "../outside/secret.css": SECRET})
    (root / "out.css").symlink_to("../secret.txt")
    (root / "folder-out").symlink_to("../outside")
    _date(root)
    return root


def _date(folder: Path) -> None:
    for path in folder.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (MODIFIED, MODIFIED))
