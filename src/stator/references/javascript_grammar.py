"""Whether a slash divides, and what else depends on the grammar around a token of JavaScript.

ECMA-262, 12 "Lexical Grammar": a ``/`` opens a regular expression where the syntactic grammar permits one,
and divides elsewhere. It permits one wherever no operand has just ended, so all here asks what the token
before a place is, and for brackets, what stands before them:

    a / b     return /b/     f() / b     if (a) /b/     x = {} / b     {} /b/     a++ / b     ++/b/.c

The rules hold for valid source. Where source is not valid, either answer is as good.
"""

from __future__ import annotations

from enum import Enum, auto

from stator.references.javascript_tokens import EXPECTING, WORD, Tokens

_BEFORE_BLOCK = frozenset(b"catch do else export finally import try with".split())
_BEFORE_DECLARATION = frozenset(b"default do else export".split())
_RESTRICTED = frozenset(b"break continue debugger return".split())  # 12.10.1: a line break ends the statement
_DECLARING = frozenset(b"const let var".split())
_IN_EXPRESSIONS = frozenset(b"class delete extends function import in instanceof new typeof void".split())
_HEADS_OF_STATEMENTS = frozenset(b"for if while with".split())
_HEADS_OF_BLOCKS = _HEADS_OF_STATEMENTS | {b"catch", b"switch"}


class Brace(Enum):
    """What a ``{`` opens."""

    BLOCK = auto()  # also a list of exports, and the attributes of an import
    OBJECT = auto()
    FUNCTION = auto()
    ARROW = auto()
    CLASS = auto()


def divides(tokens: Tokens, at: int) -> bool:
    """Whether the slash at ``at`` divides: an operand ends before it, and its statement does not."""
    end = tokens.end_before(at)
    return _is_after_operand(tokens, at) and not (
        tokens.is_line_break(end, at) and _ends_statement(tokens, end)
    )


def is_method(tokens: Tokens, at: int) -> bool:
    """Whether the word at ``at``, which a ``(`` follows, names a method rather than is called."""
    content = tokens.content
    brace = tokens.enclosing(at)
    if brace < 0 or content[brace] not in b"{":
        return False
    end = tokens.end_before(at)
    if content[end - 1] in b"*":
        end = tokens.end_before(end - 1)
    before = content[tokens.word_start(end) : end] or content[end - 1 : end]
    match _brace(tokens, brace)[0]:
        case Brace.OBJECT:
            return before in {b"{", b",", b"get", b"set", b"async"}
        case Brace.CLASS:
            if before in {b"{", b";", b"}", b"get", b"set", b"static", b"async"}:
                return True
            return tokens.is_line_break(end, at) and _is_after_operand(
                tokens, at
            )  # after a field without ";"
        case _:
            return False


def is_first_comma(tokens: Tokens, at: int) -> bool:
    """Whether the comma at ``at`` is the first one between its brackets."""
    end = at
    while end := tokens.end_before(end):
        last = tokens.content[end - 1]
        if last in b",([{":
            return last not in b","
        end = tokens.start_of(end)
    return True


# Operands


def _is_after_operand(tokens: Tokens, at: int) -> bool:
    """Whether the token before ``at`` ends an operand."""
    end = tokens.end_before(at)
    if not end:
        return False
    last = tokens.content[end - 1]
    if last in WORD:
        return _is_operand(tokens, end, at)
    if last in b"]`\"'":
        return True
    if last in b")":
        return _head(tokens, tokens.opening(end)) not in _HEADS_OF_STATEMENTS
    if last in b"}":
        return _is_brace_operand(tokens, end)
    if last in b"+-":
        return _is_postfix(tokens, end)
    if last in b".":
        return tokens.is_number_with_dot(end)
    return last in b"/" and tokens.landmark_ending(end) >= 0  # the end of a regular expression


def _is_operand(tokens: Tokens, end: int, at: int) -> bool:
    """Whether the word that ends at ``end``, the last before ``at``, is an operand or the end of one."""
    match tokens.keyword(end):
        case b"await":  # 12.7.2: reserved in modules and in async functions
            return not (tokens.is_module() or _is_inside(tokens, at, b"async"))
        case b"yield":  # in strict code, which modules are, and in generators
            return not (tokens.is_module() or _is_inside(tokens, at, b"*"))
        case b"of":
            return not _is_for_of(tokens, end - 2)
        case word:
            return word not in EXPECTING


def _ends_statement(tokens: Tokens, end: int) -> bool:
    """12.10: a line break after ``break a``, ``var a``, ``from "a"`` ends the statement."""
    last = tokens.content[end - 1]
    if last in b"\"'":
        return tokens.keyword(tokens.end_before(tokens.opening(end))) in {b"from", b"import"}
    if last not in WORD:
        return False
    start = tokens.word_start(end)
    before = tokens.end_before(start)
    word = tokens.keyword(before)
    if word in {b"break", b"continue"}:
        return not tokens.is_line_break(before, start)
    return word in _DECLARING or (
        tokens.content[before - 1 : before] == b"," and _is_declared(tokens, before)
    )


def _is_declared(tokens: Tokens, end: int) -> bool:
    """Whether the name after the comma that ends at ``end`` is one of ``var a, b``."""
    while end := tokens.end_before(end):
        start = tokens.start_of(end)
        last = tokens.content[end - 1]
        if last in b";([{":
            return False
        if last in WORD:
            word = tokens.keyword(end)
            if word in _DECLARING or tokens.keyword(tokens.end_before(start)) in _DECLARING:
                return True
            if word in EXPECTING - _IN_EXPRESSIONS or (
                word not in EXPECTING and _is_after_operand(tokens, start)
            ):
                return False  # the word begins a statement
        end = start
    return False


def _is_for_of(tokens: Tokens, of: int) -> bool:
    """14.7.5: ``for (a of`` has an operand before ``of``, all other uses of the name have none."""
    if tokens.keyword(tokens.end_before(of)) in _DECLARING or not _is_after_operand(tokens, of):
        return False
    bracket = tokens.enclosing(of)
    return bracket >= 0 and tokens.content[bracket] in b"(" and _head(tokens, bracket) == b"for"


def _is_postfix(tokens: Tokens, end: int) -> bool:
    """13.4: ``++`` is postfix on the line of its operand only. ``a+++/b/`` reads ``a++ + /b/``."""
    signs = tokens.content[max(0, end - 64) : end]
    if (len(signs) - len(signs.rstrip(signs[-1:]))) % 2:
        return False
    before = tokens.end_before(end - 2)
    return not tokens.is_line_break(before, end - 2) and _is_after_operand(tokens, end - 2)


def _head(tokens: Tokens, parenthesis: int) -> bytes:
    """The keyword before ``(``; ``for`` also for ``for await``."""
    end = tokens.end_before(parenthesis)
    word = tokens.keyword(end)
    if word == b"await" and tokens.keyword(tokens.end_before(end - 5)) == b"for":
        return b"for"
    return word


# Braces


def _is_brace_operand(tokens: Tokens, end: int) -> bool:
    if tokens.is_escape(end):
        return True
    kind, start = _brace(tokens, tokens.opening(end))
    if kind in {Brace.FUNCTION, Brace.CLASS}:
        return not _is_declaration(tokens, start)
    return kind is Brace.OBJECT


def _brace(tokens: Tokens, at: int) -> tuple[Brace, int]:
    """What the ``{`` at ``at`` opens, and where that function or class begins."""
    end = tokens.end_before(at)
    if not end:
        return Brace.BLOCK, at
    last = tokens.content[end - 1]
    word = tokens.keyword(end)
    if word == b"extends":
        return Brace.OBJECT, at
    start = _class(tokens, end)
    if start >= 0:
        return Brace.CLASS, start
    if last in b")":
        start, _ = _function(tokens, tokens.opening(end))
        return (Brace.FUNCTION if start >= 0 else Brace.BLOCK), start
    if tokens.content.endswith(b"=>", 0, end):
        return Brace.ARROW, at
    if last in b":":
        is_block = _is_label(tokens, at)
    elif last in b"{":
        is_block = not tokens.is_substitution(end - 1)
    else:
        is_block = (
            last in b";}"
            or word in _BEFORE_BLOCK
            or (word in _RESTRICTED and tokens.is_line_break(end, at))
            or _is_after_operand(tokens, at)  # after an operand: a statement of its own, on a line of its own
        )
    return (Brace.BLOCK if is_block else Brace.OBJECT), at


def _is_declaration(tokens: Tokens, at: int) -> bool:
    """Whether the function or class at ``at`` is a statement, not an operand."""
    end = tokens.end_before(at)
    if not end:
        return True
    last = tokens.content[end - 1]
    if last in b":":
        return _is_label(tokens, at)
    if last in b"{":
        return not tokens.is_substitution(end - 1)
    word = tokens.keyword(end)
    return (
        last in b";})"
        or word in _BEFORE_DECLARATION
        or (word in _RESTRICTED and tokens.is_line_break(end, at))
        or _is_after_operand(tokens, at)
    )


def _is_label(tokens: Tokens, at: int) -> bool:
    """Whether the colon before ``at`` ends a label or a case; else a property's name or a condition."""
    content = tokens.content
    while content[(end := tokens.end_before(at)) - 1] in b":":
        name_end = tokens.end_before(end - 1)
        name = tokens.start_of(name_end)
        before = tokens.end_before(name)
        last = content[before - 1 : before]
        is_word = content[name_end - 1] in WORD
        if last == b"{" and is_word:
            at = before - 1  # `{ a: …`: a property or a label, as that brace opens an object or a block
            continue
        if last in {b"{", b","}:
            return False
        if is_word and (
            last in {b"", b";", b"}", b")"}
            or tokens.keyword(before) in {b"do", b"else"}
            or _is_after_operand(tokens, name)  # an operand before the name: it begins a statement
        ):
            return True
        return _is_case(tokens, name_end)
    return _brace(tokens, at)[0] is not Brace.OBJECT


def _is_case(tokens: Tokens, end: int) -> bool:
    """Whether the way back from a colon leads to its ``case`` rather than to its ``?``."""
    content = tokens.content
    colons = 0
    while end := tokens.end_before(end):
        start = tokens.start_of(end)
        last = content[end - 1]
        if last in b"{([;" or tokens.keyword(end) == b"case":
            return True
        if last in b":":
            colons += 1
        elif last in b"?":
            if content[start - 1] in b"?":
                start -= 1  # `a ?? b`
            elif content[end] not in b"." or content[end + 1 : end + 2].isdigit():  # not `a?.b`
                if not colons:
                    return False
                colons -= 1
        end = start
    return True


def _class(tokens: Tokens, end: int) -> int:
    """15.7: where the class begins whose head, ``class Name extends Operand``, ends at ``end``; or -1."""
    content = tokens.content
    while end:
        start = tokens.start_of(end)
        last = content[end - 1]
        if last in b")]`":  # a call, an index, a template with a tag: go on with what is before
            end = tokens.end_before(start)
            end -= 2 * content.endswith(b"?.", 0, end)
        elif last in WORD or tokens.is_escape(end):
            word = tokens.keyword(end)
            if word == b"class":
                return start
            if word == b"extends":
                return _class_name(tokens, tokens.end_before(start))
            if word in EXPECTING - {b"import", b"new"}:
                return -1
            before = tokens.end_before(start - (content[start - 1 : start] == b"#"))
            if content[before - 1 : before] == b"." and tokens.is_name(start):
                end = tokens.end_before(before - 1)
                end -= content[end - 1 : end] == b"?"
            elif tokens.keyword(before) in {b"extends", b"new"}:
                end = before
            else:
                return _class_name(tokens, end)
        elif last in b"}\"'/.":  # an operand that nothing but `extends` can precede
            if last in b"}":
                start = _brace(tokens, start)[1]
            end = tokens.end_before(start)
            while tokens.keyword(end) == b"new":
                end = tokens.end_before(end - 3)
            return (
                _class_name(tokens, tokens.end_before(end - 7)) if tokens.keyword(end) == b"extends" else -1
            )
        else:
            return -1
    return -1


def _class_name(tokens: Tokens, end: int) -> int:
    """Where ``class`` stands if ``class`` or ``class Name`` ends at ``end``; or -1."""
    if tokens.keyword(end) == b"class":
        return end - 5
    start = tokens.word_start(end)
    before = tokens.end_before(start)
    return before - 5 if start < end and tokens.keyword(before) == b"class" else -1


# Functions


def _function(tokens: Tokens, parenthesis: int) -> tuple[int, bytes]:
    """Where the function with these parameters begins, -1 for a method; its marks, ``async`` and ``*``."""
    content = tokens.content
    end = tokens.end_before(parenthesis)
    if end and tokens.keyword(end) != b"function" and content[end - 1] not in b"*":
        name = tokens.start_of(end)
        end = tokens.end_before(name - (content[name - 1 : name] == b"#"))
    marks, begin = b"", -1
    if content[end - 1 : end] == b"*":
        marks, end = b"*", tokens.end_before(end - 1)
    if tokens.keyword(end) == b"function":
        begin = end - 8
        end = tokens.end_before(begin)
    if tokens.keyword(end) == b"async" and (begin < 0 or not tokens.is_line_break(end, begin)):
        marks += b"async"
        begin = end - 5 if begin >= 0 else -1
    return begin, marks


def _is_inside(tokens: Tokens, at: int, mark: bytes) -> bool:
    """Whether the innermost function around ``at`` is ``async``, or a generator (``*``)."""
    content = tokens.content
    while True:
        if arrow := _arrow(tokens, at):
            return _is_async(tokens, arrow, mark)
        at = tokens.enclosing(at)
        if at < 0:
            return False
        if content[at] not in b"{" or tokens.is_substitution(at):
            continue
        end = tokens.end_before(at)
        if content.endswith(b"=>", 0, end):
            return _is_async(tokens, end - 2, mark)
        if content[end - 1 : end] != b")" or _head(tokens, tokens.opening(end)) in _HEADS_OF_BLOCKS:
            continue
        begin, marks = _function(tokens, tokens.opening(end))
        if begin >= 0 or _is_in_literal_or_class(tokens, at):
            return mark in marks


def _is_in_literal_or_class(tokens: Tokens, at: int) -> bool:
    """Whether what is at ``at`` can only be a property or method."""
    brace = tokens.enclosing(at)
    return (
        brace >= 0
        and tokens.content[brace] in b"{"
        and _brace(tokens, brace)[0] in {Brace.OBJECT, Brace.CLASS}
    )


def _arrow(tokens: Tokens, at: int) -> int:
    """The ``=>`` to whose expression the word, or bracket, before or at ``at`` belongs; 0 if none."""
    content = tokens.content
    end = at
    while end := tokens.end_before(end):
        start = tokens.start_of(end)
        if content[end - 1] in b",;([{}":
            return 0
        if content.endswith(b"=>", 0, end):
            return end - 2
        end = start
    return 0


def _is_async(tokens: Tokens, arrow: int, mark: bytes) -> bool:
    """Whether the arrow function is; 15.3: a generator it never is."""
    if not arrow or mark == b"*":
        return False
    end = tokens.end_before(arrow)
    return tokens.keyword(tokens.end_before(tokens.start_of(end))) == b"async"
