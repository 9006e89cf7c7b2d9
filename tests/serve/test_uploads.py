"""Uploads, without a server: which paths lead to a file, and what is said with it."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stator.config import UploadRules
from stator.serve import uploads
from stator.serve.body import opened
from stator.serve.request import Request
from stator.serve.uploads import is_upload, respond
from tests.serve.servers import open_files
from tests.sites import write

SECRET = b"what the public must never read"
FILM = bytes(range(256)) * 4096
PNG = b"\x89PNG"
OPEN = UploadRules()
PRIVATE = UploadRules(private=(("invoices/", "shop.access.may_read"),))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "media"
    write(
        folder, {"film.mp4": FILM, "covers/a b ü.png": PNG, "evil.svg": "<svg/>", "invoices/1.pdf": b"%PDF"}
    )
    write(folder, {"empty.txt": b"", "a/b/c/d/deep.png": PNG, f"{'l' * 251}.png": PNG})
    write(folder, {"../secret.txt": SECRET, "../media-too/secret.txt": SECRET})
    write(folder, {".env": SECRET, ".git/config": SECRET, "covers/.hidden/x.png": SECRET, "~.png": PNG})
    for link, target in {
        "inside.png": "covers/a b ü.png",
        "folder": "covers",
        "out.txt": "../secret.txt",
        "absolute.txt": str(folder.parent / "secret.txt"),
        "out-folder": "..",
        "sibling": "../media-too",
        "twice": "out-folder",
        "to-hidden.png": ".env",
        "circle": "circle",
        "dangling": "nothing",
        "into-private.pdf": "invoices/1.pdf",
        "invoices/from-private.png": "../covers/a b ü.png",
        "itself": ".",
    }.items():
        (folder / link).symlink_to(target)
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(folder)  # the path of a socket must be short
        try:
            listener.bind("socket")
        finally:
            os.chdir(here)
    return folder


@pytest.fixture(autouse=True)
def _no_file_stays_open(root: Path):
    yield
    assert open_files(root, os.getpid()) == []


def get(root: Path, name: str, method: str = "GET", rules: UploadRules = OPEN, **fields: str):
    """Return status, fields and body, or ``None`` for what is missing."""
    response = respond(str(root), name, Request(method, **fields), rules)
    if response is None:
        return None
    response, body = opened(response, method)
    content = b"".join(body) if body else response.body
    if body:
        body.close()
    return response.status, dict(response.headers), content


# What is sent


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("film.mp4", FILM),
        ("covers/a b ü.png", PNG),
        ("empty.txt", b""),
        ("a/b/c/d/deep.png", PNG),
        ("~.png", PNG),
        (f"{'l' * 251}.png", PNG),
        ("inside.png", PNG),
        ("folder/a b ü.png", PNG),
        ("itself/itself/covers/a b ü.png", PNG),
    ],
)
def test_an_upload_is_sent(root, name, content):
    status, fields, body = get(root, name)
    assert (status, body) == (200, content)
    assert fields["Content-Length"] == str(len(content))
    assert fields["Accept-Ranges"] == "bytes"
    assert fields["Last-Modified"].endswith(" GMT")
    assert fields["X-Content-Type-Options"] == "nosniff"
    assert fields["Cache-Control"] == "no-cache"
    assert "Access-Control-Allow-Origin" not in fields


def test_a_root_that_is_a_link_is_followed(root, tmp_path):
    (tmp_path / "current").symlink_to(root)
    assert get(tmp_path / "current", "inside.png")[2] == PNG


def test_an_active_type_is_an_attachment(root):
    _, fields, _ = get(root, "evil.svg")
    assert fields["Content-Disposition"] == 'attachment; filename="evil.svg"'
    assert fields["Content-Security-Policy"].startswith("sandbox")


def test_head_has_the_fields_of_get(root):
    status, fields, body = get(root, "film.mp4", "HEAD")
    assert (status, fields, body) == (200, get(root, "film.mp4")[1], b"")


def test_a_film_can_be_sought(root):
    status, fields, body = get(root, "film.mp4", range="bytes=100-199")
    assert (status, body) == (206, FILM[100:200])
    assert fields["Content-Range"] == f"bytes 100-199/{len(FILM)}"
    assert get(root, "film.mp4", range="bytes=-5")[2] == FILM[-5:]
    assert get(root, "film.mp4", range=f"bytes={len(FILM)}-")[0] == 416


def test_what_the_client_has_is_not_sent_again(root):
    _, fields, _ = get(root, "film.mp4")
    assert not fields["ETag"].startswith("W/")
    status, kept, body = get(root, "film.mp4", if_none_match=fields["ETag"])
    assert (status, body) == (304, b"")
    assert kept == {"ETag": fields["ETag"], "Cache-Control": "no-cache"}
    assert get(root, "film.mp4", if_modified_since=fields["Last-Modified"])[0] == 304
    assert get(root, "film.mp4", if_match='"other"')[0] == 412
    assert get(root, "film.mp4", range="bytes=0-0", if_range=fields["ETag"])[0] == 206
    assert get(root, "film.mp4", range="bytes=0-0", if_range='"other"')[0] == 200


@pytest.mark.parametrize("change", ["content", "time", "file"])
def test_what_has_changed_has_another_tag(tmp_path, change):
    file = tmp_path / "cover.png"
    file.write_bytes(b"one")
    os.utime(file, ns=(10**18, 10**18))
    before = get(tmp_path, "cover.png")[1]["ETag"]
    if change == "content":
        file.write_bytes(b"other")
    if change == "file":  # of the same size and time
        (tmp_path / "new.png").write_bytes(b"two")
        (tmp_path / "new.png").rename(file)
    os.utime(file, ns=(10**18, 10**18 + (change == "time")))
    assert get(tmp_path, "cover.png")[1]["ETag"] != before


def test_options_promises_no_other_origin_anything(root):
    assert get(root, "film.mp4", "OPTIONS", preflight="GET") == (204, {"Allow": "GET, HEAD, OPTIONS"}, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "BREW"])
def test_an_upload_can_only_be_read(root, method):
    status, fields, _ = get(root, "film.mp4", method)
    assert (status, fields["Allow"], fields["Cache-Control"]) == (405, "GET, HEAD, OPTIONS", "no-store")


# What is missing

MISSING = {
    "empty": "",
    "nothing": "nothing.png",
    "folder": "covers",
    "folder with slash": "covers/",
    "link to the root": "itself",
    "file with slash": "film.mp4/",
    "file as a folder": "film.mp4/x",
    "dots": "../secret.txt",
    "dots below": "covers/../../secret.txt",
    "dots that stay inside": "covers/../film.mp4",
    "dot segment": "./film.mp4",
    "dot segment below": "covers/./a b ü.png",
    "two slashes": "covers//a b ü.png",
    "absolute": "/etc/passwd",
    "still encoded dots": "%2e%2e/secret.txt",
    "backslash": "..\\secret.txt",
    "backslash below": "covers\\a b ü.png",
    "NUL": "film.mp4\0",
    "NUL before an extension": "film.mp4\0.png",
    "line end": "film.mp4\n",
    "lone surrogate": "\udcff.png",
    "long name": "a" * 256,
    "longer name": "a" * 10_000,
    "deep": "a/" * 5_000 + "x.png",
    "deep and there": "itself/" * 2_000 + "film.mp4",
    "hidden": ".env",
    "in a hidden folder": ".git/config",
    "in a hidden folder below": "covers/.hidden/x.png",
    "link to a hidden file": "to-hidden.png",
    "link out": "out.txt",
    "absolute link out": "absolute.txt",
    "folder linked out": "out-folder/secret.txt",
    "folder linked out, and back": "out-folder/media/film.mp4/../../secret.txt",
    "sibling that begins alike": "sibling/secret.txt",
    "link to a link out": "twice/secret.txt",
    "circle": "circle",
    "below a circle": "circle/x",
    "dangling": "dangling",
    "pipe": "pipe",
    "socket": "socket",
}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize("name", MISSING.values(), ids=MISSING)
def test_anything_else_is_missing(root, name, method):
    assert get(root, name, method) is None


@pytest.mark.needs("root")
def test_a_device_is_missing(tmp_path):
    os.mknod(tmp_path / "device.png", stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero
    assert get(tmp_path, "device.png") is None


def test_a_root_that_is_not_there_has_nothing(tmp_path):
    assert get(tmp_path / "media", "film.mp4") is None


def test_what_cannot_be_read_is_missing_and_told(tmp_path, monkeypatch, caplog):
    write(tmp_path, {"cover.png": PNG})
    (tmp_path / "cover.png").chmod(0)
    if os.geteuid() == 0:  # whom nothing is forbidden
        refused = PermissionError(13, "Permission denied")
        monkeypatch.setattr(uploads, "_open_below", lambda *_: (_ for _ in ()).throw(refused))
    assert get(tmp_path, "cover.png") is None
    assert caplog.messages == ["The upload cover.png cannot be read: Permission denied"]


def test_what_is_put_into_its_place_after_the_check_is_not_followed(tmp_path, monkeypatch):
    """Between following links and opening, somebody changes a folder for a link that leads out."""
    root = write(tmp_path / "media", {"covers/x.png": PNG, "../out/x.png": SECRET})
    follow = os.path.realpath

    def then_swap(path, **how):
        real = follow(path, **how)
        if real.endswith("x.png"):
            (root / "covers").rename(root / "before")
            (root / "covers").symlink_to(tmp_path / "out")
        return real

    monkeypatch.setattr(os.path, "realpath", then_swap)
    assert get(root, "covers/x.png") is None


def test_what_was_opened_is_what_is_sent(tmp_path):
    write(tmp_path, {"x.txt": b"as it was checked", "new": SECRET[:17]})
    response = respond(str(tmp_path), "x.txt", Request("GET"), OPEN)
    (tmp_path / "new").rename(tmp_path / "x.txt")
    _, body = opened(response, "GET")
    assert b"".join(body) == b"as it was checked"
    body.close()


PIECES = st.sampled_from(
    ["..", ".", "", "covers", "secret.txt", "out-folder", "%2e", "film.mp4", "\\", "\0", "twice"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text()), max_size=6).map("/".join)))
@example("../media/film.mp4")
def test_no_path_leads_out_or_breaks_anything(root, name):
    answer = get(root, name)
    assert answer is None or SECRET not in answer[2]
    assert answer is None or is_upload(name)


# Private folders


def test_a_guarded_upload_is_not_for_shared_caches(root):
    assert get(root, "invoices/1.pdf", rules=PRIVATE)[1]["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("name", ["into-private.pdf", "itself/invoices/1.pdf", "invoices/from-private.png"])
def test_a_link_does_not_lead_past_a_guard(root, name):
    assert get(root, name, rules=PRIVATE) is None
    assert get(root, name) is not None


@pytest.mark.parametrize(
    ("sendfile", "told"), [("X-Accel-Redirect", "/_stator/media/"), ("X-Sendfile", "{root}/")]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_web_server_is_told_to_send_it(tmp_path, sendfile, told, method):
    root = write(tmp_path, {"invoices/Nr. 1 & 50%ü.pdf": b"%PDF"})
    rules = PRIVATE._replace(sendfile=sendfile)
    status, fields, body = get(
        root, "invoices/Nr. 1 & 50%ü.pdf", method, rules, range="bytes=0-0", if_none_match="*"
    )
    assert (status, body, fields["Content-Length"]) == (200, b"", "0")
    assert fields[sendfile] == told.format(root=root) + "invoices/Nr.%201%20%26%2050%25%C3%BC.pdf"
    assert fields["Content-Type"] == "application/pdf"
    assert fields["Content-Security-Policy"].startswith("sandbox")
    assert fields["Content-Disposition"].startswith("attachment")
    assert fields["X-Content-Type-Options"] == "nosniff"
    assert fields["Cache-Control"] == "private, no-cache"
    assert "Accept-Ranges" not in fields


def test_what_is_public_is_sent_by_us_all_the_same(root):
    _, fields, body = get(root, "film.mp4", rules=PRIVATE._replace(sendfile="X-Sendfile"))
    assert body == FILM
    assert "X-Sendfile" not in fields


@pytest.mark.parametrize("name", ["invoices/none.pdf", "invoices/../film.mp4", "invoices/.hidden"])
def test_the_web_server_is_told_of_nothing_that_is_missing(root, name):
    assert get(root, name, rules=PRIVATE._replace(sendfile="X-Sendfile")) is None


@pytest.mark.parametrize(("method", "status"), [("POST", 405), ("OPTIONS", 204)])
def test_the_web_server_is_told_only_of_what_is_to_be_sent(root, method, status):
    answer = get(root, "invoices/1.pdf", method, PRIVATE._replace(sendfile="X-Sendfile"))
    assert answer[0] == status
    assert "X-Sendfile" not in answer[1]
