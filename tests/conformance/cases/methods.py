"""Methods (RFC 9110, 9)."""

from __future__ import annotations

from tests.conformance import site
from tests.conformance.case import APPLICATION, CHOICES, CODINGS, DIGESTS, Case, case, get, head
from tests.conformance.checks import (
    APPLICATIONS,
    REFUSED,
    empty,
    field,
    file,
    has,
    in_words,
    lists,
    same,
    same_fields,
    status,
    without,
)

BODY = b"a=1&b=2"


def _post(target: str, method: str = "POST"):
    return get(target, ("Content-Type", "application/x-www-form-urlencoded"), method=method)._replace(
        content=BODY
    )


_HEADS = {
    "a digested name": site.APP,
    "a plain name": "css/app.css",
    "a file without forms": site.LOGO,
    "a name of many bytes": site.NAMED,
    "a 3 MB file": site.FILM,
    "an empty file": site.EMPTY,
    "an unknown digest": site.UNKNOWN_DIGEST,
}

CASES: tuple[Case, ...] = (
    case("GET sends a digested file", "9110 9.3.1", get(site.APP), file(site.APP)),
    case("GET sends a plain file", "9110 9.3.1", get("css/app.css"), file("css/app.css")),
    case(
        "GET sends a file of an earlier release",
        "9110 9.3.1",
        get(site.OLD_APP),
        file(site.OLD_APP),
        needs=[DIGESTS],
    ),
    case("GET sends a file that a bundler has named", "9110 9.3.1", get(site.BUNDLED), file(site.BUNDLED)),
    case(
        "GET sends an empty file",
        "9110 9.3.1",
        get(site.EMPTY),
        file(site.EMPTY),
        field("Content-Length", "0"),
    ),
    case("GET sends 3 MB", "9110 9.3.1", get(site.FILM), file(site.FILM)),
    case("GET says the length", "9110 8.6", get(site.APP), field("Content-Length", str(len(site.CSS)))),
    case("GET says the time of the answer", "9110 6.6.1", get(site.APP), has("Date")),
    case("GET with content of its own is answered", "9110 9.3.1", _post(site.APP, "GET"), file(site.APP)),
    *(
        case(f"HEAD has the fields of GET for {what}", "9110 9.3.2", head(name), same_fields, after=get(name))
        for what, name in _HEADS.items()
    ),
    *(
        case(
            f"HEAD says the length of {what}",
            "9110 8.6",
            head(name),
            same("Content-Length"),
            after=get(name),
            needs=[CHOICES],
        )
        for what, name in _HEADS.items()
    ),
    case(
        "HEAD has the fields of GET for a coded form",
        "9110 9.3.2",
        head(site.APP, accept_encoding="br"),
        same_fields,
        after=get(site.APP, accept_encoding="br"),
        needs=[CODINGS],
    ),
    case(
        "OPTIONS says what can be done",
        "9110 9.3.7",
        get(site.APP, method="OPTIONS"),
        status(204),
        lists("Allow", "GET", "HEAD", "OPTIONS"),
        empty,
    ),
    case(
        "OPTIONS says the same of a plain name",
        "9110 9.3.7",
        get("css/app.css", method="OPTIONS"),
        status(204),
        lists("Allow", "GET", "HEAD", "OPTIONS"),
    ),
    case(
        "OPTIONS is not refused by a precondition",
        "9110 13.2.1",
        get(site.APP, method="OPTIONS", if_match='"other"'),
        status(204),
    ),
    case(
        "a preflight is allowed to ask with any field",
        "Fetch 3.3.3",
        get(
            site.APP,
            method="OPTIONS",
            origin="https://other.example",
            access_control_request_method="GET",
            access_control_request_headers="range",
        ),
        status(204),
        field("Access-Control-Allow-Origin", "*"),
        lists("Access-Control-Allow-Methods", "GET", "HEAD"),
        has("Access-Control-Allow-Headers"),
    ),
    *(
        case(f"{method} is not for files", "9110 15.5.6", get(site.APP, method=method), REFUSED)
        for method in ("PUT", "DELETE", "PATCH", "TRACE")
    ),
    case("POST is not for files", "9110 15.5.6", _post(site.APP), REFUSED),
    case("POST is not for plain names", "9110 15.5.6", _post("css/app.css"), REFUSED),
    case("POST is not for files without forms", "9110 15.5.6", _post(site.LOGO), REFUSED),
    case("POST is not for empty files", "9110 15.5.6", _post(site.EMPTY), REFUSED),
    case(
        "a refused method is explained in words",
        "9110 15.5.6",
        _post(site.APP),
        REFUSED,
        in_words,
        needs=[CHOICES],
    ),
    case(
        "a refused method says nothing of the file",
        "9110 8",
        _post(site.APP),
        without("ETag", "Last-Modified"),
    ),
    *(
        case(
            f"{method}, which nobody has heard of, is refused",
            "9110 9.1",
            get(site.APP, method=method),
            status(405, 501),
        )
        for method in ("BREW", "PROPFIND", "X-PURGE")
    ),
    case(
        "get in lower case is another method", "9110 9.1", get(site.APP, method="get"), status(400, 405, 501)
    ),
    case(
        "TRACE does not send secrets back",
        "9110 9.3.8",
        get(site.APP, method="TRACE", cookie=site.SECRET.decode()),
        REFUSED,
    ),
    case(
        "a POST that waits for a 100 is refused",
        "9110 10.1.1",
        _post(site.APP)._replace(fields=(("Expect", "100-continue"),)),
        status(405, 417),
    ),
    case(
        "a POST whose precondition fails is refused as a POST",
        "9110 13.2.1",
        get(site.APP, method="POST", if_match='"other"'),
        REFUSED,
    ),
    case(
        "a POST of what the client has is refused as a POST",
        "9110 13.2.1",
        get(site.APP, method="POST", if_none_match="*"),
        REFUSED,
    ),
    case(
        "a POST of a range is refused as a POST",
        "9110 14.2",
        get(site.APP, method="POST", range="bytes=0-1"),
        REFUSED,
    ),
    *(
        case(
            f"{method} on a name that is not published is the application's",
            "9110 9.1",
            get("upload", method=method),
            APPLICATIONS,
            needs=[APPLICATION],
        )
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
    ),
    case(
        "HEAD on a name that is not published is the application's",
        "9110 9.3.2",
        head("upload"),
        status(200),
        needs=[APPLICATION],
    ),
)
