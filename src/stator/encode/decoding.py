"""Decoding: what a browser makes of the bytes that it was sent, piece by piece, whatever they grow to."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import NamedTuple

_GZIP = 16 + zlib.MAX_WBITS  # zlib's number for the format of gzip, which has a header of its own


class Garbled(ValueError):
    """Bytes that are not in the coding that they are said to be in; ``str()`` says why."""


class Decoder(NamedTuple):
    """``feed`` takes the next bytes and returns what they mean; ``done`` says whether the last one has come.

    Both raise ``Garbled``.
    """

    feed: Callable[[bytes], bytes]
    done: Callable[[], bool]


def decoder(codings: str) -> Decoder:
    """Return the decoder for a ``Content-Encoding``. Raises ``Garbled`` for one that no browser asked for."""
    names = [name for name in (part.strip().lower() for part in codings.split(",")) if name]
    names = [name for name in names if name != "identity"]
    if not names:
        return Decoder(lambda piece: piece, lambda: True)
    if len(names) > 1:
        raise Garbled(f"it is said to be coded {len(names)} times ({', '.join(names)})")
    if names[0] not in DECODERS:
        raise Garbled(f"it is in the coding {names[0]!r}, which was not asked for")
    return DECODERS[names[0]]()


def _gzip() -> Decoder:
    state = zlib.decompressobj(_GZIP)
    return Decoder(_checked(state.decompress, zlib.error), lambda: state.eof)


def _deflate() -> Decoder:
    state = zlib.decompressobj()
    return Decoder(_checked(state.decompress, zlib.error), lambda: state.eof)


def _brotli() -> Decoder:
    import brotli  # type: ignore[import-untyped]  # noqa: PLC0415

    state = brotli.Decompressor()
    return Decoder(_checked(state.process, brotli.error), lambda: bool(state.is_finished()))


def _zstd() -> Decoder:
    library = _zstd_library()
    state = library.ZstdDecompressor()
    return Decoder(_checked(state.decompress, library.ZstdError), lambda: bool(state.eof))


def _zstd_library() -> ModuleType:
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415
    else:
        from backports import zstd  # noqa: PLC0415
    return zstd


def _checked(feed: Callable[[bytes], bytes], error: type[Exception]) -> Callable[[bytes], bytes]:
    def checked(piece: bytes) -> bytes:
        try:
            return feed(piece)
        except (error, EOFError) as found:  # EOFError: bytes behind the end
            raise Garbled(f"the bytes cannot be decoded ({found})") from found

    return checked


DECODERS: Mapping[str, Callable[[], Decoder]] = MappingProxyType(
    {"br": _brotli, "zstd": _zstd, "gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate}
)
