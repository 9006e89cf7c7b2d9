from __future__ import annotations

import copy
import hashlib
import json
import math
import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stator import manifest as manifests
from stator import manifest_text
from stator.artifact import Artifact
from stator.errors import ManifestError, UnsafePath
from stator.frontend import Entry, Frontend, Frontends
from stator.manifest import MAKER, Content, Loads, Manifest, Release, Row, following, manifest_of, succeed
from stator.manifest_text import from_json, to_json
from stator.paths import CODING_SUFFIXES, logical_path
from tests.publish.sites import artifact


def site(**files: int):
    """Return the artifacts of a site: a path and the version of its content for each file."""
    return [artifact(f"css/{path}.css", f"{path} {version}".encode()) for path, version in files.items()]


def manifest(**files: int) -> Manifest:
    return manifest_of(site(**files))


def document() -> dict:
    """Return a manifest of everything there can be, as JSON."""
    coded = artifact("w.js", b"w" * 9, codings={"br": b"br", "gzip": b"gzip"})
    hidden = artifact("x.js", plain=False)._replace(loads=Loads(("y.js",), ("w.js",), module=True))
    new = [*site(a=2, b=1), coded, hidden, artifact("y.js", name="y.js")]
    first = [one._replace(loads=Loads(("css/c.css",))) for one in site(a=1)]
    old = succeed(
        manifest_of([*first, *site(c=1)], frontend("css/c.css")), manifest(a=0), 3, now=1_700_000_000
    )
    return json.loads(to_json(succeed(manifest_of(new, frontend("y.js")), old, 3, now=1_800_000_000)))


def frontend(*scripts: str) -> Frontends:
    return {"shop": Frontend({"main.tsx": Entry(scripts), "old": Entry(scripts, module=False)}, "<html>")}


# One release


def test_it_says_what_is_published():
    a, b = site(a=1, b=1)
    made = manifest_of([b, a])
    assert made.paths == {a.path: a.name, b.path: b.name}
    assert made.content(a.name) == Content(a.size, a.sha256)
    assert dict(made.published()) == {a.name: a.name, b.name: b.name, a.path: a.name, b.path: b.name}


def test_a_file_that_is_not_plain_has_its_digested_name_only():
    hidden, shown = artifact("a.js", plain=False), artifact("b.js")
    made = manifest_of([hidden, shown])
    assert made.plain == ("b.js",)
    assert dict(made.published()) == {hidden.name: hidden.name, shown.name: shown.name, "b.js": shown.name}


def test_a_name_that_is_kept_is_published_once():
    made = manifest_of([artifact("app-B3xYz_12.js", name="app-B3xYz_12.js")])
    assert list(made.published()) == [("app-B3xYz_12.js", "app-B3xYz_12.js")]


def test_content_of_an_unknown_name():
    with pytest.raises(KeyError):
        manifest(a=1).content("css/b.css")


@pytest.mark.parametrize(
    "other",
    [
        site(a=1),
        site(a=1, b=2),
        [*site(a=1), artifact("css/b.css", b"b 1", plain=False)],
        [*site(a=1), artifact("css/b.css", b"b 1", name="css/b.css")],
        [*site(a=1), artifact("css/b.css", b"b 1", codings={"br": b"br"})],
        [],
    ],
)
def test_another_release_has_another_id(other):
    assert manifest_of(other).id != manifest(a=1, b=1).id


def test_integrity_is_what_browsers_compare():
    # The example of the W3C recommendation "Subresource Integrity" is SHA-384; this is the same by SHA-256.
    content = Content(1, hashlib.sha256(b"alert('Hello, world.');").digest())
    assert content.integrity == "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="


# Writing and reading


def valid(path: str) -> bool:
    try:
        return bool(logical_path(path))
    except UnsafePath:
        return False


paths = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(valid)
codings = st.dictionaries(st.sampled_from([*CODING_SUFFIXES]), st.binary(max_size=3))
artifacts_of_sites = st.lists(
    st.builds(artifact, paths, st.binary(max_size=3), plain=st.booleans(), codings=codings),
    unique_by=lambda one: one.path,
).map(lambda made: [one._replace(loads=loads_of(one.path, made)) for one in made])


def loads_of(path: str, made: list[Artifact]) -> Loads:
    """Return loads of all kinds, which follow from the names of the others."""
    others = tuple(one.path for one in made if one.path > path)
    return Loads(others[:1], others[1:3], module=len(path) % 2 == 0)


@given(artifacts_of_sites, artifacts_of_sites)
def test_the_current_release_can_be_read_alone(old, new):
    text = to_json(succeed(manifest_of(new), manifest_of(old), 1, now=1_800_000_000))
    assert from_json(text, alone=True) == from_json(text)._replace(earlier=())


def test_one_that_somebody_has_formatted_anew_is_read_whole():
    text = json.dumps(json.loads(to_json(succeed(manifest(a=2), manifest(a=1), 1))), indent=2).encode()
    assert from_json(text, alone=True) == from_json(text)


def test_what_an_older_version_has_written_says_no_maker():
    document = json.loads(to_json(succeed(manifest(a=2), manifest(a=1), 1)))
    del document["stator"]["maker"], document["stator"]["earlier"][0]["maker"]
    read = from_json(json.dumps(document).encode())
    assert (read.maker, read.earlier[0].maker) == ("", "")


@given(artifacts_of_sites, artifacts_of_sites)
def test_round_trip(old, new):
    made = succeed(manifest_of(new), manifest_of(old), 1, now=1_800_000_000)
    assert from_json(to_json(made)) == made
    assert to_json(from_json(to_json(made))) == to_json(made)


@pytest.mark.parametrize("plain", [True, False, (), ("a.css",)])
def test_plain_round_trip(plain):
    made = Manifest("0" * 16, {"a.css": "a.css"}, {"a.css": Content(0, bytes(32))}, plain)
    assert from_json(to_json(made)) == made


def test_round_trip_of_the_longest_name_there_is():
    made = manifest_of([artifact("é" * 119 + ".css")])
    assert max(len(name.encode()) for name in made.files) == 255
    assert from_json(to_json(made)) == made


def test_there_is_nothing_in_it_that_changes_without_a_cause():
    assert to_json(manifest(a=1)) == to_json(manifest(a=1))
    assert json.loads(to_json(manifest(a=1)))["stator"].keys() == {
        "format",
        "release",
        "maker",
        "files",
        "plain",
        "earlier",
    }


def test_django_reads_it(tmp_path, django_storage):
    made = succeed(manifest(a=2), manifest(a=1), 3)
    (tmp_path / manifests.NAME).write_bytes(to_json(made))
    storage = django_storage(tmp_path)
    assert storage.hashed_files == made.paths
    assert storage.manifest_hash == made.hash
    assert storage.url("css/a.css") == "/static/" + made.paths["css/a.css"]


def test_the_manifest_of_django_is_known(tmp_path, django_storage):
    storage = django_storage(tmp_path)
    storage.hashed_files = {"css/a.css": "css/a.0123456789ab.css"}
    storage.save_manifest()
    content = (tmp_path / manifests.NAME).read_bytes()
    assert manifest_text.django_paths(content) == {"css/a.css": "css/a.0123456789ab.css"}
    with pytest.raises(ManifestError):
        from_json(content)


@pytest.fixture
def django_storage(monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

    return lambda root: ManifestStaticFilesStorage(str(root), "/static/")


@pytest.mark.parametrize(
    "content",
    [
        to_json(manifest(a=1)),
        b"",
        b"[]",
        b'{"version": "1.1"}',
        b'{"version": "9", "paths": {}}',
        b'{"version": ["1.1"], "paths": {}}',
        b'{"version": "1.1", "paths": ["a"]}',
        b'{"version": "1.1", "paths": {"a": 1}}',
        b'{"version": "1.1", "paths": {"a": "../../etc/passwd"}}',
    ],
)
def test_not_the_manifest_of_django(content):
    assert manifest_text.django_paths(content) is None


# Broken ones

SHA = "A" * 43 + "="


def changed(path: str, change: Callable[[Any, Any], None]) -> bytes:
    """Return the document with one place changed, which is a dotted path."""
    place = whole = document()
    *folders, last = (int(key) if key.isdigit() else key for key in path.split("."))
    for key in folders:
        place = place[key]
    change(place, last)
    return json.dumps(whole).encode()


def with_(path: str, value: object) -> bytes:
    return changed(path, lambda place, key: operator.setitem(place, key, value))


def without(path: str) -> bytes:
    return changed(path, operator.delitem)


def with_file(name: str, value: object) -> bytes:
    return with_("stator.files", {**document()["stator"]["files"], name: value})


OPTIONAL = {"maker", "loads", "frontends"}
HOSTILE = ["../../etc/passwd", "/etc/passwd", "a/../b", "a//b", "", ".", "a\\b", "a\0b", "a\nb", "\ud800"]

BROKEN = {
    "empty": b"",
    "not JSON": b"<html>",
    "cut in half": to_json(manifest(a=1))[:100],
    "not UTF-8": b'{"paths": "\xff"}',
    "a number": b"1",
    "nothing": b"null",
    "a string": b'"stator"',
    "a list": b"[]",
    "a number of a million digits": b"1" * 1_000_000,
    "lists in lists": b"[" * 100_000,
    "objects in objects": b'{"stator":' * 100_000,
    "deep inside ours": b'{"stator": {"format": 1, "files":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_002,
    **{
        f"{place} is {value!r}": with_(place, value)
        for place, right in {
            "paths": dict,
            "stator": dict,
            "stator.format": int,
            "stator.release": str,
            "stator.files": dict,
            "stator.plain": bool,
            "stator.earlier": list,
            "stator.earlier.0": dict,
            "stator.earlier.0.release": str,
            "stator.earlier.0.files": dict,
            "stator.earlier.0.until": int,
            "stator.earlier.0.plain": list,
        }.items()
        for value in (None, True, 7, 1.5, "text", {"key": "value"}, ["text"], [7], [None], [["text"]])
        if not isinstance(value, right) or isinstance(value, dict)
    },
    **{
        f"a file is {value!r}": with_file("z.js", value)
        for value in (
            None,
            5,
            [],
            [1],
            [1, SHA, 1],
            [1, SHA, "br"],
            [1, SHA, ["br"]],
            [1, SHA, {"br": -1}],
            [1, SHA, {"br": True}],
            [1, SHA, {"br": "1"}],
            [1, SHA, {"deflate": 1}],
            [1, SHA, {"br": 1}, 1],
            [SHA, 1],
            [-1, SHA],
            [1.5, SHA],
            ["1", SHA],
            [True, SHA],
            [math.inf, SHA],
            [math.nan, SHA],
            [None, SHA],
            [1, ""],
            [1, "AAAA"],
            [1, "!" * 44],
            [1, SHA + SHA],
            [1, None],
            [1, 5],
            [1, "é" * 44],
            {"size": 1},
        )
    },
    **{f"made by {maker!r}": with_("stator.maker", maker) for maker in (1, None, "two\nlines")},
    **{f"files hold {name!r}": with_file(name, [1, SHA]) for name in HOSTILE},
    **{f"earlier files hold {name!r}": with_("stator.earlier.0.files", {name: [1, SHA]}) for name in HOSTILE},
    **{f"earlier plain names hold {name!r}": with_("stator.earlier.0.plain", [name]) for name in HOSTILE},
    **{f"paths hold {name!r}": with_("paths", {**document()["paths"], name: "y.js"}) for name in HOSTILE},
    **{f"a path is {name!r}": with_("paths", {"y.js": name}) for name in [*HOSTILE, None, 5, ["y.js"], {}]},
    **{
        f"loads are {value!r}": with_("stator.loads", {"x.js": value})
        for value in (1, "text", [1], [["gone.js"]], [[], ["gone.js"]], [[], [], 1], [[], [], True, 1])
    },
    **{
        f"an earlier release loads {value!r}": with_("stator.earlier.0.loads", value)
        for value in (1, {"css/gone.css": []}, {"w.js": []}, {"css/a.css": [["../a"]]}, {"css/a.css": 1})
    },
    **{f"what loads is {name!r}": with_("stator.loads", {name: []}) for name in [*HOSTILE, "gone.js"]},
    **{
        f"front ends are {value!r}": with_("stator.frontends", value)
        for value in (
            1,
            [1],
            {"shop": {}},
            {"shop": {"entries": {"a": {"scripts": ["gone.js"]}}, "page": ""}},
        )
    },
    "a release until a year that no calendar has": with_("stator.earlier.0.until", 10**12),
    "a file larger than any disk": with_file("z.js", [1 << 63, SHA]),
    "a release of surrogates": with_("stator.earlier.0.release", "\ud800"),
    "a plain name that no path has": with_("stator.plain", ["other.js"]),
    "plain names in a string": with_("stator.plain", "y.js"),
    **{
        f"no {place}": without(place)
        for place in (
            "paths",
            "stator",
            *(f"stator.{key}" for key in document()["stator"] if key not in OPTIONAL),
            *(f"stator.earlier.0.{key}" for key in ("release", "until", "files", "plain")),
        )
    },
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_broken(content):
    with pytest.raises(ManifestError) as raised:
        from_json(content, "static/staticfiles.json")
    assert raised.value.message.startswith("static/staticfiles.json ")
    assert "collectstatic" in raised.value.hint


def test_the_document_of_these_tests_is_not_broken():
    assert from_json(json.dumps(document()).encode())


def test_front_ends_and_loads_come_back_with_the_release_that_had_them():
    had = [one._replace(loads=Loads(("css/b.css",), module=True)) for one in site(a=1)]
    old = manifest_of([*had, *site(b=1)], frontend("css/a.css"))
    read = from_json(to_json(succeed(manifest(a=2), old, 3)))
    restored = read.restored(old.id)
    assert restored is not None
    assert (restored.loads, restored.frontends) == (old.loads, old.frontends)
    assert succeed(restored, read, 3).earlier[0].frontends == {}


def test_what_was_loaded_under_another_import_map_comes_back_too():
    def loading(path: str) -> list[Artifact]:
        return [one._replace(loads=Loads((path,), module=True)) for one in site(a=1)]

    old = manifest_of([*loading("css/b.css"), *site(b=1)])
    new = manifest_of([*loading("css/c.css"), *site(c=1)])
    read = from_json(to_json(succeed(new, old, 3)))
    restored = read.restored(old.id)
    assert restored is not None
    assert restored.loads == old.loads
    assert from_json(to_json(succeed(restored, read, 3))).loads == old.loads


def test_what_could_not_be_read_is_loaded_by_nothing():
    had = [one._replace(loads=Loads(("css/gone.css", "css/b.css"), ("gone.js",))) for one in site(a=1)]
    nothing = [one._replace(loads=Loads(("css/gone.css",))) for one in site(b=1)]
    made = manifest_of([*had, *nothing])
    assert made.loads == {"css/a.css": Loads(("css/b.css",))}
    assert from_json(to_json(made)).loads == made.loads


def test_what_an_earlier_release_had_is_written_as_older_versions_read_it():
    had = [one._replace(loads=Loads(module=True)) for one in (artifact("a.js", plain=False), *site(a=1))]
    (written,) = json.loads(to_json(succeed(manifest(b=1), manifest_of(had), 3)))["stator"]["earlier"]
    assert written["differences"] == {"a.js": [had[0].name, False], "css/b.css": None}
    assert written["loads"] == {"a.js": [[], [], True], "css/a.css": [[], [], True]}


def test_another_front_end_is_another_release():
    assert manifest_of(site(a=1), frontend("css/a.css")).id != manifest(a=1).id


def test_loads_of_what_is_not_made_again_stay():
    had = [one._replace(loads=Loads(("css/b.css",))) for one in site(a=1)]
    old = manifest_of([*had, *site(b=1)])
    made = {one.path: one for one in site(b=2)}
    assert following(old, list(old.paths), made).loads == old.loads


def test_a_later_format_says_so():
    with pytest.raises(ManifestError) as raised:
        from_json(with_("stator.format", 2))
    assert raised.value.message == (
        "staticfiles.json has the format 2; this version of Stator reads format 1."
    )
    assert "another version" in raised.value.hint


json_keys = st.text() | st.sampled_from(HOSTILE)
json_leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | json_keys | st.sampled_from([SHA, "y.js"])
)
json_values = st.recursive(
    json_leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(json_keys, inner, max_size=3),
    max_leaves=5,
)


def containers(value: object) -> list:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*([value] if inner else []), *(found for one in inner for found in containers(one))]


@st.composite
def mutated(draw) -> bytes:
    changed = copy.deepcopy(document())
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(containers(changed) or [changed]))
        keys = list(place) if isinstance(place, dict) else range(len(place))
        if not keys:
            continue
        key = draw(st.sampled_from(keys))
        what = draw(st.sampled_from(["replace", "delete", "rename"]))
        if what == "replace" or isinstance(place, list):
            place[key] = draw(json_values)
        else:
            value = place.pop(key)
            if what == "rename":
                place[draw(st.sampled_from(HOSTILE) | st.text())] = value
    return json.dumps(changed).encode()


def survives(content: bytes) -> None:
    """Read what may be broken; what is accepted must be safe to use and to write again."""
    manifest_text.django_paths(content)
    try:
        read = from_json(content)
    except ManifestError:
        return
    assert from_json(to_json(succeed(manifest(z=1), read, 9)))
    for name, file in read.published():
        assert valid(name) or len(name) > 200
        content = read.content(file)
        assert all(size >= 0 for size in (content.size, *dict(content.codings).values()))
        assert len(content.sha256) == 32
        assert {coding for coding, _ in content.codings} <= CODING_SUFFIXES.keys()


@given(mutated())
def test_any_change_to_the_document_is_refused_or_harmless(content):
    survives(content)


@given(st.binary() | st.text().map(str.encode) | json_values.map(lambda value: json.dumps(value).encode()))
@example(b'\xef\xbb\xbf{"stator": {}}')
@example('{"stator": {}}'.encode("utf-16"))
def test_any_bytes_are_refused_or_harmless(content):
    survives(content)


@given(st.data())
def test_any_change_to_the_bytes_is_refused_or_harmless(data):
    content = bytearray(json.dumps(document()).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    survives(bytes(content))


# Retention


def ids(made: Manifest) -> list[str]:
    return [made.id, *(release.id for release in made.earlier)]


def test_the_first_release_has_none_before_it():
    assert succeed(manifest(a=1), None, 3).earlier == ()


def test_an_earlier_release_keeps_what_no_later_one_has():
    old = manifest(a=1, b=1)
    new = succeed(manifest(a=2, b=1), old, 3)
    name = old.paths["css/a.css"]
    told = {"css/a.css": Row(name, old.files[name])}
    assert new.earlier == (Release(old.id, {name: old.files[name]}, differences=told, maker=MAKER),)


def test_a_release_without_a_file_of_its_own_still_counts():
    new = succeed(manifest(a=1, b=1), manifest(a=1), 3)
    assert ids(new) == [new.id, manifest(a=1).id]
    assert new.earlier[0].files == {}


def test_none_are_kept():
    assert succeed(manifest(a=2), manifest(a=1), 0).earlier == ()


def test_published_again_it_is_not_listed_twice():
    first, second = manifest(a=1), manifest(a=2)
    assert ids(succeed(first, succeed(first, second, 3), 3)) == [first.id, second.id]


def test_roll_back():
    first, second = manifest(a=1), manifest(a=2)
    back = succeed(first, succeed(second, first, 3), 3)
    assert back.paths == first.paths
    assert ids(back) == [first.id, second.id]
    assert back.content(second.paths["css/a.css"]) == second.files[second.paths["css/a.css"]]


def test_a_name_that_is_kept_has_the_content_of_the_latest():
    def version(content):
        return manifest_of([artifact("app.js", content, name="app.js")])

    new = succeed(version(b"new"), version(b"old"), 3)
    assert new.content("app.js") == version(b"new").files["app.js"]


def test_all_contents_at_once_are_those_that_are_found_one_by_one():
    def version(content: bytes, **files: int) -> Manifest:
        return manifest_of([artifact("app.js", content, name="app.js"), *site(**files)])

    made = succeed(version(b"3", a=3), succeed(version(b"2", a=2, b=1), version(b"1", a=1), 3), 3)
    names = {name for one in (made, *made.earlier) for name in one.files}
    assert dict(made.contents()) == {name: made.find(name) for name in names}
    assert len(names) == 5


def test_a_release_with_none_before_it_has_the_contents_of_its_files():
    assert manifest(a=1).contents() == manifest(a=1).files


sites = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3), max_size=4)


@given(st.lists(st.tuples(sites, st.integers(0, 4)), min_size=1, max_size=15))
def test_every_file_of_the_releases_that_are_kept_is_served(releases):
    known: list[Manifest] = []  # the newest first, each once
    current = None
    for files, keep in releases:
        new = manifest(**files)
        known = [new, *(one for one in known if one.id != new.id)][: keep + 1]
        current = from_json(to_json(succeed(new, current, keep)))
        assert ids(current) == [one.id for one in known]
        served = dict(current.published())
        for one in known:
            for name, content in one.files.items():
                assert served[name] == name
                assert current.content(name) == content
        for path, name in new.paths.items():
            assert served[path] == name
        listed = [name for release in (current, *current.earlier) for name in release.files]
        assert len(listed) == len(set(listed))
        assert set(listed) == {name for one in known for name in one.files}


# Restoring


def alone(made: Manifest | None) -> bytes:
    assert made
    return to_json(made._replace(earlier=()))


def in_order(artifacts):
    return sorted(artifacts, key=lambda one: one.path)


@given(st.lists(st.tuples(artifacts_of_sites, st.integers(0, 4)), min_size=1, max_size=8))
def test_every_release_that_is_kept_is_known_in_full(releases):
    known: list[Manifest] = []
    current = None
    for files, keep in releases:
        new = manifest_of(in_order(files))
        known = [new, *(one for one in known if one.id != new.id)][: keep + 1]
        current = from_json(to_json(succeed(new, current, keep)))
        assert from_json(to_json(current)) == current
        for one in known:
            assert alone(current.restored(one.id)) == alone(one)


def test_what_the_names_of_files_tell_is_not_written():
    made = succeed(manifest(a=2, b=2, c=1), manifest(a=1, b=1, c=1), 3)
    assert json.loads(to_json(made))["stator"]["earlier"][0]["differences"] == {}
    assert made.earlier[0].differences.keys() == {"css/a.css", "css/b.css"}


def test_what_they_do_not_tell_is():
    kept, other = (
        artifact("app.0123456789ab.js", name="app.0123456789ab.js"),
        artifact("other.js", plain=False),
    )
    made = succeed(manifest(a=1), manifest_of([kept, other]), 3)
    assert json.loads(to_json(made))["stator"]["earlier"][0]["differences"] == {
        "app.0123456789ab.js": ["app.0123456789ab.js"],
        "app.js": False,
        "css/a.css": None,
        "other.js": [other.name, False],
    }


def test_a_release_nobody_keeps_is_not_restored():
    assert manifest(a=1).restored("0123") is None


def test_a_manifest_without_differences_is_read_and_restores_nothing():
    made = succeed(manifest(a=3), succeed(manifest(a=2), manifest(a=1), 3), 3)
    text = json.loads(to_json(made))
    del text["stator"]["earlier"][0]["differences"]
    read = from_json(json.dumps(text).encode())
    assert [read.restored(id) for id in ids(read)[1:]] == [None, None]
    after = succeed(manifest(a=4), read, 3)
    assert alone(after.restored(read.id)) == alone(read)
    assert [after.restored(id) for id in ids(after)[2:]] == [None, None]


def test_differences_of_another_release_restore_nothing():
    """Rows that do not make the id of the release are not its rows."""
    made = succeed(manifest(a=2), manifest(a=1), 3)
    wrong = made._replace(earlier=(made.earlier[0]._replace(differences={}),))
    assert wrong.restored(manifest(a=1).id) is None


def test_a_release_is_kept_as_long_as_an_older_one():
    """The clock was set back."""
    first, second = manifest(a=1), manifest(a=2)
    made = succeed(manifest(a=3), succeed(second, first, 3, now=900), 0, age=500, now=300)
    assert ids(made)[1:] == [second.id, first.id]


def test_a_clock_that_was_ahead_keeps_nothing_longer():
    """Else it and all that follow would stay until then, and no prune could delete them."""
    first, second, third = manifest(a=1), manifest(a=2), manifest(a=3)
    made = succeed(third, succeed(second, first, 3, now=10**9), 3, now=1000)
    assert ids(succeed(manifest(a=4), made, 0, age=500, now=1400)) == [
        manifest(a=4).id,
        third.id,
        second.id,
        first.id,
    ]
    assert ids(succeed(manifest(a=4), made, 0, age=500, now=1600)) == [manifest(a=4).id, third.id]
    assert ids(succeed(made, made, 0, now=1000)) == [third.id]


def test_a_clock_that_was_behind_deletes_nothing_early():
    first, second, third = manifest(a=1), manifest(a=2), manifest(a=3)
    made = succeed(third, succeed(second, first, 3, now=1000), 3, now=0)
    assert ids(succeed(made, made, 0, age=500, now=1100)) == [third.id, second.id, first.id]


def test_a_lost_file_of_an_earlier_release_can_be_left_out():
    old = manifest(a=1, b=1)
    new = succeed(manifest(c=1), old, 3)
    kept = new._replace(earlier=(Release(old.id, {}),))
    assert from_json(to_json(kept)) == kept
