"""What is served while releases come and go."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from stator import manifest as manifests
from stator import manifest_text
from stator.errors import ConfigError
from stator.manifest import Content, Manifest
from stator.paths import digested_path
from stator.serve import site as sites
from stator.serve.request import Request
from stator.serve.site import Site, site_of
from tests.processes import wait_until
from tests.sites import write

GET = Request("GET")


def publish(root: Path, content: bytes) -> str:
    """Publish a release of one file; return its digested name."""
    sha256 = hashlib.sha256(content).digest()
    name = digested_path("app.css", sha256.hex()[:12])
    manifest = Manifest(
        sha256.hex()[:16], {"app.css": name}, {name: Content(len(content), sha256)}, plain=True
    )
    new = root / "staticfiles.new"
    write(root, {name: content, new.name: manifest_text.to_json(manifest)})
    new.rename(root / manifests.NAME)
    return name


def body(site: Site, name: str) -> bytes | None:
    served = site.served
    response = site.respond(f"/static/{name}", GET)
    return None if response is None or response.status != 200 else served.body_of(response)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "public"


def test_a_new_release_is_served_without_a_restart(root):
    publish(root, b"one")
    site = site_of(str(root))
    publish(root, b"two!")
    assert body(site, "app.css") == b"one"
    site.look()
    wait_until(lambda: body(site, "app.css") == b"two!", "the new release is served")


def test_a_page_of_the_new_release_finds_its_files_at_once(root):
    publish(root, b"one")
    site = site_of(str(root))
    assert body(site, publish(root, b"two!")) == b"two!"
    assert body(site, "app.css") == b"two!"


def test_nothing_is_read_again_while_nothing_changes(root, monkeypatch):
    publish(root, b"one")
    site = site_of(str(root))
    before = site.served
    monkeypatch.setattr(sites, "load_table", lambda *_: pytest.fail("read again"))
    site.look(wait=True)
    assert site.respond("/static/app.0123456789ab.css", GET).status == 404
    assert site.served is before


@pytest.mark.parametrize("broken", [b"{", b""])
def test_a_broken_release_leaves_the_one_before(root, caplog, broken):
    publish(root, b"one")
    site = site_of(str(root))
    (root / manifests.NAME).write_bytes(broken)
    site.look(wait=True)
    assert body(site, "app.css") == b"one"
    assert "cannot" in caplog.text or "not a manifest" in caplog.text
    publish(root, b"two!")
    site.look(wait=True)
    assert body(site, "app.css") == b"two!"


def test_a_manifest_that_is_gone_leaves_the_release(root):
    publish(root, b"one")
    site = site_of(str(root))
    (root / manifests.NAME).unlink()
    site.look(wait=True)
    assert body(site, "app.css") == b"one"


def test_a_first_release_is_noticed(root):
    root.mkdir()
    site = site_of(str(root))
    assert site.respond("/static/app.css", GET) is None
    publish(root, b"one")
    site.look(wait=True)
    assert body(site, "app.css") == b"one"


def test_a_rollback_gives_a_plain_name_a_later_date(root):
    """Else a client that has only the date would keep the release that was taken back."""
    publish(root, b"two!")
    os.utime(root / manifests.NAME, (2_000_000_000, 2_000_000_000))
    site = site_of(str(root))
    dates = dict(site.respond("/static/app.css", GET).headers)
    assert dates["Last-Modified"] == "Wed, 18 May 2033 03:33:20 GMT"


def test_a_big_file_is_not_kept_in_memory(root):
    name = publish(root, b"x" * (sites.SMALL + 1))
    assert body(site_of(str(root)), name) is None


def test_memory_has_a_limit(root, monkeypatch):
    monkeypatch.setattr(sites, "MEMORY", 10)
    monkeypatch.setattr(sites, "MOST_READY", 5)
    write(root, {f"{number}.css": b"12345678" for number in range(20)})
    site = site_of(str(root))
    for number in range(20):
        assert body(site, f"{number}.css") == b"12345678"
        site.served.keep(number, "sent")
    assert len(site.served.ready) <= 5


def test_root_files_are_served_at_the_root_and_nothing_else_is(root, tmp_path):
    publish(root, b"one")
    top = {
        "robots.txt": b"User-agent: *\n",
        ".well-known/security.txt": b"",
        "a/b.txt": b"b",
        ".env": b"secret",
    }
    write(tmp_path / "top", top)
    site = site_of(str(root), root_files=str(tmp_path / "top"))
    answer = site.respond("/robots.txt", GET)
    assert (answer.status, dict(answer.headers)["Cache-Control"]) == (200, "no-cache")
    assert site.respond("/a/b.txt", GET).status == 200
    assert site.respond("/.well-known/security.txt", GET).status == 200
    for path in ("/", "/other.txt", "/.env", "/static/robots.txt", "robots.txt", ""):
        assert site.respond(path, GET) is None, path


def test_extra_fields_by_pattern(root):
    name = publish(root, b"one")
    headers = {"*.css": {"X-Kind": "style", "Access-Control-Allow-Origin": None}, "app.css": {"X-One": "1"}}
    site = site_of(str(root), headers=headers)
    for asked in (name, "app.css"):
        fields = dict(site.respond(f"/static/{asked}", GET).headers)
        assert (fields["X-Kind"], fields["X-One"]) == ("style", "1")
        assert "Access-Control-Allow-Origin" not in fields


@pytest.mark.parametrize("headers", [{"*": {"ETag": "x"}}, {"*": {"X": "a\r\nb"}}, {"*": "x"}, ["x"]])
def test_fields_that_cannot_be_are_told(root, headers):
    root.mkdir()
    with pytest.raises(ConfigError, match="HEADERS"):
        site_of(str(root), headers=headers)
