"""Templates in Django's language: the static files that they ask for, and what is wrong in how they ask.

Rules of this file:

1. Tokens are those of ``django.template.base.Lexer`` (5.2 to 6.1): no tag has a line break in it,
   ``{% verbatim %}`` and ``{% comment %}`` hide all up to their ends. Tags in HTML comments are at work.
2. Nothing is loaded or rendered, so a broken template is read as well, and one that needs a context.
3. A tag belongs to a library that was loaded before it in the same file: ``{% extends %}`` and
   ``{% include %}`` hand no libraries on. Where a library is loaded that is not known, nothing is missing.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from stator.diagnose.scan.addresses import CLOSING, OPENING, VALUE, behind_variable, form_of
from stator.diagnose.scan.request import Kind
from stator.diagnose.scan.sights import Computed, Name, Sight, Starting, Wrong, computed, named, unfetched
from stator.nearest import Names

# Tags whose first argument is the name of a file.
STATIC = frozenset(("static", "versioned_static"))  # Django's, and wagtail's, which asks Django's
OURS = frozenset(("stylesheet", "script", "preload"))
FRONTEND = "frontend"  # ours too, which names a front end and its entry
REMOVED = frozenset(("staticfiles", "admin_static"))  # libraries that Django 3.0 has dropped

_START = re.compile(rb"\{[%{#]")
_ENDS = {b"{%": b"%}", b"{{": b"}}", b"{#": b"#}"}
_LITERAL = re.compile(rb"""\{%\s*\S+\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')(?=\s|%\})""")
# The tag with a name, and with an entry that is written out or one that is not.
_STARTING = re.compile(
    rb"""\{%\s*\S+\s+(["'])(?P<name>[^"'\\]*)\1"""
    rb"""(?:\s*|\s+(["'])(?P<entry>[^"'\\]*)\3\s*|(?P<computed>\s+\S.*))%\}"""
)
_EXTENDS = re.compile(rb"""\{%\s*extends\s+(?:"([^"\\]+)"|'([^'\\]+)')\s*%\}""")
_WORD = re.compile(rb"\S+")
# A tag of one line that another mark ends: Django prints it as it stands.
_NOT_CLOSED = re.compile(
    rb"""\{%[ \t]*static[ \t]+(?:"[^"\n]*"|'[^'\n]*')[^%}"'\n]*\}\}?"""
    rb"""|\{\{[ \t]*static[ \t]+(?:"[^"\n]*"|'[^'\n]*')[ \t]*%\}"""
)
# What a static tag may have become: without quotes or with those of a word processor, without a space, or
# with the marks of a variable.
_MEANT = re.compile(
    r"""[{][{%]\s*static\s*['"‘’“”„«»`]?([^\s'"‘’“”„«»`|{}%]+)['"‘’“”„«»`]?(\s+as\s+\w+)?\s*[%}]?[}]"""
)
_FILLED = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_ESCAPE = re.compile(r"""\\(["'\\])""")
_FETCHED = re.compile(rb"""\s(?:src|href|poster)\s*=\s*["']\Z""", re.IGNORECASE)
_CONTINUED = re.compile(rb"[\w./-]|" + VALUE)
_USING = frozenset((b"extends", b"include"))
_CLOSERS = frozenset((b"else", b"elif", b"empty"))  # and whatever begins with "end"


class Tags(NamedTuple):
    """The tags of an engine that ask for static files, by library, and those that need no ``{% load %}``."""

    libraries: Mapping[str, Mapping[str, Kind]]
    builtins: Mapping[str, Kind]


DJANGO_TAGS = Tags({"static": {"static": Kind.TAG}}, {})


class Token(NamedTuple):
    """A live piece of syntax, with what is inside.

    ``opening`` is ``{%``, ``{{``, or ``{#`` for all that is hidden.
    """

    start: int
    end: int
    opening: bytes
    inside: bytes

    @property
    def words(self) -> list[bytes]:
        return self.inside.split()

    @property
    def command(self) -> bytes:
        return next(iter(self.words), b"") if self.opening == b"{%" else b""


def scan(
    content: bytes, tags: Tags = DJANGO_TAGS, prefixes: Sequence[str] = (), file: str = ""
) -> list[Sight]:
    """Return what a template asks for, in order of position; any bytes will do.

    ``prefixes`` are the beginnings of addresses of static files and uploads; the name of ``file`` tells what
    the template makes.
    """
    tokens = list(_tokens(content))
    text = _blanked(content, tokens)
    sights = [
        *_Reader(content, text, tags).read(tokens),
        *_not_closed(text),
        *form_of(file)(text, prefixes),
    ]
    return sorted(unfetched(sights, text), key=lambda sight: (sight.start, sight.end))


def extends(content: bytes) -> str:
    """Return the name of the template that this one extends, "" where none is written out."""
    found = _EXTENDS.search(content)
    return found[found.lastindex or 0].decode("utf-8", "replace") if found else ""


def uses(content: bytes, name: str) -> tuple[str, ...]:
    """Return the names of the templates that this one, of the given name, extends and includes.

    "" stands for each that is known at run time only.
    """
    tags = (token for token in _tokens(content) if token.command in _USING)
    return tuple(_used(_LITERAL.match(content, token.start, token.end), name) for token in tags)


def _used(literal: re.Match[bytes] | None, name: str) -> str:
    if not literal:
        return ""
    written = literal[literal.lastindex or 0].decode("utf-8", "replace").partition("#")[0]  # of a partial
    is_relative = written.startswith(("./", "../"))
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), written)) if is_relative else written


def static_instead(tag: str) -> str:
    """Return what a tag was meant to be that is nearly ``{% static 'name' %}``, "" for another."""
    meant = _MEANT.fullmatch(tag)
    return f"{{% static '{meant[1]}'{meant[2] or ''} %}}" if meant else ""


def library_instead(tag: str, libraries: Collection[str]) -> str:
    """Return a ``{% load %}`` with the name of a library mended that nobody has, "" where that is unknown."""
    words = tag.split()
    if words[:2] != ["{%", "load"] or "from" in words:
        return ""
    unknown = [word for word in words[2:-1] if word not in libraries]
    near = Names(libraries).nearest(unknown[0]) if len(unknown) == 1 else None
    return " ".join(near if near and word == unknown[0] else word for word in words) if near else ""


def _not_closed(text: bytes, offset: int = 0) -> Iterator[Wrong]:
    for found in _NOT_CLOSED.finditer(text):
        said = found[0].decode("utf-8", "replace")
        start, end = found.span()
        yield Wrong(offset + start, offset + end, "tag-not-closed", said, static_instead(said))


def _tokens(content: bytes) -> Iterator[Token]:
    hidden_from, verbatim = -1, b""
    for start, end in _spans(content):
        token = Token(start, end, content[start : start + 2], content[start + 2 : end - 2].strip())
        is_tag = token.opening == b"{%"
        if verbatim:
            if not is_tag or token.inside != verbatim:
                continue
            verbatim = b""
        elif is_tag and token.inside[:9] in {b"verbatim", b"verbatim "}:
            verbatim = b"end" + token.inside
        if hidden_from < 0 and token.command == b"comment":
            hidden_from = token.start
        elif hidden_from < 0:
            yield token
        elif is_tag and token.inside == b"endcomment":
            yield Token(hidden_from, token.end, b"{#", b"")
            hidden_from = -1
    if hidden_from >= 0:
        yield Token(hidden_from, len(content), b"{#", b"")


def _spans(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield where tokens lie, as Django's expression finds them, at a cost that grows with the length."""
    position, line_end = 0, -1
    unclosed: set[bytes] = set()  # what is not closed any more on this line
    while found := _START.search(content, position):
        start, opening = found.start(), found[0]
        if start > line_end:
            line_end = content.find(b"\n", start)
            line_end = len(content) if line_end < 0 else line_end
            unclosed.clear()
        close = -1 if opening in unclosed else content.find(_ENDS[opening], start + 2, line_end)
        if close < 0:
            unclosed.add(opening)
            position = start + 1
        else:
            position = close + 2
            yield start, position


def _blanked(content: bytes, tokens: Sequence[Token]) -> bytes:
    """Return the text around the tokens, each of which is blanked as ``addresses`` wants it."""
    text = bytearray(content)
    for token in tokens:
        text[token.start : token.end] = _blank(token) * (token.end - token.start)
    return bytes(text)


def _blank(token: Token) -> bytes:
    if token.opening == b"{%":
        is_closer = token.command in _CLOSERS or token.command.startswith(b"end")
        return CLOSING if is_closer else OPENING
    return VALUE if token.opening == b"{{" else b" "


class _Reader:
    """Goes from tag to tag, and knows what the ones before have loaded and set."""

    def __init__(self, content: bytes, text: bytes, tags: Tags) -> None:
        self.content = content
        self.text = text
        self.libraries = tags.libraries
        self.available = dict(tags.builtins)
        self.tells_missing = True  # until it is told, or a library is loaded that is not known
        self.addresses = {b"STATIC_URL"}  # the variables that have it

    def read(self, tokens: Sequence[Token]) -> Iterator[Sight]:
        for token in tokens:
            if token.opening == b"{{" and token.inside in self.addresses:
                yield behind_variable(self.text, token.start, token.end)
            elif token.command == b"load":
                yield from self.load(token)
            elif token.command == b"get_static_prefix":
                yield from self.prefix(token)
            elif token.command == b"static" or token.command.decode("utf-8", "replace") in self.available:
                is_frontend = token.command.decode() == FRONTEND
                yield from self.starting(token) if is_frontend else self.asking(token)

    def load(self, token: Token) -> Iterator[Wrong]:
        words = [(word[0].decode("utf-8", "replace"), *word.span()) for word in self._words(token)]
        wanted = None
        if len(words) >= 4 and words[-2][0] == "from":
            wanted = {name for name, _, _ in words[1:-2]}
            words = words[-2:]
        for library, start, end in words[1:]:
            found = self.libraries.get(library)
            if found is not None:
                self.available.update((tag, found[tag]) for tag in found if wanted is None or tag in wanted)
                continue
            self.tells_missing = False
            if library in REMOVED:
                yield Wrong(start, end, "load-removed", library)

    def prefix(self, token: Token) -> Iterator[Computed | Wrong]:
        match token.words:
            case [_]:
                yield behind_variable(self.text, token.start, token.end)
            case [_, b"as", variable]:
                self.addresses.add(variable)

    def asking(self, token: Token) -> Iterator[Sight]:
        command = token.command.decode()
        if command not in self.available and self.tells_missing:
            self.tells_missing = False
            yield Wrong(token.start, token.end, "load-missing", self._text(token.start, token.end))
        kind = self.available.get(command, Kind.TAG)
        literal = _LITERAL.match(self.content, token.start, token.end)
        closed_wrong = _NOT_CLOSED.match(self.content, token.start, token.end)
        if closed_wrong:  # and the next tag of the line has ended this one
            yield from _not_closed(closed_wrong[0], token.start)
        elif literal and b"{{" in literal[literal.lastindex or 0]:
            yield self.filled(*literal.span(literal.lastindex or 0))
        elif literal:
            yield self.literal(token, *literal.span(literal.lastindex or 0), kind)
        elif len(token.words) > 1:
            yield computed(self.content, token.start, token.end, kind)

    def starting(self, token: Token) -> Iterator[Starting | Computed]:
        found = _STARTING.fullmatch(self.content, token.start, token.end)
        if found:
            entry = None if found["computed"] else (found["entry"] or b"").decode("utf-8", "replace")
            group = "entry" if entry else "name"
            yield Starting(*found.span("name"), self._text(*found.span("name")), entry, found.span(group))
        if len(token.words) > 1 and (found is None or found["computed"]):
            yield computed(self.content, token.start, token.end, self.available[FRONTEND])

    def literal(self, token: Token, start: int, end: int, kind: Kind) -> Name | Computed:
        written = self._text(start, end)
        name = _ESCAPE.sub(r"\1", written)
        # Where more of an address follows, the name that is asked for is still this one, and lacks an end.
        exact = name == written and not _CONTINUED.match(self.text, token.end)
        return (Name if self._is_fetched(token) else named)(start, end, name, kind, exact=exact)

    def filled(self, start: int, end: int) -> Wrong:
        """Return the fault of a variable inside quotes, with filters that do what it was meant to."""
        quote, written = self._text(start - 1, start), self._text(start, end)
        pieces = _FILLED.split(written)  # text and variable in turn
        added = [piece if at % 2 else f"{quote}{piece}{quote}" for at, piece in enumerate(pieces) if piece]
        first, *others = added if pieces[0] else [quote * 2, *added]
        instead = "".join((first, *(f"|add:{one}" for one in others)))
        is_whole = "{{" not in instead
        return Wrong(start - 1, end + 1, "name-with-variable", written, instead if is_whole else "")

    def _is_fetched(self, token: Token) -> bool:
        """Say whether a tag is the whole of an attribute that browsers fetch, so that it names a file."""
        before = self.text[max(token.start - 32, 0) : token.start]
        return bool(_FETCHED.search(before)) and self.text[token.end : token.end + 1] == before[-1:]

    def _words(self, token: Token) -> Iterator[re.Match[bytes]]:
        return _WORD.finditer(self.content, token.start + 2, token.end - 2)

    def _text(self, start: int, end: int) -> str:
        return self.content[start:end].decode("utf-8", "replace")
