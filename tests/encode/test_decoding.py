from __future__ import annotations

import gzip
import zlib

import pytest

from stator.encode import CODINGS, Effort
from stator.encode.decoding import Garbled, decoder

TEXT = b"a text that is long enough " * 100
CODED = {name: coding.encode(TEXT, Effort.CHEAP) for name, coding in CODINGS.items()}
CODED |= {"deflate": zlib.compress(TEXT), "x-gzip": gzip.compress(TEXT), "": TEXT, "identity": TEXT}


@pytest.mark.parametrize("coding", CODED)
@pytest.mark.parametrize("at_once", [1, 100, 10_000])
def test_pieces_of_any_size_are_decoded(coding: str, at_once: int) -> None:
    decode = decoder(coding)
    coded = CODED[coding]
    pieces = (coded[start : start + at_once] for start in range(0, len(coded), at_once))
    assert b"".join(map(decode.feed, pieces)) == TEXT
    assert decode.done()


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip", "deflate"])
def test_a_body_that_breaks_off_is_not_done(coding: str) -> None:
    decode = decoder(coding)
    decode.feed(CODED[coding][:-5])
    assert not decode.done()


@pytest.mark.parametrize("coding", ["zstd", "gzip", "deflate", "br"])
def test_a_body_in_no_coding_is_garbled(coding: str) -> None:
    decode = decoder(coding)
    with pytest.raises(Garbled, match="cannot be decoded"):
        decode.feed(b"\x00\x01body { color: red } and so on")


@pytest.mark.parametrize(("codings", "why"), [("gzip, gzip", "2 times"), ("snappy", "'snappy'")])
def test_a_coding_that_nobody_asked_for_is_garbled(codings: str, why: str) -> None:
    with pytest.raises(Garbled, match=why):
        decoder(codings)
