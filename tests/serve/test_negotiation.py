from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.serve.negotiation import accepted, choose

FORMS = ("br", "zstd", "gzip", "identity")  # as a table offers them, the smallest first

# Accept-Encoding: the form that is sent
CHOICES = {
    None: "identity",
    "": "identity",
    "gzip, deflate, br, zstd": "br",
    "gzip, deflate, zstd": "zstd",
    "gzip": "gzip",
    "GZip": "gzip",
    "x-gzip": "gzip",
    "deflate": "identity",
    "br;q=0": "identity",
    "br;q=0, gzip": "gzip",
    "br;q=0.5, gzip": "gzip",
    "br;q=0.5, gzip;q=0.500": "br",
    "br;q=0.001": "br",
    "br ; q=1.000 , zstd": "br",
    "br;Q=0, gzip;Q=1": "gzip",
    "*": "br",
    "*;q=0": None,
    "*, br;q=0": "zstd",
    "*;q=0, gzip": "gzip",
    "*;q=0, identity": "identity",
    "gzip;q=0.5, identity": "identity",
    "gzip, identity;q=0.5": "gzip",
    "identity;q=0": None,
    "identity;q=0, gzip": "gzip",
    "identity;q=1, *;q=0": "identity",
    "br;q=0, zstd;q=0.0, gzip;q=0.000": "identity",
    # malformed elements say nothing
    "br;q=2": "identity",
    "br;q=0.1234": "identity",
    "br;q=-1, gzip": "gzip",
    "br;level=1": "identity",
    "br gzip": "identity",
    ",,gzip,,": "gzip",
    "\tgzip\t": "gzip",
    "gzip;q=": "identity",
    '"gzip"': "identity",
}


@pytest.mark.parametrize("value", CHOICES)
def test_the_form_that_is_sent(value):
    assert choose(FORMS, value) == CHOICES[value]


def test_a_file_without_forms_is_sent_to_whoever_does_not_refuse_it():
    assert choose(["identity"], "gzip, br") == "identity"
    assert choose(["identity"], "identity;q=0, gzip") is None


def test_of_equals_the_first_that_is_offered_is_taken():
    assert choose(["identity", "gzip"], "gzip, identity") == "identity"


@given(st.one_of(st.text(), st.text("gzipbrstd*,;= q01."), st.just("gzip," * 10000)))
def test_no_field_raises(value):
    assert choose(FORMS, value) in {*FORMS, None}
    assert all(0 <= weight <= 1 for weight in accepted(value).values())
