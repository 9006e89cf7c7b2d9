"""References in JavaScript: import, export … from, import(), new URL(…, import.meta.url), source maps.

Rules of this file; sections are those of ECMA-262.

1. *Candidates first.* Three patterns list every place that may hold a reference. The file is read up to the
   last of them and no further; a file without any is not read at all. ``Code`` tells which places are code.
2. *Every specifier is returned as it reads*, bare names and ``https:`` too: what it means is for others.
3. *What is computed is remarked upon*, once, and left alone: ``import(name)``, ``new URL(`${x}.js`, …)``.
   What stands in brackets of its own, ``import(("x"))``, counts as computed.
4. *Where a file cannot be read on*, ``unclear-syntax`` says so and nothing after that place is returned:
   a wrong rewrite is worse than a missed one.
5. *One source map*: the last comment that names one, as browsers have it; a ``data:`` URL is no reference.
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
)
from stator.references.reference import NOTHING, Kind, Reference, Remark, Scan

# Rule 1. These patterns may accept too much, never too little: they take a comment for what they look for,
# and a byte beyond ASCII for a space. In valid code no quote, "@" or "#" stands straight before `import`.
_BLANK = rb"[\s\x80-\xff]*+"
_META = rb"\." + _BLANK + rb"(?:meta" + _BLANK + rb"(?:\." + _BLANK + rb"url|/)|defer|source|/)"
_NAMES = rb"[*{\w$\\](?:[\w$\s,{}*\\\x80-\xff]{256}|[\w$\s,{}*\\\x80-\xff]{0,255}+(?:/|(?<=[m\s,{\x80-\xff])[\"']))"
_IMPORT_CANDIDATE = re.compile(
    rb"import(?<![\w$@#\"'`]import)(?<![^.]\.import)(?![\w$])"
    rb"(?=" + _BLANK + rb"(?:[(/\"']|" + _META + rb"|" + _NAMES + rb"))"
)
_EXPORT_CANDIDATE = re.compile(
    rb"export(?<![\w$@#\"'`]export)(?<![^.]\.export)"
    rb"(?=" + _BLANK + rb"(?:[*/]|\{[^{}/\"']*+(?:[/\"']|\}" + _BLANK + rb"(?:from|/))))"
)
_MAP_CANDIDATE = re.compile(rb"sourceMappingURL=")

_QUOTED = rb"(?:\"(?P<double>" + DOUBLE + rb")\"|'(?P<single>" + SINGLE + rb")')"
_LITERAL = rb"(?:" + _QUOTED + rb"|`(?P<template>" + PLAIN + rb")`)"
_LIST = rb"\{(?:" + NAME + rb"|" + STRING + rb"|,|" + SPACE + rb")*+\}"
_NAMESPACE = rb"\*" + GAP + rb"as" + GAP + NAME
# 16.2.2 ImportClause; the first two are the proposals "deferred imports" and "source phase imports".
_CLAUSE = rb"(?:%b)" % rb"|".join((
    rb"defer" + GAP + _NAMESPACE,
    rb"source" + GAP + NAME,
    NAME + rb"(?:" + GAP + rb"," + GAP + rb"(?:" + _LIST + rb"|" + _NAMESPACE + rb"))?",
    _LIST,
    _NAMESPACE,
))  # fmt: skip
_IMPORT = re.compile(rb"import" + GAP + rb"(?:" + _CLAUSE + GAP + rb"from" + GAP + rb")?" + _QUOTED)
_EXPORT = re.compile(
    rb"export" + GAP + rb"(?:\*(?:" + GAP + rb"as" + GAP + rb"(?:" + NAME + rb"|" + STRING + rb"))?|" + _LIST + rb")"
    + GAP + rb"from" + GAP + _QUOTED
)  # fmt: skip
# 13.3.10 Import Calls.
_CALL = re.compile(rb"import" + GAP + rb"(?:\." + GAP + rb"(?:defer|source)" + GAP + rb")?\(" + GAP)
_ARGUMENT = re.compile(_LITERAL + GAP + rb"(?:,|\)(?P<body>[ \t]*+\{)?)")
_FIRST_TOKEN = re.compile(
    STRING + rb"|`" + PLAIN + rb"(?:`|\$\{)?|" + NAME + rb"(?:\." + NAME + rb")*+|[\s\S]"
)
_META_URL = re.compile(
    rb"import"
    + GAP
    + rb"\."
    + GAP
    + rb"meta"
    + GAP
    + rb"\."
    + GAP
    + rb"url"
    + GAP
    + rb"(?:,"
    + GAP
    + rb")?\)"
)
_WHOLE_ARGUMENT = re.compile(GAP + _LITERAL + GAP + rb"\Z")
_GAP = re.compile(GAP)

# ECMA-426 "MatchSourceMapURL", without the quotes at which browsers give up.
_MAP_COMMENT = re.compile(rb"/[/*][#@]\s*+sourceMappingURL=([^\s\"'`]*?)\s*+(?:\*/)?\Z")
_MAP_LINE = re.compile(rb"\s*+//[#@][ \t]*+sourceMappingURL=([^\s\"'`]*+)\s*+\Z")

# 12.9.4 and 12.9.6: escapes in strings and templates. Octal ones are for old scripts only (B.1.2).
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]+)\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([0-3]?[0-7]{1,2})|(\r\n|[\s\S]))"
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "v": "\v", "f": "\f"} | dict.fromkeys(
    ("\r\n", "\n", "\r", "\u2028", "\u2029"), ""
)


def scan(content: bytes) -> Scan:
    """Find the references of a script or module; JSX and TypeScript are not read."""
    map_url = _map_of_last_line(content)
    candidates = [found.start() for found in _IMPORT_CANDIDATE.finditer(content)]
    candidates += (found.start() for found in _EXPORT_CANDIDATE.finditer(content))
    if map_url is None:
        candidates += (found.start() for found in _MAP_CANDIDATE.finditer(content))
    elif not candidates:
        return _sorted(_source_map(content, map_url))
    if not candidates:
        return NOTHING

    code = Code(content)
    found: list[Reference | Remark] = []
    try:
        for at in sorted(candidates):
            if content[at] in b"s":
                map_url = _map_of_comment(code, at) or map_url
            elif code.reaches(at) and not code.tokens.is_name(at):
                found += (_import if content[at] in b"i" else _export)(code, at)
    except Unclear as unclear:
        found.append(Remark(unclear.at, min(unclear.at + 1, len(content)), "unclear-syntax"))
        map_url = None  # which comment is the last cannot be known
    found += _source_map(content, map_url)
    return _sorted(found)


def _sorted(found: Iterable[Reference | Remark]) -> Scan:
    in_order = sorted(found, key=lambda each: (each.start, each.end))
    return Scan(
        tuple(each for each in in_order if isinstance(each, Reference)),
        tuple(each for each in in_order if isinstance(each, Remark)),
    )


def _import(code: Code, at: int) -> Iterator[Reference | Remark]:
    content = code.content
    if declaration := _IMPORT.match(content, at):
        # Only a class field may be followed by a line break and a string: class { import⏎"name"() {} }
        if content[at + 6] not in b"\r\n" or code.enclosing(at) < 0:
            yield _literal(Kind.JS_IMPORT, declaration)
    elif call := _CALL.match(content, at):
        yield from _dynamic_import(code, at, call.end())
    elif _META_URL.match(content, at):
        yield from _new_url(code, at)


def _export(code: Code, at: int) -> Iterator[Reference | Remark]:
    if declaration := _EXPORT.match(code.content, at):
        yield _literal(Kind.JS_EXPORT, declaration)


def _dynamic_import(code: Code, at: int, argument: int) -> Iterator[Reference | Remark]:
    if literal := _ARGUMENT.match(code.content, argument):
        if literal["body"] is None:  # else a method: no call goes on with "{" on its line
            yield _literal(Kind.JS_DYNAMIC_IMPORT, literal)
    elif (
        (token := _FIRST_TOKEN.match(code.content, argument)) and token[0] != b")" and not is_method(code.tokens, at)
    ):
        yield Remark(*token.span(), "computed-reference", Kind.JS_DYNAMIC_IMPORT)


def _new_url(code: Code, meta: int) -> Iterator[Reference | Remark]:
    """Look back from ``import.meta.url)`` for ``new URL(argument,``."""
    content = code.content
    opening, comma = code.enclosing(meta), code.end_before(meta) - 1
    if opening < 0 or content[opening] not in b"(" or content[comma] not in b",":
        return
    name = code.end_before(opening)
    new = code.end_before(name - 3)
    if (
        not content.endswith(b"URL", 0, name)
        or code.start_of(name) != name - 3
        or code.keyword(new) != b"new"
    ):
        return
    if literal := _WHOLE_ARGUMENT.match(content, opening + 1, comma):
        yield _literal(Kind.JS_URL, literal)
    elif (gap := _GAP.match(content, opening + 1)) and is_first_comma(code.tokens, comma):
        yield Remark(gap.end(), code.end_before(comma), "computed-reference", Kind.JS_URL)


def _literal(kind: Kind, found: re.Match[bytes]) -> Reference | Remark:
    quotes = next(name for name, text in found.groupdict().items() if text is not None)
    start, end = found.span(quotes)
    specifier = _text(found[quotes], in_template=quotes == "template")
    if specifier is None:
        return Remark(start, end, "broken-encoding", kind)
    return Reference(start, end, kind, specifier)


def _text(raw: bytes, *, in_template: bool) -> str | None:
    """Resolve the escapes of a string or template; ``None`` if that is not text."""
    try:
        text = raw.decode()
        if in_template:
            text = text.replace("\r\n", "\n").replace("\r", "\n")  # 12.9.6.1 TV
        if "\\" not in text:
            return text
        text = _ESCAPE.sub(_escaped, text)
        return text.encode("utf-16", "surrogatepass").decode("utf-16")  # joins "\ud83d\ude00", rejects halves
    except (UnicodeDecodeError, ValueError):
        return None


def _escaped(escape: re.Match[str]) -> str:
    point, unit, byte, octal, other = escape.groups()
    if other:
        if other in "ux":
            raise ValueError(other)
        return _ESCAPED.get(other, other)
    return chr(int(octal, 8) if octal else int(point or unit or byte, 16))


def _map_of_last_line(content: bytes) -> tuple[int, int] | None:
    """Where the URL is if the last line is a source map comment and nothing else.

    Such a line need not be read up to: it stands in no string or regular expression, as it has no end of
    one, and in no template or comment, as that would never end.
    """
    name = content.rfind(b"sourceMappingURL=")
    if name < 0:
        return None
    line = 1 + max(content.rfind(b"\n", 0, name), content.rfind(b"\r", 0, name))
    found = _MAP_LINE.match(content, line)
    return found.span(1) if found and b"*/" not in found[1] else None


def _map_of_comment(code: Code, at: int) -> tuple[int, int] | None:
    comment = None if code.reaches(at) else code.tokens.comment_around(at)
    found = _MAP_COMMENT.match(code.content, *comment) if comment else None
    return found.span(1) if found else None


def _source_map(content: bytes, url: tuple[int, int] | None) -> Iterator[Reference | Remark]:
    if url is None or url[0] == url[1] or content[url[0] : url[0] + 5].lower() == b"data:":
        return
    try:
        yield Reference(*url, Kind.SOURCE_MAP, content[slice(*url)].decode())
    except UnicodeDecodeError:
        yield Remark(*url, "broken-encoding", Kind.SOURCE_MAP)
