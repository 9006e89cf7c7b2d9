"""Addresses of static files and uploads that are written out in markup, style sheets and scripts.

Rules of this file:

1. What a template engine replaces was blanked before, byte for byte: ``VALUE`` stands for something that is
   put out, ``OPENING`` and ``CLOSING`` for the tags around a piece of text, and spaces for comments.
2. An address begins with one of the prefixes, at the start of an attribute that browsers fetch, of a
   ``url()`` or of a string in a script. Prose and comments have none.
3. In scripts most strings that begin so are compared and not fetched: there an address has an extension.
4. Valid markup is read right; in markup that is not, addresses may pass unnoticed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from stator.diagnose.scan.request import Kind
from stator.diagnose.scan.sights import Computed, Name, Wrong, named
from stator.references import css
from stator.references.javascript_tokens import COMMENT, STRING, TEMPLATE, compiled

SUFFIXES = (".jinja", ".jinja2", ".j2")  # of templates, behind the one of what they make
VALUE, OPENING, CLOSING = b"\0", b"\1", b"\2"

_ATTRIBUTES = rb"""(?>(?:[^>"']++|"[^"]*+"|'[^']*+')*)"""
_ELEMENT = (
    rb"<!--.*?(?:-->|\Z)"
    rb"|<(?P<name>[a-zA-Z][^\s/>\0-\2]*+)(?P<attributes>" + _ATTRIBUTES + rb")>?"
)
_VALUES = rb"""(?<![^\s"'>/=\0-\2])([^\s"'>/=\0-\2]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))"""
_FETCHED = re.compile(rb"(?:xlink:)?href|src|poster|data|background|content|data-[\w-]*(?:src|href|url)")
_SETS = re.compile(rb"(?:image|data-)?srcset")
_RAW = {b"script": re.compile(rb"</script", re.IGNORECASE), b"style": re.compile(rb"</style", re.IGNORECASE)}
_BETWEEN = frozenset((OPENING, CLOSING, b",", b" ", b"\t", b"\r", b"\n"))  # addresses of one attribute
_ELSEWHERE = (
    *("", "./", *("../" * steps for steps in range(1, 5))),
    *(f"{scheme}://{host}{port}/" for scheme in ("http", "https") for host in ("localhost", "127.0.0.1")
      for port in ("", ":8000", ":8080")),
)  # fmt: skip
_REST = re.compile(rb"""[^\s"'`<>()\\?#\0-\2]*+""")  # of a name behind a prefix

Form = Callable[[bytes, Sequence[str]], Iterator[Name | Computed]]


def past_static(static_url: str | None) -> list[str]:
    """Return beginnings of addresses that were meant for static files and lead elsewhere.

    They are relative to the page, or to a server on the own machine, or those of ``STATIC_URL`` as projects
    begin with it where it is another now.
    """
    if not static_url or static_url == "/":
        return []
    is_local = static_url.startswith("/") and not static_url.startswith("//")
    folders = dict.fromkeys(["static/", *([static_url[1:]] if is_local else [])])
    others = [f"/{folder}" for folder in folders if f"/{folder}" != static_url]
    return [f"{start}{folder}" for folder in folders for start in _ELSEWHERE] + others


def form_of(file: str) -> Form:
    """Return how the text that a template makes is searched, by its name."""
    name = file.lower()
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return _FORMS.get(f".{name.rpartition('.')[2]}", in_markup)


def in_markup(content: bytes, prefixes: Sequence[str]) -> Iterator[Name | Computed]:
    """Yield the addresses in HTML, XML or a piece of them."""
    position = 0
    while prefixes and (element := compiled(b"(?s)" + _ELEMENT).search(content, position)):
        position = element.end()
        name = (element["name"] or b"").lower()
        if not name:
            continue  # a comment
        for attribute in compiled(_VALUES).finditer(content, *element.span("attributes")):
            yield from _in_attribute(content, attribute, prefixes)
        if name in _RAW and not content.endswith(b"/>", 0, position):
            end = _RAW[name].search(content, position)
            behind = end.start() if end else len(content)
            search = in_script if name == b"script" else in_style
            yield from _moved(search(content[position:behind], prefixes), position)
            position = behind


def _in_attribute(
    content: bytes, attribute: re.Match[bytes], prefixes: Sequence[str]
) -> Iterator[Name | Computed]:
    start, end = attribute.span(attribute.lastindex or 0)
    name = attribute[1].lower()
    if name == b"style":
        yield from _moved(in_style(content[start:end], prefixes), start)
    elif _FETCHED.fullmatch(name) or _SETS.fullmatch(name):
        several = rb"\s," if _SETS.fullmatch(name) else b""
        for found in _starts(tuple(prefixes), several).finditer(content, start, end):
            at = found.start()
            if at == start or content[at - 1 : at] in _BETWEEN:
                address = _address(content, *found.span(), html.unescape)
                # A link to a folder is no beginning of names, but what is kept for scripts may be.
                is_link = not name.startswith(b"data-") and address.end == end
                if isinstance(address, Name) or not is_link or not address.text.endswith("/"):
                    yield address


@cache
def _starts(prefixes: tuple[str, ...], several: bytes) -> re.Pattern[bytes]:
    ways = b"|".join(re.escape(prefix.encode()) for prefix in prefixes)
    return re.compile(rb"(?:%b)[^\0-\2\r\n\t%b]*+" % (ways, several))


def in_style(content: bytes, prefixes: Sequence[str]) -> Iterator[Name | Computed]:
    """Yield the addresses in a style sheet, or in the declarations of a ``style`` attribute."""
    for reference in css.scan(content).references:
        if reference.specifier.startswith(tuple(prefixes)):
            yield _address(content, *reference.span)


def in_script(content: bytes, prefixes: Sequence[str]) -> Iterator[Name | Computed]:
    """Yield the addresses in the strings of a script."""
    beginnings = tuple(prefix.encode() for prefix in prefixes)
    for found in compiled(COMMENT + rb"|" + STRING + rb"|" + TEMPLATE).finditer(content):
        start, end = found.start() + 1, found.end() - 1
        if found[0].startswith(b"/") or not content.startswith(beginnings, start):
            continue
        address = _address(content, start, end)
        if isinstance(address, Computed) or is_file(address.name):
            yield address


def is_file(address: str) -> bool:
    """Say whether an address in a program can only be that of a file: with an extension, and no pattern."""
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    return re.fullmatch(r"[^\s*\\^$|()\[\]{}<>]*\.\w+", path.rpartition("/")[2]) is not None


def behind_variable(text: bytes, start: int, end: int) -> Computed | Wrong:
    """Return what it means that the value of ``STATIC_URL`` is put out at ``text[start:end]``.

    With the name of a file behind it that name has no digest; alone it is for a script to go on with.
    """
    rest = _REST.match(text, end)
    behind = rest.end() if rest else end
    name = text[end:behind].decode("utf-8", "replace")
    if is_file(name) and not text.startswith((VALUE, OPENING), behind):
        return Wrong(start, behind, "static-url-variable", name)
    return Computed(start, behind, name, Kind.ADDRESS)


def _address(content: bytes, start: int, end: int, decoded: Callable[[str], str] = str) -> Name | Computed:
    """Return the address that begins there, computed where a value follows."""
    stop = compiled(rb"[\0-\2]").search(content, start, end)
    behind = start + len(content[start : stop.start() if stop else end].rstrip())
    written = content[start:behind].decode("utf-8", "replace")
    if (stop and stop[0] != CLOSING) or content.startswith((VALUE, OPENING), behind):
        return Computed(start, behind, written, Kind.ADDRESS)
    name = decoded(written)
    return named(start, behind, name, Kind.ADDRESS, exact=name == written)


def _moved(found: Iterator[Name | Computed], by: int) -> Iterator[Name | Computed]:
    for one in found:
        yield one._replace(start=one.start + by, end=one.end + by)


def _nowhere(_: bytes, __: Sequence[str]) -> Iterator[Name | Computed]:
    return iter(())


_FORMS: Mapping[str, Form] = {
    ".css": in_style,
    ".js": in_script,
    ".mjs": in_script,
    ".json": in_script,
    ".txt": _nowhere,
    ".md": _nowhere,
    ".rst": _nowhere,
}
