"""What servers may do differently under ASGI 3; what all do alike is in ``tests/conformance``."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.errors import ManifestError
from stator.serve.asgi import StaticFiles
from stator.serve.body import BLOCK
from tests.serve import site
from tests.serve.apps import PAGE, asgi_page
from tests.serve.servers import open_files


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return str(site.publish(tmp_path_factory.mktemp("site") / "public"))


async def no_receive():
    """Wait, as for a client that stays and says nothing more."""
    await asyncio.Event().wait()


def scope_of(path, method="GET", headers=(), **more):
    return {"type": "http", "method": method, "path": path, "headers": list(headers), **more}


def messages(app, scope):
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, no_receive, send))
    return sent


def get(app, path, method="GET", headers=(), **more):
    start, *bodies = messages(app, scope_of(path, method, headers, **more))
    assert start["type"] == "http.response.start"
    assert [message.get("more_body", False) for message in bodies] == [True] * (len(bodies) - 1) + [False]
    return start["status"], dict(start["headers"]), b"".join(message["body"] for message in bodies)


def test_names_of_fields_are_lower_case_bytes(root):
    _, headers, body = get(StaticFiles(asgi_page, root), f"/static/{site.APP}")
    assert body == site.CSS
    assert set(headers) == {
        b"content-type",
        b"content-length",
        b"etag",
        b"cache-control",
        b"x-content-type-options",
        b"last-modified",
        b"accept-ranges",
        b"access-control-allow-origin",
        b"cross-origin-resource-policy",
    }


def test_a_big_file_is_sent_in_blocks(root):
    sent = messages(StaticFiles(asgi_page, root), scope_of(f"/static/{site.VIDEO}"))
    assert max(len(message.get("body", b"")) for message in sent) == BLOCK


def test_several_lines_of_a_field_are_one_list(root):
    lines = [(b"if-none-match", b'"a"'), (b"accept", b"*"), (b"if-none-match", site.etag(site.APP).encode())]
    assert get(StaticFiles(asgi_page, root), f"/static/{site.APP}", headers=lines)[0] == 304


@pytest.mark.parametrize("kind", ["lifespan", "websocket", "something later"])
def test_other_scopes_are_the_applications(root, kind):
    received = []

    async def app(scope, receive, send):
        received.append(scope)

    scope = (
        {"type": kind} if kind == "lifespan" else {"type": kind, "path": f"/static/{site.APP}", "headers": []}
    )
    assert messages(StaticFiles(app, root), scope) == []
    assert received == [scope]


def test_prefix_is_below_the_mount_point(root):
    app = StaticFiles(asgi_page, root)
    # ASGI's path holds the root path; some servers leave it out.
    assert get(app, f"/app/static/{site.APP}", root_path="/app")[2] == site.CSS
    assert get(app, f"/app/static/{site.APP}", root_path="/app/")[2] == site.CSS
    assert get(app, f"/static/{site.APP}", root_path="/app")[2] == site.CSS
    assert get(app, f"/static/{site.APP}", root_path="/")[2] == site.CSS
    assert get(app, f"/application/static/{site.APP}", root_path="/app")[2] == PAGE
    assert get(app, f"/app/static/{site.APP}")[2] == PAGE


@pytest.mark.parametrize(
    ("prefix", "path"),
    [("/", "/"), ("", "/"), ("https://cdn.example/s/", "/s/"), ("/ä/", "/ä/"), ("a/b", "/a/b/")],
)
def test_prefixes(root, prefix, path):
    app = StaticFiles(asgi_page, root, prefix)
    assert get(app, f"{path}css/app.css")[2] == site.CSS
    assert get(app, f"{path}{site.NAMED}")[2] == site.PICTURE
    assert get(app, f"{path}other")[2] == PAGE
    assert get(app, "")[2] == PAGE


def test_a_missing_manifest_is_told_at_start(root):
    with pytest.raises(ManifestError, match="Run collectstatic"):
        StaticFiles(asgi_page, root, manifest="/none.json")


@pytest.mark.parametrize("message", [0, 1, 2])
def test_a_connection_that_breaks_leaves_no_file_open(root, message):
    """Since ASGI 2.4 ``send`` raises when the client has gone."""
    app = StaticFiles(asgi_page, root)
    sent = []

    async def send(one):
        if len(sent) == message:
            raise OSError
        sent.append(one)

    with pytest.raises(OSError, match=r"^$"):
        asyncio.run(app(scope_of(f"/static/{site.VIDEO}"), no_receive, send))
    assert open_files(Path(root), os.getpid()) == []


@given(st.text(st.characters()), st.binary())
def test_no_path_and_no_field_raises(root, path, if_none_match):
    app = StaticFiles(asgi_page, root)
    for name in (path, site.APP + path, path + ".0123456789ab.css"):
        status, headers, body = get(app, f"/static/{name}", headers=[(b"if-none-match", if_none_match)])
        assert status in {200, 304, 404}
        assert body in {PAGE, site.CSS, b""} or headers[b"cache-control"] == b"no-store"
