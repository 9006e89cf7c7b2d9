"""The page of Python: what a project may import, with signatures from the source and docstrings."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Collection, Iterator
from importlib import import_module
from typing import Any

from scripts.reference import markdown
from scripts.reference.markdown import code, from_docstring, paragraphs

# Titles, and what is public under each: a module, and a name in it.
_PUBLIC: dict[str, tuple[tuple[str, str], ...]] = {
    "In settings": (
        ("stator.django.storage", "StatorStorage"),
        ("stator.django.middleware", "StatorMiddleware"),
    ),
    "In urls.py": (
        ("stator.django.urls", "media"),
        ("stator.django.frontends", "FrontendView"),
    ),
    "In wsgi.py and asgi.py": (
        ("stator.django.wsgi", "get_wsgi_application"),
        ("stator.django.asgi", "get_asgi_application"),
    ),
    "Without Django": (
        ("stator.serve.wsgi", "StaticFiles"),
        ("stator.serve.asgi", "StaticFiles"),
        ("stator.serve.site", "site_of"),
    ),
    "In templates": (("stator.django.jinja", "Tags"),),
    "What a program can read": (
        ("stator.setting", "read_options"),
        ("stator.manifest_text", "from_json"),
        ("stator.manifest", "Manifest"),
        ("stator.manifest", "Release"),
        ("stator.manifest", "Content"),
        ("stator.findings", "Finding"),
        ("stator.findings", "Level"),
        ("stator.findings", "Place"),
        ("stator.findings", "Mend"),
        ("stator.findings", "as_json"),
        ("stator.findings", "as_text"),
        ("stator.findings", "ordered"),
    ),
    "Errors": (
        ("stator.errors", "StatorError"),
        ("stator.errors", "ConfigError"),
        ("stator.errors", "EnvironmentFailed"),
        ("stator.errors", "ChangedMeanwhile"),
        ("stator.errors", "ManifestError"),
        ("stator.django.storage", "MissingEntry"),
    ),
}


def page() -> str:
    importmap = from_docstring(import_module("stator.django.importmap"))
    return markdown.page("python", "the docstrings", names=paragraphs(_sections()), importmap=importmap)


def _sections() -> Iterator[str]:
    for title, names in _PUBLIC.items():
        yield f"## {title}"
        for module, name in names:
            yield from _entry(module, name, getattr(import_module(module), name))


def _entry(module: str, name: str, thing: Any) -> Iterator[str]:
    yield f"### `{module}.{name}`"
    yield code("\n".join(_declared(thing)), "python")
    yield from_docstring(thing)
    if inspect.isclass(thing):
        yield "\n".join(f"- `{method}`: {said}" for method, said in _members(thing))


def _declared(thing: Any) -> Iterator[str]:
    """Yield the lines that declare a thing, as its source has them, without what is in it."""
    source = textwrap.dedent(inspect.getsource(thing))
    node = _node(source)
    if not isinstance(node, ast.ClassDef):
        yield f"{_head(source, node)} ..."
        return
    inherited = {name for base in thing.__mro__[1:] for name in vars(base)}
    fields, made = [*_fields(source, node, inherited)], [*_made(source, node)]
    shown = [*fields, *([""] if fields and made else []), *made]
    yield f"{_head(source, node)}{'' if shown else ' ...'}"
    yield from (textwrap.indent(lines, "    ") for lines in shown)


def _node(source: str) -> Any:
    return ast.parse(source).body[0]


def _head(source: str, node: Any) -> str:
    """Return a definition up to its colon. A docstring or a body begins in the line after that."""
    lines = source.splitlines()[node.lineno - 1 : node.body[0].lineno - 1]
    return textwrap.dedent("\n".join(lines)).partition("  #")[0].rstrip()


def _fields(source: str, node: ast.ClassDef, inherited: Collection[str]) -> Iterator[str]:
    for one in node.body:
        if isinstance(one, (ast.AnnAssign, ast.Assign)):
            name = ast.unparse(one.target if isinstance(one, ast.AnnAssign) else one.targets[0])
            if not name.startswith("_") and name not in inherited:
                yield ast.get_source_segment(source, one) or ""


def _made(source: str, node: ast.ClassDef) -> Iterator[str]:
    for one in node.body:
        if isinstance(one, ast.FunctionDef) and one.name == "__init__":
            yield f"{_head(source, one)} ..."


def _members(kind: type) -> Iterator[tuple[str, str]]:
    """Yield the public methods and properties that a class has itself, with what they are for."""
    for name, member in vars(kind).items():
        function = member.fget if isinstance(member, property) else member
        if not name.startswith("_") and inspect.isfunction(function) and function.__doc__:
            written = name if isinstance(member, property) else _called(function)
            yield written, " ".join(from_docstring(function).split())


def _called(function: Any) -> str:
    """Return how a method is called, in one line."""
    source = textwrap.dedent(inspect.getsource(function))
    head = " ".join(_head(source, _node(source)).split())
    return re.sub(r"\(\s?self(?:, )?", "(", head).removeprefix("def ").rpartition(" ->")[0]
