"""The tokens of a JavaScript file, looked at backwards from a place that has been read.

Rules of this file; sections are those of ECMA-262.

1. What cannot be told apart going backwards is noted going forwards: *landmarks* are the comments, regular
   expressions and pieces of templates with ``${`` that ``javascript_code`` met on its way.
2. Brackets are matched when somebody asks. Most are found nearby, by walking back from the place that asks;
   the others by pairing all from the start of the file up to there, and from there on the next time. Walks
   stop where they would cost more than pairing, so no file costs more than twice its length.
3. A token is known by its last byte: a bracket or literal counts as one token, a word is one, and operators
   come one character at a time. White space and comments are passed over.
4. Looking back has a budget, so that no file costs more than its length: beyond it the file is ``Unclear``.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from functools import cache

# 12.2 White Space and 12.3 Line Terminators beyond ASCII, as UTF-8: NBSP, BOM, LS, PS and the category Zs.
_WIDE_SPACES = tuple(
    chr(point).encode()
    for point in (0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF)
)
_WIDE = rb"(?:%b)" % rb"|".join(_WIDE_SPACES)
_SPACES = b" \t\n\v\f\r"

# Fragments of patterns. Each can match in one way only, and none goes back on a match. A repeated group is an
# atomic group and not ``(?:…)*+``, which up to Python 3.11.4 is matched wrongly (gh-106052).
LINE = rb"(?>(?:[^\n\r\xe2]++|\xe2(?!\x80[\xa8\xa9]))*)"
COMMENT = rb"(?://" + LINE + rb"|/\*[^*]*+\*++(?>(?:[^/*][^*]*+\*++)*)/)"
SPACE = rb"(?:\s++|" + COMMENT + rb"|" + _WIDE + rb")"
GAP = rb"(?>" + SPACE + rb"*)"
NAME = rb"(?>(?:[\w$]++|\\u(?:[0-9A-Fa-f]{4}|\{[0-9A-Fa-f]++\})|(?!" + _WIDE + rb")[\x80-\xff])+)"
_ESCAPE = rb"\\(?:\r\n|[\s\S])"
DOUBLE = rb"[^\"\\\n\r]*+(?>(?:" + _ESCAPE + rb"[^\"\\\n\r]*+)*)"
SINGLE = rb"[^'\\\n\r]*+(?>(?:" + _ESCAPE + rb"[^'\\\n\r]*+)*)"
STRING = rb"(?:\"" + DOUBLE + rb"\"|'" + SINGLE + rb"')"
PLAIN = rb"(?>(?:[^`\\$]++|" + _ESCAPE + rb"|\$(?!\{))*)"  # a template's text, up to its end or to "${"
TEMPLATE = rb"`" + PLAIN + rb"`"

_BRACKET = re.compile(STRING + rb"|" + TEMPLATE + rb"|\\u\{[^}]*+\}|[()\[\]{}]")
# The same in reversed text. A literal begins at the first quote of its kind without a backslash before it, as
# those inside have one, and no code ends in one. A quote alone ends a literal that begins out of view.
_LITERAL_BACKWARDS = rb"%b(?>(?:[^%b]++|%b(?=\\))*)%b"
_BACKWARDS = re.compile(
    rb"|".join(_LITERAL_BACKWARDS.replace(rb"%b", quote) for quote in (rb"\"", b"'", b"`"))
    + rb"|[()\[\]{}\"'`]"
)
_NESTING = {b")": 1, b"]": 1, b"}": 1, b"(": -1, b"[": -1, b"{": -1}  # how a bracket changes it, backwards
_NEAR = 4_096  # bytes; what is nearer to the start of the file is paired at once
_LINE_BREAK = re.compile(rb"[\n\r]|\xe2\x80[\xa8\xa9]")
_WIDE_SPACE = re.compile(_WIDE)
_ESCAPED_LETTER = re.compile(rb"\\u\{[0-9A-Fa-f]++\}\Z")
_COMMENT_OPENINGS = (b"//", b"/*", b"#!", b"<!--", b"-->")

WORD = frozenset(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$\\" + bytes(range(128, 256))
)
# 12.7.2: reserved words after which an operand or a statement begins. The others are operands themselves
# (`this`, `super`, `null`, `true`, `false`) or are reserved in some places only.
EXPECTING = frozenset(
    b"break case catch class const continue debugger default delete do else enum export extends finally for "
    b"function if import in instanceof new return switch throw try typeof var void while with".split()
)
_KEYWORDS = EXPECTING | frozenset(b"async await from let of yield".split())


@cache
def compiled(pattern: bytes) -> re.Pattern[bytes]:
    """Compile a pattern at its first use: the long ones, which not every run needs, take 10 ms together."""
    return re.compile(pattern)


class Unclear(Exception):
    """How the file reads from ``at`` on cannot be known."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class Tokens:
    """What has been read of a file. ``is_module`` tells the goal symbol, should a token depend on it."""

    def __init__(self, content: bytes, is_module: Callable[[], bool]) -> None:
        self.content = content
        self.is_module = is_module
        self._budget = 10_000 + len(content)
        self.comment: tuple[int, int] = (0, 0)  # the last one
        # Landmarks, in order.
        self._starts = array("Q")
        self._ends = array("Q")
        self._walked = _NEAR  # looking for brackets, the next walk included
        # Brackets and literals, in order of their ends; the brackets still open; how far this was done.
        self._pair_starts = array("Q")
        self._pair_ends = array("Q")
        self._open: list[int] = []
        self._paired = 0
        self._paired_landmarks = 0

    # Landmarks

    def note(self, start: int, end: int) -> None:
        """Note a landmark that is no comment."""
        self._starts.append(start)
        self._ends.append(end)

    def note_comment(self, start: int, end: int) -> None:
        """Note a comment, without the white space at its end, see ``end_before``; adjacent ones are one."""
        self.comment = (start, self._trimmed(end))
        if self._ends and self._ends[-1] == self._trimmed(start) and self._is_comment(self._starts[-1]):
            self._ends[-1] = self.comment[1]
        else:
            self.note(*self.comment)

    def landmark_ending(self, end: int) -> int:
        """Where the landmark that ends at ``end`` begins; -1 if there is none."""
        index = bisect_left(self._ends, end)
        return self._starts[index] if index < len(self._ends) and self._ends[index] == end else -1

    def is_substitution(self, brace: int) -> bool:
        """Whether the ``{`` there belongs to a ``${`` of a template."""
        return self.landmark_ending(brace + 1) >= 0

    def _is_comment(self, landmark: int) -> bool:
        return self.content.startswith(_COMMENT_OPENINGS, landmark)

    # Tokens

    def end_before(self, at: int) -> int:
        """Where the last token before ``at`` ends; 0 if there is none."""
        while True:
            self._budget -= 1
            if self._budget < 0:
                raise Unclear(at)
            at = self._trimmed(at)
            landmark = self.landmark_ending(at)
            if landmark < 0 or not self._is_comment(landmark):
                return at
            at = landmark

    def start_of(self, end: int) -> int:
        """Where the token that ends at ``end`` begins."""
        start = self.word_start(end)  # of a word, or of the flags of a regular expression
        if start == end and self.content[end - 1] in b")]}`\"'":
            return self.opening(end)
        if self.content[start - 1] in b"/" and (landmark := self.landmark_ending(start)) >= 0:
            return landmark
        if start == end and self.is_number_with_dot(end):
            return self.word_start(end - 1)
        return min(start, end - 1)

    def word_start(self, end: int) -> int:
        """Where the word that ends at ``end`` begins; ``end`` itself if there is none."""
        content, start = self.content, end
        while True:
            while start and content[start - 1] in WORD:
                start -= 1
            for space in _WIDE_SPACE.finditer(content, start, end):
                start = space.end()
            if not start or not self.is_escape(start):
                return start
            start = end = content.rindex(b"\\", 0, start)

    def keyword(self, end: int) -> bytes:
        """The keyword that ends at ``end``; empty for all other tokens and for the names of properties."""
        start = self.word_start(end)
        word = self.content[start:end]
        return word if word in _KEYWORDS and not self.is_name(start) else b""

    def is_name(self, at: int) -> bool:
        """Whether the word at ``at`` names a property (``a.in``, ``#in``), or is only the rest of a word."""
        content = self.content
        if not at:
            return False
        if (
            content[at - 1] in b"#"
            or self.is_escape(at)
            or (content[at - 1] in WORD and self.word_start(at) < at)
        ):
            return True
        end = self.end_before(at)
        if content[end - 1 : end] != b"." or content.endswith(b"...", 0, end):
            return False
        return end == at or not self.is_number_with_dot(end)  # `1. in a`

    def is_number_with_dot(self, end: int) -> bool:
        """Whether a dot ends at ``end`` that is the last of a number."""
        if self.content[end - 1] not in b".":
            return False
        start = self.word_start(end - 1)
        digits = self.content[start : end - 1].replace(b"_", b"")
        is_member = self.content.endswith(b".", 0, start) and not self.content.endswith(b"...", 0, start)
        return digits.isdigit() and not is_member

    def is_escape(self, end: int) -> bool:
        r"""Whether a ``\u{…}`` of a name ends at ``end``."""
        window = max(0, end - 16)
        return self.content[end - 1] in b"}" and _ESCAPED_LETTER.search(self.content, window, end) is not None

    def is_line_break(self, start: int, end: int) -> bool:
        """Whether a line ends between two tokens."""
        return _LINE_BREAK.search(self.content, start, end) is not None

    def _trimmed(self, end: int) -> int:
        """``end`` without the white space before it."""
        content = self.content
        while end:
            last = content[end - 1]
            if last in _SPACES:
                end -= 1
            elif last > 127 and content.endswith(_WIDE_SPACES, max(0, end - 3), end):
                end -= 2 if content.endswith(b"\xc2\xa0", 0, end) else 3
            else:
                break
        return end

    # Brackets

    def opening(self, end: int) -> int:
        """Where the bracket or literal that ends at ``end`` was opened."""
        if (near := self._walk_back(end, 0)) >= 0:
            return near
        self._pair(end)
        index = bisect_left(self._pair_ends, end)
        found = index < len(self._pair_ends) and self._pair_ends[index] == end
        return self._pair_starts[index] if found else end - 1

    def enclosing(self, at: int) -> int:
        """The innermost bracket or template around ``at``, -1 if none. All of them must be open still."""
        if (near := self._walk_back(at, -1)) >= 0:
            return near
        self._pair(at)
        index = bisect_left(self._open, at)
        return self._open[index - 1] if index else -1

    def _walk_back(self, at: int, goal: int) -> int:
        """The last bracket or literal before ``at`` with a nesting of ``goal``; -1 if none is near."""
        if at - self._paired <= self._walked:
            return -1
        nesting = 0
        for start, change in self._brackets_before(at):
            nesting += change
            if nesting <= goal:
                self._walked += at - start
                return start
        self._walked += _NEAR
        return -1

    def _brackets_before(self, at: int) -> Iterator[tuple[int, int]]:
        """Where each bracket or literal nearby begins, last first, and how it changes the nesting."""
        for start, end in self._code_before(at):
            for found in _BACKWARDS.finditer(self.content[start:end][::-1]):
                if found[0] in {b'"', b"'", b"`"}:
                    return
                yield end - found.end(), _NESTING.get(found[0], 0)

    def _code_before(self, at: int) -> Iterator[tuple[int, int]]:
        """The stretches between landmarks, last first, over ``_NEAR`` bytes or back to a template."""
        index = bisect_right(self._ends, at)
        if index < len(self._ends) and self._starts[index] < at:
            return  # `at` is the brace of a "${"
        nearest = at - _NEAR
        nearest += self.content[nearest - 1] in b"\\"  # not in the midst of an escape
        while index and self._ends[index - 1] > nearest:
            index -= 1
            yield self._ends[index], at
            at = self._starts[index]
            if self.content[at] in b"`}":
                return
        yield nearest, at

    def _pair(self, at: int) -> None:
        while self._paired < at:
            index = self._paired_landmarks
            start = self._starts[index] if index < len(self._starts) else at
            for found in _BRACKET.finditer(self.content, self._paired, min(start, at)):
                self._pair_token(found.start(), found.end())
            self._paired = at
            if start < at:
                self._paired = end = self._ends[index]
                self._paired_landmarks += 1
                self._pair_landmark(start, end)

    def _pair_token(self, start: int, end: int) -> None:
        byte = self.content[start]
        if byte in b"([{":
            self._open.append(start)
        elif byte in b")]}":
            self._close(end)
        elif byte not in b"\\":
            self._pair_starts.append(start)
            self._pair_ends.append(end)

    def _pair_landmark(self, start: int, end: int) -> None:
        """A template is one pair of backticks around a pair of braces for each substitution."""
        if self.content[start] in b"`":
            self._open.append(start)
        elif self.content[start] in b"}":
            self._close(start + 1)
        else:
            return
        if self.content[end - 1] in b"{":
            self._open.append(end - 1)
        else:
            self._close(end)

    def _close(self, end: int) -> None:
        if self._open:
            self._pair_starts.append(self._open.pop())
            self._pair_ends.append(end)
