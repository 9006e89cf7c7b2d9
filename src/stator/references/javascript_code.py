"""Which bytes of a JavaScript file are code: not comment, string, template text or regular expression.

Rules of this file; sections are those of ECMA-262.

1. *Forwards, once, at the speed of one pattern.* ``_RUN`` passes over all that cannot hide the end of another
   token: words, operators, brackets, whole strings, whole plain templates. It halts at comments, at templates
   with ``${``, and at slashes.
2. *A slash is decided by what is before it* (``javascript_grammar``), not by what is after it.
3. *Valid source is always read right.* In source that no engine accepts mistakes may pass unnoticed; a token
   without an end is ``Unclear``.
"""

from __future__ import annotations

import re

from stator.references.javascript_grammar import divides
from stator.references.javascript_tokens import (
    COMMENT,
    GAP,
    LINE,
    NAME,
    PLAIN,
    STRING,
    TEMPLATE,
    Tokens,
    Unclear,
    compiled,
)

# No keyword is one letter, or ends in an upper-case letter, a digit, "_" or "$": a slash right after divides.
_DIVISION = rb"/(?:(?<=[A-Z0-9_$\]]/)|(?<=[^\w$][a-z]/))(?![/*])"
_WHOLE = STRING + rb"|" + TEMPLATE + rb"|" + _DIVISION
_RUN = re.compile(rb"(?>(?:[^\"'`/]++|" + _WHOLE + rb")*)")
_RUN_IN_TEMPLATE = re.compile(rb"(?>(?:[^\"'`/{}]++|" + _WHOLE + rb")*)")
_STRING = re.compile(STRING)
_COMMENT = re.compile(COMMENT)
_LINE = re.compile(LINE)
_PIECE = re.compile(rb"[`}]" + PLAIN + rb"(?:`|\$\{)")  # 12.9.6: from "`" or "}" to "${" or "`"
# 12.9.5: a class ends at the first "]", under the v flag too, whose nested classes the lexer does not know.
_REGEX = re.compile(rb"/(?>(?:[^/\\\[\n\r]++|\\[^\n\r]|\[(?>(?:[^\]\\\n\r]++|\\[^\n\r])*)\])+)/")
_HTML_COMMENT = re.compile(rb"--(?:(?<=<!--)|>)")  # "<!--" or "-->"; a search for what they share is faster
_MODULE_WORD = re.compile(rb"(?:import|export)(?<![\w$](?:import|export))(?![\w$])")
_MODULE_ITEM = (
    GAP.join((rb"import", rb"(?:[\"'{*]|" + NAME + rb"|\.", rb"(?P<meta>meta))"))
    + rb"|" + GAP.join((rb"export", rb"(?:[{*]|" + NAME + rb")"))
)  # fmt: skip


class Code:
    """A file, read as far as ``position``."""

    def __init__(self, content: bytes, *, is_module: bool | None = None) -> None:
        self.content = content
        self.tokens: Tokens = Tokens(content, self.is_module)
        self.position: int = 0
        self._substitutions: list[int] = []  # for each `${` around `position`: how many `{` are open in it
        self._goal_is_module = is_module
        self._searched = 0  # for HTML-like comments
        start = 3 if content.startswith(b"\xef\xbb\xbf") else 0  # decoders drop the byte order mark
        if content.startswith(b"#!", start):  # 12.5 Hashbang Comments
            self._line_comment(start)

    def reaches(self, at: int) -> bool:
        """Read up to ``at``, and tell whether a token of code can begin there."""
        for place in self._html_before(at):
            if self._run(place) and self._is_html_comment(place):
                self._line_comment(place)
        return self._run(at)

    def _html_before(self, at: int) -> list[int]:
        """Where HTML-like comments (B.1.1) may begin, from where this was asked the last time."""
        searched, self._searched = self._searched, at
        if self._goal_is_module:
            return []
        return [
            found.start() - (len("<!") if found[0] == b"--" else 0)
            for found in _HTML_COMMENT.finditer(self.content, searched, at)
        ]

    def _run(self, at: int) -> bool:
        while self.position < at:
            run = _RUN_IN_TEMPLATE if self._substitutions else _RUN
            # For the pattern the text ends at `at`. A literal that goes on beyond does not match, and is then
            # read as a whole by `_read`, which so passes over `at`.
            found = run.match(self.content, self.position, at)
            self.position = found.end() if found else at
            if self.position < at:
                self.position = self._read(self.position)
        return self.position == at

    def _read(self, at: int) -> int:
        """Read the token at ``at``, where ``_RUN`` halted, and return its end."""
        byte = self.content[at]
        if byte in b"/":
            return self._slash(at)
        if byte in b"\"'":
            return self._end(_STRING, at)
        if byte in b"`":
            return self._piece(at)
        if byte in b"}" and not self._substitutions[-1]:
            self._substitutions.pop()
            return self._piece(at)
        self._substitutions[-1] += 1 if byte in b"{" else -1
        return at + 1

    def _slash(self, at: int) -> int:
        if self.content.startswith((b"//", b"/*"), at):
            end = self._end(_COMMENT, at)
            self.tokens.note_comment(at, end)
            return end
        if divides(self.tokens, at):
            return at + 1
        end = self._end(_REGEX, at)
        self.tokens.note(at, end)
        return end

    def _piece(self, at: int) -> int:
        end = self._end(_PIECE, at)
        self.tokens.note(at, end)
        if self.content[end - 1] in b"{":
            self._substitutions.append(0)
        return end

    def _line_comment(self, at: int) -> None:
        self.position = self._end(_LINE, at)
        self.tokens.note_comment(at, self.position)

    def _end(self, pattern: re.Pattern[bytes], at: int) -> int:
        found = pattern.match(self.content, at)
        if found is None:
            raise Unclear(at)
        return found.end()

    def is_module_item(self, at: int) -> bool:
        """Whether the word at ``at`` declares an import or export at the start of a statement, or is meta."""
        found = None if self.tokens.is_name(at) else compiled(_MODULE_ITEM).match(self.content, at)
        if found is None:
            return False
        before = self.tokens.end_before(at)
        is_start = not before or self.content[before - 1] in b";})" or self.tokens.is_line_break(before, at)
        return is_start or found["meta"] is not None

    def _is_html_comment(self, at: int) -> bool:
        """B.1.1: ``<!--`` anywhere, ``-->`` first on its line; in scripts, not in modules."""
        before = self.tokens.end_before(at)
        if self.content[at] in b"-" and before and not self.tokens.is_line_break(before, at):
            return False
        return not self.is_module()

    def is_module(self) -> bool:
        """16.2: whether an import or export is declared, or ``import.meta`` used, anywhere in the file."""
        if self._goal_is_module is None:
            code = Code(self.content, is_module=True)
            try:
                self._goal_is_module = any(
                    code.reaches(word.start()) and code.is_module_item(word.start())
                    for word in _MODULE_WORD.finditer(self.content)
                )
            except Unclear:
                self._goal_is_module = False
        return self._goal_is_module
