"""Media types, and what browsers are told of who may use a file (RFC 9110, 8.3; Fetch)."""

from __future__ import annotations

from tests.conformance import site
from tests.conformance.case import CODINGS, DIGESTS, Case, case, get, head
from tests.conformance.checks import PUBLIC, all_of, field, file, status, without

_TYPES = {
    "css/app.css": "text/css; charset=utf-8",
    "js/app.js": "text/javascript; charset=utf-8",
    "js/module.mjs": "text/javascript; charset=utf-8",
    "js/app.js.map": "application/json",
    "img/logo.png": "image/png",
    "img/icon.svg": "image/svg+xml",
    "img/old.svgz": "image/svg+xml",
    "img/favicon.ico": "image/x-icon",
    "img/photo.jpg": "image/jpeg",
    "img/photo.webp": "image/webp",
    "img/photo.avif": "image/avif",
    "fonts/text.woff2": "font/woff2",
    "fonts/text.woff": "font/woff",
    "fonts/text.ttf": "font/ttf",
    "wasm/sum.wasm": "application/wasm",
    "site.webmanifest": "application/manifest+json",
    "data/list.json": "application/json",
    "data/feed.xml": "application/xml",
    "data/archive.tar.gz": "application/gzip",
    "data/file.unheard-of": "application/octet-stream",
    "data/LICENSE": "application/octet-stream",
    "docs/page.html": "text/html; charset=utf-8",
    "docs/manual.pdf": "application/pdf",
    "docs/notes.TXT": "text/plain; charset=utf-8",
    "film.mp4": "video/mp4",
    "sound.mp3": "audio/mpeg",
    "empty.txt": "text/plain; charset=utf-8",
    site.LOOKALIKE: "text/css; charset=utf-8",
}
_PUBLIC = {
    "a style sheet": get(site.APP),
    "a plain name": get("css/app.css"),
    "a font": get(site.FILES["fonts/text.woff2"].name, origin="https://a.example"),
    "a module": get(site.FILES["js/module.mjs"].name, origin="https://a.example"),
    "a picture": get(site.LOGO),
    "an empty file": get(site.EMPTY),
    "HEAD": head(site.APP),
}

CASES: tuple[Case, ...] = (
    *(
        case(f"{path} is {kind}", "9110 8.3", head(path), status(200), field("Content-Type", kind))
        for path, kind in _TYPES.items()
    ),
    *(
        case(
            f"{path} under its digested name is {_TYPES[path]}",
            "9110 8.3",
            head(site.FILES[path].name),
            status(200),
            field("Content-Type", _TYPES[path]),
            needs=[DIGESTS],
        )
        for path in (
            "js/module.mjs",
            "js/app.js.map",
            "data/LICENSE",
            "data/archive.tar.gz",
            "fonts/text.woff2",
        )
    ),
    *(
        case(f"{what} is public", "Fetch", request, all_of(status(200), PUBLIC))
        for what, request in _PUBLIC.items()
    ),
    case(
        "a form is public", "Fetch", get(site.APP, accept_encoding="br"), status(200), PUBLIC, needs=[CODINGS]
    ),
    case(
        "no credentials are allowed",
        "Fetch 3.3.5",
        get(site.APP, origin="https://a.example"),
        file(site.APP),
        without("Access-Control-Allow-Credentials"),
    ),
    case(
        "nothing is to be downloaded",
        "6266",
        get("docs/manual.pdf"),
        status(200),
        without("Content-Disposition"),
    ),
)
