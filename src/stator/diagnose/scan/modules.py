"""Python modules: the static files that they ask for with ``static()``, ``Media`` and written addresses.

Rules of this file:

1. A call counts when its name was imported from where Django has it, under whatever alias. Scopes are not
   told apart: an import inside a function counts for the whole module.
2. Texts that are added up are one, and so is a name that the module gives to one text and to nothing else.
3. Names of ``Media`` are Django's: relative ones go through ``static``, the others are addresses. Something
   called in the lists is judged as a call, or is known at run time only.
4. Nothing is imported or run.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from stator.diagnose.scan.addresses import is_file
from stator.diagnose.scan.request import Kind
from stator.diagnose.scan.sights import Computed, Name, Sight, Wrong, computed, named

CALLS = frozenset(
    (
        "django.templatetags.static.static",
        "django.templatetags.static.StaticNode.handle_simple",
        "django.contrib.staticfiles.storage.staticfiles_storage.url",
        "wagtail.admin.staticfiles.versioned_static",  # asks Django's
    )
)
ASSETS = frozenset(
    f"{module}.{name}"
    for module in ("django.forms", "django.forms.widgets")
    for name in ("MediaAsset", "Script", "Stylesheet")
)
MEDIA = frozenset(("django.forms.Media", "django.forms.widgets.Media"))
ABSOLUTE = ("http://", "https://", "/")  # as in Media.absolute_path of Django

_WORTH_READING = re.compile(rb"static|Media")
_QUOTED = re.compile(rb"""[rRbBuUfF]{0,2}(\"\"\"|'''|"|')(.*)\1\Z""", re.DOTALL)


def scan(content: bytes, prefixes: Sequence[str] = ()) -> tuple[bytes, list[Sight]]:
    """Return the source of a module in UTF-8, and what it asks for at offsets in that.

    ``prefixes`` are the beginnings of addresses of static files and uploads. Raises ``SyntaxError`` and
    ``ValueError`` for what is no Python.
    """
    if not _WORTH_READING.search(content) and not any(prefix.encode() in content for prefix in prefixes):
        return content, []
    source = importlib.util.decode_source(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes that are none: the user's Python tells them
        tree = ast.parse(source)
    encoded = source.encode("utf-8", "surrogatepass")
    sights = _Module(encoded, tree, prefixes).sights()
    return encoded, sorted(sights, key=lambda sight: (sight.start, sight.end))


class _Module:
    """A module, with what its names stand for. A literal that was judged as a name is no address."""

    def __init__(self, content: bytes, tree: ast.Module, prefixes: Sequence[str]) -> None:
        self.content = content
        self.nodes = list(ast.walk(tree))
        self.prefixes = tuple(prefixes)
        self.imported = dict(_imported(self.nodes))
        self.constants = dict(_constants(tree, self.nodes))
        self.judged: set[ast.AST] = set()
        self.line_starts = [0, *(line.end() for line in re.finditer(rb"\n", content))]

    def sights(self) -> Iterator[Sight]:
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield from self.call(node)
            elif isinstance(node, ast.ClassDef):
                yield from self.media_of_class(node)
        for node in self.nodes:
            if isinstance(node, ast.JoinedStr):
                self.judged.update(node.values)
                yield from self.computed_address(node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in self.judged:
                yield from self.address(node, node.value)

    def call(self, node: ast.Call) -> Iterator[Sight]:
        called = self.dotted(node.func)
        if called in CALLS:
            yield from (self.name(one, Kind.CALL) for one in _first(node, "path", "name"))
        elif called in ASSETS:
            for one in _first(node, "src", "href", "path"):
                yield from self.media_name(one)
        elif called in MEDIA:
            for keyword in node.keywords:
                yield from self.media(keyword.arg or "", keyword.value)

    def media_of_class(self, node: ast.ClassDef) -> Iterator[Sight]:
        for inner in node.body:
            if not isinstance(inner, ast.ClassDef) or inner.name != "Media":
                continue
            for statement in inner.body:
                match statement:
                    case ast.Assign([ast.Name(what)], value):
                        yield from self.media(what, value)
                    case ast.AnnAssign(ast.Name(what), _, ast.expr() as value):
                        yield from self.media(what, value)

    def media(self, what: str, value: ast.expr) -> Iterator[Sight]:
        """Yield the names in what is given as ``js`` or ``css``."""
        if what not in {"js", "css"}:
            return
        for text in _texts_for_lists(value):
            yield self.no_list(text)
        if what == "js":
            yield from self.media_list(value)
        elif isinstance(value, ast.Dict):
            for one in value.values:
                yield from self.media_list(one)
        elif not isinstance(value, ast.Constant):
            yield self.computed(value, Kind.MEDIA)

    def media_list(self, value: ast.expr) -> Iterator[Sight]:
        if isinstance(value, ast.Constant):
            return  # a text, which is told, or nothing
        if not isinstance(value, (ast.List, ast.Tuple)):
            yield self.computed(value, Kind.MEDIA)
            return
        for one in value.elts:
            if not isinstance(one, ast.Call) or self.dotted(one.func) not in CALLS | ASSETS:
                yield from self.media_name(one)

    def media_name(self, node: ast.expr) -> Iterator[Sight]:
        value = self.value(node)
        if value is None or not value.startswith(ABSOLUTE):
            yield self.name(node, Kind.MEDIA)
        elif value.startswith("/") and not value.startswith(("//", *self.prefixes)):
            yield self.name(node, Kind.ADDRESS)

    def no_list(self, node: ast.expr) -> Wrong:
        start, end = self.position(node)
        written = self.content[start:end].decode("utf-8", "replace")
        return Wrong(start, end, "media-no-list", self.value(node) or "", f"[{written}]")

    def name(self, node: ast.expr, kind: Kind) -> Sight:
        value = self.value(node)
        if value is None:
            return self.computed(node, kind)
        self.judged.update(ast.walk(node))
        return self.literal(node, value, kind)

    def value(self, node: ast.expr) -> str | None:
        """Return the text that an expression stands for, ``None`` where that is not known."""
        return _text(node, self.constants)

    def literal(self, node: ast.expr, value: str, kind: Kind) -> Name | Computed:
        start, end = self.span(node)
        written = self.content[start:end].decode("utf-8", "replace")
        return named(start, end, value, kind, exact=written == value)

    def computed(self, node: ast.expr, kind: Kind) -> Computed:
        return computed(self.content, *self.position(node), kind)

    def address(self, node: ast.Constant, value: str) -> Iterator[Sight]:
        if value.startswith(self.prefixes) and is_file(value):
            yield self.literal(node, value, Kind.ADDRESS)

    def computed_address(self, node: ast.JoinedStr) -> Iterator[Computed]:
        first = node.values[0] if node.values else None
        if isinstance(first, ast.Constant) and str(first.value).startswith(self.prefixes):
            yield self.computed(node, Kind.ADDRESS)

    def dotted(self, node: ast.expr) -> str:
        """Return the full name of what an expression names, "" where that is not known."""
        if isinstance(node, ast.Name):
            return self.imported.get(node.id, "")
        if isinstance(node, ast.Attribute):
            before = self.dotted(node.value)
            return f"{before}.{node.attr}" if before else ""
        return ""

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Return the offsets of a literal without its quotes."""
        start, end = self.position(node)
        quoted = _QUOTED.match(self.content[start:end])
        return (start + quoted.start(2), start + quoted.end(2)) if quoted else (start, end)

    def position(self, node: ast.expr) -> tuple[int, int]:
        last_line, last_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return (
            self.line_starts[node.lineno - 1] + node.col_offset,
            self.line_starts[last_line - 1] + last_column,
        )


def _text(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    match node:
        case ast.Constant(str(value)):
            return value
        case ast.Name(name):
            return constants.get(name)
        case ast.BinOp(left, ast.Add(), right):
            first, second = _text(left, constants), _text(right, constants)
            return None if first is None or second is None else first + second
    return None


def _constants(tree: ast.Module, nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield the names that are given to a text by the module, and to nothing else anywhere in it."""
    given = Counter(
        node.arg if isinstance(node, ast.arg) else node.id
        for node in nodes
        if isinstance(node, ast.arg) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    )
    for statement in tree.body:
        match statement:
            case ast.Assign([ast.Name(name)], ast.expr() as value) if given[name] == 1:
                text = _text(value, {})
                if text is not None:
                    yield name, text


def _texts_for_lists(value: ast.expr) -> Iterator[ast.expr]:
    """Yield the texts that are given to ``Media`` where it takes lists."""
    for one in value.values if isinstance(value, ast.Dict) else (value,):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one


def _imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield the names that imports bind, and what they stand for."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (first, first)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _first(node: ast.Call, *keywords: str) -> list[ast.expr]:
    """Return the first argument of a call, given by position or under one of the names."""
    return [*node.args, *(one.value for one in node.keywords if one.arg in keywords)][:1]
