"""Decoding: what a browser makes of the bytes that it was sent, piece by piece, whatever they grow to.

A few bytes may stand for gigabytes, so what comes out is handed on in pieces too, and who has seen enough of
them stops. A zstd window of more than 8 MiB is refused, as browsers do (RFC 9659).
"""

from __future__ import annotations

import hashlib
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType, ModuleType
from typing import IO, NamedTuple

PIECE = 1 << 16  # bytes that are decoded at a time, a little more or less

_GZIP = 16 + zlib.MAX_WBITS  # zlib's number for the format of gzip, which has a header of its own
_WINDOW_LOG = 23


class Garbled(ValueError):
    """Bytes that are not in the coding that they are said to be in; ``str()`` says why."""


class Decoder(NamedTuple):
    """``pieces`` takes the next bytes and yields what they mean, in pieces of about ``PIECE`` bytes.

    ``done`` says whether the last of the bytes has come. Iterating raises ``Garbled``.
    """

    pieces: Callable[[bytes], Iterator[bytes]]
    done: Callable[[], bool]

    def feed(self, coded: bytes) -> bytes:
        """Return all that the next bytes mean at once, from a sender who is trusted. Raises ``Garbled``."""
        return b"".join(self.pieces(coded))


def decoder(codings: str) -> Decoder:
    """Return the decoder for a ``Content-Encoding``. Raises ``Garbled`` for one that no browser asked for."""
    names = [name for name in (part.strip().lower() for part in codings.split(",")) if name]
    names = [name for name in names if name != "identity"]
    if not names:
        return Decoder(lambda coded: iter([coded]), lambda: True)
    if len(names) > 1:
        raise Garbled(f"it is said to be coded {len(names)} times ({', '.join(names)})")
    if names[0] not in DECODERS:
        raise Garbled(f"it is in the coding {names[0]!r}, which was not asked for")
    return DECODERS[names[0]]()


def decodes_to(coded: IO[bytes], coding: str, size: int, sha256: bytes) -> bool:
    """Say whether a file is the form in this coding of a content, given by its size and hash."""
    decode, digest, known = decoder(coding), hashlib.sha256(), 0
    try:
        while known <= size and (chunk := coded.read(PIECE)):
            piece = decode.feed(chunk)
            digest.update(piece)
            known += len(piece)
    except Garbled:
        return False
    return decode.done() and digest.digest() == sha256


def _gzip() -> Decoder:
    return _zlib(_GZIP)


def _deflate() -> Decoder:
    return _zlib(zlib.MAX_WBITS)


def _zlib(format: int) -> Decoder:
    state = zlib.decompressobj(format)

    def decode(coded: bytes) -> bytes:
        # What stands behind the end means nothing, and the library would collect it.
        return b"" if state.eof else state.decompress(state.unconsumed_tail + coded, PIECE)

    return _decoder(decode, lambda: state.eof, zlib.error)


def _brotli() -> Decoder:
    import brotli  # type: ignore[import-untyped]  # noqa: PLC0415

    state = brotli.Decompressor()
    return _decoder(
        lambda coded: state.process(coded, output_buffer_limit=PIECE),
        lambda: bool(state.is_finished()),
        brotli.error,
    )


def _zstd() -> Decoder:
    library = _zstd_library()
    state = library.ZstdDecompressor(options={library.DecompressionParameter.window_log_max: _WINDOW_LOG})
    return _decoder(lambda coded: state.decompress(coded, PIECE), lambda: bool(state.eof), library.ZstdError)


def _zstd_library() -> ModuleType:
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415
    else:
        from backports import zstd  # noqa: PLC0415
    return zstd


def _decoder(decode: Callable[[bytes], bytes], done: Callable[[], bool], error: type[Exception]) -> Decoder:
    """Return a decoder; ``decode`` keeps what there is no room for until it is called again."""

    def pieces(coded: bytes) -> Iterator[bytes]:
        rest = coded
        while True:
            try:
                plain = decode(rest)
            except (error, EOFError) as found:  # EOFError: bytes behind the end
                raise Garbled(f"the bytes cannot be decoded ({found})") from found
            yield plain
            if len(plain) < PIECE or done():
                return
            rest = b""

    return Decoder(pieces, done)


DECODERS: Mapping[str, Callable[[], Decoder]] = MappingProxyType(
    {"br": _brotli, "zstd": _zstd, "gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate}
)
