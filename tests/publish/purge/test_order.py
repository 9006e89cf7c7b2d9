from __future__ import annotations

from pathlib import Path

import pytest

from stator.config import Options
from stator.errors import ConfigError
from stator.manifest import Manifest
from stator.manifest_text import from_json, to_json
from stator.publish.purge.order import (
    Addresses,
    Form,
    addresses,
    before,
    changes,
    order_of_changes,
    order_of_names,
)
from tests.publish.purge.rules import SITE
from tests.sites import PLAIN, Files, built, published, write

AT = Addresses((f"{SITE}/static/",), (f"{SITE}/",))
FIRST: Files = {"a.css": "a{b:url(x.png)}", "x.png": "x", "same.js": "1", "old.js": "1"}
SECOND: Files = {"a.css": "a{b:url(x.png)}", "x.png": "other", "same.js": "1", "new.js": "1"}


def release(folder: Path, files: Files, number: int, options: Options = PLAIN) -> Manifest:
    """Publish the files as the next release, and return what stands in the manifest then."""
    finished = built(write(folder / str(number), files), options=options)
    manifest = published(finished, folder / "root", keep=3, now=number).manifest
    assert manifest
    return from_json(to_json(manifest))


def names(new: Manifest, old: Manifest | None) -> set[str]:
    return {name for name, _ in changes(new, old)}


def test_what_changed_came_or_went_is_named_and_nothing_else(tmp_path: Path) -> None:
    old, new = release(tmp_path, FIRST, 1), release(tmp_path, SECOND, 2)
    digested = {new.paths[path] for path in ("a.css", "x.png", "new.js")}
    assert names(new, old) == {"a.css", "x.png", "new.js", "old.js"} | digested


def test_each_name_has_a_reason(tmp_path: Path) -> None:
    old, new = release(tmp_path, FIRST, 1), release(tmp_path, SECOND, 2)
    reasons = dict(changes(new, old))
    assert reasons["a.css"] == "changed with this release"
    assert reasons["old.js"] == "is not in this release"
    assert reasons["new.js"] == "came with this release; a cache may hold that it is missing"
    assert reasons[new.paths["a.css"]] == "came with this release; a cache may hold that it is missing"


def test_the_same_release_twice_changes_nothing(tmp_path: Path) -> None:
    manifest = release(tmp_path, FIRST, 1)
    assert names(manifest, manifest) == set()


def test_plain_names_that_are_not_published_are_not_named(tmp_path: Path) -> None:
    options = PLAIN._replace(keep_plain=False)
    old, new = release(tmp_path, FIRST, 1, options), release(tmp_path, SECOND, 2, options)
    assert names(new, old) == {new.paths[path] for path in ("a.css", "x.png", "new.js")}


def test_a_plain_name_that_comes_or_goes_alone_is_named(tmp_path: Path) -> None:
    without = PLAIN._replace(keep_plain=False)
    shown, hidden = release(tmp_path, FIRST, 1), release(tmp_path, FIRST, 2, without)
    assert names(hidden, shown) == names(shown, hidden) == set(FIRST)


def test_a_name_that_should_never_change_and_did_is_named(tmp_path: Path) -> None:
    options = PLAIN._replace(predigested=("*.js",))
    old = release(tmp_path, {"app-1.js": "1"}, 1, options)
    new = release(tmp_path, {"app-1.js": "2"}, 2, options)
    assert dict(changes(new, old)) == {"app-1.js": "changed, though its name never should"}


def test_without_a_release_before_every_plain_name_may_have_changed(tmp_path: Path) -> None:
    assert names(release(tmp_path, FIRST, 1), None) == set(FIRST)


def test_a_manifest_alone_knows_what_its_release_has_changed(tmp_path: Path) -> None:
    old, new = release(tmp_path, FIRST, 1), release(tmp_path, SECOND, 2)
    assert names(new, before(new)) == names(new, old)


def test_a_manifest_knows_what_a_release_changed_back(tmp_path: Path) -> None:
    release(tmp_path, FIRST, 1)
    release(tmp_path, SECOND, 2)
    again = release(tmp_path, FIRST, 3)
    assert {"a.css", "x.png", "new.js"} <= names(again, before(again))
    assert "same.js" not in names(again, before(again))


def test_a_manifest_knows_only_the_release_right_before(tmp_path: Path) -> None:
    release(tmp_path, FIRST, 1)
    release(tmp_path, {**FIRST, "same.js": "2"}, 2)
    third = release(tmp_path, {**FIRST, "same.js": "2", "x.png": "3"}, 3)
    assert "same.js" not in names(third, before(third))


def test_a_record_does_not_need_the_files(tmp_path: Path) -> None:
    old = release(tmp_path, FIRST, 1)
    for name in old.files:
        (tmp_path / "root" / name).unlink()
    new = release(tmp_path, SECOND, 2)
    assert names(new, before(new)) == names(new, old)


def test_a_record_of_an_older_version_knows_too_little(tmp_path: Path) -> None:
    release(tmp_path, FIRST, 1)
    new = release(tmp_path, SECOND, 2)
    older = new._replace(earlier=(new.earlier[0]._replace(differences=None),))
    assert names(older, before(older)) == set(SECOND)


def test_a_manifest_without_an_earlier_release_knows_nothing(tmp_path: Path) -> None:
    assert before(release(tmp_path, FIRST, 1)) is None


@pytest.mark.parametrize(
    ("static_url", "sites", "by_path", "static", "root"),
    [
        ("/static/", (SITE,), False, (f"{SITE}/static/",), (f"{SITE}/",)),
        ("/static/", ("http://a", "http://b"), False, ("http://a/static/", "http://b/static/"), None),
        ("/static/", (), True, ("/static/",), ("/",)),
        ("https://cdn.example.com/s/", (), False, ("https://cdn.example.com/s/",), ()),
        ("https://cdn.example.com/s/", (SITE,), False, ("https://cdn.example.com/s/",), (f"{SITE}/",)),
        ("//cdn.example.com/s/", (), False, ("https://cdn.example.com/s/",), ()),
    ],
)
def test_where_files_are_seen(
    static_url: str,
    sites: tuple[str, ...],
    by_path: bool,
    static: tuple[str, ...],
    root: tuple[str, ...] | None,
) -> None:
    found = addresses(static_url, sites, by_path=by_path)
    assert found.static == static
    assert root is None or found.root == root


def test_a_service_that_goes_by_hosts_needs_one() -> None:
    with pytest.raises(ConfigError, match=r"(?s)says no host.*STATOR\['PURGE'\]\['SITE'\]"):
        addresses("/static/", (), by_path=False)


def test_names_become_addresses_and_files_at_the_root_are_always_there() -> None:
    order = order_of_changes([("a b.css", "why")], ["robots.txt"], AT, "1")
    assert order.texts(Form.URL) == [f"{SITE}/static/a%20b.css", f"{SITE}/robots.txt"]
    assert [item.reason for item in order.items] == ["why", "at /"]


def test_a_name_is_purged_in_both_ways_that_it_is_written() -> None:
    order = order_of_changes([("i@2x.png", "why"), ("a(b).png", "why")], [], AT, "1")
    assert [url.removeprefix(f"{SITE}/static/") for url in order.texts(Form.URL)] == [
        "i@2x.png",
        "i%402x.png",
        "a%28b%29.png",
        "a(b).png",
    ]


def test_django_writes_a_name_as_is_thought_here() -> None:
    from django.utils.encoding import filepath_to_uri

    name = "".join(chr(code) for code in range(33, 127) if chr(code) not in "\\?#") + "ü"
    order = order_of_changes([(name, "why")], [], AT, "1")
    assert f"{SITE}/static/{filepath_to_uri(name)}" in order.texts(Form.URL)


def test_nothing_is_named_twice() -> None:
    order = order_of_changes([("a.css", "first"), ("a.css", "second")], [], AT, "1")
    assert [item.reason for item in order.items] == ["first"]


@pytest.mark.parametrize(
    ("name", "form", "texts"),
    [
        ("a.css", Form.URL, [f"{SITE}/static/a.css", f"{SITE}/static/a.DIGEST.css"]),
        ("gone.css", Form.URL, [f"{SITE}/static/gone.css"]),
        ("img/*", Form.PREFIX, [f"{SITE}/static/img/"]),
        ("a.css*", Form.PREFIX, [f"{SITE}/static/a.css"]),
        ("/robots.txt", Form.URL, [f"{SITE}/robots.txt"]),
        ("/blog/*", Form.PREFIX, [f"{SITE}/blog/"]),
        ("http://other/a?b=c", Form.URL, ["http://other/a?b=c"]),
        ("http://other/ü\r\n", Form.URL, ["http://other/%C3%BC%0D%0A"]),
        ("key:products", Form.KEY, ["products"]),
    ],
)
def test_what_a_person_names(name: str, form: Form, texts: list[str]) -> None:
    manifest = Manifest("1", {"a.css": "a.DIGEST.css"}, {}, plain=True)
    assert order_of_names([name], manifest, AT, "1").texts(form) == texts


def test_a_path_is_of_the_host_of_static_files_where_no_other_is_known() -> None:
    at = Addresses(("https://cdn.example.com/s/",), ())
    assert order_of_names(["/x"], None, at, "1").texts(Form.URL) == ["https://cdn.example.com/x"]


@pytest.mark.parametrize(
    "name",
    [
        *("*", "a*b", "*.css", "key:", "key:a b", "key:a\n", 'key:"'),
        *("https://[::1/x", "css/\udcff.css"),  # no address; bytes that are no text
    ],
)
def test_what_cannot_be_named(name: str) -> None:
    with pytest.raises(ConfigError):
        order_of_names([name], None, AT, "1")
