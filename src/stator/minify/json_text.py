"""Minifies JSON (RFC 8259): takes out the white space between tokens, and nothing else.

Numbers, escapes, order and doubled names stay byte for byte.
"""

from __future__ import annotations

import json
import re
from typing import NoReturn

from stator.media_types import JSON
from stator.minify.tool import MinifyFailed

KINDS = (JSON, "application/manifest+json", "application/geo+json")

_STRING_OR_SPACE = re.compile(rb'("[^"\\]*+(?>(?:\\.[^"\\]*+)*)")|[ \t\n\r]++')


def minify(content: bytes) -> bytes:
    """Return the same JSON without white space. Raises ``MinifyFailed`` for what is no JSON in UTF-8."""
    check(content)
    return _STRING_OR_SPACE.sub(rb"\1", content)


def check(content: bytes) -> None:
    """Raise ``MinifyFailed`` if the content is not JSON in UTF-8; a byte order mark may precede it."""
    try:
        # No value matters. Taking lengths keeps objects out of memory, and int() refuses long numbers.
        json.loads(
            content.decode("utf-8-sig"),
            parse_int=len,
            parse_float=len,
            parse_constant=_refuse,
            object_pairs_hook=len,
        )
    except UnicodeDecodeError:
        raise MinifyFailed("it is not UTF-8") from None
    except RecursionError:
        raise MinifyFailed("it is nested too deeply") from None
    except ValueError as error:
        raise MinifyFailed(f"it is not JSON: {error}") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no value of JSON")
