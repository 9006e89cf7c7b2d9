from __future__ import annotations

import gzip
import zlib

import pytest

from stator.encode import CODINGS, Effort, decoding
from stator.encode.decoding import PIECE, Garbled, decoder

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


LONG = bytes(100 * PIECE)
LONG_CODED = {name: coding.encode(LONG, Effort.CHEAP) for name, coding in CODINGS.items()}
LONG_CODED |= {"deflate": zlib.compress(LONG)}


@pytest.mark.parametrize("coding", LONG_CODED)
def test_what_grows_is_handed_on_in_pieces(coding: str) -> None:
    decode = decoder(coding)
    pieces = list(decode.pieces(LONG_CODED[coding]))
    assert b"".join(pieces) == LONG
    assert max(map(len, pieces)) <= 2 * PIECE
    assert decode.done()


@pytest.mark.parametrize("coding", LONG_CODED)
def test_who_stops_pays_for_no_more(coding: str) -> None:
    decode = decoder(coding)
    assert len(next(decode.pieces(LONG_CODED[coding]))) <= 2 * PIECE
    assert not decode.done()


@pytest.mark.parametrize("coding", LONG_CODED)
def test_what_ends_with_a_piece_is_done(coding: str) -> None:
    exact = bytes(PIECE)
    decode = decoder(coding)
    coded = zlib.compress(exact) if coding == "deflate" else CODINGS[coding].encode(exact, Effort.CHEAP)
    assert decode.feed(coded) == exact
    assert decode.done()


def test_a_window_that_browsers_refuse_is_garbled() -> None:
    library = decoding._zstd_library()
    parameter = library.CompressionParameter
    compressor = library.ZstdCompressor(options={parameter.window_log: 25})
    wide = compressor.compress(bytes(1 << 20)) + compressor.flush()
    with pytest.raises(Garbled, match="cannot be decoded"):
        decoder("zstd").feed(wide)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_stands_behind_the_end_means_nothing(coding: str) -> None:
    decode = decoder(coding)
    assert decode.feed(CODED[coding] + b"more") + decode.feed(b"and more") == TEXT


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
