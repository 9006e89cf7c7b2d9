"""Finds the name of the generated file in a source map (ECMA-426).

A map refers to one published file: its top-level ``file``, "an optional name of the generated code", in plain
maps and index maps alike. ``sources`` and ``sourceRoot`` lead to originals, which need not be published; the
maps inside ``sections`` have members of their own; and nothing in a map links onwards, ``sourceMappingURL``
being a comment in generated code. An empty name is no reference.

Maps are large, so nothing is decoded: the grammar of JSON (ECMA-404) is followed from the start to the last
``"file":``, the one that counts when there are two. Where it is broken there is no reference, for a wrong
rewrite is worse than a missed one. Behind that place, and inside strings, any bytes will do.
"""

from __future__ import annotations

import json
import re
from typing import Final

from stator.references.reference import NOTHING, Kind, Reference, Remark, Scan

# Loops over alternatives are atomic groups and not ``(?:…)*+``, for the reason given in css.py.
SPACE = rb"[ \t\n\r]*+"
STRING = rb'"(?>(?:[^"\\\x00-\x1f]+|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*)"'
SCALAR = rb"(?:" + STRING + rb"|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?|true|false|null)"
# Most of a map is long strings and long lists of strings; such a list is passed over at once.
LIST = rb"\[" + SPACE + SCALAR + rb"(?>(?:" + SPACE + rb"," + SPACE + SCALAR + rb")*)" + SPACE + rb"\]"

# A byte order mark, or the line that keeps a map from running as a script ("Fetching source maps").
OPENING: Final = re.compile(rb"(?:\xef\xbb\xbf|\)\]\}'[^\n\r]*+)?" + SPACE + rb"\{")
FILE_KEY: Final = re.compile(rb'"file"' + SPACE + rb":")
KEY: Final = re.compile(SPACE + rb"(" + STRING + rb")" + SPACE + rb":")
VALUE: Final = re.compile(
    SPACE + rb"(?:(?P<string>" + STRING + rb")|" + SCALAR + rb"|" + LIST + rb"|(?P<open>[\[{]))"
)
CLOSE: Final = re.compile(SPACE + rb"([]}])")
COMMA: Final = re.compile(SPACE + rb",")


def scan(content: bytes) -> Scan:
    """Return the reference to the generated file, if there is one; any bytes will do."""
    start, end = _file_member(content)
    try:
        text = content[start:end].decode()
    except UnicodeDecodeError:
        return Scan(remarks=(Remark(start, end, "broken-encoding", Kind.MAP_FILE),))
    if not text:
        return NOTHING
    # JSON may escape half of a surrogate pair; in a URL that is U+FFFD.
    specifier = json.loads(f'"{text}"').encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Scan(references=(Reference(start, end, Kind.MAP_FILE, specifier),))


def _file_member(content: bytes) -> tuple[int, int]:
    """Return the inside of the string that is the value of ``file``, or an empty span."""
    nothing = found = (0, 0)
    opening = OPENING.match(content)
    last = max((key.start() for key in FILE_KEY.finditer(content)), default=-1)
    if not opening or last < 0:
        return nothing
    position = opening.end()
    closers = [b"}"]  # of the open containers, outermost first
    while closers and position <= last:
        key = KEY.match(content, position) if closers[-1] == b"}" else None
        value = VALUE.match(content, key.end() if key else position)
        if not value or (closers[-1] == b"}" and not key):
            return nothing
        if key and key[1] == b'"file"' and len(closers) == 1:
            start, end = value.span("string")
            found = (start + 1, end - 1) if value["string"] else nothing
        position = value.end()
        if value["open"]:
            closers.append(b"]" if value["open"] == b"[" else b"}")
            if not CLOSE.match(content, position):
                continue
        while closers and (close := CLOSE.match(content, position)):
            if close[1] != closers.pop():
                return nothing
            position = close.end()
        if closers:
            comma = COMMA.match(content, position)
            if not comma:
                return nothing
            position = comma.end()
    return found if position > last else nothing
