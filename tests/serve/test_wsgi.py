"""What servers may do differently under PEP 3333; what all do alike is in ``tests/conformance``."""

from __future__ import annotations

from urllib.parse import quote_from_bytes
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.errors import ManifestError
from stator.serve.body import BLOCK
from stator.serve.wsgi import StaticFiles
from tests.serve import site
from tests.serve.apps import PAGE, wsgi_page


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return str(site.publish(tmp_path_factory.mktemp("site") / "public"))


def get(app, path, method="GET", **environ):
    """Return status, header fields and body, and close what the application returned, as a server does."""
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, **environ}
    setup_testing_defaults(environ)
    started = []
    chunks = app(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    [(status, headers)] = started
    return status, dict(headers), body


def latin(path):
    return path.encode().decode("latin-1")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("if_none_match", ['"a"', "*"])
@pytest.mark.parametrize(
    "name", [site.APP, site.EMPTY, site.VIDEO, site.VANISHED, site.UNKNOWN_DIGEST, "other"]
)
def test_it_keeps_the_rules_of_wsgi(root, method, if_none_match, name):
    app = validator(StaticFiles(validator(wsgi_page), root))
    get(app, f"/static/{name}", method, HTTP_IF_NONE_MATCH=if_none_match, SCRIPT_NAME="", QUERY_STRING="")


def test_a_status_has_its_phrase(root):
    app = StaticFiles(wsgi_page, root)
    assert get(app, f"/static/{site.APP}")[0] == "200 OK"
    assert get(app, f"/static/{site.APP}", HTTP_IF_NONE_MATCH="*")[0] == "304 Not Modified"
    assert get(app, f"/static/{site.APP}", "POST")[0] == "405 Method Not Allowed"


def test_the_servers_file_wrapper_is_used(root):
    opened = []

    def wrapper(file, size):
        opened.append(file)
        return [file.read(size)]

    assert (
        get(StaticFiles(wsgi_page, root), f"/static/{site.VIDEO}", **{"wsgi.file_wrapper": wrapper})[2]
        == site.BIG[:BLOCK]
    )
    opened.pop().close()
    assert not opened


def test_an_unread_answer_closes_its_file(root):
    environ = {"PATH_INFO": f"/static/{site.VIDEO}", "REQUEST_METHOD": "GET"}
    chunks = StaticFiles(wsgi_page, root)(environ, lambda *_: None)
    assert len(next(iter(chunks))) < len(site.BIG)
    chunks.close()
    assert chunks.file.closed


def test_prefix_is_below_the_mount_point(root):
    app = StaticFiles(wsgi_page, root)
    assert get(app, f"/static/{site.APP}", SCRIPT_NAME="/app")[2] == site.CSS
    assert get(app, f"/app/static/{site.APP}", SCRIPT_NAME="")[2] == PAGE


@pytest.mark.parametrize(
    ("prefix", "path"),
    [("/", "/"), ("", "/"), ("https://cdn.example/s/", "/s/"), ("/ä/", "/ä/"), ("a/b", "/a/b/")],
)
def test_prefixes(root, prefix, path):
    app = StaticFiles(wsgi_page, root, prefix)
    assert get(app, latin(f"{path}css/app.css"))[2] == site.CSS
    assert get(app, latin(f"{path}{site.NAMED}"))[2] == site.PICTURE
    assert get(app, latin(f"{path}other"))[2] == PAGE
    assert get(app, "")[2] == PAGE


def test_a_missing_manifest_is_told_at_start(root):
    with pytest.raises(ManifestError, match="Run collectstatic"):
        StaticFiles(wsgi_page, root, manifest="/none.json")


def test_other_requests_arrive_unchanged(root):
    sent = {"PATH_INFO": "/static/none", "REQUEST_METHOD": "POST", "anything": object()}
    received = []
    StaticFiles(lambda environ, _: received.append(dict(environ)) or [], root)(dict(sent), lambda *_: None)
    assert received == [sent]


@given(st.binary(), st.text(st.characters(codec="latin-1")))
def test_no_path_and_no_field_raises(root, path, if_none_match):
    app = StaticFiles(wsgi_page, root)
    for name in (path, site.APP.encode() + path, path + b".0123456789ab.css"):
        status, headers, body = get(
            app, f"/static/{name.decode('latin-1')}", HTTP_IF_NONE_MATCH=if_none_match
        )
        assert status[:3] in {"200", "304", "404"}, quote_from_bytes(name)
        assert body in {PAGE, site.CSS, b""} or headers["Cache-Control"] == "no-store"
