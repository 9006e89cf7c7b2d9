from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.fields import MOST_RANGES
from stator.serve.ranges import Span, spans_of

IGNORED = None
UNSATISFIABLE = ()

# Range, for a file of 100 bytes: what is sent, as (start, end)
RANGES = {
    "bytes=0-0": [(0, 1)],
    "bytes=0-9": [(0, 10)],
    "bytes=90-": [(90, 100)],
    "bytes=90-99": [(90, 100)],
    "bytes=90-1000": [(90, 100)],
    "bytes=-1": [(99, 100)],
    "bytes=-100": [(0, 100)],
    "bytes=-1000": [(0, 100)],
    "bytes=007-008": [(7, 9)],
    "bytes=0-" + "9" * 5000: [(0, 100)],
    "bytes=-" + "9" * 5000: [(0, 100)],
    "BYTES=0-9": [(0, 10)],
    " bytes=0-9 ": [(0, 10)],
    "bytes= 0-9 , 20-29": [(0, 10), (20, 30)],
    "bytes=,0-9,,": [(0, 10)],
    # several: in the order in which they were asked for
    "bytes=50-59,0-9": [(50, 60), (0, 10)],
    "bytes=0-9,-10": [(0, 10), (90, 100)],
    # what overlaps or touches is sent once
    "bytes=0-9,5-14": [(0, 15)],
    "bytes=0-9,10-19": [(0, 20)],
    "bytes=0-,0-,0-": [(0, 100)],
    "bytes=60-69,0-9,5-64": [(0, 70)],
    "bytes=50-,0-9,-60": [(40, 100), (0, 10)],
    ",".join(["bytes=0-0"] + ["0-0"] * 500): [(0, 1)],
    # of several, those that there are
    "bytes=0-9,200-": [(0, 10)],
    "bytes=200-,300-400": UNSATISFIABLE,
    "bytes=100-": UNSATISFIABLE,
    "bytes=100-100": UNSATISFIABLE,
    "bytes=-0": UNSATISFIABLE,
    "bytes=" + "9" * 5000 + "-": UNSATISFIABLE,
    # no byte ranges, or none that can be understood
    "": IGNORED,
    "bytes": IGNORED,
    "bytes=": IGNORED,
    "bytes=,": IGNORED,
    "bytes=-": IGNORED,
    "bytes=a-b": IGNORED,
    "bytes=5": IGNORED,
    "bytes=9-0": IGNORED,
    "bytes=0-9,9-0": IGNORED,
    "bytes=0-9,x": IGNORED,
    "bytes=0 - 9": IGNORED,
    "bytes=--5": IGNORED,
    "bytes=+1-5": IGNORED,
    "bytes=1-5-9": IGNORED,
    "bytes=٠-٩": IGNORED,
    "lines=0-9": IGNORED,
    "bytes:0-9": IGNORED,
    "bytes=0x0-0x9": IGNORED,
}


@pytest.mark.parametrize("value", RANGES, ids=lambda value: value[:40])
def test_what_is_sent(value):
    expected = RANGES[value]
    assert spans_of(value, 100) == (None if expected is None else tuple(Span(*one) for one in expected))


def test_a_list_that_stays_long_is_ignored():
    def apart(number):
        return "bytes=" + ",".join(f"{2 * one}-{2 * one}" for one in range(number))

    assert len(spans_of(apart(MOST_RANGES), 1000)) == MOST_RANGES
    assert spans_of(apart(MOST_RANGES + 1), 1000) is IGNORED


@pytest.mark.parametrize(
    ("value", "expected"), [("bytes=0-", ()), ("bytes=0-0", ()), ("bytes=-0", ()), ("bytes=-5", IGNORED)]
)
def test_an_empty_file(value, expected):
    assert spans_of(value, 0) == expected


numbers = st.integers(0, 120).map(str)
specs = st.one_of(
    st.builds("{}-{}".format, numbers, st.one_of(numbers, st.just(""))), st.builds("-{}".format, numbers)
)


@given(st.lists(specs, min_size=1, max_size=40), st.integers(0, 110))
def test_nothing_is_sent_twice_and_all_that_is_asked_for_is_sent(asked, size):
    spans = spans_of("bytes=" + ",".join(asked), size)
    if not spans:
        return
    sent = [byte for span in spans for byte in range(span.start, span.end)]
    assert len(sent) == len(set(sent))
    assert set(sent) <= set(range(size))
    wanted = set()
    for spec in asked:
        first, _, last = spec.partition("-")
        start, end = (int(first), int(last) + 1 if last else size) if first else (size - int(last), size)
        wanted |= set(range(max(0, start), min(end, size)))
    assert set(sent) == wanted


@given(st.one_of(st.text(), st.text("bytes=0123456789-, ")), st.integers(0, 10**15))
def test_no_field_raises(value, size):
    for span in spans_of(value, size) or ():
        assert 0 <= span.start < span.end <= size
