"""What the servers do with what we write, beyond the conformance cases: uploads, private ones, root files,
HEADERS, and what is left to the application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from stator.uploads import SANDBOX
from stator.webserver import nginx
from stator.webserver.policy import ServingPolicy
from tests.serve.servers import Server
from tests.webserver.sites import serving


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.needs(name)) for name in ("nginx", "caddy", "apache")],
)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with serving(request.param) as running:
        yield running


class Asked(NamedTuple):
    """A target, and what its answer must be: a field of ``None`` must not be there."""

    target: str
    status: int
    fields: dict[str, str | None]
    body: bytes | None = None
    method: str = "GET"


FOREVER, AGAIN, NEVER = "public, max-age=31536000, immutable", "no-cache", "no-store"
ATTACHED = {"content-disposition": "attachment", "content-security-policy": SANDBOX}
SHOWN = {"content-disposition": None, "content-security-policy": None}
SNIFF = {"x-content-type-options": "nosniff"}
MISSING = {"cache-control": NEVER}

TABLE = {
    "a digested name": Asked(
        "/static/css/app.0123456789ab.css", 200, {"cache-control": FOREVER, **SNIFF}, b"a{}"
    ),
    "a plain name": Asked("/static/css/app.css", 200, {"cache-control": AGAIN, "vary": None}, b"a{}"),
    "a type by our table": Asked("/static/css/app.css", 200, {"content-type": "text/css; charset=utf-8"}),
    "a name with a quotation mark in a rule": Asked("/static/data.tar.gz", 200, {"x-site": '50% "off"'}),
    "a field that a rule leaves out": Asked("/static/css/app.css", 200, {"x-site": None}),
    "a rule by logical path": Asked("/static/css/app.0123456789ab.css", 200, {"link": "</x>; rel=preload"}),
    "caching by a rule": Asked("/static/data.tar.gz", 200, {"cache-control": "max-age=5"}, b"an archive"),
    "a usual field left out by a rule": Asked(
        "/static/data.tar.gz", 200, {"cross-origin-resource-policy": None}
    ),
    "an archive is no form": Asked("/static/data.tar.gz", 200, {"content-encoding": None}),
    "a drawing that is compressed itself": Asked("/static/drawing.svgz", 200, {"content-encoding": "gzip"}),
    "an unknown digest": Asked("/static/css/app.ba9876543210.css", 404, MISSING),
    "a name that is not published": Asked(
        "/static/x.css", 200, {"cache-control": None}, b"application GET /static/x.css"
    ),
    "the folder itself": Asked("/static/", 200, {}, b"application GET /static/"),
    "a method for a name that is not published": Asked(
        "/static/x", 200, {}, b"application DELETE /static/x", "DELETE"
    ),
    "a picture": Asked(
        "/media/a.png",
        200,
        {"content-type": "image/png", "cache-control": AGAIN, **SHOWN, **SNIFF},
        b"a picture",
    ),
    "a drawing that could run": Asked("/media/evil.svg", 200, {**ATTACHED, **SNIFF}, b"<svg/>"),
    "an uploaded script": Asked(
        "/media/evil.js", 200, {"content-type": "application/octet-stream", **ATTACHED}
    ),
    "an uploaded page": Asked("/media/folder/index.html", 200, ATTACHED),
    "a folder of uploads": Asked("/media/folder/", 404, MISSING),
    "a folder of uploads without a slash": Asked("/media/folder", 404, MISSING),
    "all uploads": Asked("/media/", 404, MISSING),
    "an upload that is not there": Asked("/media/x.png", 404, MISSING),
    "a hidden upload": Asked("/media/.hidden", 404, MISSING),
    "an upload cannot be changed": Asked("/media/a.png", 405, MISSING, None, "PUT"),
    "a private upload is the application's": Asked(
        "/media/invoices/1.pdf", 200, {}, b"application GET /media/invoices/1.pdf"
    ),
    "a private upload in other case": Asked(
        "/media/INVOICES/1.pdf", 200, {}, b"application GET /media/INVOICES/1.pdf"
    ),
    "a file for the root": Asked("/robots.txt", 200, {"cache-control": AGAIN, **SNIFF}, b"User-agent: *"),
    "a well-known file": Asked("/.well-known/security.txt", 200, {}, b"Contact: x"),
    "a hidden file for the root": Asked("/.secret", 200, {}, b"application GET /.secret"),
    "everything else": Asked("/", 200, {}, b"application GET / 127.0.0.1"),
}


@pytest.mark.parametrize("asked", TABLE.values(), ids=TABLE)
def test_what_is_answered(server: Server, asked: Asked) -> None:
    answer = server.get(asked.target, asked.method)
    assert answer.status == asked.status
    assert {name: answer[name] for name in asked.fields} == asked.fields
    if asked.body is not None:
        assert answer.body.startswith(asked.body)


def test_who_may_not_change_an_upload_is_told_what_is_allowed(server: Server) -> None:
    headers = server.get("/media/a.png", "PUT").headers
    assert ("allow", "GET, HEAD, OPTIONS") in headers  # Apache adds an empty line of its own


@pytest.mark.parametrize(
    "target",
    [
        "/_stator/static/css/app.css",
        "/_stator/media/invoices/1.pdf",
        "/_stator/uploads/whole/invoices/1.pdf",
        "/_stator/uploads/invoices/1.pdf",
    ],
)
def test_nobody_asks_for_what_is_inside(server: Server, target: str) -> None:
    assert b"secret" not in server.get(target).body
    assert server.get(target).body.startswith(b"application") or server.get(target).status == 404


@pytest.mark.parametrize(
    "target",
    [
        "/media/..%2fmedia/invoices/1.pdf",
        "/media/x/../invoices/1.pdf",
        "/media//invoices/1.pdf",
        "/media/./invoices/1.pdf",
        "/media/%69nvoices/1.pdf",
    ],
)
def test_no_detour_leads_to_a_private_upload(server: Server, target: str) -> None:
    assert b"secret" not in server.get(target).body


def test_the_application_hears_who_asked_and_how(server: Server) -> None:
    assert server.get("/x").body == b"application GET /x 127.0.0.1 http 127.0.0.1"


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=pytest.mark.needs(one)) for one in ("nginx", "caddy")]
)
def test_the_application_hands_a_private_upload_over(name: str) -> None:
    with serving(name) as server:
        answer = server.get("/media/invoices/1.pdf?allowed")
        assert answer.body == b"secret"
        assert answer["content-type"] == "application/pdf"
        assert answer["cache-control"] == "private, no-cache"
        assert answer["content-disposition"] == "attachment"
        assert answer["content-security-policy"] == SANDBOX
        assert answer["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=pytest.mark.needs(one)) for one in ("nginx", "apache")]
)
def test_a_link_leads_to_no_private_upload(name: str) -> None:
    with serving(name) as server:
        assert b"secret" not in server.get("/media/linked.pdf").body


def _included(policy: ServingPolicy) -> str:
    http, inside = nginx.render_include(policy)
    own = 'expires 1h; gzip on; gzip_types *; charset koi8-r; add_header X-Own "1"; root /usr;'
    return f"{http}\nserver {{ listen {policy.listen}; {own}\n{inside}\nlocation / {{ return 204; }} }}"


@pytest.mark.needs("nginx")
def test_what_is_included_does_not_inherit_from_the_server_around_it() -> None:
    with serving("nginx", _included) as server:
        answer = server.get("/static/css/app.0123456789ab.css", accept_encoding="gzip")
        assert answer.body == b"coded"
        assert answer["cache-control"] == FOREVER
        assert answer["content-type"] == "text/css; charset=utf-8"
        assert server.get("/media/evil.svg")["content-disposition"] == "attachment"
        assert server.get("/static/css/app.ba9876543210.css")["cache-control"] == NEVER
        assert server.get("/elsewhere").status == 204
