from __future__ import annotations

import pytest

from stator.encode import CODINGS, Effort
from tests.encode.contents import MEGABYTE, repeated, text
from tests.encode.decoders import zstd

LARGEST = 8 << 20  # RFC 9659: the window that every browser must accept, and no more


def window(frame: bytes) -> int:
    """Return the size of a frame's window, read from its header (RFC 8878, 3.1.1.1)."""
    assert frame[:4] == b"\x28\xb5\x2f\xfd"
    descriptor = frame[4]
    if descriptor & 0b0010_0000:  # one segment: the window is as long as the content
        width = (1, 2, 4, 8)[descriptor >> 6]
        return int.from_bytes(frame[5 : 5 + width], "little") + (256 if width == 2 else 0)
    base = 1 << (10 + (frame[5] >> 3))
    return base + base // 8 * (frame[5] & 0b111)


@pytest.mark.parametrize("effort", Effort, ids=lambda effort: effort.value)
@pytest.mark.parametrize("size", [0, 1, 1000, 8 * MEGABYTE, LARGEST, LARGEST + 1, 20 * MEGABYTE])
def test_the_window_is_one_that_browsers_accept(size: int, effort: Effort) -> None:
    assert window(CODINGS["zstd"].encode(repeated(size), effort)) <= LARGEST


def test_a_larger_window_would_be_seen() -> None:
    options = {int(zstd.CompressionParameter.window_log): 24}

    frame = zstd.compress(repeated(20 * MEGABYTE), options=options)

    assert window(frame) == 2 * LARGEST


def test_the_limit_costs_small_files_nothing() -> None:
    content = text(100_000)

    assert CODINGS["zstd"].encode(content, Effort.BEST) == zstd.compress(content, 19)


def test_the_frame_says_how_long_the_content_is() -> None:
    frame = CODINGS["zstd"].encode(text(5000), Effort.BEST)

    assert zstd.get_frame_info(frame).decompressed_size == 5000
