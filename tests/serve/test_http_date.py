from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.serve.http_date import http_date, parse_http_date

EXAMPLE = 784111777  # the example of RFC 9110, 5.6.7

DATES = {
    "Sun, 06 Nov 1994 08:49:37 GMT": EXAMPLE,
    "Sunday, 06-Nov-94 08:49:37 GMT": EXAMPLE,
    "Sun Nov  6 08:49:37 1994": EXAMPLE,
    " Sun, 06 Nov 1994 08:49:37 GMT\t": EXAMPLE,
    "Sat, 31 Dec 2016 23:59:60 GMT": 1483228799,
    "Thu, 01 Jan 1970 00:00:00 GMT": 0,
    "Wednesday, 31-Dec-69 23:59:59 GMT": 3155759999,
    "Fri, 31 Dec 9999 23:59:59 GMT": 253402300799,
    # no dates
    "": None,
    "0": None,
    "-1": None,
    "now": None,
    "Sun, 06 Nov 1994 08:49:37": None,
    "Sun, 06 Nov 1994 08:49:37 CET": None,
    "Sun, 06 Nov 1994 08:49:37 +0100": None,
    "Sun, 6 Nov 1994 08:49:37 GMT": None,
    "Son, 06 Nov 1994 08:49:37 GMT": None,
    "Sun, 06 nov 1994 08:49:37 GMT": None,
    "Sun, 31 Feb 1994 08:49:37 GMT": None,
    "Sun, 06 Nov 1994 24:00:00 GMT": None,
    "Sun, 06 Nov 94 08:49:37 GMT": None,
    "Sun, 06 Nov 0000 08:49:37 GMT": None,
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT": None,
    "1994-11-06T08:49:37Z": None,
    "٠": None,
}


@pytest.mark.parametrize("value", DATES)
def test_dates(value):
    assert parse_http_date(value) == DATES[value]


@given(st.integers(0, 253402300799))
def test_what_is_written_is_read(seconds):
    assert parse_http_date(http_date(seconds)) == seconds


@given(st.text())
def test_no_text_raises(value):
    parse_http_date(value)
