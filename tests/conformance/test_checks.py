"""Each check has an answer that it lets pass and one that it does not; so has each law."""

from __future__ import annotations

import gzip

import pytest

from tests.conformance import checks, site
from tests.conformance.case import case, filled, get, renamed
from tests.conformance.judge import faults_of
from tests.conformance.wire import Answer
from tests.serve.apps import PAGE

TEN = b"0123456789"
TWO_PARTS = (
    b"--x\r\nContent-Range: bytes 0-1/10\r\n\r\n01"
    b"\r\n--x\r\nContent-Range: bytes 4-5/10\r\n\r\n45"
    b"\r\n--x--\r\n"
)
MULTIPART = {"content-type": "multipart/byteranges; boundary=x"}


def answer(status=200, content=b"", **fields):
    named = tuple((name.replace("_", "-"), value) for name, value in fields.items())
    return Answer("GET", status, named, content)


def of_parts(content):
    return Answer("GET", 206, tuple(MULTIPART.items()), content)


BEFORE = answer(etag='"a"', date="then")
# check, an answer that passes, one that does not
CHECKS = {
    "status": (checks.status(200, 206), answer(206), answer(404)),
    "field": (checks.field("ETag", '"a"'), answer(etag='"a"'), answer(etag='"b"')),
    "field that is not there": (checks.field("ETag", '"a"'), answer(etag='"a"'), answer()),
    "lists": (
        checks.lists("Vary", "Accept-Encoding"),
        answer(vary="Origin,accept-encoding"),
        answer(vary="*"),
    ),
    "without": (checks.without("ETag"), answer(), answer(etag='"a"')),
    "has": (checks.has("ETag"), answer(etag='"a"'), answer()),
    "same": (checks.same("ETag"), answer(etag='"a"'), answer(etag='"b"')),
    "same that never was": (checks.same("ETag"), answer(etag='"a"'), answer()),
    "other": (checks.other("ETag"), answer(etag='"b"'), answer(etag='"a"')),
    "same fields": (checks.same_fields, answer(etag='"a"', date="now"), answer(etag='"a"', vary="*")),
    "same fields of HEAD": (
        checks.same_fields,
        answer(etag='"a"')._replace(method="HEAD"),
        answer(etag='"a"', content_length="1")._replace(method="HEAD"),
    ),
    "content": (checks.content(b"a"), answer(content=b"a"), answer(content=b"b")),
    "file": (checks.file(site.APP), answer(content=site.CSS), answer(content=site.OLD_CSS)),
    "file with a status": (checks.file(site.APP), answer(content=site.CSS), answer(404, site.CSS)),
    "decoded": (
        checks.decoded(b"a"),
        answer(content=gzip.compress(b"a"), content_encoding="gzip"),
        answer(content=b"a", content_encoding="gzip"),
    ),
    "decoded from what": (
        checks.decoded(b"a"),
        answer(content=b"a"),
        answer(content=b"a", content_encoding="x"),
    ),
    "coded": (
        checks.coded(site.APP, "gzip"),
        answer(content=gzip.compress(site.CSS), content_encoding="gzip"),
        answer(content=site.CSS),
    ),
    "empty": (checks.empty, answer(), answer(content=b"a")),
    "in words": (
        checks.in_words,
        answer(404, b"no", content_type="text/plain"),
        answer(404, b"no", content_type="text/html"),
    ),
    "in few words": (
        checks.in_words,
        answer(404, b"no", content_type="text/plain"),
        answer(404, b"", content_type="text/plain"),
    ),
    "part": (
        checks.part(0, 2, TEN),
        answer(206, b"01", content_range="bytes 0-1/10", content_length="2"),
        answer(206, b"01", content_range="bytes 0-2/10", content_length="2"),
    ),
    "parts": (
        checks.parts(TEN, (0, 2), (4, 6)),
        of_parts(TWO_PARTS),
        of_parts(TWO_PARTS.replace(b"45", b"54")),
    ),
    "parts in order": (
        checks.parts(TEN, (0, 2), (4, 6)),
        of_parts(TWO_PARTS),
        answer(206, b"01", content_range="bytes 0-1/10"),
    ),
    "parts that end": (checks.parts(TEN, (0, 2), (4, 6)), of_parts(TWO_PARTS), of_parts(TWO_PARTS[:-6])),
    "covers": (
        checks.covers(TEN, (4, 6), (0, 2)),
        of_parts(TWO_PARTS),
        of_parts(TWO_PARTS.replace(b"45", b"54")),
    ),
    "covers all": (
        checks.covers(TEN, (0, 2), (4, 6)),
        of_parts(TWO_PARTS),
        answer(206, b"01", content_range="bytes 0-1/10"),
    ),
    "unsatisfiable": (checks.unsatisfiable(10), answer(416, content_range="bytes */10"), answer(416)),
    "strong tag": (checks.strong_tag, answer(etag='"a"'), answer(etag='W/"a"')),
    "no longer than": (checks.no_longer_than(1), answer(content=b"a"), answer(content=b"ab")),
    "not served": (checks.not_served, answer(404), answer(content=b"a page")),
    "not served, but the page": (checks.not_served, answer(content=PAGE), answer(500)),
    "any of": (checks.any_of(checks.status(200), checks.status(404)), answer(404), answer(500)),
    "all of": (checks.all_of(checks.status(404), checks.empty), answer(404), answer(404, b"a")),
}
LAWFUL = answer(
    etag='"a"', last_modified="Fri, 02 Jan 2026 03:04:05 GMT", date="Sat, 03 Jan 2026 03:04:05 GMT"
)
UNLAWFUL = {
    "a fault of the server": answer(500),
    "a secret": answer(content=b"." + site.SECRET),
    "a password": answer(content=b"root:x:0:0"),
    "a field twice": answer()._replace(fields=(("etag", '"a"'), ("etag", '"a"'))),
    "an error that lasts": answer(404, cache_control="public, max-age=60"),
    "405 without Allow": answer(405),
    "206 of what": answer(206),
    "an ETag without quotes": answer(etag="a"),
    "a date of another form": answer(last_modified="2026-01-02"),
    "a time to come": answer(
        last_modified="Fri, 02 Jan 2026 03:04:05 GMT", date="Thu, 01 Jan 2026 03:04:05 GMT"
    ),
}


@pytest.mark.parametrize(("check", "passing", "failing"), CHECKS.values(), ids=CHECKS)
def test_a_check_speaks_when_something_is_wrong_and_only_then(check, passing, failing):
    assert check(passing, BEFORE) is None
    assert check(failing, BEFORE)


@pytest.mark.parametrize("broken", UNLAWFUL.values(), ids=UNLAWFUL)
def test_a_law_is_true_of_every_answer(broken):
    assert faults_of(broken, None, ())


def test_a_lawful_answer_breaks_none():
    assert faults_of(LAWFUL, None, ()) == []


def test_all_that_is_wrong_is_told_once():
    wrong = faults_of(answer(500), None, (checks.status(200), checks.has("ETag"), checks.status(200)))
    assert wrong == ["status 500, not 200", "has no ETag", "status 500"]


def test_a_request_speaks_of_the_earlier_answer():
    asked = case(
        "", "", get("a", ("Accept-Encoding", "br"), if_none_match='W/{etag}, "{opaque}"', range="{before}")
    )
    assert asked.after == get("a", ("Accept-Encoding", "br"))
    earlier = answer(etag='"x"', last_modified="Fri, 02 Jan 2026 03:04:05 GMT")
    assert filled(asked.turns[0].request, earlier).fields[1:] == (
        ("If-None-Match", 'W/"x", "x"'),
        ("Range", "Thu, 01 Jan 2026 03:04:05 GMT"),
    )


def test_a_fact_that_the_earlier_answer_lacks_is_told():
    with pytest.raises(LookupError, match="has no etag"):
        filled(get("a", if_match="{etag}"), answer())


def test_a_case_can_be_asked_under_other_names():
    asked = case("", "", get("a.0123456789ab.css"), after=get("a.0123456789ab.css", accept_encoding="br"))
    other = renamed(asked, {b"/static/a.0123456789ab.css": b"/static/a.css"})
    assert (other.turns[0].request, other.after) == (get("a.css"), get("a.css", accept_encoding="br"))
