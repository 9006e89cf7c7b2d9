"""Caching and validators (RFC 9111, RFC 8246, RFC 9110, 8.8 and 12.5.5)."""

from __future__ import annotations

from tests.conformance import site
from tests.conformance.case import CHOICES, CODINGS, DIGESTS, MANIFEST, Case, case, get, head
from tests.conformance.checks import (
    ASK_AGAIN,
    FOREVER,
    KEEP_NOT,
    NOT_MODIFIED,
    UNKNOWN,
    VARIES,
    content,
    field,
    file,
    has,
    other,
    same,
    same_fields,
    status,
    strong_tag,
    without,
)

_LASTING = {
    "a style sheet": site.APP,
    "a script": site.JS,
    "a picture": site.LOGO,
    "a film": site.FILM,
    "an empty file": site.EMPTY,
    "a name of many bytes": site.NAMED,
    "an earlier release": site.OLD_APP,
    "a file without extension": site.FILES["data/LICENSE"].name,
    "a source map": site.FILES["js/app.js.map"].name,
    "a name digested twice": site.FILES[site.LOOKALIKE].name,
}
_CHANGING = (
    "css/app.css",
    "js/app.js",
    "img/logo.png",
    "empty.txt",
    "img/grüße aus köln.svg",
    "data/LICENSE",
)
_LOST = {
    "was removed": "js/vanished.js",
    "was cut": "js/shortened.js",
    "became a folder": "js/folder.js",
}
_VARYING = {
    "the file itself": get(site.APP),
    "a plain name": get("css/app.css"),
    "a form": get(site.APP, accept_encoding="br"),
    "a refusal of all forms": get(site.APP, accept_encoding="gzip;q=0"),
    "HEAD": head(site.APP),
    "HEAD of a form": head(site.APP, accept_encoding="gzip"),
    "a file in gzip alone": get(site.GZIP_ONLY),
    "a file in gzip alone, for br": get(site.GZIP_ONLY, accept_encoding="br"),
    "what a bundler has named": get(site.BUNDLED),
    "an earlier release": get(site.OLD_APP),
}

_LIFETIMES = (
    *(
        case(
            f"{what} under a digested name lasts a year",
            "8246 2",
            get(name),
            status(200),
            FOREVER,
            needs=[DIGESTS],
        )
        for what, name in _LASTING.items()
    ),
    case(
        "a name that a bundler has digested lasts a year",
        "8246 2",
        get(site.BUNDLED),
        FOREVER,
        needs=[DIGESTS],
    ),
    *(
        case(f"{path} is asked for again", "9111 5.2.2.4", get(path), status(200), ASK_AGAIN)
        for path in _CHANGING
    ),
    case(
        "a plain name that looks digested is asked for again",
        "9111 5.2.2.4",
        get(site.LOOKALIKE),
        file(site.LOOKALIKE),
        ASK_AGAIN,
        needs=[DIGESTS],
    ),
    case("HEAD says how long, too", "8246 2", head(site.APP), FOREVER, needs=[DIGESTS]),
    case(
        "a query does not shorten it",
        "8246 2",
        get(b"/static/" + site.APP.encode() + b"?v=1"),
        FOREVER,
        needs=[DIGESTS],
    ),
    case(
        "no cookie is set",
        "9111 7.3",
        get(site.APP, cookie="sessionid=1"),
        file(site.APP),
        without("Set-Cookie"),
    ),
    case(
        "who asks for no cached answer gets the file",
        "9111 5.2.1.4",
        get(site.APP, cache_control="no-cache", pragma="no-cache"),
        file(site.APP),
    ),
    case(
        "who asks for no cached answer and has the file is told so",
        "9111 5.2.1.4",
        get(site.APP, cache_control="no-cache", if_none_match="{etag}"),
        NOT_MODIFIED,
    ),
)

_ERRORS = (
    case(
        "no cache keeps that a digest is unknown",
        "9111 5.2.2.5",
        get(site.UNKNOWN_DIGEST),
        UNKNOWN,
        needs=[DIGESTS],
    ),
    case(
        "HEAD: no cache keeps that a digest is unknown",
        "9111 5.2.2.5",
        head(site.UNKNOWN_DIGEST),
        UNKNOWN,
        needs=[DIGESTS],
    ),
    case(
        "an unknown digest has no tag",
        "9111 5.2.2.5",
        get(site.UNKNOWN_DIGEST),
        without("ETag", "Last-Modified"),
        needs=[DIGESTS],
    ),
    *(
        case(
            f"no cache keeps that a file {what}",
            "9111 5.2.2.5",
            get(site.FILES[path].name),
            status(404),
            KEEP_NOT,
            needs=[MANIFEST],
        )
        for what, path in _LOST.items()
    ),
    case(
        "no cache keeps that the file of a plain name was removed",
        "9111 5.2.2.5",
        get("js/vanished.js"),
        status(404),
        KEEP_NOT,
        needs=[MANIFEST],
    ),
    case(
        "HEAD: no cache keeps that a file was removed",
        "9111 5.2.2.5",
        head(site.FILES["js/vanished.js"].name),
        status(404),
        KEEP_NOT,
        needs=[MANIFEST],
    ),
    case(
        "a plain name is the release's, whatever lies there",
        "9111 4",
        get("sound.mp3"),
        content(site.FILES["sound.mp3"].content),
        needs=[MANIFEST],
    ),
    *(
        case(
            f"{code} does not last",
            "9111 4.2.2",
            request,
            status(code),
            without("Expires", "ETag"),
        )
        for code, request in {
            405: get(site.APP, method="DELETE"),
            412: get(site.APP, if_match='"other"'),
            416: get(site.LOGO, range="bytes=5000-"),
        }.items()
    ),
    case(
        "406 does not last",
        "9111 4.2.2",
        get(site.APP, accept_encoding="*;q=0"),
        status(406),
        without("Expires", "ETag"),
        needs=[CODINGS, CHOICES],
    ),
)

_VARY = (
    *(
        case(f"{what} varies", "9110 12.5.5", request, VARIES, needs=[CODINGS])
        for what, request in _VARYING.items()
    ),
    case(
        "304 varies",
        "9110 15.4.5",
        get(site.APP, if_none_match="{etag}"),
        NOT_MODIFIED,
        VARIES,
        needs=[CODINGS],
    ),
    case("206 varies", "9110 12.5.5", get(site.APP, range="bytes=0-9"), status(206), VARIES, needs=[CODINGS]),
    case(
        "412 varies", "9110 12.5.5", get(site.APP, if_match='"other"'), status(412), VARIES, needs=[CODINGS]
    ),
    case(
        "416 varies", "9110 12.5.5", get(site.APP, range="bytes=50000-"), status(416), VARIES, needs=[CODINGS]
    ),
    case(
        "406 varies",
        "9110 12.5.5",
        get(site.APP, accept_encoding="*;q=0"),
        status(406),
        VARIES,
        needs=[CODINGS, CHOICES],
    ),
    case(
        "nothing varies with the origin",
        "Fetch",
        get(site.APP, origin="https://a.example"),
        same("Vary"),
        after=get(site.APP, origin="https://b.example"),
        needs=[CODINGS],
    ),
)

_VALIDATORS = (
    *(
        case(f"{what} has a strong tag", "9110 8.8.3", request, strong_tag)
        for what, request in {
            "a digested name": get(site.APP),
            "a plain name": get("css/app.css"),
            "a file without forms": get(site.LOGO),
            "an empty file": get(site.EMPTY),
            "a film": head(site.FILM),
            "a range": get(site.LOGO, range="bytes=0-0"),
        }.items()
    ),
    case(
        "the same request has the same answer", "9110 8.8.3", get(site.APP), same_fields, after=get(site.APP)
    ),
    case(
        "two releases have two tags",
        "9110 8.8.3",
        get(site.APP),
        other("ETag"),
        after=get(site.OLD_APP),
        needs=[DIGESTS],
    ),
    case(
        "two files of one size have two tags",
        "9110 8.8.3",
        get("img/photo.webp"),
        other("ETag"),
        after=get("img/photo.avif"),
        needs=[CHOICES],
    ),
    case("HEAD has the tag of GET", "9110 8.8.3", head(site.APP), same("ETag"), after=get(site.APP)),
    *(
        case(
            f"{what} says when it was changed",
            "9110 8.8.2",
            request,
            field("Last-Modified", "Fri, 02 Jan 2026 03:04:05 GMT"),
        )
        for what, request in {
            "a digested name": get(site.LOGO),
            "a plain name": get("img/logo.png"),
            "a file with forms": get(site.APP),
            "an empty file": get(site.EMPTY),
        }.items()
    ),
    case(
        "a form says when it was changed",
        "9110 8.8.2",
        get(site.APP, accept_encoding="br"),
        has("Last-Modified"),
        needs=[CODINGS],
    ),
)

CASES: tuple[Case, ...] = (*_LIFETIMES, *_ERRORS, *_VARY, *_VALIDATORS)
