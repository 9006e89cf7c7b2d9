"""Which bytes of a JavaScript file are code, and whether a slash there divides.

Rules of this file; sections are those of ECMA-262.

1. *Forwards, once, at the speed of one regular expression.* ``_RUN`` passes over all that cannot hide the end
   of another token: names, numbers, operators, brackets, whole strings, whole plain templates. It halts at
   what needs a decision: a comment, a template with ``${``, a slash. These *landmarks* are noted.
2. *Backwards, where a slash asks.* Whether ``/`` divides or opens a regular expression (12 "Lexical goal
   symbols") is a question about the token before it, which the landmarks answer nearly always.
3. *Brackets, where rule 2 needs them.* ``a) / b`` and ``} / b`` depend on what stands before the opening
   bracket. ``_pair`` matches brackets up to the place that asks and goes on from there the next time: no byte
   is matched twice, and most files never ask.
4. *Valid source is always read right.* In source that no engine accepts a mistake may pass unnoticed, but
   where a token has no end, or looking back costs more than the file is long, ``Unclear`` is raised.

JSX and TypeScript are other languages and are not read here.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from enum import Enum, auto

# 12.2 White Space and 12.3 Line Terminators, beyond ASCII: NBSP, ogham, U+2000..200A, LS, PS, NNBSP, MMSP,
# ideographic space, BOM; as UTF-8, and as a pattern for the same bytes.
_WIDE_SPACES = tuple(c.encode() for c in "\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff") + tuple(
    chr(c).encode() for c in range(0x2000, 0x200B)
)
_WIDE = rb"\xc2\xa0|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80|\xef\xbb\xbf"
_LINE = rb"(?:[^\n\r\xe2]++|\xe2(?!\x80[\xa8\xa9]))*+"
_ESCAPE = rb"\\(?:\r\n|[\s\S])"

# Patterns that `javascript.py` builds on. None of them can match in more than one way, so none backtracks.
COMMENT = rb"(?://" + _LINE + rb"|/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/)"
SPACE = rb"(?:\s++|" + COMMENT + rb"|" + _WIDE + rb")"
GAP = SPACE + rb"*+"
NAME = rb"(?:[\w$]++|\\u(?:[0-9A-Fa-f]{4}|\{[0-9A-Fa-f]++\})|(?!" + _WIDE + rb")[\x80-\xff])++"
DOUBLE = rb"(?:[^\"\\\n\r]++|" + _ESCAPE + rb")*+"
SINGLE = rb"(?:[^'\\\n\r]++|" + _ESCAPE + rb")*+"
PLAIN = rb"(?:[^`\\$]++|" + _ESCAPE + rb"|\$(?!\{))*+"  # template characters up to "`" or "${"
STRING = rb"(?:\"" + DOUBLE + rb"\"|'" + SINGLE + rb"')"

_LITERAL = STRING + rb"|`" + PLAIN + rb"`"
# A slash straight after an upper-case letter, a digit, "_", "$" or "]" divides: no keyword ends so.
_DIVIDES = rb"/(?<=[A-Z0-9_$\]]/)(?![/*])"
_RUN = re.compile(rb"(?:[^\"'`/]++|" + _LITERAL + rb"|" + _DIVIDES + rb")*+")
_RUN_IN_TEMPLATE = re.compile(rb"(?:[^\"'`/{}]++|" + _LITERAL + rb"|" + _DIVIDES + rb")*+")
_STRING = re.compile(STRING)
_COMMENT = re.compile(COMMENT)
_REST_OF_LINE = re.compile(_LINE)
_CHUNK = re.compile(rb"[`}]" + PLAIN + rb"(?:`|\$\{)")  # 12.9.6: from "`" or "}" to "`" or "${"
# 12.9.5: a class ends at its first "]", also under the v flag, which nests only for the pattern's parser.
_REGEX = re.compile(rb"/(?:[^/\\\[\n\r]++|\\[^\n\r]|\[(?:[^\]\\\n\r]++|\\[^\n\r])*+\])++/")
_BRACKET = re.compile(_LITERAL + rb"|\\u\{[^}]*+\}|[()\[\]{}]")
_LINE_BREAK = re.compile(rb"[\n\r]|\xe2\x80[\xa8\xa9]")
_HTML_COMMENT = re.compile(rb"<!--|-->")
_WIDE_SPACE = re.compile(_WIDE)
_ESCAPED_LETTER = re.compile(rb"\\u\{[0-9A-Fa-f]++\}\Z")
_NUMBER_WITH_DOT = re.compile(rb"(?<![\w$.])[0-9][0-9_]*+\.\Z")
_MODULE_SYNTAX = re.compile(
    rb"(?:import"
    + GAP
    + rb"(?:[\"'{*]|"
    + NAME
    + rb"|\."
    + GAP
    + rb"meta)|export"
    + GAP
    + rb"(?:[{*]|"
    + NAME
    + rb"))"
)
_MODULE_WORD = re.compile(rb"(?:import|export)(?<![\w$](?:import|export))(?![\w$])")

_SPACE = b" \t\n\r\v\f"
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$\\") | frozenset(
    range(128, 256)
)
_COMMENT_OPENINGS = (b"//", b"/*", b"<!", b"--", b"#!")

# 12.7.2: reserved words after which an operand, or a statement, begins. `this`, `super`, `null`, `true` and
# `false` are operands themselves; `await`, `yield`, `of` and `let` depend on where they stand.
_EXPECTING = frozenset(
    b"break case catch class const continue debugger default delete do else enum export extends finally for "
    b"function if import in instanceof new return switch throw try typeof var void while with".split()
)
_KEYWORDS = _EXPECTING | frozenset(b"async await from let of yield".split())
_BEFORE_STATEMENT = frozenset(b"default do else export".split())
_BEFORE_BLOCK = frozenset(b"catch do else finally try".split())
_RESTRICTED = frozenset(b"break continue return".split())  # 12.10.1: a line break ends the statement
_DECLARING = frozenset(b"const let var".split())
_HEADS = frozenset(b"for if while with".split())  # what stands before ( ) and a statement
_BLOCK_HEADS = _HEADS | {b"catch", b"switch"}


class Unclear(Exception):  # noqa: N818 (a finding about the file, not an error of ours)
    """How the file reads from ``at`` on cannot be known."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class Brace(Enum):
    """What a ``{`` opens."""

    BLOCK = auto()  # also: the list of `export {}` and the attributes of an import
    OBJECT = auto()  # a literal or a pattern
    FUNCTION = auto()
    ARROW = auto()
    CLASS = auto()


class Code:
    """One file, read forwards by ``reaches`` and backwards by all else."""

    def __init__(self, content: bytes, *, module: bool | None = None) -> None:
        self.content = content
        self._pos = 0  # all before is read, and `_pos` is between two tokens
        self._templates: list[int] = []  # for each open `${`: how many `{` are open in it
        # Landmarks in order: comments, regular expressions, pieces of templates with `${`.
        self._starts = array("Q")
        self._ends = array("Q")
        # Pairs in order of their ends: brackets and literals. `_open` are the brackets without an end so far.
        self._pair_starts = array("Q")
        self._pair_ends = array("Q")
        self._open: list[int] = []
        self._paired = 0
        self._paired_landmarks = 0
        self._steps = 1000 + 4 * len(content)  # what looking back may cost, rule 4
        self._module = module
        # B.1.1 HTML-like comments, last first.
        self._html: list[int] = []
        if not module and (b"<!--" in content or b"-->" in content):
            self._html = [found.start() for found in _HTML_COMMENT.finditer(content)][::-1]
        hashbang = 3 if content.startswith(b"\xef\xbb\xbf") else 0
        if content.startswith(b"#!", hashbang):
            self._line_comment(hashbang)

    # Forwards

    def reaches(self, at: int) -> bool:
        """Read up to ``at`` and tell whether a token of code may begin there (not a comment, not a literal)."""
        while self._html and self._html[-1] < at:
            place = self._html.pop()
            if self._run(place) and self._is_html_comment(place):
                self._line_comment(place)
        return self._run(at)

    def comment_around(self, at: int) -> tuple[int, int] | None:
        """The comment that made ``reaches`` deny ``at`` just now, if it was a comment."""
        if self._starts and self._starts[-1] <= at < self._ends[-1] and self._is_comment(self._starts[-1]):
            return self._starts[-1], self._ends[-1]
        return None

    def _run(self, at: int) -> bool:
        pos = self._pos
        while pos < at:
            run = _RUN_IN_TEMPLATE if self._templates else _RUN
            # `at` ends the text for the pattern: a literal that goes on beyond it does not match, and is
            # then read whole by `_landmark`, which so passes over `at`.
            self._pos = pos = run.match(self.content, pos, at).end()  # type: ignore[union-attr]
            if pos < at:
                self._pos = pos = self._landmark(pos)
        return pos == at

    def _landmark(self, at: int) -> int:
        """Read what stands at ``at``, where ``_RUN`` halted; return its end."""
        byte = self.content[at]
        if byte in b"\"'":
            return self._end(_STRING, at)
        if byte in b"/":
            return self._slash(at)
        if byte in b"`":
            return self._chunk(at)
        depth = self._templates[-1]
        if byte in b"}" and not depth:
            self._templates.pop()
            return self._chunk(at)
        self._templates[-1] = depth + (1 if byte in b"{" else -1)
        return at + 1

    def _slash(self, at: int) -> int:
        if self.content.startswith((b"//", b"/*"), at):
            end = self._end(_COMMENT, at)
            self._note(at, self._trimmed(end))
            return end
        try:
            divides = self.is_operand_before(at)
        except RecursionError:
            raise Unclear(at) from None
        if divides:
            return at + 1
        end = self._end(_REGEX, at)
        self._note(at, end)
        return end

    def _chunk(self, at: int) -> int:
        end = self._end(_CHUNK, at)
        self._note(at, end)
        if self.content[end - 1] in b"{":
            self._templates.append(0)
        return end

    def _end(self, pattern: re.Pattern[bytes], at: int) -> int:
        found = pattern.match(self.content, at)
        if found is None:
            raise Unclear(at)
        return found.end()

    def _note(self, start: int, end: int) -> None:
        self._starts.append(start)
        self._ends.append(end)

    def _line_comment(self, at: int) -> None:
        self._pos = self._end(_REST_OF_LINE, at)
        self._note(at, self._trimmed(self._pos))

    def _is_html_comment(self, at: int) -> bool:
        """B.1.1: ``<!--`` anywhere, ``-->`` first on its line; in scripts, not in modules."""
        before = self.end_before(at)
        if self.content.startswith(b"-->", at) and before and not self._breaks(before, at):
            return False
        return not self.is_module()

    def is_module(self) -> bool:
        """Whether the goal is Module (16.2): the file declares an import or export, or asks ``import.meta``."""
        if self._module is None:
            code = Code(self.content, module=True)
            try:
                self._module = any(
                    code.reaches(word.start())
                    and not code.is_name(word.start())
                    and _MODULE_SYNTAX.match(self.content, word.start()) is not None
                    for word in _MODULE_WORD.finditer(self.content)
                )
            except Unclear:
                self._module = False
        return self._module

    # Backwards: tokens

    def end_before(self, at: int) -> int:
        """Where the last token before ``at`` ends; 0 if there is none."""
        while True:
            self._steps -= 1
            if self._steps < 0:
                raise Unclear(self._pos)
            at = self._trimmed(at)
            landmark = self._landmark_ending(at)
            if landmark < 0 or not self._is_comment(landmark):
                return at
            at = landmark

    def start_of(self, end: int) -> int:
        """Where the token that ends at ``end`` begins; operators come one character at a time."""
        last = self.content[end - 1]
        if last in b")]}`\"'":
            return self._opening(end)
        if last in _WORD:
            return self._word_start(end)
        landmark = self._landmark_ending(end)
        return end - 1 if landmark < 0 else landmark

    def keyword(self, end: int) -> bytes:
        """The keyword that ends at ``end``; empty for other words, names of properties, and operators."""
        start = self._word_start(end)
        word = self.content[start:end]
        return word if word in _KEYWORDS and not self.is_name(start) else b""

    def is_name(self, at: int) -> bool:
        """Whether the word at ``at`` is a property's name after ``.``, ``?.`` or ``#``, or goes on an escape."""
        content = self.content
        if content[at - 1 : at] == b"#" or self._is_escape(at):
            return True
        end = self.end_before(at)
        if content[end - 1 : end] != b"." or content.endswith(b"...", 0, end):
            return False
        return end == at or _NUMBER_WITH_DOT.search(content, max(0, end - 40), end) is None  # `1. in x`

    def _trimmed(self, end: int) -> int:
        """``end`` without the white space before it."""
        content = self.content
        while end:
            last = content[end - 1]
            if last in _SPACE:
                end -= 1
            elif last > 127 and content.endswith(_WIDE_SPACES, max(0, end - 3), end):  # noqa: PLR2004
                end -= 2 if last == 0xA0 and content[end - 2] == 0xC2 else 3
            else:
                break
        return end

    def _word_start(self, end: int) -> int:
        content, start = self.content, end
        while start and content[start - 1] in _WORD:
            start -= 1
        for space in _WIDE_SPACE.finditer(content, start, end):
            start = space.end()
        return start

    def _is_escape(self, end: int) -> bool:
        r"""Whether a ``\u{…}`` ends at ``end``."""
        return (
            self.content[end - 1 : end] == b"}"
            and _ESCAPED_LETTER.search(self.content, max(0, end - 16), end) is not None
        )

    def _is_comment(self, landmark: int) -> bool:
        return self.content.startswith(_COMMENT_OPENINGS, landmark)

    def _landmark_ending(self, end: int) -> int:
        index = bisect_left(self._ends, end)
        return self._starts[index] if index < len(self._ends) and self._ends[index] == end else -1

    def _breaks(self, start: int, end: int) -> bool:
        return _LINE_BREAK.search(self.content, start, end) is not None

    # Backwards: brackets

    def enclosing(self, at: int) -> int:
        """The innermost bracket, or template, that is open at ``at``; -1 if there is none.

        Only for an ``at`` between the last landmark and the place reached.
        """
        self._pair(at)
        return self._open[-1] if self._open else -1

    def _opening(self, end: int) -> int:
        """Where the bracket, or literal, that ends at ``end`` was opened."""
        self._pair(end)
        index = bisect_left(self._pair_ends, end)
        found = index < len(self._pair_ends) and self._pair_ends[index] == end
        return self._pair_starts[index] if found else end - 1

    def _pair(self, at: int) -> None:
        """Match the brackets before ``at``, from where this was last done."""
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
        """A template is a pair of its backticks, around a pair of braces for each substitution."""
        first = self.content[start]
        if first not in b"`}":
            return
        if first in b"`":
            self._open.append(start)
        else:
            self._close(start + 1)
        if self.content[end - 1] in b"{":
            self._open.append(end - 1)
        else:
            self._close(end)

    def _close(self, end: int) -> None:
        if self._open:
            self._pair_starts.append(self._open.pop())
            self._pair_ends.append(end)

    # Backwards: grammar

    def is_operand_before(self, at: int) -> bool:
        """Whether the token before ``at`` ends an operand, so that a slash at ``at`` divides."""
        content = self.content
        end = self.end_before(at)
        if not end:
            return False
        last = content[end - 1]
        if last in _WORD:
            return self._is_word_operand(end, at)
        if last in b"]`":
            return True
        if last in b"\"'":
            return self.keyword(self.end_before(self._opening(end))) not in {b"from", b"import"}
        if last in b")":
            return self._head(self._opening(end)) not in _HEADS
        if last in b"}":
            return self._is_brace_operand(end)
        if last in b"/":
            return self._landmark_ending(end) >= 0  # a regular expression, or a division
        if last in b".":
            return not content.endswith(b"...", 0, end)  # the number `1.`
        if last in b"+-":
            return self._is_postfix(end)
        return False

    def is_method(self, at: int) -> bool:
        """Whether the word at ``at``, before a ``(``, names a method rather than is called."""
        opening = self.enclosing(at)
        if opening < 0 or self.content[opening] not in b"{":
            return False
        end = self.end_before(at)
        if self.content[end - 1] in b"*":
            end = self.end_before(end - 1)
        before = self.content[self._word_start(end) : end] or self.content[end - 1 : end]
        match self._brace(opening)[0]:
            case Brace.OBJECT:
                return before in {b"{", b",", b"get", b"set", b"async"}
            case Brace.CLASS:
                if before in {b"{", b";", b"}", b"get", b"set", b"static", b"async"}:
                    return True
                return self._breaks(end, at) and self.is_operand_before(at)  # after a field without ";"
            case _:
                return False

    def is_first_comma(self, at: int) -> bool:
        """Whether the comma at ``at`` is the first one in its bracket."""
        end = at
        while end := self.end_before(end):
            last = self.content[end - 1]
            if last in b",([{":
                return last not in b","
            end = self.start_of(end)
        return True

    def _is_postfix(self, end: int) -> bool:
        """13.4: ``++`` is postfix on the line of its operand only. ``a+++/b/`` reads ``a++ + /b/``."""
        content = self.content
        sign = content[end - 1 : end]
        signs = content[max(0, end - 64) : end]
        if (len(signs) - len(signs.rstrip(sign))) % 2:
            return False
        before = self.end_before(end - 2)
        return not self._breaks(before, end - 2) and self.is_operand_before(end - 2)

    def _is_word_operand(self, end: int, at: int) -> bool:
        word = self.keyword(end)
        if word in _EXPECTING:
            return False
        match word:
            case b"await":
                return not (self.is_module() or self._is_inside(at, b"async"))
            case b"yield":
                return not (self.is_module() or self._is_inside(at, b"*"))
            case b"of":
                return not self._is_for_of(end - 2)
        return not (self._breaks(end, at) and self._is_end_of_statement(end))

    def _is_for_of(self, of: int) -> bool:
        before = self.end_before(of)
        if self.keyword(before) in _DECLARING or not self.is_operand_before(of):
            return False
        opening = self.enclosing(of)
        return opening >= 0 and self.content[opening] in b"(" and self._head(opening) == b"for"

    def _is_end_of_statement(self, end: int) -> bool:
        """12.10: a line break after ``break a`` or ``var a`` ends the statement, as ``/`` cannot go on there."""
        start = self._word_start(end)
        before = self.end_before(start)
        word = self.keyword(before)
        if word in _RESTRICTED:
            return word != b"return" and not self._breaks(before, start)
        return word in _DECLARING or (self.content[before - 1 : before] == b"," and self._is_declared(before))

    def _is_declared(self, end: int) -> bool:
        """Whether the name after the comma that ends at ``end`` is one of ``var a, b``."""
        while end := self.end_before(end):
            start = self.start_of(end)
            last = self.content[end - 1]
            if last in b";([{":
                return False
            if last in _WORD:
                word = self.keyword(end)
                if word in _DECLARING:
                    return True
                if word not in _EXPECTING and self.is_operand_before(start):
                    return False  # two operands in a row: a statement begins at the second
            end = start
        return False

    def _head(self, parenthesis: int) -> bytes:
        """The keyword before ``(``."""
        end = self.end_before(parenthesis)
        word = self.keyword(end)
        if word == b"await" and self.keyword(self.end_before(end - 5)) == b"for":
            return b"for"
        return word

    def _is_brace_operand(self, end: int) -> bool:
        if self._is_escape(end):
            return True
        kind, start = self._brace(self._opening(end))
        if kind in {Brace.FUNCTION, Brace.CLASS}:
            return not self._is_statement(start)
        return kind is Brace.OBJECT

    def _brace(self, at: int) -> tuple[Brace, int]:
        """What the ``{`` at ``at`` opens, and where that function or class begins."""
        end = self.end_before(at)
        if not end:
            return Brace.BLOCK, at
        start = self._class_start(end)
        if start >= 0:
            return Brace.CLASS, start
        last = self.content[end - 1]
        if last in b")":
            start, _ = self._function(self._opening(end))
            return (Brace.FUNCTION if start >= 0 else Brace.BLOCK), start
        if last in b">" and self.content.endswith(b"=>", 0, end):
            return Brace.ARROW, at
        if last in b":":
            is_block = self._is_after_label(at)
        elif last in b"{":
            is_block = self._landmark_ending(end) < 0  # not `${`
        else:
            word = self.keyword(end)
            is_block = (
                last in b";}"
                or word in _BEFORE_BLOCK
                or word in {b"export", b"import", b"with"}
                or (word in _RESTRICTED and self._breaks(end, at))
                or self.is_operand_before(at)
            )
        return (Brace.BLOCK if is_block else Brace.OBJECT), at

    def _is_statement(self, at: int) -> bool:
        """Whether the ``function`` or ``class`` at ``at`` is a declaration, not an operand."""
        end = self.end_before(at)
        if not end:
            return True
        last = self.content[end - 1]
        if last in b":":
            return self._is_after_label(at)
        if last in b"{":
            return self._landmark_ending(end) < 0
        word = self.keyword(end)
        return (
            last in b";})"
            or word in _BEFORE_STATEMENT
            or (word in _RESTRICTED and self._breaks(end, at))
            or self.is_operand_before(at)
        )

    def _is_after_label(self, at: int) -> bool:
        """Whether the colon before ``at`` ends a label or a case; else a property's name or a condition."""
        content = self.content
        while True:
            end = self.end_before(at)
            if content[end - 1 : end] != b":":
                return self._brace(at)[0] is not Brace.OBJECT
            name_end = self.end_before(end - 1)
            name = self.start_of(name_end) if name_end else 0
            before = self.end_before(name)
            last = content[before - 1 : before]
            is_word = content[name_end - 1] in _WORD
            if last == b"{":
                if not is_word:
                    return False
                at = before - 1  # `{ a: …`: a property or a label, as that brace opens an object or a block
            elif last == b",":
                return False
            elif is_word and (
                last in {b"", b";", b"}", b")"}
                or self.keyword(before) in {b"do", b"else"}
                or self.is_operand_before(name)
            ):
                return True
            else:
                return self._is_case(name_end)

    def _is_case(self, end: int) -> bool:
        """Whether going back from a colon leads to its ``case`` rather than to its ``?``."""
        content = self.content
        colons = 0
        while end := self.end_before(end):
            start = self.start_of(end)
            last = content[end - 1]
            if last in b"{([;" or self.keyword(end) == b"case":
                return True
            if last in b":":
                colons += 1
            elif last in b"?":
                if content[start - 1 : start] == b"?":
                    start -= 1
                elif content[end : end + 1] != b"." or content[end + 1 : end + 2].isdigit():
                    if not colons:
                        return False
                    colons -= 1
            end = start
        return True

    def _class_start(self, end: int) -> int:
        """Where the class begins whose head, 15.7 ``class Name extends LeftHandSide``, ends at ``end``; or -1."""
        content = self.content
        while end:
            start = self.start_of(end)
            last = content[end - 1]
            if last in _WORD:
                word = self.keyword(end)
                if word == b"class":
                    return start
                if word == b"extends":
                    return self._class_of_name(self.end_before(start))
                if word in _EXPECTING and word != b"new":
                    return -1
                private = content[start - 1 : start] == b"#"
                before = self.end_before(start - private)
                if content[before - 1 : before] == b"." and self.is_name(start):
                    end = self.end_before(before - 1)
                    end -= content[end - 1 : end] == b"?"
                elif self.keyword(before) in {b"extends", b"new"}:
                    end = before
                else:
                    return self._class_of_name(end)
            elif last in b")]`":
                end = self.end_before(start)
            elif last in b"}\"'/":
                if last in b"}":
                    start = self._brace(start)[1]
                end = self.end_before(start)
                return (
                    self._class_of_name(self.end_before(end - 7)) if self.keyword(end) == b"extends" else -1
                )
            else:
                return -1
        return -1

    def _class_of_name(self, end: int) -> int:
        """Where ``class`` stands if ``class`` or ``class Name`` ends at ``end``; or -1."""
        if self.keyword(end) == b"class":
            return end - 5
        before = self.end_before(self._word_start(end))
        return before - 5 if before != end and self.keyword(before) == b"class" else -1

    def _function(self, parenthesis: int) -> tuple[int, bytes]:
        """Where the function, whose parameters open there, begins (-1: no ``function``); its marks."""
        content = self.content
        end = self.end_before(parenthesis)
        marks = b""
        if self.keyword(end) != b"function" and content[end - 1] not in b"*":  # it has a name
            start = self.start_of(end) if end else 0
            end = self.end_before(start - (content[start - 1 : start] == b"#"))
        if content[end - 1 : end] == b"*":
            marks = b"*"
            end = self.end_before(end - 1)
        begin = -1
        if self.keyword(end) == b"function":
            begin = end - 8
            end = self.end_before(begin)
        if self.keyword(end) == b"async" and not self._breaks(end, begin if begin >= 0 else end):
            marks += b"async"
            begin = end - 5 if begin >= 0 else begin
        return begin, marks

    def _is_inside(self, at: int, mark: bytes) -> bool:
        """Whether the innermost function around ``at`` is ``async``, or a generator (``*``)."""
        self._pair(at)
        content = self.content
        for depth in range(len(self._open), -1, -1):
            arrow = self._arrow_before(at)
            if arrow >= 0:
                return mark == b"async" and self._is_async_arrow(arrow)
            if not depth:
                return False
            at = self._open[depth - 1]
            end = self.end_before(at)
            if content[at] not in b"{" or self._landmark_ending(at + 1) >= 0:
                continue
            if content.endswith(b"=>", 0, end):
                return mark == b"async" and self._is_async_arrow(end - 2)
            if content[end - 1 : end] != b")" or self._head(self._opening(end)) in _BLOCK_HEADS:
                continue
            begin, marks = self._function(self._opening(end))
            if begin >= 0 or (
                depth > 1 and self._brace(self._open[depth - 2])[0] in {Brace.OBJECT, Brace.CLASS}
            ):
                return mark in marks
        return False

    def _arrow_before(self, at: int) -> int:
        """The ``=>`` whose expression ``at`` is part of, with no bracket between; or -1."""
        content = self.content
        word = self.start_of(self.end_before(at)) if self.end_before(at) else 0
        if self.is_operand_before(word):
            return -1  # a statement of its own
        end = word
        while end := self.end_before(end):
            if content[end - 1] in b",;([{}":
                return -1
            if content.endswith(b"=>", 0, end):
                return end - 2
            end = self.start_of(end)
        return -1

    def _is_async_arrow(self, arrow: int) -> bool:
        end = self.end_before(arrow)
        return self.keyword(self.end_before(self.start_of(end))) == b"async"
