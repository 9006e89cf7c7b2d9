"""``manage.py stator purge``: what is told to whom, what is printed, and exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from stator.manifest import Manifest
from stator.manifest_text import from_json
from tests.django.conftest import Project
from tests.django.test_stator_command import collect, failure, stator
from tests.publish.purge.listening import Listener, Reply, listening
from tests.sites import write

TOKEN = "s3cr3t-T0ken"
SITE = "https://www.example.com"


@pytest.fixture
def cdn() -> Iterator[Listener]:
    with listening(lambda _: Reply(b'{"success":true}')) as listener:
        yield listener


@pytest.fixture
def site(project: Project, cdn: Listener, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A site with two releases, of which the second has another ``x.png``, behind a CDN."""
    monkeypatch.setenv("CDN_TOKEN", TOKEN)
    root_files = write(project.folder / "top", {"robots.txt": "", ".hidden": "", ".well-known/a.txt": ""})
    rules = {"SERVICE": "cloudflare", "ZONE": "z1", "TOKEN_ENV": "CDN_TOKEN", "SITE": SITE, "URL": cdn.origin}
    with project.settings(STATOR={"PURGE": rules, "ROOT_FILES": root_files}):
        project.write({"a.css": "a{b:url(x.png)}", "x.png": "x", "same.js": "1"})
        collect(-2)
        project.write({"x.png": "second"})
        collect(-1)
        yield project


def manifest(project: Project) -> Manifest:
    return from_json((project.root / "staticfiles.json").read_bytes())


def told(cdn: Listener) -> list[object]:
    return [json.loads(asked.body) for asked in cdn.asked]


def test_what_the_release_changed_is_told(site: Project, cdn: Listener) -> None:
    said = stator("purge")
    paths = manifest(site).paths
    names = ["static/a.css", "static/x.png", f"static/{paths['a.css']}", f"static/{paths['x.png']}"]
    (body,) = cdn.asked
    assert set(json.loads(body.body)["files"]) == {
        f"{SITE}/{name}" for name in (*names, "robots.txt", ".well-known/a.txt")
    }
    assert body.fields["authorization"] == f"Bearer {TOKEN}"
    assert said == "6 names purged at Cloudflare, in 1 request.\n"


def test_after_a_rollback_it_is_the_way_back_that_is_told(site: Project, cdn: Listener) -> None:
    stator("rollback", verbosity=0)
    stator("purge", verbosity=0)
    paths = manifest(site).paths
    names = {"a.css", "x.png", paths["a.css"], paths["x.png"]}
    files = set(json.loads(cdn.asked[0].body)["files"])
    assert {url for url in files if "/static/" in url} == {f"{SITE}/static/{name}" for name in names}


def test_a_dry_run_tells_people_and_nobody_else(
    site: Project, cdn: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CDN_TOKEN")
    said = stator("purge", "--dry-run")
    assert f"{SITE}/static/x.png (changed with this release)\n" in said
    assert f"{SITE}/robots.txt (at /)\n" in said
    assert said.endswith("6 names would be purged at Cloudflare, in 1 request.\n")
    assert cdn.asked == []


def test_explained_and_done(site: Project, cdn: Listener) -> None:
    said = stator("purge", "same.js", "--explain")
    assert said == (
        f"{SITE}/static/same.js (asked for)\n"
        f"{SITE}/static/{manifest(site).paths['same.js']} (asked for)\n"
        "2 names purged at Cloudflare, in 1 request.\n"
    )
    assert len(cdn.asked) == 1


def test_everything(site: Project, cdn: Listener) -> None:
    assert stator("purge", "--all") == "Everything purged at Cloudflare, in 1 request.\n"
    assert told(cdn) == [{"purge_everything": True}]


def test_a_prefix_and_a_key(site: Project, cdn: Listener) -> None:
    stator("purge", "img/*", "key:products", verbosity=0)
    assert told(cdn) == [{"prefixes": ["www.example.com/static/img/"]}, {"tags": ["products"]}]


def test_nothing_changed(project: Project, cdn: Listener) -> None:
    rules = {"SERVICE": "varnish", "URL": cdn.origin, "SITE": SITE}
    with project.settings(STATOR={"PURGE": rules, "KEEP_PLAIN": False}):
        project.write({"a.css": "a{}"})
        collect()
        assert stator("purge") == "Nothing to purge at Varnish.\n"
    assert cdn.asked == []


def test_without_the_setting(project: Project) -> None:
    error = failure("purge")
    assert error.returncode == 2
    assert "STATOR['PURGE'] is not set" in str(error)


def test_everything_and_names_is_wrong_use(site: Project) -> None:
    assert failure("purge", "--all", "x.png").returncode == 2


def test_without_the_variable(site: Project, cdn: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CDN_TOKEN")
    error = failure("purge")
    assert error.returncode == 2
    assert "The environment variable CDN_TOKEN is not set." in str(error)
    assert cdn.asked == []


def test_before_the_first_collect(site: Project) -> None:
    Path(site.root / "staticfiles.json").unlink()
    assert failure("purge").returncode == 2


def test_a_refusal_ends_with_3_and_no_secret(site: Project) -> None:
    reply = Reply(b'{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}', 403)
    with listening(lambda _: reply) as listener:
        rules = {"SERVICE": "cloudflare", "ZONE": "z1", "TOKEN": TOKEN, "SITE": SITE, "URL": listener.origin}
        with site.settings(STATOR={"PURGE": rules}):
            error = failure("purge")
    assert error.returncode == 3
    assert "Cloudflare: 403 Forbidden: Authentication error (10000)." in str(error)
    assert TOKEN not in f"{error!r}{error}"


def test_a_service_that_wants_hosts_is_told_one(site: Project, cdn: Listener) -> None:
    with site.settings(STATOR={"PURGE": {"SERVICE": "varnish", "URL": cdn.origin}}):
        error = failure("purge")
    assert error.returncode == 2
    assert "STATOR['PURGE']['SITE']" in str(error)
