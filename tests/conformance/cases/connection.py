"""Connections (RFC 9112, 9): an answer ends where it says, so that the next is found behind it."""

from __future__ import annotations

from tests.conformance import site
from tests.conformance.case import APPLICATION, CODINGS, DIGESTS, Case, case, conversation, get, head
from tests.conformance.checks import (
    APPLICATIONS,
    NOT_MODIFIED,
    REFUSED,
    coded,
    field,
    file,
    lists,
    part,
    parts,
    status,
    unsatisfiable,
)
from tests.conformance.wire import Request

APP = (get(site.APP), file(site.APP))
LOGO = (get(site.LOGO), file(site.LOGO))
HEAD = (head(site.APP), status(200))
STAR = get(site.APP, if_none_match="*")
_BEFORE = {
    "GET": APP,
    "HEAD": HEAD,
    "HEAD of 3 MB": (head(site.FILM), status(200)),
    "3 MB": (get(site.FILM), file(site.FILM)),
    "an empty file": (get(site.EMPTY), file(site.EMPTY)),
    "304": (STAR, NOT_MODIFIED),
    "304 for HEAD": (head(site.APP, if_none_match="*"), NOT_MODIFIED),
    "412": (get(site.APP, if_match='"other"'), status(412)),
    "412 for HEAD": (head(site.APP, if_match='"other"'), status(412)),
    "206": (get(site.LOGO, range="bytes=0-9"), part(0, 10, site.PIXELS)),
    "206 of several ranges": (get(site.LOGO, range="bytes=0-9,20-29"), parts(site.PIXELS, (0, 10), (20, 30))),
    "416": (get(site.LOGO, range="bytes=5000-"), unsatisfiable(len(site.PIXELS))),
    "HEAD with a Range": (head(site.LOGO, range="bytes=0-9"), status(200)),
    "OPTIONS": (get(site.APP, method="OPTIONS"), status(204)),
    "DELETE": (get(site.APP, method="DELETE"), REFUSED),
}
_BEFORE_WITH_DIGESTS = {
    "404": (get(site.UNKNOWN_DIGEST), status(404)),
    "404 for HEAD": (head(site.UNKNOWN_DIGEST), status(404)),
}
_BEFORE_WITH_CODINGS = {
    "a form": (get(site.APP, accept_encoding="br"), coded(site.APP, "br")),
    "HEAD of a form": (head(site.APP, accept_encoding="br"), status(200)),
    "a range of a form": (get(site.APP, accept_encoding="br", range="bytes=0-9"), status(206)),
    "304 of a form": (get(site.APP, accept_encoding="br", if_none_match="*"), NOT_MODIFIED),
}
_BEFORE_WITH_APPLICATION = {
    "a page": (get("none"), APPLICATIONS),
    "HEAD of a page": (head("none"), status(200)),
}


def _after(what: str, first, needs=()) -> Case:
    return conversation(f"GET after {what} on one connection", "9112 9.3", first, LOGO, needs=needs)


CASES: tuple[Case, ...] = (
    *(_after(what, first) for what, first in _BEFORE.items()),
    *(_after(what, first, [DIGESTS]) for what, first in _BEFORE_WITH_DIGESTS.items()),
    *(_after(what, first, [CODINGS]) for what, first in _BEFORE_WITH_CODINGS.items()),
    *(_after(what, first, [APPLICATION]) for what, first in _BEFORE_WITH_APPLICATION.items()),
    conversation(
        "twenty requests on one connection", "9112 9.3", *[APP, LOGO, HEAD, (STAR, NOT_MODIFIED)] * 5
    ),
    conversation(
        "three forms on one connection",
        "9112 9.3",
        *[(get(site.JS, accept_encoding=coding), coded(site.JS, coding)) for coding in site.ALL],
        needs=[CODINGS],
    ),
    conversation("two requests at once", "9112 9.3.2", APP, LOGO, pipelined=True),
    conversation("ten requests at once", "9112 9.3.2", *[APP, LOGO] * 5, pipelined=True),
    conversation("HEAD, GET, HEAD at once", "9112 9.3.2", HEAD, APP, HEAD, pipelined=True),
    conversation(
        "304 and 206 at once", "9112 9.3.2", (STAR, NOT_MODIFIED), _BEFORE["206"], LOGO, pipelined=True
    ),
    conversation("3 MB and a small file at once", "9112 9.3.2", _BEFORE["3 MB"], LOGO, pipelined=True),
    case("the last answer says that it is the last", "9112 9.6", APP[0], lists("Connection", "close")),
    case(
        "HTTP/1.0 gets the file",
        "9112 2.3",
        APP[0]._replace(version="1.0"),
        file(site.APP),
        field("Content-Length", str(len(site.CSS))),
    ),
    case("HTTP/1.0 gets 3 MB", "9112 2.3", get(site.FILM)._replace(version="1.0"), file(site.FILM)),
    case(
        "HTTP/1.0 gets an empty file", "9112 2.3", get(site.EMPTY)._replace(version="1.0"), file(site.EMPTY)
    ),
    case("HTTP/1.0 gets no content for HEAD", "9112 2.3", HEAD[0]._replace(version="1.0"), status(200)),
    case(
        "HTTP/1.0 gets a range",
        "9112 2.3",
        get(site.LOGO, range="bytes=0-9")._replace(version="1.0"),
        part(0, 10, site.PIXELS),
    ),
    case("HTTP/1.0 gets a 304", "9112 2.3", STAR._replace(version="1.0"), NOT_MODIFIED),
    case("names of fields are in any case", "9110 5.1", get(site.APP, ("iF-nOnE-mAtCh", "*")), NOT_MODIFIED),
    case(
        "a POST in chunks is refused",
        "9112 7.1",
        Request(
            b"/static/" + site.APP.encode(),
            "POST",
            (("Transfer-Encoding", "chunked"),),
            b"3\r\na=1\r\n0\r\n\r\n",
        ),
        REFUSED,
    ),
)
