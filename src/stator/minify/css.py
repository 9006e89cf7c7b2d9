"""Minifies style sheets: takes out white space and comments that mean nothing, by the tokens of CSS Syntax 3.

Rules of this file:

1. *Only white space, comments and semicolons that part nothing go.* No value, name or rule is written anew,
   so nothing depends on what a browser knows.
2. *A gap goes only where it cannot mean anything*, whatever surrounds it: beside ``{ } ; ,``, inside
   parentheses, before ``!``, around ``>`` and ``~``. Anywhere else one space is left of it: ``.a :hover`` is
   not ``.a:hover`` (a declaration and a nested rule look alike up to their end), ``1px + 2px`` is not
   ``1px +2px``. A comment that alone keeps two tokens apart leaves ``/**/``.
3. *Behind a colon* it goes where a value follows, which ends soon and before any ``{``. No valid rule is made
   of ``a: hover {}``, which browsers drop, and ``--x: ;`` keeps the space that old browsers ask for.
4. *Licences stay*: comments that begin with ``/*!``.
5. *What does not end, or cannot be known, is refused*: strings, comments, ``url(``; brackets that do not
   match, as a stray ``}`` may end nothing; a function whose name is written with escapes, as it may be
   another ``url(``; an encoding that is not UTF-8.

The value of a custom property loses white space like any other, which a script that reads it as text can see.
"""

from __future__ import annotations

import functools
import re

from stator.minify.tool import MinifyFailed
from stator.references.css import ESCAPE, IN_DOUBLE, IN_SINGLE, NAME, SPACE

_SPACE = rb"[ \t\n\r\f]"
_TO_COMMENT_END = rb"(?>(?:[^*]+|\*(?!/))*)\*/"
_COMMENT = rb"/\*(?!!)" + _TO_COMMENT_END
_GAP = rb"(?>(?:" + _SPACE + rb"+|" + _COMMENT + rb")+)"
_BARE_URL = rb"(?:(?<![-\w#@\0\x80-\xff])|(?<=<!--))[uU][rR][lL]\(" + SPACE + rb"(?![\"'])"
_PIECES = {
    "goes": rb"|".join((
        rb";(?>(?:;|" + _GAP + rb")*)(?=\})",
        rb"\A" + _GAP,
        rb"(?<![:<])" + _GAP + rb"(?=[{};,)!]|\Z)",  # "<!--" is a token
        rb"(?<![:-])" + _GAP + rb"(?=[>~](?!=))",  # so is "-->"
    )),
    "first": rb"|".join((
        rb"[{},(]" + _GAP,
        rb";(?>(?:;|" + _GAP + rb")+)",
        rb"[>~]" + _GAP + rb"(?!=)",
        rb":" + _GAP + rb"(?=[^{};)!][^{};)]{0,500}+[;})])",
    )),
    "apart": rb"(?>(?:" + _COMMENT + rb")+)(?!" + _SPACE + rb")",
    "gap": _GAP,
    "stays": rb"|".join((
        rb'"' + IN_DOUBLE + rb'"',
        rb"'" + IN_SINGLE + rb"'",
        _BARE_URL + rb"(?>(?:[^)\\]+|\\[\s\S])*)\)",
        rb"/\*!" + _TO_COMMENT_END,
        rb"(?>" + ESCAPE + NAME + rb"?)(?!\()",
    )),
    "unclear": rb"[\"'\\]|/\*|" + _BARE_URL,
}  # fmt: skip
_FIRST_BYTE = rb"(?=[ \t\n\r\f/{};,(>~:\"'\\uU])"  # of any piece: four times as quick as trying each
_SHORT = {"goes": b"", "apart": b"/**/", "gap": b" "}

_CLOSING = {b"(": b")", b"[": b"]", b"{": b"}"}
_CLOSERS = frozenset(_CLOSING.values())

_CHARSET = re.compile(rb"@charset\s*+[\"']([^\"']*+)", re.IGNORECASE)


@functools.cache
def _piece() -> re.Pattern[bytes]:
    # Compiled when first needed: on most runs the cache has every file.
    pieces = b"|".join(b"(?P<%b>%b)" % (name.encode(), piece) for name, piece in _PIECES.items())
    return re.compile(_FIRST_BYTE + b"(?:" + pieces + b")")


def minify(content: bytes) -> bytes:
    """Return the same style sheet in fewer bytes. Raises ``MinifyFailed``."""
    _check_encoding(content)
    _check_brackets(content)
    return _piece().sub(_rewritten, content)


@functools.cache
def _bracket() -> re.Pattern[bytes]:
    return re.compile(rb"[()\[\]{}]|" + _COMMENT + rb"|" + _PIECES["stays"])


def _check_brackets(content: bytes) -> None:
    """Raise ``MinifyFailed`` where a bracket closes what was not opened; the end may close what was."""
    expected = []
    for found in _bracket().finditer(content):
        bracket = found[0]
        if bracket in _CLOSING:
            expected.append(_CLOSING[bracket])
        elif bracket in _CLOSERS and (not expected or expected.pop() != bracket):
            line = content.count(b"\n", 0, found.start()) + 1
            raise MinifyFailed(f"in line {line} stands a {bracket.decode()} that closes nothing")


def _check_encoding(content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError:
        raise MinifyFailed("it is not UTF-8") from None
    for charset in _CHARSET.findall(content):
        if charset.lower() != b"utf-8":
            raise MinifyFailed(f"its @charset is {charset.decode()!r}")


def _rewritten(piece: re.Match[bytes]) -> bytes:
    name = piece.lastgroup or ""
    if name in _SHORT:
        return _SHORT[name]
    if name == "unclear":
        line = piece.string.count(b"\n", 0, piece.start()) + 1
        raise MinifyFailed(f"in line {line} stands a string, comment, url() or escape that may not end there")
    return piece[0] if name == "stays" else piece[0][:1]
