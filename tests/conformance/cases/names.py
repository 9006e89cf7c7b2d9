"""Names: what is published, what is not, and what must never be reached (RFC 9110, 7.1 and 17; RFC 3986)."""

from __future__ import annotations

from stator.manifest import NAME as MANIFEST_NAME
from stator.paths import WORK_FOLDER
from tests.conformance import site
from tests.conformance.case import (
    APPLICATION,
    CODINGS,
    DIGESTS,
    MANIFEST,
    Case,
    address,
    case,
    get,
    head,
)
from tests.conformance.checks import (
    APPLICATIONS,
    KEEP_NOT,
    UNKNOWN,
    all_of,
    any_of,
    file,
    in_words,
    not_served,
    status,
)
from tests.conformance.wire import Request

APP = b"/static/css/app.css"
FOREIGN = b"/static/css/none"
_HEX = site.APP.split(".")[1]

_SAME_NAME = {
    "every byte escaped": b"/static/" + "".join(f"%{byte:02x}" for byte in b"css/app.css").encode(),
    "every byte escaped in capitals": b"/static/"
    + "".join(f"%{byte:02X}" for byte in b"css/app.css").encode(),
    "an escaped dot": APP.replace(b".", b"%2e"),
    "a query": APP + b"?v=1",
    "a query with a path in it": APP + b"?/../../secret.txt",
    "a query of two question marks": APP + b"??",
    "an empty query": APP + b"?",
    "a host before it": b"http://127.0.0.1" + APP,
    "a host and a query": b"http://127.0.0.1" + APP + b"?v=1",
}
# Another resource for most, the same for a server that takes such paths for one: both are right.
_DIVERGENT = {
    "two slashes": b"/static//css/app.css",
    "two slashes at the front": b"/" + APP,
    "a segment of one dot": b"/static/./css/app.css",
    "a folder and back": b"/static/css/../css/app.css",
    "an escaped slash": APP.replace(b"css/", b"css%2f"),
    "a slash behind it": APP + b"/",
    "an escaped NUL behind it": APP + b"%00",
    "an escaped space behind it": APP + b"%20",
    "a parameter": APP + b";v=1",
    "capitals": APP.upper().replace(b"/STATIC/", b"/static/"),
}
_HIDDEN = {
    "the manifest": MANIFEST_NAME,
    "a hidden file": ".env",
    "a file in a hidden folder": ".git/config",
    "the folder of unfinished files": f"{WORK_FOLDER}/unfinished.css",
    "the folder of unfinished files itself": f"{WORK_FOLDER}/",
    "the root": "",
    "a folder": "css",
    "a folder with a slash": "css/",
    "a file as a folder": f"{site.APP}/x",
    "a symbolic link that leads out": "out.css",
    "a file below a link that leads out": "folder-out/secret.css",
}
_ODD = {
    "dots": b"/static/../secret.txt",
    "dots below a folder": b"/static/css/../../secret.txt",
    "dots after two slashes": b"/static//../secret.txt",
    "escaped dots": b"/static/%2e%2e/secret.txt",
    "half escaped dots": b"/static/.%2E/secret.txt",
    "an escaped slash": b"/static/..%2fsecret.txt",
    "escaped slashes below a folder": b"/static/css%2f..%2f..%2fsecret.txt",
    "all escaped": b"/static/%2e%2e%2fsecret.txt",
    "dots escaped twice": b"/static/%252e%252e/secret.txt",
    "all escaped twice": b"/static/%252e%252e%252fsecret.txt",
    "all escaped three times": b"/static/%25252e%25252e%25252fsecret.txt",
    "a backslash": b"/static/..\\secret.txt",
    "an escaped backslash": b"/static/..%5csecret.txt",
    "a backslash below a folder": b"/static/css\\..\\..\\secret.txt",
    "overlong dots": b"/static/%c0%ae%c0%ae/secret.txt",
    "an overlong slash": b"/static/..%c0%afsecret.txt",
    "fullwidth dots": b"/static/%ef%bc%8e%ef%bc%8e/secret.txt",
    "dots with a parameter": b"/static/..;/secret.txt",
    "dots and a NUL": b"/static/../secret.txt%00.css",
    "an absolute path": b"/static//etc/passwd",
    "an escaped absolute path": b"/static/%2fetc%2fpasswd",
    "a file URL": b"/static/file:///etc/passwd",
    "dots behind a host": b"http://127.0.0.1/static/..%2fsecret.txt",
    "a host of another": b"http://other.example/static/../secret.txt",
    "a thousand dots": b"/static/" + b"../" * 1000 + b"etc/passwd",
    "a NUL": b"/static/%00",
    "a NUL before an ending": b"/static/.env%00.css",
    "a NUL behind a digested name": APP + b"%00.css",
    "a line break": b"/static/a%0d%0aSet-Cookie:%20a=b",
    "bytes that are no UTF-8": b"/static/%ff%fe.css",
    "such bytes with a digest": b"/static/%ff.0123456789ab.css",
    "raw bytes that are no UTF-8": b"/static/\xff\xfe.css",
    "a lone surrogate": b"/static/%ed%a0%80.css",
    "raw UTF-8": "/static/grüße.css".encode(),
    "a percent sign": b"/static/%",
    "a wrong escape": b"/static/%zz.css",
    "half an escape": b"/static/%2",
    "a name of 300 bytes": b"/static/" + b"a" * 300 + b".css",
    "a digested name of 300 bytes": b"/static/" + b"a" * 300 + b".0123456789ab.css",
    "a name of 5000 bytes": b"/static/" + b"a" * 5000 + b".css",
    "a path of 1000 folders": b"/static/" + b"a/" * 1000 + b"b.css",
    "a colon": b"/static/C:/windows/win.ini",
    "a device": b"/static/CON.css",
    "a tilde": b"/static/~root/.profile",
    "markup": b"/static/%3Cscript%3Ealert(1)%3C/script%3E",
}
_UNKNOWN = {
    "another digest": "css/app.0123456789ab.css",
    "a digest of a name that no release has": "css/none.0123456789ab.css",
    "a digest in a folder that is not there": "no/where.0123456789ab.js",
    "a digest behind two dots": "js/app.min.0123456789ab.js",
    "a digest of a name of many bytes": "img/grüße.0123456789ab.svg",
    "a digest that was cut from another": f"css/other.{_HEX}.css",
}
_NEARLY = {
    "eleven digits": "css/app.0123456789a.css",
    "thirteen digits": "css/app.0123456789abc.css",
    "capitals": "css/app.0123456789AB.css",
    "other letters": "css/app.0123456789xy.css",
    "a hyphen": "css/app-0123456789ab.css",
    "a folder": "0123456789ab/app.css",
}

CASES: tuple[Case, ...] = (
    *(
        case(f"the same name with {what}", "3986 6.2.2", Request(target), file(site.APP))
        for what, target in _SAME_NAME.items()
    ),
    *(
        case(
            f"a name with {what} is that file, or none",
            "3986 6.2.2",
            Request(target),
            any_of(file(site.APP), not_served, status(301, 308)),
        )
        for what, target in _DIVERGENT.items()
    ),
    case("a name with spaces and umlauts", "3986 2.5", get(site.NAMED), file(site.NAMED)),
    case(
        "a plain name with spaces and umlauts",
        "3986 2.5",
        get("img/grüße aus köln.svg"),
        file("img/grüße aus köln.svg"),
    ),
    case(
        "raw UTF-8 in a name is it, or wrong",
        "3986 2.5",
        Request(b"/static/" + site.NAMED.replace(" ", "%20").encode()),
        any_of(file(site.NAMED), not_served),
    ),
    case(
        "a plus is no space",
        "3986 2.2",
        Request(address(site.NAMED).replace(b"%20", b"+")),
        any_of(not_served, UNKNOWN),
    ),
    *(case(f"{what} is not served", "9110 17", get(name), not_served) for what, name in _HIDDEN.items()),
    *(
        case(f"{what} is missing where no application is behind", "9110 15.5.5", head(name), status(404))
        for what, name in (("a name that a digest would make known", site.UNKNOWN_DIGEST),)
    ),
    *(
        case(
            f"the form {name}{ending} is not served by its own address",
            "9110 8.4",
            get(f"{name}{ending}"),
            not_served,
            needs=[CODINGS],
        )
        for name in (site.APP, "css/app.css", site.OLD_APP)
        for ending in (".br", ".zst", ".gz")
    ),
    *(
        case(f"a path with {what} reaches nothing", "9110 17.3", Request(target), not_served)
        for what, target in _ODD.items()
    ),
    *(
        case(
            f"{what} is missing, and no cache keeps that", "9110 15.5.5", get(name), UNKNOWN, needs=[DIGESTS]
        )
        for what, name in _UNKNOWN.items()
    ),
    case(
        "POST to an unknown digest is missing, too",
        "9110 15.5.5",
        get(site.UNKNOWN_DIGEST, method="POST"),
        UNKNOWN,
        needs=[DIGESTS, MANIFEST],
    ),
    case(
        "an unknown digest is explained in words",
        "9110 15.5.5",
        get(site.UNKNOWN_DIGEST),
        status(404),
        in_words,
        needs=[DIGESTS, MANIFEST],
    ),
    case(
        "an unknown digest with a query is missing",
        "9110 15.5.5",
        Request(address(site.UNKNOWN_DIGEST) + b"?v=1"),
        all_of(status(404), KEEP_NOT),
        needs=[DIGESTS],
    ),
    *(
        case(
            f"a name with {what} for a digest is the application's",
            "9110 15.5.5",
            get(name),
            APPLICATIONS,
            needs=[APPLICATION],
        )
        for what, name in _NEARLY.items()
    ),
    *(
        case(
            f"{target.decode()} is the application's",
            "9110 7.1",
            Request(target),
            APPLICATIONS,
            needs=[APPLICATION],
        )
        for target in (
            b"/",
            b"/static",
            b"/staticfiles/app.css",
            b"/other/css/app.css",
            FOREIGN + b".css",
            b"/css/app.css",
        )
    ),
    case(
        "a file that was put there by hand is not served",
        "9110 15.5.5",
        get("unlisted.txt"),
        not_served,
        needs=[MANIFEST],
    ),
    case(
        "a plain name that is not published is not served",
        "9110 15.5.5",
        get("js/gzip-only.js"),
        not_served,
        needs=[DIGESTS],
    ),
)
