from __future__ import annotations

import json
import os

import pytest

from stator import manifest as manifests
from stator import manifest_text
from stator.errors import ManifestError
from stator.fields import IMMUTABLE, REVALIDATE
from stator.manifest import Manifest
from stator.manifest_index import ManifestIndex
from stator.serve.file_table import load_table, path_prefix, table_of_index
from stator.serve.request import Request
from stator.serve.response import respond
from tests.serve import site
from tests.sites import write

HASHED = "js/main.0a1b2c3d4e5f.js"


NAMES = ["js/main.js", HASHED, "a b/ü.css"]


def names(table, *more):
    """Return those of some names that a table has."""
    asked = {*NAMES, *more, *site.MANIFEST.paths, *site.MANIFEST.files, site.OLD_APP, site.OLD_APP.upper()}
    return {name for name in asked if table.get(name) is not None}


def form(table, name):
    return table.get(name).forms[0]


def caching(table):
    return {name: dict(form(table, name).validators)["Cache-Control"] for name in NAMES}


@pytest.fixture
def root(tmp_path):
    return write(tmp_path / "public", {"js/main.js": b"1", HASHED: b"1", "a b/ü.css": b""})


class TestManifest:
    def test_only_what_the_manifest_names_is_published(self, tmp_path):
        root = site.publish(tmp_path / "public")
        plain = {"css/app.css", "empty.txt", "img/grüße aus köln.svg", "js/vanished.js"}
        assert names(load_table(str(root))) == {*site.MANIFEST.files, site.OLD_APP, *plain}

    def test_all_plain_names(self):
        files = site.MANIFEST.files
        table = table_of_index(ManifestIndex(Manifest("1", site.MANIFEST.paths, files, plain=True)), "/srv")
        assert names(table) == {*files, *site.MANIFEST.paths}

    def test_no_plain_names(self):
        files = site.MANIFEST.files
        table = table_of_index(ManifestIndex(Manifest("1", site.MANIFEST.paths, files, plain=False)), "/srv")
        assert names(table) == set(files)

    def test_the_manifest_can_live_elsewhere(self, tmp_path, root):
        write(tmp_path, {"release.json": manifest_text.to_json(site.MANIFEST)})
        elsewhere = load_table(str(root), str(tmp_path / "release.json"))
        assert names(elsewhere) == names(site.table(root))

    def test_a_manifest_that_is_named_must_be_there(self, root):
        with pytest.raises(ManifestError, match=r"no manifest at .*/none\.json"):
            load_table(str(root), str(root / "none.json"))

    @pytest.mark.parametrize(
        "content", [b"", b"{}", b"[]", b"\xff", b'{"stator": {"format": 2}}', b"[" * 10**5]
    )
    def test_a_manifest_that_cannot_be_read_is_an_error(self, root, content):
        write(root, {manifests.NAME: content})
        with pytest.raises(ManifestError):
            load_table(str(root))


class TestFolder:
    def test_without_a_manifest_the_folder_is_walked(self, root):
        assert caching(load_table(str(root))) == dict.fromkeys(
            ["js/main.js", HASHED, "a b/ü.css"], REVALIDATE
        )

    def test_a_pattern_says_what_never_changes(self, root):
        table = load_table(str(root), immutable=r"\.[0-9a-f]{12}\.")
        assert caching(table) == {"js/main.js": REVALIDATE, HASHED: IMMUTABLE, "a b/ü.css": REVALIDATE}

    def test_so_does_djangos_own_manifest(self, root):
        paths = {"js/main.js": HASHED, "a b/ü.css": "a b/ü.css"}
        write(root, {manifests.NAME: json.dumps({"paths": paths, "version": "1.1", "hash": "x"})})
        found = caching(load_table(str(root)))
        assert (found["js/main.js"], found[HASHED]) == (REVALIDATE, IMMUTABLE)

    def test_a_folder_that_is_not_there_has_no_files(self, tmp_path):
        assert names(load_table(str(tmp_path / "none"))) == set()

    def test_hidden_files_and_folders_are_not_published(self, root):
        hidden = {".env": site.SECRET, ".git/config": site.SECRET, "js/.htaccess": site.SECRET}
        write(root, hidden)
        assert names(load_table(str(root)), *hidden) == set(NAMES)

    def test_symbolic_links_that_lead_out_are_not_published(self, root, tmp_path):
        write(tmp_path, {"secret.txt": site.SECRET, "public-too/secret.txt": site.SECRET})
        (root / "out.txt").symlink_to(tmp_path / "secret.txt")
        (root / "beside.txt").symlink_to(tmp_path / "public-too/secret.txt")
        (root / "folder").symlink_to(tmp_path)
        (root / "chain.txt").symlink_to("out.txt")
        (root / "nowhere.txt").symlink_to("none.txt")
        (root / "circle.txt").symlink_to("circle.txt")
        links = ["out.txt", "beside.txt", "folder/secret.txt", "chain.txt", "nowhere.txt", "circle.txt"]
        assert names(load_table(str(root)), *links) == set(NAMES)

    def test_symbolic_links_that_stay_inside_are(self, root):
        (root / "link.js").symlink_to("js/main.js")
        assert load_table(str(root)).get("link.js").forms

    def test_the_folder_itself_may_be_a_link(self, root, tmp_path):
        (tmp_path / "current").symlink_to(root)
        assert names(load_table(str(tmp_path / "current"))) == set(NAMES)

    def test_what_is_no_file_is_not_published(self, root):
        os.mkfifo(root / "pipe.css")
        assert names(load_table(str(root)), "pipe.css") == set(NAMES)

    def test_an_unknown_digest_is_known_to_be_one(self, root):
        assert respond(load_table(str(root)), Request("GET"), "js/main.999999999999.js").status == 404

    @pytest.mark.parametrize(("content", "time"), [(b"2", 1), (b"22", 0)], ids=["other time", "other size"])
    def test_a_changed_file_has_another_etag(self, root, content, time):
        etags = set()
        for written, at in ((b"1", 0), (content, time)):
            write(root, {"js/main.js": written})
            os.utime(root / "js/main.js", ns=(at, at))
            etags.add(form(load_table(str(root)), "js/main.js").etag)
        assert len(etags) == 2


PREFIXES = {
    "/static/": "/static/",
    "static": "/static/",
    "/static": "/static/",
    "/assets/static/": "/assets/static/",
    "/": "/",
    "": "/",
    "https://cdn.example/static/": "/static/",
    "https://cdn.example/": "/",
    "https://cdn.example": "/",
    "//cdn.example/static/": "/static/",
    "/st%C3%A4tic/": "/stätic/",
    "/stätic/": "/stätic/",
}


@pytest.mark.parametrize("url", PREFIXES)
def test_the_path_of_a_static_url(url):
    assert path_prefix(url) == PREFIXES[url]
