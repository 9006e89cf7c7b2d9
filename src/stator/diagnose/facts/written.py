"""Where settings are written: each name that a module of settings assigns, with file, line and column.

Modules from which a star is imported are read too, each once, and so is what the last assignment of a name
is, since that is the one that counts. Nothing is executed; a module that cannot be parsed has no places. No
place shows the value, which may be a secret.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from stator.findings import Place, Places
from stator.load_path import printable


def places_of(file: str, find_module: Callable[[str, int, str], str | None]) -> dict[str, Place]:
    """Return the place of each setting.

    ``find_module`` gets the name and the level of a relative import, and the file that imports; it returns
    the file of the module, ``None`` for one that is not known.
    """
    return _assigned(file, find_module, {})


def _assigned(
    file: str, find_module: Callable[[str, int, str], str | None], known: dict[str, dict[str, Place]]
) -> dict[str, Place]:
    """Return the places in a file; ``known`` has those of files that were read, or are being read."""
    if file in known:
        return known[file]
    found = known[file] = {}
    try:
        with open(file, "rb") as source:
            content = source.read()
        tree = ast.parse(content)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: nested too deep
        return found
    places = Places(printable(file), content)
    starts = _line_starts(content)
    for node in _statements(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            imported = find_module(node.module or "", node.level, file)
            if imported:
                found.update(_assigned(imported, find_module, known))
        for target in _targets(node):
            if isinstance(target, ast.Name) and target.id.isupper():
                start = starts[target.lineno - 1] + target.col_offset
                place = places.at(start, start + len(target.id.encode()))
                found[target.id] = place._replace(excerpt=f"{target.id} = …", cut=place.column - 1)
    return found


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


def _line_starts(content: bytes) -> list[int]:
    starts = [0]
    for line in content.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts
