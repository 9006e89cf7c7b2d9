"""References in JavaScript: import, export … from, import(), new URL(…, import.meta.url), source maps.

Rules of this file; sections are those of ECMA-262.

1. *Candidates first.* Three patterns list every place that may hold a reference. The file is read up to the
   last of them and no further; a file without any is not read at all. ``Code`` tells which places are code.
2. *Every specifier is returned as it reads*, bare names and ``https:`` too: what it means is for others.
3. *What is computed is remarked upon*, once, and left alone: ``import(name)``, ``new URL(`${x}.js`, …)``.
   A literal in parentheses of its own, ``import(("x"))``, counts as computed.
4. *Where a file cannot be read on*, ``unclear-syntax`` says so, and nothing after that place is returned:
   a wrong rewrite is worse than a missed one.
5. *One source map*: the last comment that names one, as browsers have it. A ``data:`` URL is no reference.

JSX and TypeScript are other languages, and are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stator.references.javascript_code import Code
from stator.references.javascript_grammar import is_first_comma, is_method
from stator.references.javascript_tokens import (
    DOUBLE,
    GAP,
    NAME,
    PLAIN,
    SINGLE,
    SPACE,
    STRING,
    Unclear,
    compiled,
)
from stator.references.reference import NOTHING, Kind, Reference, Remark, Scan

# Rule 1. These patterns may accept too much, never too little: they take a comment for what they look for,
# and any byte beyond ASCII for a space. In valid code no quote, "@" or "#" stands right before `import`.
_BLANK = rb"[\s\x80-\xff]*+"
_NAMED = rb"[\w$\s,{}*\\\x80-\xff]"
_COMMENT_OPENING = rb"/[/*]"
_META = _BLANK.join((rb"", rb"\.", rb"(?:meta", rb"(?:\.", rb"url|/)|defer|source|/)"))
_IMPORTS = (
    rb"(?<=import)(?<![\w$@#\"'`]import)(?<![^.]\.import)(?![\w$])"
    rb"(?=" + _BLANK + rb"(?:[(\"']|" + _COMMENT_OPENING + rb")|" + _META + rb"|"
    + _NAMED + rb"{256}|" + _NAMED + rb"{1,255}+(?:" + _COMMENT_OPENING + rb"|(?<=[m\s,{\x80-\xff])[\"']))"
)  # fmt: skip
_EXPORTS = (
    rb"(?<=export)(?<![\w$@#\"'`]export)(?<![^.]\.export)"
    rb"(?=" + _BLANK + rb"(?:\*(?!/[^/*])|" + _COMMENT_OPENING
    + rb"|\{[^{}/\"']*+(?:[/\"']|\}" + _BLANK + rb"(?:from|/))))"
)  # fmt: skip
# One search for what the words share takes a third of the time of two.
_CANDIDATE = re.compile(rb"port(?:" + _IMPORTS + rb"|" + _EXPORTS + rb")")
_MAP_CANDIDATE = re.compile(rb"sourceMappingURL=")
# No references, and nothing that a classic script may have: exports from nowhere (16.2.3), and import.meta.
_MODULE_SYNTAX = re.compile(
    rb"port(?:(?<=export)(?<![^;}\s/]export)(?=\s*\{|\s+(?:default|const|let|var|function|class|async)\b)"
    rb"|(?<=import)\s*\.\s*meta\b)"
)
_MODULE_ONLY = frozenset({Kind.JS_IMPORT, Kind.JS_EXPORT, Kind.JS_URL})  # JS_URL has import.meta

_QUOTED = rb"(?:\"(?P<double>" + DOUBLE + rb")\"|'(?P<single>" + SINGLE + rb")')"
_LITERAL = rb"(?:" + _QUOTED + rb"|`(?P<template>" + PLAIN + rb")`)"
_LIST = rb"\{(?>(?:" + NAME + rb"|" + STRING + rb"|,|" + SPACE + rb")*)\}"
_NAMESPACE = GAP.join((rb"\*", rb"as", NAME))
_CLAUSE = rb"|".join((  # 16.2.2 ImportClause; the first two are the proposals import defer and import source
    GAP.join((rb"defer", _NAMESPACE)),
    GAP.join((rb"source", NAME)),
    GAP.join((NAME + rb"(?:", rb",", rb"(?:" + _LIST + rb"|" + _NAMESPACE + rb"))?")),
    _LIST,
    _NAMESPACE,
))  # fmt: skip
_ALL = GAP.join((rb"\*(?:", rb"as", rb"(?:" + NAME + rb"|" + STRING + rb"))?"))  # 16.2.3 ExportFromClause
_IMPORT = GAP.join((rb"import", rb"(?:(?:" + _CLAUSE + rb")", rb"from", rb")?" + _QUOTED))
_EXPORT = GAP.join((rb"export", rb"(?:" + _ALL + rb"|" + _LIST + rb")", rb"from", _QUOTED))
_CALL = GAP.join((rb"import", rb"(?:\.", rb"(?:defer|source)", rb")?\(", rb""))  # 13.3.10
_ARGUMENT = _LITERAL + GAP + rb"(?:,|\)(?P<brace>[ \t]*+\{)?)"
_FIRST_TOKEN = STRING + rb"|`" + PLAIN + rb"(?:`|\$\{)?|" + NAME + rb"(?>(?:\." + NAME + rb")*)|[^)]"
_META_URL = GAP.join((rb"import", rb"\.", rb"meta", rb"\.", rb"url", rb"(?:,", rb")?\)"))
_WHOLE_ARGUMENT = GAP + _LITERAL + GAP + rb"\Z"
_GAP = re.compile(GAP)

# ECMA-426, MatchSourceMapURL; but a URL with quotes is none for browsers.
_MAP_COMMENT = re.compile(rb"/[/*][#@]\s*+sourceMappingURL=([^\s\"'`]*?)\s*+(?:\*/)?\Z")
_MAP_LINE = re.compile(rb"\s*+//[#@][ \t]*+sourceMappingURL=([^\s\"'`]*+)\s*+\Z")

# 12.9.4 and 12.9.6: escapes of strings and templates; B.1.2: octal ones, in old scripts.
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]+)\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([0-3]?[0-7]{1,2})|(\r\n|[\s\S]))"
)
_CONTINUATIONS = dict.fromkeys(("\r\n", "\n", "\r", "\u2028", "\u2029"), "")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"} | _CONTINUATIONS


def scan(content: bytes) -> Scan:
    """Find the references of a script or a module."""
    last_map = content.rfind(b"sourceMappingURL=")
    map_url = _map_in_last_line(content, last_map) if last_map >= 0 else None
    candidates = [found.start() - len("im") for found in _CANDIDATE.finditer(content)]
    may_be_module = _MODULE_SYNTAX.search(content) is not None
    if map_url is None and last_map >= 0:
        candidates += [found.start() for found in _MAP_CANDIDATE.finditer(content)]
    if not candidates and not may_be_module and map_url is None:
        return NOTHING

    code = Code(content)
    found: list[Reference | Remark] = []
    unclear, module = -1, False
    try:
        for at in sorted(candidates):
            if content[at] in b"s":
                map_url = _map_in_comment(code, at) or map_url
            elif code.reaches(at) and not code.tokens.is_name(at):
                found += _import(code, at) if content[at] in b"i" else _export(code, at)
        module = any(each.kind in _MODULE_ONLY for each in found) or (may_be_module and code.is_module())
    except Unclear as place:
        unclear = place.at
    except RecursionError:  # more nested than anybody writes
        unclear = code.position
    if unclear >= 0:
        found.append(Remark(unclear, min(unclear + 1, len(content)), "unclear-syntax"))
    elif map_url is not None:
        found += _source_map(content, *map_url)
    return _in_order(found, module)


def _in_order(found: Iterable[Reference | Remark], module: bool) -> Scan:
    by_place = sorted(found, key=lambda each: (each.start, each.end))
    return Scan(
        tuple(each for each in by_place if isinstance(each, Reference)),
        tuple(each for each in by_place if isinstance(each, Remark)),
        module,
    )


# Imports and exports


def _import(code: Code, at: int) -> Iterator[Reference | Remark]:
    content = code.content
    if declaration := compiled(_IMPORT).match(content, at):
        # In a class, a line break makes it a field called import, and a method: { import⏎"name"() {} }
        tokens = code.tokens
        if not tokens.is_line_break(*declaration.span()) or tokens.enclosing(at) < 0:
            yield _reference(Kind.JS_IMPORT, declaration)
    elif call := compiled(_CALL).match(content, at):
        yield from _dynamic_import(code, at, call.end())
    elif compiled(_META_URL).match(content, at):
        yield from _new_url(code, at)


def _export(code: Code, at: int) -> Iterator[Reference | Remark]:
    if declaration := compiled(_EXPORT).match(code.content, at):
        yield _reference(Kind.JS_EXPORT, declaration)


def _dynamic_import(code: Code, at: int, argument: int) -> Iterator[Reference | Remark]:
    content, tokens = code.content, code.tokens
    if literal := compiled(_ARGUMENT).match(content, argument):
        # A brace on the same line makes it a method, or else a class's heritage.
        if literal["brace"] is None or tokens.keyword(tokens.end_before(at)) == b"extends":
            yield _reference(Kind.JS_DYNAMIC_IMPORT, literal)
    elif (token := compiled(_FIRST_TOKEN).match(content, argument)) and not is_method(tokens, at):
        yield Remark(*token.span(), "computed-reference", Kind.JS_DYNAMIC_IMPORT)


def _new_url(code: Code, meta: int) -> Iterator[Reference | Remark]:
    """Look back from ``import.meta.url)`` for ``new URL(argument,``."""
    content, tokens = code.content, code.tokens
    comma, opening = tokens.end_before(meta) - 1, tokens.enclosing(meta)
    if opening < 0 or content[opening] not in b"(" or content[comma] not in b",":
        return
    name = tokens.end_before(opening)
    start = tokens.word_start(name)
    if content[start:name] != b"URL" or tokens.keyword(tokens.end_before(start)) != b"new":
        return
    if literal := compiled(_WHOLE_ARGUMENT).match(content, opening + 1, comma):
        yield _reference(Kind.JS_URL, literal)
    elif (gap := _GAP.match(content, opening + 1)) and is_first_comma(tokens, comma):
        yield Remark(gap.end(), tokens.end_before(comma), "computed-reference", Kind.JS_URL)


# Specifiers


def _reference(kind: Kind, found: re.Match[bytes]) -> Reference | Remark:
    literals = found.groupdict()
    quotes = next(name for name in ("double", "single", "template") if literals.get(name) is not None)
    start, end = found.span(quotes)
    specifier = _text(found[quotes], in_template=quotes == "template")
    if specifier is None:
        return Remark(start, end, "broken-encoding", kind)
    return Reference(start, end, kind, specifier)


def _text(raw: bytes, *, in_template: bool) -> str | None:
    """Resolve the escapes of a string or template; ``None`` if that gives no text."""
    try:
        text = raw.decode()
        if in_template:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "\\" not in text:
            return text
        text = _ESCAPE.sub(_escaped, text)
        return text.encode("utf-16", "surrogatepass").decode("utf-16")  # joins the halves of a pair
    except (ValueError, OverflowError):  # not UTF-8, half a pair, no such code point, no such escape
        return None


def _escaped(escape: re.Match[str]) -> str:
    point, unit, byte, octal, other = escape.groups()
    if other is None:
        return chr(int(octal, 8) if octal else int(point or unit or byte, 16))
    if other in "ux":
        raise ValueError(other)
    return _ESCAPED.get(other, other)


# Source maps


def _map_in_last_line(content: bytes, name: int) -> tuple[int, int] | None:
    """Where the URL is, if ``name`` is in a source map comment that is all of the last line.

    Such a line need not be read up to: it is not in a string or a regular expression, as it has no end of
    one, nor in a template or a comment, as that would never end.
    """
    line = 1 + max(content.rfind(b"\n", 0, name), content.rfind(b"\r", 0, name))
    found = _MAP_LINE.match(content, line)
    return found.span(1) if found and b"*/" not in found[1] else None


def _map_in_comment(code: Code, at: int) -> tuple[int, int] | None:
    if at < code.position or code.reaches(at):
        return None
    start, end = code.tokens.comment
    found = _MAP_COMMENT.match(code.content, start, end) if at < end else None
    return found.span(1) if found else None


def _source_map(content: bytes, start: int, end: int) -> Iterator[Reference | Remark]:
    url = content[start:end]
    if not url or url[:5].lower() == b"data:":
        return
    try:
        yield Reference(start, end, Kind.SOURCE_MAP, url.decode())
    except UnicodeDecodeError:
        yield Remark(start, end, "broken-encoding", Kind.SOURCE_MAP)
