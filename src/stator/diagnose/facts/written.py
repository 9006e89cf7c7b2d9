"""Where settings are written: each name that a module of settings assigns, with file, line and column.

Modules from which a star is imported are read too, and so is what the last assignment of a name is, since
that is the one that counts. Nothing is executed; a module that cannot be parsed has no places. A place shows
its line, which may hold a secret: what ``STATOR`` calls ``TOKEN`` is masked there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from stator.findings import Place, Places

_MASKED = "TOKEN"
_DEEP = 10  # modules that import a star from each other


def places_of(file: str, find_module: Callable[[str, int, str], str | None]) -> dict[str, Place]:
    """Return the place of each setting.

    ``find_module`` gets the name and the level of a relative import, and the file that imports; it returns
    the file of the module, ``None`` for one that is not known.
    """
    return dict(_assigned(file, find_module, _DEEP))


def _assigned(
    file: str, find_module: Callable[[str, int, str], str | None], depth: int
) -> Iterator[tuple[str, Place]]:
    try:
        with open(file, "rb") as source:
            content = source.read()
        tree = ast.parse(content)
    except (OSError, SyntaxError, ValueError):
        return
    starts = _line_starts(content)
    places = Places(file, _masked(content, tree, starts))
    for node in _statements(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names) and depth:
            imported = find_module(node.module or "", node.level, file)
            if imported:
                yield from _assigned(imported, find_module, depth - 1)
        for target in _targets(node):
            if isinstance(target, ast.Name) and target.id.isupper():
                start = starts[target.lineno - 1] + target.col_offset
                yield target.id, places.at(start, start + len(target.id.encode()))


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the statements of a module in their order, with those inside ``if``, ``try`` and ``with``."""
    pending: list[ast.AST] = list(reversed(tree.body))
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            inner = [
                child
                for child in ast.iter_child_nodes(node)
                if isinstance(child, (ast.stmt, ast.excepthandler))
            ]
            pending += reversed(inner)


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, (ast.AnnAssign, ast.AugAssign)) else []


def _masked(content: bytes, tree: ast.Module, starts: list[int]) -> bytes:
    """Return the content with asterisks for secrets, and everything else where it was."""
    masked = bytearray(content)
    for value in _secrets(tree):
        start = starts[value.lineno - 1] + value.col_offset
        end = starts[(value.end_lineno or value.lineno) - 1] + (value.end_col_offset or 0)
        masked[start:end] = re.sub(rb"[^\r\n]", b"*", masked[start:end])
    return bytes(masked)


def _secrets(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            named = zip(node.keys, node.values, strict=True)
            yield from (
                value for key, value in named if isinstance(key, ast.Constant) and key.value == _MASKED
            )
        elif isinstance(node, ast.keyword) and node.arg == _MASKED:
            yield node.value


def _line_starts(content: bytes) -> list[int]:
    starts = [0]
    for line in content.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts
