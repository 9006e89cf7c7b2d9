"""What every server must do with files that are lost, clients that leave and addresses that are odd.

A test module that has a fixture ``server`` inherits ``HttpCases``.
"""

from __future__ import annotations

import socket
from urllib.parse import quote

import pytest

from tests.processes import wait_until
from tests.serve import site
from tests.serve.apps import PAGE
from tests.serve.http import matches, parse, request_of
from tests.serve.servers import Server

STYLE = "text/css; charset=utf-8"
SCRIPT = "text/javascript; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"


def url(name: str) -> str:
    return "/static/" + quote(name)


# Paths that somebody may send who does not mean well, or whose program is broken.
ODD = {
    "dots": b"/static/../secret.txt",
    "dots below a folder": b"/static/css/../../secret.txt",
    "dots after two slashes": b"/static//../secret.txt",
    "encoded dots": b"/static/%2e%2e/secret.txt",
    "half encoded dots": b"/static/.%2E/secret.txt",
    "encoded slash": b"/static/..%2fsecret.txt",
    "encoded slashes": b"/static/css%2f..%2f..%2fsecret.txt",
    "all encoded": b"/static/%2e%2e%2fsecret.txt",
    "encoded twice": b"/static/%252e%252e%252fsecret.txt",
    "backslash": b"/static/..\\secret.txt",
    "encoded backslash": b"/static/..%5csecret.txt",
    "overlong UTF-8 dots": b"/static/%c0%ae%c0%ae/secret.txt",
    "overlong UTF-8 slash": b"/static/..%c0%afsecret.txt",
    "fullwidth dots": b"/static/%ef%bc%8e%ef%bc%8e/secret.txt",
    "absolute": b"/static//etc/passwd",
    "encoded absolute": b"/static/%2fetc%2fpasswd",
    "file URL": b"/static/file:///etc/passwd",
    "absolute target": b"http://127.0.0.1/static/..%2fsecret.txt",
    "no leading slash": b"static/../secret.txt",
    "asterisk": b"*",
    "not in the manifest": b"/static/unlisted.txt",
    "hidden": b"/static/.env",
    "manifest": b"/static/staticfiles.json",
    "folder": b"/static/css",
    "folder with slash": b"/static/css/",
    "file with slash": b"/static/css/app.css/",
    "file as a folder": b"/static/css/app.css/..",
    "dot segment": b"/static/./unlisted.txt",
    "root": b"/static/",
    "root without slash": b"/static",
    "two slashes": b"//static//unlisted.txt",
    "NUL": b"/static/%00",
    "NUL after a name": b"/static/unlisted.txt%00",
    "NUL before an extension": b"/static/unlisted.txt%00.css",
    "line break": b"/static/a%0d%0aSet-Cookie:%20a=b",
    "not UTF-8": b"/static/%ff%fe.css",
    "not UTF-8, with a digest": b"/static/%ff.0123456789ab.css",
    "lone surrogate": b"/static/%ed%a0%80.css",
    "lone surrogate, with a digest": b"/static/%ed%a0%80.0123456789ab.css",
    "raw bytes": b"/static/\xff\xfe.css",
    "raw UTF-8": "/static/grüße.css".encode(),
    "percent sign": b"/static/%",
    "bad escape": b"/static/%zz.css",
    "cut escape": b"/static/%2",
    "long name": b"/static/" + b"a" * 10_000,
    "long name with a digest": b"/static/" + b"a" * 10_000 + b".0123456789ab.css",
    "deep": b"/static/" + b"a/" * 5_000,
    "many dots": b"/static/" + b"../" * 3_000 + b"etc/passwd",
}


class HttpCases:
    """What depends on the disk and on odd addresses; all else is asked in ``tests/conformance``."""

    def test_a_plain_name_has_the_bytes_of_the_release_whatever_lies_there_now(self, server: Server):
        assert (server.root / "css/app.css").read_bytes() == site.REPLACED
        matches(server.get("/static/css/app.css"), 200, site.CSS, etag=site.etag(site.APP))

    @pytest.mark.parametrize("target", ["/", "/static", "/static/", "/static/no.css", "/other/css/app.css"])
    def test_other_names_are_the_applications(self, server: Server, target: str):
        matches(server.get(target), 200, PAGE)

    def test_a_plain_name_that_is_not_published_is_the_applications(self, server: Server):
        matches(server.get("/static/js/main.js"), 200, PAGE)
        matches(server.get(url(site.ONLY_DIGESTED)), 200, site.BUNDLE)

    @pytest.mark.parametrize("lost", site.LOST)
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_a_file_that_was_lost_is_missing(self, server: Server, method: str, lost: str):
        matches(server.get(url(site.LOST[lost]), method), 404, type=PLAIN, cache="no-store")

    def test_a_plain_name_whose_file_was_lost_is_missing_too(self, server: Server):
        matches(server.get("/static/js/vanished.js"), 404, type=PLAIN, cache="no-store")

    def test_a_tag_does_not_make_a_lost_digest_known(self, server: Server):
        matches(server.get(url(site.UNKNOWN_DIGEST), if_none_match="*"), 404, cache="no-store")

    @pytest.mark.parametrize("target", ODD.values(), ids=ODD)
    def test_an_odd_path_reaches_no_file_and_breaks_nothing(self, server: Server, target: bytes):
        received = server.wire(request_of(target))
        assert site.SECRET not in received
        assert b"root:" not in received
        assert b"immutable" not in received
        if received:  # a server may hang up on what is no HTTP
            assert parse(received, "GET").status < 500

    def test_no_file_stays_open(self, server: Server):
        for _ in range(100):
            matches(server.get(url(site.APP)), 200, site.CSS)
            matches(server.get(url(site.EMPTY)), 200, b"")
            matches(server.get(url(site.APP), "HEAD"), 200)
            matches(server.get(url(site.APP), if_none_match="*"), 304)
            matches(server.get(url(site.SHORTENED)), 404)
        wait_until(lambda: not server.open_files(), "the files are closed")

    def test_a_client_that_leaves_early_leaves_no_file_open(self, server: Server):
        for _ in range(5):
            with socket.create_connection(server.address, timeout=10) as connection:
                connection.sendall(request_of(url(site.VIDEO)))
                assert connection.recv(1)
        wait_until(lambda: not server.open_files(), "the files are closed")
        matches(server.get(url(site.APP)), 200, site.CSS)
