"""The index must say of every name what the manifest says, however it has come about."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator import manifest_text
from stator.errors import ManifestError
from stator.frontend import Entry, Frontend
from stator.manifest import Content, Loads, Manifest, Release, Row
from stator.manifest_index import LineIndex, ManifestIndex, Published, read_index

HASH = bytes(range(32))
APP = "css/app.000102030405.css"
OLD = "css/app.aaaaaaaaaaaa.css"
OLDER = "css/app.bbbbbbbbbbbb.css"
HELD = Content(7, HASH)
MANIFEST = Manifest(
    "0001020304050607",
    {"css/app.css": APP, "js/ü b.js": "js/ü b.js"},
    {APP: Content(10, HASH, (("br", 5), ("gzip", 6))), "js/ü b.js": Content(0, HASH)},
    ("css/app.css",),
    (
        Release(
            "ffff", {OLD: Content(7, HASH)}, ("css/gone.css",), 17, {'"files": {': None, "x": Row(OLD, HELD)}
        ),
        Release("eeee", {}, (), 3, frontends={"files": Frontend({"files": Entry()}, '"files": {\n')}),
        Release("dddd", {OLDER: HELD}, (), 2, {"files": Row(OLDER, HELD)}),
    ),
    loads={"css/app.css": Loads(("js/ü b.js",))},
    frontends={"earlier": Frontend({"plain": Entry(("css/app.css",))}, '"earlier": [')},
)


def index_of(manifest, kind=LineIndex):
    index = read_index(io.BytesIO(manifest_text.to_json(manifest)))
    assert isinstance(index, kind)
    return index


FOUND = {
    APP: Published(APP, Content(10, HASH, (("br", 5), ("gzip", 6))), immutable=True),
    "css/app.css": Published(APP, Content(10, HASH, (("br", 5), ("gzip", 6))), immutable=False),
    "js/ü b.js": Published("js/ü b.js", Content(0, HASH), immutable=True),
    OLD: Published(OLD, Content(7, HASH), immutable=True),
    OLDER: Published(OLDER, Content(7, HASH), immutable=True),
    "css/gone.css": None,
    "files": None,
    "x": None,
    "css": None,
    "": None,
    "release": None,
}


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize("index", [index_of(MANIFEST), ManifestIndex(MANIFEST)], ids=["lines", "whole"])
def test_what_is_published(index, name):
    assert index.find(name) == FOUND[name]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_manifest_that_was_formatted_anew(indent):
    text = json.dumps(json.loads(manifest_text.to_json(MANIFEST)), indent=indent)
    index = read_index(io.BytesIO(text.encode()))
    assert isinstance(index, ManifestIndex)
    assert {name: index.find(name) for name in FOUND} == FOUND


def test_a_name_that_is_escaped_in_the_manifest():
    quoted = 'a "b": [1].css'
    manifest = Manifest("00", {quoted: quoted}, {quoted: Content(1, HASH)}, plain=True)
    assert index_of(manifest, ManifestIndex).find(quoted) == Published(
        quoted, Content(1, HASH), immutable=True
    )


def test_djangos_own_manifest_has_none():
    document = {"paths": {"a.css": "a.012345678901.css"}, "version": "1.1", "hash": "x"}
    assert read_index(io.BytesIO(json.dumps(document).encode())) is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b"[" * 10**5, b'{"stator": {"format": 2}}'])
def test_what_is_no_manifest_is_an_error(content):
    with pytest.raises(ManifestError, match=r"here\.json"):
        read_index(io.BytesIO(content), "here.json")


def test_another_format_is_an_error():
    later = manifest_text.to_json(MANIFEST).replace(b'"format": 1', b'"format": 2')
    with pytest.raises(ManifestError, match="format 2"):
        read_index(io.BytesIO(later))


WRONG = {
    "a name that leaves the folder": (APP.encode(), b"../../etc/passwd"),
    "no hash": (b'"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="', b'"AAEC"'),
    "a negative size": (b"[10,", b"[-10,"),
    "no list": (b"[10,", b"{10,"),
    "an unknown coding": (b'"br"', b'"xz"'),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_entry_that_cannot_be_right_is_an_error_when_it_is_asked_for(wrong):
    content = manifest_text.to_json(MANIFEST).replace(*WRONG[wrong])
    with pytest.raises(ManifestError, match=r"[Rr]un collectstatic"):
        read_index(io.BytesIO(content)).find("css/app.css")


@given(st.integers(0, 2000), st.integers(0, 255))
def test_a_damaged_manifest_is_read_or_refused(at, byte):
    content = bytearray(manifest_text.to_json(MANIFEST))
    at %= len(content)
    content[at] = byte
    try:
        index = read_index(io.BytesIO(bytes(content)))
        for name in FOUND:
            index is None or index.find(name)
    except ManifestError:
        pass


names = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20
).filter(lambda name: name not in {".", "..", ".stator"} and "/" not in name and "\\" not in name)
contents = st.builds(Content, st.integers(0, 10**9), st.just(HASH), st.sampled_from([(), (("zstd", 3),)]))


@given(
    st.dictionaries(names, contents, max_size=5), st.dictionaries(names, contents, max_size=3), st.booleans()
)
def test_the_lines_say_what_the_whole_says(files, earlier, plain):
    paths = {f"plain {name}"[:100]: name for name in files}
    manifest = Manifest("00", paths, files, plain, (Release("11", earlier, (), 0),))
    index = read_index(io.BytesIO(manifest_text.to_json(manifest)))
    whole = ManifestIndex(manifest)
    for name in [*paths, *files, *earlier]:
        assert index.find(name) == whole.find(name)
