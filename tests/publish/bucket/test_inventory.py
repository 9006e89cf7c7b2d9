from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stator.publish.bucket.inventory import NAME, believed, from_bytes, to_bytes
from stator.publish.bucket.store import Stored

ROWS = {"b/é.css": ("e2", "m2"), "a.js": ("e1", "m1")}
THEN = datetime(2026, 1, 1, tzinfo=UTC)


def test_it_is_read_as_it_was_written() -> None:
    assert from_bytes(to_bytes(ROWS)) == ROWS
    assert to_bytes(ROWS) == to_bytes(dict(reversed(ROWS.items())))


def test_a_large_one_is_read() -> None:
    hashes = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(1000)]
    rows = {f"{'a' * 1000}/{one}": (one[:32], one[24:]) for one in hashes}
    assert from_bytes(to_bytes(rows)) == rows


def written(document: Any) -> bytes:
    return gzip.compress(json.dumps(document).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        to_bytes(ROWS)[:-1],
        to_bytes(ROWS)[:20] + b"\0" + to_bytes(ROWS)[21:],
        gzip.compress(b"\xff"),
        gzip.compress(b"[" * 100_000),
        gzip.compress(b"0" * 10**8),
        written(None),
        written([]),
        written({"objects": {}}),
        written({"format": 2, "objects": {}}),
        written({"format": 1}),
        written({"format": 1, "objects": []}),
        written({"format": 1, "objects": {"a": 1}}),
        written({"format": 1, "objects": {"a": ["1", "2", "3"]}}),
    ],
)
def test_what_is_none_is_empty(content: bytes) -> None:
    assert from_bytes(content) == {}


def test_whatever_is_in_it_can_be_written_again() -> None:
    told = from_bytes(written({"format": 1, "objects": {"\ud800": [1, None], "b": ["\udfff", "m"]}}))
    assert from_bytes(to_bytes(told)) == told


@pytest.mark.parametrize(
    ("stored", "is_believed"),
    [
        (Stored("e1", 1, THEN), True),
        (Stored("e1", 1, THEN - timedelta(days=1)), True),
        (Stored("e1", 1, THEN + timedelta(seconds=1)), False),  # the same bytes, and who knows what fields
        (Stored("e2", 1, THEN), False),
        (Stored("", 1, THEN), False),
        (None, False),
    ],
)
def test_what_is_believed(stored: Stored | None, is_believed: bool) -> None:
    listing = {NAME: Stored("e0", 1, THEN), **({"a.js": stored} if stored else {})}
    assert believed({"a.js": ROWS["a.js"]}, listing) == ({"a.js": ROWS["a.js"]} if is_believed else {})


def test_nothing_is_believed_of_an_object_without_an_etag() -> None:
    assert believed({"a.js": ("", "m1")}, {NAME: Stored("e0", 1, THEN), "a.js": Stored("", 1, THEN)}) == {}


def test_one_that_is_not_in_the_listing_says_nothing() -> None:
    assert believed(ROWS, {"a.js": Stored("e1", 1, THEN)}) == {}
