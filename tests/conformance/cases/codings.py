"""Content codings (RFC 9110, 12.5.3 and 8.4)."""

from __future__ import annotations

from tests.conformance import site
from tests.conformance.case import APPLICATION, CHOICES, CODINGS, Case, case, get, head
from tests.conformance.checks import (
    APPLICATIONS,
    ASK_AGAIN,
    FOREVER,
    IDENTITY,
    PUBLIC,
    VARIES,
    coded,
    decoded,
    field,
    file,
    in_words,
    length,
    other,
    same,
    same_fields,
    status,
    strong_tag,
    without,
)

ITSELF = "identity"
ANY = (*site.ALL, ITSELF)
_APP = site.FILES["css/app.css"]
_SMALLEST = min(_APP.forms, key=lambda coding: len(_APP.forms[coding]))

# What is accepted, and the forms that may come.
_CHOSEN: dict[str, tuple[str, ...]] = {
    "": (ITSELF,),
    "br": ("br",),
    "zstd": ("zstd",),
    "gzip": ("gzip",),
    "x-gzip": ("gzip",),
    "GZIP": ("gzip",),
    "Br": ("br",),
    "ZStd": ("zstd",),
    "identity": (ITSELF,),
    "deflate": (ITSELF,),
    "compress, deflate": (ITSELF,),
    "br;q=0": (ITSELF,),
    "br;q=0.0": (ITSELF,),
    "br;q=0.000": (ITSELF,),
    "gzip;q=0": (ITSELF,),
    "br;q=0, gzip": ("gzip",),
    "gzip, br;q=0": ("gzip",),
    "br;q=0,zstd;q=0,gzip": ("gzip",),
    "br;q=0, zstd;q=0, gzip;q=0": (ITSELF,),
    "gzip;q=0, *": ("br", "zstd", ITSELF),
    "br;q=1, *;q=0": ("br",),
    "*;q=0, gzip": ("gzip",),
    "identity;q=0, gzip": ("gzip",),
    "gzip, identity;q=0": ("gzip",),
    "gzip;q=1.0": ("gzip",),
    "gzip;q=1.000": ("gzip",),
    "gzip;Q=1": ("gzip",),
    "gzip; q=1": ("gzip",),
    "gzip ;q=1": ("gzip",),
    "gzip\t;\tq=1": ("gzip",),
    "  gzip  ": ("gzip",),
    ", ,gzip,": ("gzip",),
    "deflate,\tgzip": ("gzip",),
    "deflate;q=1.0,gzip;q=0.5": ("gzip", ITSELF),
    "gzip, deflate": ("gzip",),
    "gzip,deflate": ("gzip",),
    "brr": (ITSELF,),
    "xbr": (ITSELF,),
    "br-foo": (ITSELF,),
    "foo-br": (ITSELF,),
    "gzipped": (ITSELF,),
    "pack200-gzip": (ITSELF,),
    "zstd1": (ITSELF,),
    "br:q=1": (ITSELF,),
    "br/gzip": (ITSELF,),
    '"br"': (ITSELF,),
}
# The same, where the RFC leaves a choice: higher weights first, then the smaller form.
_OURS: dict[str, tuple[str, ...]] = {
    "gzip, deflate, br, zstd": (_SMALLEST,),
    "gzip, deflate, br": ("br",),
    "gzip, br, zstd": (_SMALLEST,),
    "*": (_SMALLEST,),
    "gzip;q=0.5, br;q=0.4": ("gzip",),
    "gzip;q=0.001": ("gzip",),
    "br;q=0.8, zstd;q=0.9, gzip;q=0.7": ("zstd",),
    "*;q=0.1, gzip;q=0.5": ("gzip",),
    "*;q=0.5, gzip;q=0.1": ("br",),
    "gzip;q=0.5, identity": (ITSELF,),
    "identity;q=0.5, gzip;q=0.6": ("gzip",),
    "identity;q=0, *": (_SMALLEST,),
}
# Malformed: whatever comes, it is the file, and says what it is.
_JUNK = (
    *(
        "br;q=abc",
        "br;q=2",
        "br;q=-1",
        "br;q=1.0001",
        "br;q=",
        "br;q",
        "gzip;level=3",
        "br;q=0.5;q=0",
        ";q=1",
    ),
    *(";", ",", "*;*", "q=1", "\xff\xfe", "br" * 2000, "br, " * 2000, "gzip;q=" + "9" * 500),
)
_NOTHING_LEFT = ("identity;q=0", "*;q=0", "deflate, *;q=0", "identity;q=0, deflate", "br;q=0, *;q=0")
_CODED_FILES = (
    *("js/app.js", "js/module.mjs", "js/app.js.map", "img/icon.svg", "img/grüße aus köln.svg"),
    *("wasm/sum.wasm", "site.webmanifest", "data/list.json", "docs/notes.TXT", site.LOOKALIKE),
)


def _named(value: str) -> str:
    return value if len(value) < 40 else f"{value[:10]}… of {len(value)} bytes"


_NEGOTIATED = (
    case(
        "without Accept-Encoding a file comes as it is", "9110 12.5.3", get(site.APP), coded(site.APP, ITSELF)
    ),
    *(
        case(
            f"Accept-Encoding {_named(value)!r} gives {' or '.join(forms)}",
            "9110 12.5.3",
            get(site.APP, accept_encoding=value),
            coded(site.APP, *forms),
            needs=[CODINGS],
        )
        for value, forms in _CHOSEN.items()
    ),
    *(
        case(
            f"Accept-Encoding {value!r} gives {forms[0]}, as we choose",
            "9110 12.5.3",
            get(site.APP, accept_encoding=value),
            coded(site.APP, *forms),
            needs=[CODINGS, CHOICES],
        )
        for value, forms in _OURS.items()
    ),
    *(
        case(
            f"Accept-Encoding {_named(value)!r} breaks nothing",
            "9110 12.5.3",
            get(site.APP, accept_encoding=value),
            coded(site.APP, *ANY),
        )
        for value in _JUNK
    ),
    case(
        "two lines of Accept-Encoding are one list",
        "9110 5.3",
        get(site.APP, ("Accept-Encoding", "deflate"), ("accept-encoding", "gzip")),
        coded(site.APP, "gzip"),
        needs=[CODINGS],
    ),
    case(
        "the smallest form comes where all are welcome",
        "9110 12.5.3",
        get(site.ZSTD_SMALLEST, accept_encoding="gzip, br, zstd"),
        coded(site.ZSTD_SMALLEST, "zstd"),
        needs=[CODINGS, CHOICES],
    ),
    case(
        "a request through a proxy gets a form too",
        "9110 7.6.3",
        get(site.APP, accept_encoding="gzip", via="1.1 cdn.example"),
        coded(site.APP, "gzip"),
        needs=[CODINGS],
    ),
    case(
        "a request in HTTP/1.0 gets a form too",
        "9110 2.5",
        get(site.APP, accept_encoding="gzip")._replace(version="1.0"),
        coded(site.APP, "gzip"),
        needs=[CODINGS],
    ),
)

_MISSING_FORMS = (
    *(
        case(
            f"a file in gzip alone, for {value!r}",
            "9110 12.5.3",
            get(site.GZIP_ONLY, accept_encoding=value),
            coded(site.GZIP_ONLY, form),
            needs=[CODINGS],
        )
        for value, form in {
            "br": ITSELF,
            "br, zstd": ITSELF,
            "br, gzip": "gzip",
            "br;q=1, gzip;q=0.1": "gzip",
            "br, gzip;q=0": ITSELF,
        }.items()
    ),
    *(
        case(
            f"{path} has no forms",
            "9110 12.5.3",
            get(path, accept_encoding="gzip, deflate, br, zstd"),
            coded(path, ITSELF),
        )
        for path in ("img/logo.png", "film.mp4", "fonts/text.woff2", "empty.txt", "data/archive.tar.gz")
    ),
)

_REFUSALS = (
    *(
        case(
            f"nothing to send for {value!r}",
            "9110 15.5.7",
            get(site.APP, accept_encoding=value),
            status(406),
            VARIES,
            without("Content-Encoding"),
            needs=[CODINGS, CHOICES],
        )
        for value in _NOTHING_LEFT
    ),
    case(
        "nothing to send of a file without forms",
        "9110 15.5.7",
        get(site.LOGO, accept_encoding="identity;q=0, br"),
        status(406),
        needs=[CODINGS, CHOICES],
    ),
    case(
        "406 is explained in words",
        "9110 15.5.7",
        get(site.APP, accept_encoding="*;q=0"),
        status(406),
        in_words,
        needs=[CODINGS, CHOICES],
    ),
    case(
        "406 for HEAD",
        "9110 15.5.7",
        head(site.APP, accept_encoding="*;q=0"),
        status(406),
        needs=[CODINGS, CHOICES],
    ),
    case(
        "what the application sends is its own business",
        "9110 12.5.3",
        get("none", accept_encoding="identity;q=0"),
        APPLICATIONS,
        needs=[APPLICATION],
    ),
)

_FORMS = (
    *(
        case(
            f"{path} comes in {coding} and is itself",
            "9110 8.4",
            get(path, accept_encoding=coding),
            coded(path, coding),
            needs=[CODINGS],
        )
        for path in _CODED_FILES
        for coding in ("br",)
    ),
    *(
        case(
            f"{coding} of a 30 KB script and is itself",
            "9110 8.4",
            get(site.JS, accept_encoding=coding),
            coded(site.JS, coding),
            length(len(site.FILES["js/app.js"].forms[coding])),
            needs=[CODINGS],
        )
        for coding in site.ALL
    ),
    *(
        case(
            f"the form in {coding} has a tag of its own",
            "9110 8.8.3",
            get(site.APP, accept_encoding=coding),
            other("ETag"),
            strong_tag,
            after=get(site.APP),
            needs=[CODINGS],
        )
        for coding in site.ALL
    ),
    *(
        case(
            f"the form in {coding} has the type of the file, not of the form",
            "9110 8.3",
            get(site.APP, accept_encoding=coding),
            field("Content-Encoding", coding),
            field("Content-Type", "text/css; charset=utf-8"),
            needs=[CODINGS],
        )
        for coding in site.ALL
    ),
    case(
        "two forms have different tags",
        "9110 8.8.3",
        get(site.APP, accept_encoding="br"),
        other("ETag"),
        after=get(site.APP, accept_encoding="gzip"),
        needs=[CODINGS],
    ),
    case(
        "a form says what the file says",
        "9110 8",
        get(site.APP, accept_encoding="br"),
        same("Content-Type", "Cache-Control", "Vary"),
        PUBLIC,
        after=get(site.APP),
        needs=[CODINGS],
    ),
    case(
        "a form of a digested name lasts",
        "8246",
        get(site.APP, accept_encoding="br"),
        file(site.APP),
        FOREVER,
        needs=[CODINGS],
    ),
    case(
        "a form of a plain name is asked for again",
        "9111 5.2.2.4",
        get("css/app.css", accept_encoding="br"),
        coded("css/app.css", "br"),
        ASK_AGAIN,
        needs=[CODINGS],
    ),
    case(
        "a form of an earlier release",
        "9110 8.4",
        get(site.OLD_APP, accept_encoding="br"),
        coded(site.OLD_APP, "br"),
        needs=[CODINGS],
    ),
    case(
        "a form of what a bundler has named",
        "9110 8.4",
        get(site.BUNDLED, accept_encoding="zstd"),
        coded(site.BUNDLED, "zstd"),
        needs=[CODINGS],
    ),
    case(
        "x-gzip and gzip are one form",
        "9110 8.4.1.3",
        get(site.APP, accept_encoding="x-gzip"),
        same_fields,
        after=get(site.APP, accept_encoding="gzip"),
        needs=[CODINGS],
    ),
    case(
        "a file that is gzip by itself says so to everybody",
        "9110 8.4",
        get("img/old.svgz"),
        status(200),
        field("Content-Encoding", "gzip"),
        decoded(site.DRAWING),
    ),
    case(
        "an archive is no coded file",
        "9110 8.4",
        get("data/archive.tar.gz"),
        file("data/archive.tar.gz"),
        IDENTITY,
    ),
)

CASES: tuple[Case, ...] = (*_NEGOTIATED, *_MISSING_FORMS, *_REFUSALS, *_FORMS)
