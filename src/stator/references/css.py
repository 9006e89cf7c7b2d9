"""Finds what a style sheet refers to, by the tokens of CSS Syntax Level 3.

The rules of this file:

1. Candidates first. A file without a name that could matter returns at once, and reading stops behind the
   last such name.
2. Tokens decide, not validity. What stands in a comment or a string is nothing. What stands in a rule that
   a browser may drop still counts (``@import`` behind other rules, ``url()`` in an unknown property): which
   rules are valid depends on the browser, and a right name in a dropped rule does no harm.
3. Time is linear. A byte is passed over a fixed number of times, and open brackets are a list.
4. Offsets are those of the file. CRLF, CR, FF and NUL are read as "Preprocessing the input stream" says
   without rewriting them. A byte from 0x80 up is a letter, so that not only UTF-8 can be read; a specifier
   that is not UTF-8 is remarked on, and so is UTF-16.

What ends with the file is whole, as the specification has it: ``url(x`` and ``url("x`` refer to x. A bad-url
or bad-string token refers to nothing. Left out: ``data:`` URLs; empty ones, which name nothing ("Empty URLs",
CSS Values 4); ``@namespace`` and ``@document``, whose URLs are compared and never loaded. A ``src()`` that
begins with a function, like ``src(var(--x))``, is remarked on.
"""

from __future__ import annotations

import re
import string
from typing import Final

from stator.references.reference import NOTHING, Kind, Reference, Remark, Scan

UTF8_BOM: Final = b"\xef\xbb\xbf"
BLANKS: Final = b" \t\n\r\f"
QUOTES: Final = (b'"', b"'")
UTF16_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")

CANDIDATES: Final = (b"url(", b"src(", b"image-set(", b"@import", b"sourcemappingurl=")
LONGEST_CANDIDATE: Final = max(map(len, CANDIDATES))
# An escape for a letter or hyphen may spell a candidate in another way, as in ``u\72l(``.
SPELLED_LETTER: Final = re.compile(rb"\\(?:0{0,4}(?:2[dD]|[4-7][0-9a-fA-F])(?![0-9a-fA-F])|[-g-zG-Z])")

# A loop over alternatives is an atomic group and not ``(?:…)*+``, which up to Python 3.11.4 leaves the
# position behind a repetition that failed half-way (gh-106052).
SPACE = rb"[ \t\n\r\f]*+"
DIGITS = rb"[0-9a-fA-F]{1,6}+(?:\r\n|[ \t\n\r\f])?"
ESCAPE = rb"\\(?:" + DIGITS + rb"|[^\n\r\f0-9a-fA-F]|\Z)"
NAME = rb"(?>(?:[-\w\0\x80-\xff]+|" + ESCAPE + rb")+)"
BARE_URL = rb"(?>(?:[^ \t\n\r\f\"'()\\\x01-\x08\x0b\x0e-\x1f\x7f]+|" + ESCAPE + rb")*)"
IN_DOUBLE = rb'(?>(?:[^"\\\n\r\f]+|\\(?:' + DIGITS + rb"|\r\n|[^0-9a-fA-F]))*)"
IN_SINGLE = IN_DOUBLE.replace(b'"', b"'")

# The tokens that begin a reference or hide what looks like one. A name is read backwards from its
# parenthesis, unless an escape or an at sign announces it. Brackets count where strings do, in image-set().
# An empty group marks a function; a group that began with its parenthesis would make the search slower.
OPEN = rb"\(()"
STRING = rb'"' + IN_DOUBLE + rb"\"?|'" + IN_SINGLE + rb"'?"
TOKEN = STRING + rb"|/\*|@" + NAME + rb"|" + ESCAPE + NAME + rb"?(?:" + OPEN + rb")?|"
OUTSIDE: Final = re.compile(TOKEN + OPEN + rb"(?<=[sSuU][rReE][lLcCtT]\()")
INSIDE: Final = re.compile(TOKEN + OPEN + rb"|[][){};]")

WHITE_SPACE: Final = re.compile(SPACE)
SPACE_AND_COMMENTS: Final = re.compile(rb"(?>(?:[ \t\n\r\f]+|/\*(?>(?:[^*]+|\*(?!/))*)(?:\*/)?)*)")
WHOLE_STRING: Final = re.compile(rb'"(' + IN_DOUBLE + rb")(?:\"|\\?\Z)|'(" + IN_SINGLE + rb")(?:'|\\?\Z)")
WHOLE_URL: Final = re.compile(rb"(" + BARE_URL + rb")" + SPACE + rb"(?=\)|\Z)")
BAD_URL: Final = re.compile(rb"(?>(?:[^)\\]+|\\.?)*)", re.DOTALL)
FUNCTION: Final = re.compile(NAME + rb"\([^()]*+\)?")
SOURCE_MAP: Final = re.compile(rb"[@#]\s*sourceMappingURL=(\S++)\s*+")  # MatchSourceMapURL, ECMA-426
ESCAPED: Final = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|(.?))", re.DOTALL)

NAME_BYTES: Final = (string.ascii_letters + string.digits + "-_\0").encode() + bytes(range(0x80, 0x100))
NAME_REACH: Final = 40  # more than any name looked for has
IMAGE_SET: Final = re.compile(rb"(?:-[a-z]+-)?image-set")
COMPARING: Final = re.compile(rb"namespace|(?:-[a-z]+-)?document")
OPENERS: Final = {b")": b"(", b"]": b"[", b"}": b"{"}
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def scan(content: bytes) -> Scan:
    """Return the references of a style sheet; any bytes will do."""
    if content.startswith(UTF16_BOMS):
        return Scan(remarks=(Remark(0, 2, "broken-encoding"),))
    end = _end_of_candidates(content)
    if not end:
        return NOTHING
    reader = _Reader(content)
    reader.read(len(UTF8_BOM) if content.startswith(UTF8_BOM) else 0, end)
    return Scan(tuple(reader.references), tuple(reader.remarks))


class _Reader:
    """Goes from token to token; a method that reads one is told where it lies and returns where to go on."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.references: list[Reference] = []
        self.remarks: list[Remark] = []
        # Where a string is a specifier because of what stands before it; or url() and src(), behind @import.
        self.awaited_at = -1
        self.awaited = Kind.CSS_URL
        # What is open, from the first image-set() inwards; or b"@", a rule whose URLs are only compared.
        self.opened: list[bytes] = []

    def read(self, position: int, end: int) -> None:
        """Read the tokens that begin before ``end``, and on to the close of what they open."""
        while token := (INSIDE if self.opened else OUTSIDE).search(self.content, position):
            start, behind = token.span()
            if start >= end and start != self.awaited_at and not self.opened:
                break
            match self.content[start : start + 1]:
                case b'"' | b"'":
                    position = self.string(start, behind)
                case b"/":
                    position = self.comment(start)
                case b"@":
                    position = self.at_keyword(start, behind)
                case b"\\" if not token.lastindex:
                    position = behind  # a name, and no function's
                case b"\\" | b"(":
                    position = self.function(position, start, behind)
                case bracket:
                    self.bracket(bracket)
                    position = behind

    def string(self, start: int, behind: int) -> int:
        """Read a string; one that is a bad string is no specifier."""
        is_awaited = start == self.awaited_at
        if is_awaited or self.opened[-1:] == [b"image-set("]:
            whole = WHOLE_STRING.match(self.content, start)
            if whole and whole.lastindex:
                self.add(*whole.span(whole.lastindex), self.awaited if is_awaited else Kind.CSS_IMAGE_SET)
        return behind

    def comment(self, start: int) -> int:
        close = self.content.find(b"*/", start + 2)
        end = len(self.content) if close < 0 else close
        if link := SOURCE_MAP.fullmatch(self.content, start + 2, end):
            self.add(*link.span(1), Kind.SOURCE_MAP)
        return end if close < 0 else close + 2

    def at_keyword(self, start: int, behind: int) -> int:
        keyword = _plain(self.content[start + 1 : behind])
        if keyword == b"import":
            self.awaited_at, self.awaited = _end(SPACE_AND_COMMENTS, self.content, behind), Kind.CSS_IMPORT
        elif COMPARING.fullmatch(keyword) and not self.opened:
            self.opened.append(b"@")
        return behind

    def function(self, floor: int, start: int, behind: int) -> int:
        """Read a function up to its first argument; ``floor`` is where the token before ended."""
        begin, name = _name_at(self.content, floor, start, behind - 1)
        if IMAGE_SET.fullmatch(name):
            self.opened.append(b"image-set(")
        elif self.opened:
            self.opened.append(b"(")
        is_import = begin == self.awaited_at and self.awaited is Kind.CSS_IMPORT
        if name == b"url":
            return self.url(behind, Kind.CSS_IMPORT if is_import else Kind.CSS_URL)
        if name == b"src":
            self.src(behind, Kind.CSS_IMPORT if is_import else Kind.CSS_SRC)
        return behind

    def url(self, at: int, kind: Kind) -> int:
        at = _end(WHITE_SPACE, self.content, at)
        if self.content.startswith(QUOTES, at):
            self.awaited_at, self.awaited = at, kind
            return at
        if whole := WHOLE_URL.match(self.content, at):
            self.add(*whole.span(1), kind)
            return whole.end()
        return _end(BAD_URL, self.content, at)  # "Consume the remnants of a bad url"

    def src(self, at: int, kind: Kind) -> None:
        at = _end(SPACE_AND_COMMENTS, self.content, at)
        if self.content.startswith(QUOTES, at):
            self.awaited_at, self.awaited = at, kind
        elif computed := FUNCTION.match(self.content, at):
            self.remarks.append(Remark(*computed.span(), "computed-reference", kind))

    def bracket(self, bracket: bytes) -> None:
        if self.opened == [b"@"] and bracket in b"{;}":
            self.opened.clear()
        elif bracket in b"[{":
            self.opened.append(bracket)
        elif bracket in OPENERS and self.opened[-1].endswith(OPENERS[bracket]):
            self.opened.pop()

    def add(self, start: int, end: int, kind: Kind) -> None:
        """Add the specifier between two quotes or parentheses, if it names anything."""
        start = end - len(self.content[start:end].lstrip(BLANKS))
        text = self.content[start:end].rstrip(BLANKS)
        end = min(end, start + len(text) + text.endswith(b"\\"))  # a blank may be escaped
        is_compared = self.opened[:1] == [b"@"] and kind is not Kind.SOURCE_MAP
        if is_compared or text[:5].lower() == b"data:":
            return
        try:
            specifier = self.content[start:end].decode().replace("\0", REPLACEMENT)
        except UnicodeDecodeError:
            self.remarks.append(Remark(start, end, "broken-encoding", kind))
            return
        if "\\" in specifier and kind is not Kind.SOURCE_MAP:
            specifier = ESCAPED.sub(_unescaped, specifier).strip(BLANKS.decode())
        if specifier and specifier[:5].lower() != "data:":
            self.references.append(Reference(start, end, kind, specifier))


def _end_of_candidates(content: bytes) -> int:
    """Return a place behind which nothing can begin a reference, 0 if that is all of the file."""
    if b"\\" in content and SPELLED_LETTER.search(content):
        return len(content)
    lowered = content.lower()
    last = max(map(lowered.rfind, CANDIDATES))
    return last + LONGEST_CANDIDATE if last >= 0 else 0


def _name_at(content: bytes, floor: int, start: int, end: int) -> tuple[int, bytes]:
    """Return where the name that ends at ``end`` begins, and the name. Its first escape is at ``start``.

    ``floor`` is where the token before ended. What belongs to a hash token, as in ``#url(``, is no name.
    """
    before = content[max(floor, start - NAME_REACH) : start]
    rest = before.rstrip(NAME_BYTES)
    begin = start - len(before) + len(rest)
    if rest.endswith(b"<!") and content.startswith(b"--", begin):  # a CDO token
        begin += 2
    if rest.endswith(b"#") or start - begin == NAME_REACH:
        return begin, b""
    return begin, _plain(content[begin:end])


def _plain(name: bytes) -> bytes:
    """Return a name without escapes, in lower case as ASCII knows it."""
    if b"\\" in name:
        name = ESCAPED.sub(_unescaped, name.decode("latin-1")).encode()
    return name.lower()


def _unescaped(escape: re.Match[str]) -> str:
    """Return what an escape stands for ("Consume an escaped code point")."""
    digits, newline, character = escape.groups()
    if newline:
        return ""
    if not digits:
        return character or REPLACEMENT
    code = int(digits, 16)
    is_character = 0 < code < 0xD800 or 0xDFFF < code <= 0x10FFFF
    return chr(code) if is_character else REPLACEMENT


def _end(pattern: re.Pattern[bytes], content: bytes, at: int) -> int:
    """Return the end of a pattern that may match nothing."""
    match = pattern.match(content, at)
    return match.end() if match else at
