"""The environment variables that a project must find when it is imported, and something to give for each.

They are read from the text of its modules; nothing is run. Looked at is what runs on import: not the inside
of functions, but for those that read the variable they are given the name of. A variable is needed if it is
read in a way that raises without it: ``os.environ["X"]``, ``env("X")`` and ``env.int("X")`` of
django-environ and environs, ``config("X")`` of decouple, each without a default; and whatever ``SECRET_KEY``
is made from. Not needed is one whose absence is looked for: in the test of an ``if``, or by ``except``.
Too many do no harm: a value is given to one command, which looks at few settings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

_Node = TypeVar("_Node", bound=ast.AST)
SECRET = ""  # in place of an example: a value that nobody knows


class Variable(NamedTuple):
    """An environment variable, and what can stand in for its value; ``SECRET`` for any text."""

    name: str
    example: str


# What a value has to look like, by the method, the cast or the function that reads it.
_EXAMPLES: Mapping[str, str] = {
    "int": "1",
    "float": "1",
    "Decimal": "1",
    "timedelta": "1",
    "bool": "0",
    "strtobool": "0",
    "list": "localhost",
    "tuple": "localhost",
    "Csv": "localhost",
    "json": "{}",
    "loads": "{}",
    "dict": "",
    "url": "http://localhost",
    "path": "/tmp",  # noqa: S108  (a path that is there)
    "email": "consolemail://",
    "email_url": "consolemail://",
    "dj_email_url": "console:",
    "cache": "locmemcache://",
    "cache_url": "locmemcache://",
    "dj_cache_url": "locmem://",
    "db": "sqlite://:memory:",
    "db_url": "sqlite://:memory:",
    "dj_db_url": "sqlite://:memory:",
    "parse": "sqlite://:memory:",  # of dj_database_url
}
# And where nothing reads it, by its name.
_NAMES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"HOSTS?$"), "localhost"),
    (re.compile(r"(DATABASE|DB)_URL$"), "sqlite://:memory:"),
    (re.compile(r"(URLS?|URIS?|DSN|ORIGINS?|ENDPOINT)$"), "http://localhost"),
    (re.compile(r"(PORT|TIMEOUT|SECONDS|SIZE|DAYS)$"), "1"),
    (re.compile(r"^(IS|USE)_|DEBUG$"), "0"),
)
# Methods that know what their variable is called, if nobody says it.
_UNNAMED = {"db": "DATABASE_URL", "db_url": "DATABASE_URL", "cache": "CACHE_URL", "email": "EMAIL_URL"}
_READER_TYPES = {"Env", "FileAwareEnv", "Config", "AutoConfig"}
_READERS = {"env", "config"}  # as they are called where they are imported
_KEY = "SECRET_KEY"
# What every container has.
_THERE = frozenset({"PATH", "HOME", "HOSTNAME", "PWD", "DJANGO_SETTINGS_MODULE"})


def needed(texts: Iterable[str]) -> tuple[Variable, ...]:
    """Return the variables that modules need, by name; ``texts`` are their sources.

    Raises ``SyntaxError`` for a text that is no Python.
    """
    found: dict[str, str] = {}
    for text in texts:
        module = _Module()
        module.visit(ast.parse(text))
        found |= module.found
    return tuple(Variable(name, found[name]) for name in sorted(found))


def written_out(text: str, name: str) -> object:
    """Return the plain value that a module gives to a name whatever the environment is, ``None`` for none.

    Raises ``SyntaxError`` for a text that is no Python.
    """
    module = ast.parse(text)
    every = [one for one in _walk(module, ast.Assign) if name in map(_last_name, one.targets)]
    certain = [one for one in module.body if one in every]  # inside an "if" it hangs on something
    last = certain[-1].value if certain and len(certain) == len(every) else None
    return last.value if isinstance(last, ast.Constant) else None


class _Module(ast.NodeVisitor):
    """Goes through what runs on import, in its order."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.readers = set(_READERS)
        self.excused = _THERE  # and those that are set here, have a default, or are asked for
        self.reading: str | None = None  # the cast around a place

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if _reads_what_it_is_given(node):
            self.readers.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  (ast's names)

    def visit_Lambda(self, _: ast.Lambda) -> None:
        """Leave out what runs later."""

    def visit_Assign(self, node: ast.Assign) -> None:
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node.value, ast.Call):
            if _last_name(node.value.func) in _READER_TYPES:
                self.readers |= names
                self.excused |= _with_defaults(node.value)
            elif _KEY in names and _is_get(node.value):
                self._needs(_text_of(node.value.args[0]))
        self.generic_visit(node)

    def visit_If(self, node: ast.If | ast.IfExp) -> None:
        self.visit(node.test)
        before = self.excused
        self.excused |= {text for one in ast.walk(node.test) if (text := _text_of(one))}
        for part in (node.body, node.orelse):
            for one in part if isinstance(part, list) else [part]:
                self.visit(one)
        self.excused = before

    visit_IfExp = visit_If  # noqa: N815

    def visit_Try(self, node: ast.Try) -> None:
        may_fail = all(_raises(handler) for handler in node.handlers)
        parts = [*(node.body if may_fail else []), *node.handlers, *node.orelse, *node.finalbody]
        for one in parts:
            self.visit(one)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if _is_environ(node.value) and (name := _text_of(node.slice)):
            if isinstance(node.ctx, ast.Load):
                self._needs(name)
            else:
                self.excused |= {name}
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = _last_name(node.func)
        if name == "setdefault" and _is_environ(_owner(node.func)):
            self.excused |= {text for text in map(_text_of, node.args[:1]) if text}
        elif self._is_reader(node.func) and not _has_default(node):
            variable = _text_of(node.args[0]) if node.args else _UNNAMED.get(name)
            self._needs(variable, _cast(node) or name)
        before, self.reading = self.reading, name if name in _EXAMPLES else self.reading
        self.generic_visit(node)
        self.reading = before

    def _is_reader(self, function: ast.expr) -> bool:
        one = _owner(function) or function
        return isinstance(one, ast.Name) and one.id in self.readers

    def _needs(self, name: str | None, reading: str = "") -> None:
        if not name or name in self.excused:
            return
        how = reading if reading in _EXAMPLES else self.reading
        by_name = (example for pattern, example in _NAMES if pattern.search(name))
        self.found.setdefault(name, _EXAMPLES[how] if how else next(by_name, SECRET))


def _reads_what_it_is_given(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Say whether a function raises if there is no variable of the name that it is given first."""
    given = node.args.args[0].arg if node.args.args else None
    if len(node.args.defaults) or any(not _raises(one) for one in _walk(node, ast.ExceptHandler)):
        return False
    return any(
        _is_environ(one.value) and isinstance(one.slice, ast.Name) and one.slice.id == given
        for one in _walk(node, ast.Subscript)
    )


def _walk(node: ast.AST, kind: type[_Node]) -> Iterator[_Node]:
    return (one for one in ast.walk(node) if isinstance(one, kind))


def _raises(handler: ast.ExceptHandler) -> bool:
    return any(True for _ in _walk(handler, ast.Raise))


def _is_environ(node: ast.expr | None) -> bool:
    return node is not None and _last_name(node) == "environ"


def _is_get(call: ast.Call) -> bool:
    """Say whether a call is ``os.environ.get("X")`` or ``os.getenv("X")``, with no default."""
    reads = _last_name(call.func) == "getenv" or (
        _last_name(call.func) == "get" and _is_environ(_owner(call.func))
    )
    return reads and len(call.args) == 1 and not call.keywords


def _has_default(call: ast.Call) -> bool:
    return len(call.args) > 1 or any(keyword.arg in {"default", None} for keyword in call.keywords)


def _with_defaults(call: ast.Call) -> set[str]:
    """Return the variables that ``environ.Env(X=(bool, False))`` gives a default."""
    return {one.arg for one in call.keywords if one.arg and isinstance(one.value, ast.Tuple)}


def _cast(call: ast.Call) -> str:
    return next((_last_name(one.value) for one in call.keywords if one.arg in {"cast", "subcast"}), "")


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _owner(node: ast.expr) -> ast.expr | None:
    return node.value if isinstance(node, ast.Attribute) else None


def _text_of(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
