"""Preconditions: the table of RFC 9110, 13.2.2, and which field goes over which."""

from __future__ import annotations

import pytest

from stator.serve.file_table import Representation
from stator.serve.http_date import http_date
from stator.serve.preconditions import failed, range_applies
from stator.serve.request import Request

AT = 1_700_000_000
FORM = Representation("identity", "/srv/a.css", 10, '"a"', AT, (), ())
BEFORE, EXACTLY, AFTER = (http_date(AT + seconds) for seconds in (-1, 0, 1))
HOLD = None

CASES = [
    ({}, HOLD),
    ({"if_match": '"a"'}, HOLD),
    ({"if_match": '"b", "a"'}, HOLD),
    ({"if_match": "*"}, HOLD),
    ({"if_match": 'W/"a"'}, 412),  # compared strongly
    ({"if_match": '"b"'}, 412),
    ({"if_match": ""}, 412),
    ({"if_unmodified_since": BEFORE}, 412),
    ({"if_unmodified_since": EXACTLY}, HOLD),
    ({"if_unmodified_since": AFTER}, HOLD),
    ({"if_unmodified_since": "yesterday"}, HOLD),
    ({"if_match": '"a"', "if_unmodified_since": BEFORE}, HOLD),
    ({"if_match": '"b"', "if_unmodified_since": AFTER}, 412),
    ({"if_none_match": '"a"'}, 304),
    ({"if_none_match": 'W/"a"'}, 304),
    ({"if_none_match": '"b",W/"a"'}, 304),
    ({"if_none_match": "*"}, 304),
    ({"if_none_match": '"b"'}, HOLD),
    ({"if_none_match": ""}, HOLD),
    ({"if_modified_since": BEFORE}, HOLD),
    ({"if_modified_since": EXACTLY}, 304),
    ({"if_modified_since": AFTER}, 304),
    ({"if_modified_since": "yesterday"}, HOLD),
    ({"if_none_match": '"b"', "if_modified_since": AFTER}, HOLD),
    ({"if_none_match": '"a"', "if_modified_since": BEFORE}, 304),
    ({"if_match": '"b"', "if_none_match": '"a"'}, 412),
    ({"if_match": '"a"', "if_none_match": '"a"'}, 304),
    ({"if_unmodified_since": BEFORE, "if_none_match": '"a"'}, 412),
    ({"if_unmodified_since": AFTER, "if_modified_since": AFTER}, 304),
]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("fields", "status"), CASES)
def test_preconditions(method, fields, status):
    assert failed(Request(method, **fields), FORM) == status


@pytest.mark.parametrize(
    ("if_range", "applies"),
    [
        (None, True),
        ('"a"', True),
        (' "a" ', True),
        ('W/"a"', False),
        ('"b"', False),
        ('"a", "b"', False),
        ("*", False),
        (EXACTLY, True),
        (BEFORE, False),
        (AFTER, False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_a_part_is_sent_to_who_has_the_other_parts(if_range, applies):
    assert range_applies(Request("GET", if_range=if_range), FORM) is applies
