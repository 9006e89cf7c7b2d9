"""The core: a table of requests and their answers, and what holds for all requests there can be."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stator.fields import IMMUTABLE, REVALIDATE
from stator.serve.body import opened
from stator.serve.http_date import http_date
from stator.serve.request import Request
from stator.serve.response import respond
from tests.serve import site

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
    ("POST", site.APP, None, 405, "no-store"),
    ("PUT", "css/app.css", TAG, 405, "no-store"),
    ("OPTIONS", site.APP, None, 204, None),
    ("get", site.APP, None, 405, "no-store"),
    ("", site.APP, None, 405, "no-store"),
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


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return site.publish(tmp_path_factory.mktemp("site") / "public")


@pytest.fixture(scope="module")
def table(root):
    return site.table(root)


def asked(table, name, method="GET", **fields):
    return respond(table, Request(method, **fields), name)


@pytest.mark.parametrize(("method", "name", "if_none_match", "status", "cache"), ANSWERS)
def test_answers(table, method, name, if_none_match, status, cache):
    response = asked(table, name, method, if_none_match=if_none_match)
    if response is None:
        assert status is NOT_OURS
    else:
        assert (response.status, dict(response.headers).get("Cache-Control")) == (status, cache)


def test_a_200_says_what_it_is(root, table):
    response = asked(table, site.APP)
    assert response.form.file == str(root / site.APP)
    assert dict(response.headers) == {
        "Content-Type": "text/css; charset=utf-8",
        "Content-Length": str(len(site.CSS)),
        "ETag": TAG,
        "Last-Modified": http_date(int((root / site.APP).stat().st_mtime)),
        "Cache-Control": IMMUTABLE,
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def test_a_plain_name_is_served_from_the_digested_file(root, table):
    assert asked(table, "css/app.css").form.file == str(root / site.APP)


def test_a_304_has_validators_only(table):
    response = asked(table, site.APP, if_none_match="*")
    assert (dict(response.headers), response.body) == ({"ETag": TAG, "Cache-Control": IMMUTABLE}, b"")
    assert response.form is None


def test_an_etag_is_of_the_bytes_not_of_the_name(table):
    def etag(name):
        return dict(asked(table, name).headers)["ETag"]

    assert etag("css/app.css") == etag(site.APP)
    assert etag(site.PREDIGESTED) == etag(site.ONLY_DIGESTED)
    assert etag(site.APP) != etag(site.OLD_APP)


REFUSALS = [
    (405, "POST", site.APP, {}),
    (404, "GET", UNKNOWN, {}),
    (406, "GET", site.APP, {"accept_encoding": "identity;q=0"}),
    (412, "GET", site.APP, {"if_match": '"other"'}),
    (416, "GET", site.APP, {"range": "bytes=1000000-"}),
]


@pytest.mark.parametrize(("status", "method", "name", "fields"), REFUSALS)
def test_an_error_says_in_words_what_is_wrong_and_no_cache_keeps_it(table, status, method, name, fields):
    response = asked(table, name, method, **fields)
    headers = dict(response.headers)
    assert response.status == status
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Content-Length"] == str(len(response.body)) != "0"
    assert headers["Cache-Control"] == "no-store"


def test_a_file_that_may_not_be_read_is_missing_and_the_log_says_why(table, monkeypatch, caplog):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    response, body = opened(asked(table, site.APP), "GET")
    assert (response.status, body) == (404, None)
    assert site.APP in caplog.text


NAMES = [name for name, _ in site.MANIFEST.published()]
names = st.one_of(
    st.text(),
    st.text(st.characters()),  # lone surrogates too
    st.sampled_from(NAMES),
    st.builds("{}.{}{}".format, st.text(), st.from_regex("[0-9a-f]{11,13}", fullmatch=True), st.text()),
)
fields = st.one_of(st.none(), st.text(), st.text(alphabet='W/"*, \t' + OPAQUE), st.just(TAG))
ranges = st.one_of(fields, st.from_regex(r"bytes=(\d*-\d*,? ?){1,30}", fullmatch=True))
methods = st.one_of(st.sampled_from(["GET", "HEAD", "POST"]), st.text())


@given(methods, names, st.tuples(*[fields] * 4), ranges, fields)
def test_no_request_raises_and_none_reaches_an_unpublished_file(
    table, method, name, conditions, range, accept
):
    request = Request(method, accept, *conditions, range, conditions[0])
    response = respond(table, request, name)
    if response is None:
        assert name not in NAMES
        return
    assert response.status in {200, 204, 206, 304, 404, 405, 406, 412, 416}
    assert (response.form is not None) == (response.status in {200, 206})
    if response.form:
        assert response.form.file.endswith(dict(site.MANIFEST.published())[name])
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
def test_a_list_matches_when_one_of_its_tags_does(table, listed, gap):
    known = any(tag.removeprefix("W/") == TAG for tag in listed)
    response = asked(table, site.APP, if_none_match=gap.join(listed))
    assert response.status == (304 if known else 200)
