"""What a visit finds of a small site whose server has one fault; it is silent where there is none."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import pytest

from stator.diagnose.visit import page_checks
from stator.diagnose.visit.fetch import Fetcher
from stator.diagnose.visit.knowledge import Knowledge
from stator.diagnose.visit.visiting import OF_FILE, RULES, visit
from stator.encode import CODINGS, Effort
from stator.encode.decoding import PIECE
from stator.errors import ConfigError
from stator.fields import fields_of
from stator.findings import Finding, How, Level, Mend
from stator.manifest import Content, Manifest, Release
from tests.diagnose.visit.server import Asked, Reply, serving
from tests.processes import free_port

MANY = b"/* many words, so that there is something to compress */\n" * 40
FILES = {
    "css/app.0123456789ab.css": MANY + b"b { background: url(../img/dot.0123456789ab.svg) }",
    "js/app.0123456789ab.js": MANY + b"var app = 1;",
    "img/dot.0123456789ab.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "plain.css": b"b {}",
}
CODED = {name: gzip.compress(content, mtime=0) for name, content in FILES.items() if len(content) > 1000}


def _content(name: str) -> Content:
    codings = (("gzip", len(CODED[name])),) if name in CODED else ()
    return Content(len(FILES[name]), hashlib.sha256(FILES[name]).digest(), codings)


DIGESTED = [name for name in FILES if name != "plain.css"]
MANIFEST = Manifest(
    "00112233445566aa",
    {name.replace(".0123456789ab", ""): name for name in DIGESTED} | {"plain.css": "plain.ab0123456789.css"},
    {name: _content(name) for name in DIGESTED} | {"plain.ab0123456789.css": _content("plain.css")},
    plain=True,
    earlier=(Release("before", {"js/app.eeeeeeeeeeee.js": _content("js/app.0123456789ab.js")}),),
)
KNOWN = Knowledge(
    "/static/",
    "/media/",
    "/srv/shop/static",
    MANIFEST,
    dict.fromkeys(FILES, 1),
    frozenset(MANIFEST.paths),
    precompresses=True,
)
PAGE = b"""<!doctype html>
<title>Shop</title>
<link rel="stylesheet" href="/static/css/app.0123456789ab.css">
<link rel="stylesheet" href="/static/plain.css">
<script src="/static/js/app.0123456789ab.js"></script>
<img src="/media/cat.png">
"""
HTML = {"Content-Type": "text/html; charset=utf-8"}
PICTURE = Reply(
    b"\x89PNG",
    {"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"},
)
NOT_FOUND = Reply(b"missing", {"Content-Type": "text/plain", "Cache-Control": "no-store"}, 404)


def right(asked: Asked) -> Reply:
    """Answer as a server should."""
    path = asked.target.partition("?")[0]
    if path == "/":
        return Reply(PAGE, HTML)
    if path == "/media/cat.png":
        return PICTURE
    name = path.removeprefix("/static/")
    if name not in FILES:
        return NOT_FOUND
    return _file(name, asked)


def _file(name: str, asked: Asked) -> Reply:
    fields = dict(fields_of(name, immutable=name != "plain.css"))
    accepted = asked.fields.get("accept-encoding", "")
    is_coded = name in CODED and "gzip" in accepted
    body = CODED[name] if is_coded else FILES[name]
    fields["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:8]}"'
    fields |= {"Vary": "Accept-Encoding"} if name in CODED else {}
    fields |= {"Content-Encoding": "gzip"} if is_coded else {}
    if asked.fields.get("if-none-match") == fields["ETag"]:
        return Reply(b"", fields, 304, length=0)
    return Reply(body, fields)


Change = Callable[[Asked, Reply], Reply]


def found(change: Change, knowledge: Knowledge = KNOWN, path: str = "/") -> list[Finding]:
    with serving(lambda asked: change(asked, right(asked))) as origin:
        told = list(visit([origin + path], knowledge, patience=0.5).findings)
    return sorted(told, key=lambda finding: list(Level).index(finding.level))  # as the doctor tells it


def fields(where: str = "/static/", **changed: str | None) -> Change:
    """Return a change of fields, ``None`` leaving one out, in answers to addresses that hold ``where``."""

    def change(asked: Asked, reply: Reply) -> Reply:
        if where not in asked.target or reply.status >= 400:
            return reply
        renamed = {name.replace("_", "-").lower(): value for name, value in changed.items()}
        kept = {name: value for name, value in reply.fields.items() if name.lower() not in renamed}
        return reply._replace(
            fields=kept | {name: value for name, value in renamed.items() if value is not None}
        )

    return change


def replies(where: str, reply: Reply) -> Change:
    """Return a change of the answer to addresses that hold ``where``."""
    return lambda asked, usual: reply if where in asked.target else usual


def redirects(where: str, target: str) -> Change:
    return replies(where, Reply(b"", {"Location": target}, 302))


def page(html: str) -> Change:
    return lambda asked, usual: Reply(html.encode(), HTML) if asked.target == "/" else usual


def also(html: str) -> Change:
    return page(PAGE.decode() + html)


def body(where: str, content: bytes) -> Change:
    return lambda asked, usual: usual._replace(body=content) if where in asked.target else usual


def when_coded(content: bytes) -> Change:
    def change(asked: Asked, usual: Reply) -> Reply:
        return usual._replace(body=content) if usual.fields.get("Content-Encoding") else usual

    return change


def hidden_by_a_cache(asked: Asked, usual: Reply) -> Reply:
    if "js/app" not in asked.target or "?" in asked.target:
        return usual
    return NOT_FOUND._replace(fields={"X-Cache": "HIT", "Age": "7"})


def a_hash(content: bytes, algorithm: str = "sha384") -> str:
    import base64

    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


JS = FILES["js/app.0123456789ab.js"]
LOGIN = Reply(b"<!doctype html><form><input type=password>", HTML)
OWN_RULES = (("*", (("Cache-Control", "max-age=999999"), ("X-Content-Type-Options", None))),)


class Case(NamedTuple):
    """A fault, the id of its first finding (``""`` for silence), and words of its message."""

    change: Change
    id: str
    says: str = ""
    level: Level | None = None


def breaks_off(asked: Asked, usual: Reply) -> Reply:
    return usual._replace(length=len(usual.body) + 9) if "js/app" in asked.target else usual


def redirects_to_itself(asked: Asked, usual: Reply) -> Reply:
    return redirects("js/app", asked.target)(asked, usual)


def redirects_to_a_login(asked: Asked, usual: Reply) -> Reply:
    return LOGIN if "enter" in asked.target else redirects("js/app", "/enter")(asked, usual)


def redirects_to_itself_with_a_query(asked: Asked, usual: Reply) -> Reply:
    return usual if "?" in asked.target else redirects("plain", f"{asked.target}?v=1")(asked, usual)


OTHER = "js/app.ffffffffffff.js"
EARLIER = "js/app.eeeeeeeeeeee.js"


def serves_another_release_too(asked: Asked, usual: Reply) -> Reply:
    if OTHER in asked.target:
        return _file("js/app.0123456789ab.js", asked)
    return also(f'<script src="/static/{OTHER}"></script>')(asked, usual)


def relative_to_the_page(asked: Asked, usual: Reply) -> Reply:
    html = b"<!doctype html><link rel=stylesheet href=static/plain.css>"
    return Reply(html, HTML) if asked.target == "/polls/" else usual


def version_behind_the_name(asked: Asked, usual: Reply) -> Reply:
    shown = page('<!doctype html><link rel=stylesheet href="/static/plain.css?v=3">')(asked, usual)
    return fields("plain", Cache_Control="max-age=31536000")(asked, shown)


def compresses_nothing(asked: Asked, usual: Reply) -> Reply:
    return right(asked._replace(fields={**asked.fields, "accept-encoding": ""}))


def compares_nothing(asked: Asked, usual: Reply) -> Reply:
    return right(asked._replace(fields={"accept-encoding": asked.fields["accept-encoding"]}))


def serves_an_earlier_release(asked: Asked, usual: Reply) -> Reply:
    if EARLIER in asked.target:
        return _file("js/app.0123456789ab.js", asked)
    return also(f'<script src="/static/{EARLIER}"></script>')(asked, usual)


SCRIPT = '<script src="/static/js/app.0123456789ab.js" integrity="{}"></script>'
YEAR = "max-age=31536000"
FAULTS = {
    "all is right": Case(lambda asked, usual: usual, ""),
    "a cache that drops nothing": Case(fields(Via="1.1 cdn", Age="5"), ""),
    # Arrival.
    "an application that fails": Case(replies("js/app", Reply(b"", {}, 502)), "live-unreachable", "502"),
    "an answer that breaks off": Case(breaks_off, "live-unreachable", "ends"),
    "redirects without end": Case(redirects_to_itself, "live-unreachable", "more than 6 redirects"),
    "a redirect to nowhere": Case(redirects("js/app", "http://[x"), "live-unreachable", "no address of HTTP"),
    "a redirect to a login": Case(redirects_to_a_login, "live-redirect", "log in"),
    "a redirect that ends well": Case(
        redirects_to_itself_with_a_query, "live-redirect", "?v=1", Level.WARNING
    ),
    "a 404 that a cache keeps": Case(hidden_by_a_cache, "live-cached-404", "x-cache: HIT"),
    "a 404 that browsers keep": Case(
        replies("js/app", NOT_FOUND._replace(fields={"Cache-Control": YEAR})), "live-missing", "404"
    ),
    "a digest of another release that is gone": Case(
        also(f'<script src="/static/{OTHER}"></script>'), "live-other-release", "not published"
    ),
    "a digest of another release that is there": Case(
        serves_another_release_too, "live-other-release", "does not know", Level.WARNING
    ),
    "bytes of another release": Case(body("plain.css", b"other {}"), "live-other-release", "other bytes"),
    "a file that is not served": Case(replies("js/app", NOT_FOUND), "live-missing", "/srv/shop/static"),
    "a file that may not be read": Case(replies("js/app", Reply(b"", {}, 403)), "live-missing", "403"),
    "a name that was typed wrong": Case(
        also('<link rel=stylesheet href="/static/plian.css">'), "live-missing", "no source has that name"
    ),
    "an address relative to the page": Case(relative_to_the_page, "live-missing", "/polls instead"),
    "an upload that is gone": Case(also('<img src="/media/dog.png">'), "live-missing", "The file"),
    "a page for all": Case(replies("js/app", Reply(PAGE, HTML)), "live-html", "in place of the script"),
    "a page for all, called a script": Case(
        replies("js/app", Reply(PAGE, {"Content-Type": "text/javascript"})), "live-html"
    ),
    "a login for all": Case(replies("cat.png", LOGIN), "live-html", "a page to log in"),
    # Content.
    "an unsaid coding": Case(fields("js/app", Content_Encoding=None), "live-broken-coding", "does not say"),
    "a coding that is not there": Case(fields("plain", Content_Encoding="br"), "live-broken-coding"),
    "a coding twice": Case(when_coded(gzip.compress(gzip.compress(JS))), "live-broken-coding", "twice"),
    "a coding said twice": Case(
        fields("js/app", Content_Encoding="gzip, gzip"), "live-broken-coding", "2 times"
    ),
    "a coding cut off": Case(when_coded(gzip.compress(JS)[:50]), "live-broken-coding", "end before"),
    "a coding of an earlier version": Case(when_coded(gzip.compress(MANY)), "live-stale-coding", "gzip"),
    "an integrity of something else": Case(also(SCRIPT.format(a_hash(b""))), "live-integrity"),
    "an integrity that is right": Case(also(SCRIPT.format(a_hash(JS))), ""),
    "an integrity whose weaker hash is wrong": Case(
        also(SCRIPT.format(f"{a_hash(b'', 'sha256')} {a_hash(JS, 'sha512')}")), ""
    ),
    "an integrity that is none": Case(also(SCRIPT.format("sha384-* md5-AA")), ""),
    "a style sheet as text": Case(fields("css/app", Content_Type="text/plain"), "live-type", "refuse"),
    "a style sheet as nothing": Case(fields("css/app", Content_Type=None), "live-type", "no type"),
    "a script as bytes, sniffed": Case(
        fields("js/app", Content_Type="application/octet-stream", X_Content_Type_Options=None),
        "live-type",
        "text/javascript",
        Level.WARNING,
    ),
    "a script of the older type": Case(fields("js/app", Content_Type="application/javascript"), ""),
    "a drawing as text": Case(fields("dot", Content_Type="text/xml"), "live-type", "image/svg+xml"),
    "another charset": Case(
        fields("css/app", Content_Type="text/css; charset=koi8-r"), "live-type", "koi8-r", Level.WARNING
    ),
    "no charset": Case(fields("css/app", Content_Type="text/css"), ""),
    # Keeping.
    "a plain name for a year": Case(
        fields("plain", Cache_Control=YEAR), "live-wrongly-immutable", "365 days"
    ),
    "a plain name for an hour": Case(fields("plain", Cache_Control="max-age=3600"), ""),
    "a plain name with a version behind it": Case(version_behind_the_name, ""),
    "no Vary": Case(fields(Vary=None), "live-no-vary", "gzip"),
    "no Vary where nothing is coded": Case(fields("plain", Vary=None), ""),
    "a digest for an hour": Case(
        fields("js/app", Cache_Control="max-age=3600"), "live-not-immutable", "1 hour"
    ),
    "a digest for a month": Case(fields("js/app", Cache_Control="public, max-age=2592000"), ""),
    "nothing compressed": Case(compresses_nothing, "live-not-compressed", "bytes"),
    "no ETag": Case(fields("plain", ETag=None), "live-no-validator", "neither"),
    "no 304": Case(compares_nothing, "live-no-validator", "304"),
    "a cache that drops ETags": Case(fields(Via="1.1 cdn", ETag=None), "live-stripped-headers", "via: 1.1"),
    "a cache that drops Vary": Case(fields(CF_Ray="1-A", Vary=None), "live-stripped-headers", "Vary"),
    "no nosniff": Case(fields(X_Content_Type_Options=None), "live-no-nosniff", "3 more"),
    "no nosniff on uploads": Case(fields("cat", X_Content_Type_Options=None), "live-no-nosniff", "cat.png"),
    "a name of an earlier release": Case(
        serves_an_earlier_release, "live-other-release", "is of an earlier release", Level.WARNING
    ),
    # Pages.
    "a page that is gone": Case(replies("", Reply(b"", {}, 404)), "live-unreachable", "404"),
    "a page that is none": Case(replies("", Reply(b"{}", {"Content-Type": "text/x"})), "live-broken-page"),
    "a page in no coding": Case(fields("", Content_Encoding="gzip"), "live-broken-page", "decoded"),
    "a page without files": Case(page("<!doctype html><p>Hello"), "live-no-files"),
    "a page to log in": Case(page("<!doctype html><form><input type='password'>"), "live-no-files"),
}


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS)
def test_what_is_found(case: Case) -> None:
    path = "/polls/" if case.says.startswith("/polls") else "/"
    first, *_ = [*found(case.change, path=path), None]
    if first is None or not case.id:
        assert (first.id if first else "") == case.id, first
        return
    assert first.id == case.id
    assert case.says in first.message
    assert first.hint
    assert first.place.file.startswith("http://127.0.0.1:")
    assert first.level is (case.level or RULES[case.id].level)


NOT_HANDED_OUT = {
    "it looks elsewhere": (KNOWN, "paste", "location and alias"),
    "the destination is without it": (
        KNOWN._replace(destination="s3://assets/static", closed=("",)),
        "python manage.py stator publish --no-collect",
        "what s3://assets/static has",
    ),
    "a folder above is closed": (
        KNOWN._replace(closed_above=("/srv/shop", "/srv"), closed=("js",)),
        "chmod o+x '/srv/shop' '/srv'",
        "may not read /srv/shop,",
    ),
    "the root is closed": (
        KNOWN._replace(closed=("",)),
        "chmod -R a+rX '/srv/shop/static'",
        "may not read /srv/shop/static,",
    ),
    "its folder is closed": (
        KNOWN._replace(closed=("css", "js")),
        "chmod -R a+rX '/srv/shop/static'",
        "may not read /srv/shop/static/js,",
    ),
    "the file is closed": (
        KNOWN._replace(closed=("js/app.0123456789ab.js",)),
        "chmod -R a+rX '/srv/shop/static'",
        "may not read /srv/shop/static/js/app.0123456789ab.js,",
    ),
    "another is closed": (KNOWN._replace(closed=("js/app", "plain.css")), "paste", "location and alias"),
}


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize(("knowledge", "mend", "says"), NOT_HANDED_OUT.values(), ids=NOT_HANDED_OUT)
def test_why_a_file_that_is_here_is_not_handed_out(
    knowledge: Knowledge, mend: str, says: str, status: int
) -> None:
    (finding,) = found(replies("js/app", NOT_FOUND._replace(status=status)), knowledge)
    assert finding.id == "live-missing"
    if mend == "paste":
        assert (says in finding.hint) is (status == 404)
    else:
        assert says in finding.hint
        assert finding.mend == Mend(How.RUN, mend)


@pytest.mark.parametrize(
    ("status", "knowledge", "says"),
    [
        (500, KNOWN._replace(manifest=None), "No manifest can be read here"),
        (500, KNOWN._replace(manifest=None, destination="s3://a/b"), "lists those at s3://a/b"),
        (500, KNOWN, "'manage.py stator doctor' says whether one does"),
        (502, KNOWN, "whether the application runs"),
        (404, KNOWN, "pages that everybody may see"),
    ],
)
def test_what_to_do_where_a_page_fails(status: int, knowledge: Knowledge, says: str) -> None:
    (finding,) = found(replies("", Reply(b"", {}, status)), knowledge)
    assert finding.id == "live-unreachable"
    assert says in finding.hint


def test_integrity_across_origins_needs_cors() -> None:
    with serving(right) as static:
        knowledge = KNOWN._replace(static_url=f"{static}/static/")
        html = SCRIPT.format(a_hash(JS)).replace('"/static/', f'"{static}/static/')
        (finding,) = found(page(f"<!doctype html>{html}"), knowledge)
        assert finding.id == "live-integrity"
        assert "crossorigin" in finding.hint
        assert found(page(f"<!doctype html>{html.replace('src=', 'crossorigin src=')}"), knowledge) == []


@pytest.mark.parametrize("allowed", ["*", "same", None, "https://elsewhere.example"])
def test_modules_across_origins_need_leave(allowed: str | None) -> None:
    def answer(asked: Asked) -> Reply:
        allows = asked.fields.get("origin") if allowed == "same" else allowed
        return fields(Access_Control_Allow_Origin=allows)(asked, right(asked))

    with serving(answer) as static:
        html = f'<!doctype html><script type=module src="{static}/static/js/app.0123456789ab.js"></script>'
        findings = found(page(html), KNOWN._replace(static_url=f"{static}/static/"))
    expected = [] if allowed in {"*", "same"} else ["live-no-cors"]
    assert [one.id for one in findings] == expected


def test_what_the_project_has_chosen_is_right() -> None:
    chosen = fields(Cache_Control="max-age=999999", X_Content_Type_Options=None)
    knowledge = KNOWN._replace(headers=OWN_RULES)
    assert {one.id for one in found(chosen)} == {
        "live-wrongly-immutable",
        "live-not-immutable",
        "live-no-nosniff",
    }
    assert found(chosen, knowledge) == []


def test_without_a_manifest_only_what_answers_show_is_said() -> None:
    assert found(fields(Vary=None), Knowledge("/static/"))[0].id == "live-no-vary"
    assert found(fields("plain", Cache_Control="max-age=31536000"), Knowledge("/static/")) == []


def test_pages_with_tls_ask_for_files_with_tls() -> None:
    from stator.diagnose.check import run
    from stator.diagnose.visit.answer import Answer
    from stator.diagnose.visit.knowledge import Area
    from stator.diagnose.visit.mention import Mention, Use
    from stator.diagnose.visit.served import Served
    from stator.findings import Place

    place = Place("https://shop.example/", 3, 1)

    def served(url: str) -> Served:
        mention = Mention(url, Use.STYLE, place, place.file)
        return Served((mention,), Area.STATIC, "a.css", KNOWN, Answer(url))

    told = list(run(OF_FILE, served("http://shop.example/static/a.css")))
    assert [(one.id, one.place) for one in told] == [("live-insecure", place)]
    assert list(run(OF_FILE, served("https://shop.example/static/a.css"))) == []


def test_nobody_listens() -> None:
    (finding,) = list(visit([f"http://127.0.0.1:{free_port()}/"], KNOWN).findings)
    assert finding.id == "live-unreachable"
    assert "refused" in finding.message


WRONG = [
    "",
    "shop.example",
    "127.0.0.1:8765",
    "ftp://shop.example/",
    "http://[x/",
    "http://h:port/",
    "http://ann:secret@h:99999/",
    "http://ann:secret@[x/",
    "ftp://ann:secret@h/",
    "//ann:secret@h/",
]


@pytest.mark.parametrize("url", WRONG)
def test_what_is_no_address_is_wrong_use(url: str) -> None:
    asked = []

    def answer(request: Asked) -> Reply:
        asked.append(request.target)
        return right(request)

    with serving(answer) as origin, pytest.raises(ConfigError, match="is no address of a page") as raised:
        visit([origin, url], KNOWN)
    assert "secret" not in str(raised.value)
    assert asked == []


def test_how_much_was_looked_at_is_told() -> None:
    with serving(right) as origin:
        seen = visit([origin, f"{origin}/?again"], KNOWN)
    assert (seen.findings, seen.pages, seen.files) == ((), 2, 5)


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (finding,) = list(
            visit([f"http://127.0.0.1:{silent.getsockname()[1]}/"], KNOWN, patience=0.2).findings
        )
    assert "says nothing for 0.2 seconds" in finding.message


def test_a_server_without_the_certificate_is_told() -> None:
    with serving(right) as origin:
        (finding,) = list(visit([origin.replace("http:", "https:")], KNOWN, patience=5).findings)
    assert finding.id == "live-unreachable"
    assert "TLS" in finding.message


def test_what_is_no_http_is_told() -> None:
    def greet(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        connection.sendall(b"220 mail.example ESMTP\r\n")
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=greet, args=(listening,))
        thread.start()
        (finding,) = list(
            visit([f"http://127.0.0.1:{listening.getsockname()[1]}/"], KNOWN, patience=5).findings
        )
        thread.join()
    assert finding.id == "live-unreachable"


def test_no_more_is_asked_for_than_may_be() -> None:
    asked = []

    def answer(request: Asked) -> Reply:
        asked.append(request.target)
        return right(request)

    with serving(answer) as origin:
        findings = list(visit([origin], KNOWN, most=2).findings)
    assert [one.id for one in findings] == ["live-unfinished"]
    assert "2 files were looked at, and at least 3 more" in findings[0].message
    assert len({target for target in asked if target.startswith(("/static/", "/media/"))}) == 2


def test_no_more_bytes_are_read_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stator.diagnose.visit.fetch.MOST_BYTES", 1000)
    (finding,) = found(lambda asked, usual: usual)
    assert finding.id == "live-unfinished"


def test_what_is_too_large_is_judged_by_its_fields_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    large = body("plain", b"other {}" * 5000)
    assert found(large)[0].id == "live-other-release"
    monkeypatch.setattr("stator.diagnose.visit.fetch.LARGEST", 10_000)
    assert found(large) == []
    typed = fields("plain", Content_Type="text/plain")
    assert found(lambda asked, usual: typed(asked, large(asked, usual)))[0].id == "live-type"


def test_each_file_is_asked_for_once_for_all_pages() -> None:
    asked = []

    def answer(request: Asked) -> Reply:
        asked.append(
            (request.target, request.fields.get("accept-encoding"), request.fields.get("if-none-match"))
        )
        return right(request)

    with serving(answer) as origin:
        assert not visit([f"{origin}/", f"{origin}/?again", f"{origin}/#there"], KNOWN).findings
    assert len(asked) == len(set(asked))
    assert sum(target == "/" for target, *_ in asked) == 1


def test_a_password_is_for_its_own_origin() -> None:
    told: dict[str, list[str | None]] = {"own": [], "other": []}

    def other(asked: Asked) -> Reply:
        told["other"].append(asked.fields.get("authorization"))
        return _file("plain.css", asked)

    with serving(other) as elsewhere:
        html = PAGE + f'<link rel=stylesheet href="{elsewhere}/static/plain.css">'.encode()

        def own(asked: Asked) -> Reply:
            told["own"].append(asked.fields.get("authorization"))
            if asked.target.startswith("/static/plain.css"):
                return Reply(b"", {"Location": f"{elsewhere}/static/plain.css"}, 302)
            return Reply(html, HTML) if asked.target == "/" else right(asked)

        with serving(own) as origin:
            findings = list(visit([origin.replace("//", "//ann:secret@")], KNOWN).findings)
    assert set(told["own"]) == {"Basic YW5uOnNlY3JldA=="}
    assert set(told["other"]) == {None}
    assert all("secret" not in str(finding) for finding in findings)


def test_only_our_own_hosts_are_asked() -> None:
    asked = []

    def other(request: Asked) -> Reply:
        asked.append(request.target)
        return NOT_FOUND

    with serving(other) as elsewhere:
        assert found(also(f'<script src="{elsewhere}/static/x.js"></script>')) == []
    assert asked == []


def test_the_same_of_many_files_is_told_once() -> None:
    findings = found(fields(X_Content_Type_Options=None, Vary=None))
    assert [one.id for one in findings] == ["live-no-vary", "live-no-nosniff"]
    assert findings[0].message.endswith("The same is true of 1 more: js/app.0123456789ab.js.")


GUNICORN = {"Server": "gunicorn"}


@pytest.mark.parametrize(
    ("server", "serves", "hint", "is_nginx"),
    [
        ({}, True, "alias", True),
        ({"Server": "nginx"}, False, "alias", True),
        (GUNICORN, True, "start it anew", False),
        (GUNICORN, False, "StatorMiddleware", False),
        ({}, False, "StatorMiddleware", False),
    ],
)
@pytest.mark.parametrize("path", ["/a.css", "/"])
def test_who_does_not_hand_a_file_out_is_told_by_its_name(
    server: dict[str, str], serves: bool, hint: str, is_nginx: bool, path: str
) -> None:
    reply = NOT_FOUND if path == "/a.css" else Reply(PAGE, HTML)
    change = replies("js/app", reply._replace(fields={**reply.fields, **server}))
    first, *_ = found(change, KNOWN._replace(serves=serves))
    assert first.id == ("live-missing" if path == "/a.css" else "live-html")
    assert (first.mend is not None) == is_nginx
    if path == "/a.css":
        assert hint in first.hint
    else:
        assert ("The application answers here" in first.hint) != is_nginx


def of_development(asked: Asked, usual: Reply) -> Reply:
    if "__stator__" in asked.target:
        return Reply(b"1", {"Content-Type": "text/javascript", "X-Content-Type-Options": "nosniff"})
    html = f'<script src="/static/__stator__/client.js"></script><script src="/static/{OTHER}"></script>'
    if OTHER in asked.target:
        return _file("js/app.0123456789ab.js", asked)
    return fields("/static/", Cache_Control="no-cache", ETag=None)(asked, also(html)(asked, usual))


def test_a_development_server_is_not_judged_as_one_of_production() -> None:
    (finding,) = found(of_development)
    assert finding.id == "live-development"
    assert "live-not-immutable" in [one.id for one in found(fields(Cache_Control="no-cache"))]


def test_the_script_of_a_development_server_is_known_by_its_name() -> None:
    from stator.django.live import CLIENT

    assert page_checks.DEVELOPMENT == CLIENT


def test_a_development_server_is_judged_by_what_arrives() -> None:
    def lacks_a_file(asked: Asked, usual: Reply) -> Reply:
        return NOT_FOUND if "js/app.0123" in asked.target else of_development(asked, usual)

    assert [one.id for one in found(lacks_a_file)] == ["live-missing", "live-development"]


def test_a_redirect_to_tls_that_nobody_speaks_is_told() -> None:
    with serving(right) as elsewhere:
        tls = elsewhere.replace("http:", "https:")
        (finding,) = found(redirects("", f"{tls}/"))
    assert f"redirected to {tls}/" in finding.message
    assert "SECURE_SSL_REDIRECT" in finding.hint


@pytest.mark.parametrize(
    ("status", "knowledge", "hint"),
    [
        (400, KNOWN, "ALLOWED_HOSTS has to name '127.0.0.1'"),
        (500, Knowledge(sources=frozenset(["a.css"])), "collectstatic"),
        (500, KNOWN, "log"),
    ],
)
def test_what_most_often_keeps_a_page_from_visitors_is_told(
    status: int, knowledge: Knowledge, hint: str
) -> None:
    (finding,) = found(replies("", Reply(b"", {}, status)), knowledge)
    assert finding.id == "live-unreachable"
    assert hint in finding.hint


def test_an_address_in_a_sheet_is_written_in_its_source() -> None:
    name = "css/app.0123456789ab.css"
    content = MANY + b"b { background: url(/img/bg.svg) }"
    coded = gzip.compress(content)

    def other(asked: Asked, usual: Reply) -> Reply:
        if name not in asked.target:
            return NOT_FOUND if "bg.svg" in asked.target else usual
        return usual._replace(body=coded if usual.fields.get("Content-Encoding") else content)

    told = [one for one in found(other, KNOWN._replace(manifest=None)) if one.id == "live-missing"]
    assert [one.place.file.rpartition("/static/")[2] for one in told] == [name]
    assert "relative to it" in told[0].hint
    assert told[0].message.startswith("The file: /img/bg.svg ")


def test_what_comes_over_the_network_cannot_steer_a_terminal() -> None:
    html = PAGE.decode() + '<link rel=stylesheet href="/static/%1b[31mx\x1b[31m\x07\n\x9bx.css">'

    def answer(asked: Asked, usual: Reply) -> Reply:
        if asked.target == "/":
            return Reply(html.encode(), HTML)
        return redirects("js/app", "/login/\x1b[31m")(asked, usual)

    findings = found(answer)
    assert {"live-missing", "live-redirect"} <= {one.id for one in findings}
    for one in findings:
        assert (one.message + one.hint + one.path + one.place.file).isprintable()


def _dripping(first: bytes, drip: bytes) -> Callable[[socket.socket], None]:
    """Return what answers by ``first``, and goes on with ``drip`` for as long as somebody listens."""

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(1 << 16)
            connection.sendall(first)
            while True:
                connection.sendall(drip)
                time.sleep(0.02)

    return answer


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "a header": (b"HTTP/1.1 200 OK\r\n", b"X"),
    "one header after the other": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "the size of a chunk": (CHUNKED, b"0"),
    "trailers": (CHUNKED + b"0\r\n", b"X: y\r\n"),
    "a body": (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
}


@pytest.mark.parametrize(("first", "drip"), ENDLESS.values(), ids=ENDLESS)
def test_who_never_ends_is_not_listened_to_for_ever(
    first: bytes, drip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stator.diagnose.visit.fetch.LONGEST", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        answer = _dripping(first, drip)
        thread = threading.Thread(target=lambda: answer(listening.accept()[0]))
        thread.start()
        (finding,) = list(
            visit([f"http://127.0.0.1:{listening.getsockname()[1]}/"], KNOWN, patience=5).findings
        )
        thread.join()
    assert finding.id == "live-unreachable"
    assert "more than 0.3 seconds" in finding.message


def test_a_server_that_is_always_slow_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stator.diagnose.visit.fetch.MOST_SLOW", 3)
    asked = []

    def answer(request: Asked) -> Reply:
        asked.append(request.target)
        if request.target == "/":
            html = "".join(f'<script src="/static/{number}.js"></script>' for number in range(100))
            return Reply(f"<!doctype html>{html}".encode(), HTML)
        time.sleep(0.5)
        return NOT_FOUND

    with serving(answer) as origin:
        findings = list(visit([origin], KNOWN, patience=0.1).findings)
    assert {one.id for one in findings} == {"live-unreachable"}
    assert len(asked) < 30


def test_a_visit_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stator.diagnose.visit.fetch.LONGEST_VISIT", 0)
    with serving(right) as origin:
        seen = visit([origin], KNOWN)
    assert [one.id for one in seen.findings] == ["live-unfinished"]
    assert (seen.pages, seen.files) == (0, 0)
    assert "has taken 0 minutes" in seen.findings[0].message


BOMBS = {coding: CODINGS[coding].encode(bytes(20 << 20), Effort.CHEAP) for coding in ("gzip", "br", "zstd")}


@pytest.mark.parametrize("coding", BOMBS)
def test_what_grows_without_end_is_read_to_a_bound(coding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stator.diagnose.visit.fetch.LARGEST", 1 << 20)
    monkeypatch.setattr("stator.diagnose.visit.fetch.KEPT", 1 << 10)
    bomb = Reply(BOMBS[coding], {**HTML, "Content-Encoding": coding})
    with serving(lambda asked: bomb) as origin, Fetcher({}) as fetcher:
        answer = fetcher.get(origin, [("Accept-Encoding", coding)])
    assert answer.cut
    assert answer.size <= (1 << 20) + 2 * PIECE
    assert answer.content == b""
