"""The core: a table of requests and their answers, and what holds for all requests there can be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stator.serve.file_table import IMMUTABLE, REVALIDATE
from stator.serve.response import opened, respond
from tests.serve import site

ROOT = Path("/srv/static")
TABLE = site.table(ROOT)
TAG = site.etag(site.APP)
OPAQUE = TAG.strip('"')

UNKNOWN = site.UNKNOWN_DIGEST
NOT_OURS = None

# method, name, If-None-Match: status, Cache-Control
ANSWERS = [
    ("GET", site.APP, None, 200, IMMUTABLE),
    ("GET", "css/app.css", None, 200, REVALIDATE),
    ("GET", site.OLD_APP, None, 200, IMMUTABLE),
    ("GET", site.PREDIGESTED, None, 200, IMMUTABLE),
    ("GET", site.NAMED, None, 200, IMMUTABLE),
    ("HEAD", site.APP, None, 200, IMMUTABLE),
    ("HEAD", "css/app.css", None, 200, REVALIDATE),
    # conditions (RFC 9110, 13.1.2)
    ("GET", site.APP, TAG, 304, IMMUTABLE),
    ("HEAD", site.APP, TAG, 304, IMMUTABLE),
    ("GET", "css/app.css", TAG, 304, REVALIDATE),
    ("GET", site.APP, "*", 304, IMMUTABLE),
    ("GET", site.APP, "\t* ", 304, IMMUTABLE),
    ("GET", site.APP, f"W/{TAG}", 304, IMMUTABLE),
    ("GET", site.APP, f'"a", "b",{TAG}', 304, IMMUTABLE),
    ("GET", site.APP, f',, W/"a" ,W/{TAG},', 304, IMMUTABLE),
    ("GET", site.APP, f'"a,b", {TAG}', 304, IMMUTABLE),
    ("GET", site.APP, f'"", {TAG}', 304, IMMUTABLE),
    ("GET", site.APP, '"other"', 200, IMMUTABLE),
    ("GET", site.APP, site.etag(site.OLD_APP), 200, IMMUTABLE),
    ("GET", site.APP, "", 200, IMMUTABLE),
    ("GET", site.APP, OPAQUE, 200, IMMUTABLE),
    ("GET", site.APP, f'"{OPAQUE}', 200, IMMUTABLE),
    ("GET", site.APP, f"w/{OPAQUE}", 200, IMMUTABLE),
    ("GET", site.APP, f'"x{OPAQUE}"', 200, IMMUTABLE),
    ("GET", site.APP, TAG.swapcase(), 200, IMMUTABLE),
    ("GET", site.APP, '"*"', 200, IMMUTABLE),
    # other methods
    ("POST", site.APP, None, 405, None),
    ("PUT", "css/app.css", TAG, 405, None),
    ("OPTIONS", site.APP, None, 405, None),
    ("get", site.APP, None, 405, None),
    ("", site.APP, None, 405, None),
    # names that are not published
    ("GET", UNKNOWN, None, 404, "no-store"),
    ("HEAD", UNKNOWN, None, 404, "no-store"),
    ("POST", UNKNOWN, None, 404, "no-store"),
    ("GET", UNKNOWN, "*", 404, "no-store"),
    ("GET", site.APP.upper(), None, NOT_OURS, None),
    ("GET", "js/main.js", None, NOT_OURS, None),
    ("GET", "", None, NOT_OURS, None),
    ("GET", "css", None, NOT_OURS, None),
    ("GET", "css/", None, NOT_OURS, None),
    ("GET", f"/{site.APP}", None, 404, "no-store"),
    ("GET", f"./{site.APP}", None, 404, "no-store"),
    ("GET", f"css/../{site.APP}", None, 404, "no-store"),
    ("GET", f"{site.APP}/", None, NOT_OURS, None),
    ("GET", f"{site.APP}\0", None, 404, "no-store"),
    ("GET", "../secret.txt", None, NOT_OURS, None),
    ("POST", "upload", None, NOT_OURS, None),
]


@pytest.mark.parametrize(("method", "name", "if_none_match", "status", "cache"), ANSWERS)
def test_answers(method, name, if_none_match, status, cache):
    response = respond(TABLE, method, name, if_none_match)
    if response is None:
        assert status is NOT_OURS
    else:
        assert (response.status, dict(response.headers).get("Cache-Control")) == (status, cache)


def test_a_200_says_what_it_is():
    response = respond(TABLE, "GET", site.APP, None)
    assert response.file == str(ROOT / site.APP)
    assert dict(response.headers) == {
        "Content-Type": "text/css; charset=utf-8",
        "Content-Length": str(len(site.CSS)),
        "ETag": TAG,
        "Cache-Control": IMMUTABLE,
        "X-Content-Type-Options": "nosniff",
    }


def test_a_plain_name_is_served_from_the_digested_file():
    assert respond(TABLE, "GET", "css/app.css", None).file == str(ROOT / site.APP)


def test_a_304_has_validators_only():
    response = respond(TABLE, "GET", site.APP, "*")
    assert (dict(response.headers), response.body) == ({"ETag": TAG, "Cache-Control": IMMUTABLE}, b"")
    assert response.file is None


def test_an_etag_is_of_the_bytes_not_of_the_name():
    assert TABLE["css/app.css"].etag == TABLE[site.APP].etag
    assert TABLE[site.PREDIGESTED].etag == TABLE[site.ONLY_DIGESTED].etag
    assert TABLE[site.APP].etag != TABLE[site.OLD_APP].etag


@pytest.mark.parametrize(("method", "name"), [("POST", site.APP), ("GET", UNKNOWN)])
def test_an_error_says_in_words_what_is_wrong(method, name):
    response = respond(TABLE, method, name, None)
    headers = dict(response.headers)
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Content-Length"] == str(len(response.body)) != "0"


def test_a_file_that_may_not_be_read_is_an_error_not_a_missing_file(monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(PermissionError):
        opened(respond(TABLE, "GET", site.APP, None), "GET")


names = st.one_of(
    st.text(),
    st.text(st.characters()),  # lone surrogates too
    st.sampled_from(list(TABLE)),
    st.builds("{}.{}{}".format, st.text(), st.from_regex("[0-9a-f]{11,13}", fullmatch=True), st.text()),
)
fields = st.one_of(st.none(), st.text(), st.text(alphabet='W/"*, \t' + OPAQUE), st.just(TAG))
methods = st.one_of(st.sampled_from(["GET", "HEAD", "POST"]), st.text())


@given(methods, names, fields)
def test_no_request_raises_and_none_reaches_an_unpublished_file(method, name, if_none_match):
    response = respond(TABLE, method, name, if_none_match)
    if response is None:
        assert name not in TABLE
        return
    assert response.status in {200, 304, 404, 405}
    assert (response.file is None) == (response.status != 200)
    assert response.file is None or response.file == TABLE[name].file
    for field, value in response.headers:
        assert f"{field}{value}".isascii()
        assert f"{field}{value}".isprintable()


tags = st.builds(
    '{}"{}"'.format,
    st.sampled_from(["", "W/"]),
    st.one_of(
        st.just(OPAQUE),
        st.text(st.characters(codec="latin-1", categories=["L", "N", "P"], exclude_characters='"')),
    ),
)
gaps = st.sampled_from([",", ", ", " , ", "\t,", ",,", ", ,"])


@given(st.lists(tags, min_size=1), gaps)
@example([TAG, TAG], ",")
def test_a_list_matches_when_one_of_its_tags_does(listed, gap):
    known = any(tag.removeprefix("W/") == TAG for tag in listed)
    assert respond(TABLE, "GET", site.APP, gap.join(listed)).status == (304 if known else 200)
