"""Own templates, compiled by the engines that load them, as the first page that needs one would do it.

Rules of this file:

1. Compiling is not rendering: it needs no context, and no tag does its work. Nothing is loaded beside.
2. A template is broken when no engine compiles it in whose folders it is: of several that share a folder one
   is the one that reads it. What an engine of another kind makes of it is not known, so that is no fault.
3. Templates of packages are for their authors to mend; notes, and what another program's suffix marks, are
   not for Django.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.template import Origin, Template, TemplateSyntaxError
from django.template.backends.django import DjangoTemplates

from stator.diagnose.facts.failure import FAILURES
from stator.diagnose.scan.addresses import SUFFIXES
from stator.diagnose.scan.jinja import call_in, for_jinja
from stator.diagnose.scan.request import Asked, Fault
from stator.diagnose.scan.templates import library_instead, static_instead
from stator.django.packages import is_package
from stator.django.tags.table import TAGS
from stator.findings import Place, Places
from stator.load_path import printable

_NO_TEMPLATES = (".md", ".rst")
_PIECE = re.compile(rb"\{%.*?%\}|\{\{.*?\}\}")
_UNKNOWN_TAG = "Invalid block tag"  # as Django says it
_STATIC = re.compile(rb"\{%-?\s*static\b.*?%\}")


class Trouble(NamedTuple):
    """Why an engine refuses a template, in its words, and where: a line, and what is inside of the tag."""

    said: str
    line: int = 0
    tag: bytes = b""


def by_django(
    read: Asked, backend: DjangoTemplates, backends: Iterable[Any], file: str, name: str, content: bytes
) -> Asked:
    """Return what was ``read`` in a template, with what keeps it from being compiled.

    ``content`` is in UTF-8. What is known of the libraries already is not told in the engine's words too, and
    what a broken tag seems to compute is no name.
    """
    if any(fault.id.startswith("load-") for fault in read.faults) or file.lower().endswith(SUFFIXES):
        return read
    try:
        faults = _broken(backend, backends, file, name, content)
    except FAILURES as error:  # tags are code of the project, and some want more than a template
        reason = f"It does not compile here: {printable(str(error))}"
        return read._replace(unread=((Place(printable(file)), reason),))
    lines = {fault.place.line for fault in faults}
    computed = tuple(one for one in read.computed if one.place.line not in lines)
    return read._replace(computed=computed, faults=(*read.faults, *faults))


def by_jinja(
    backend: Any, backends: Iterable[Any], functions: Collection[str], file: str, name: str, content: bytes
) -> tuple[Fault, ...]:
    """Return why a template of Jinja cannot be compiled, or that it calls ``static`` and nothing gives that.

    ``functions`` are the names under which the environment has it. Raises what extensions raise.
    """
    return _broken(backend, backends, file, name, content) or _without_static(
        backend, functions, file, content
    )


def _broken(backend: Any, backends: Iterable[Any], file: str, name: str, content: bytes) -> tuple[Fault, ...]:
    """Return the fault of a template that neither ``backend`` compiles nor another that has its folder."""
    if is_package(file) or file.lower().endswith(_NO_TEMPLATES):
        return ()
    text = content.decode()
    trouble = _trouble(backend, text, file, name)
    others = (other for other in backends if other is not backend and _has(other, file))
    if trouble is None or any(_trouble(other, text, file, name) is None for other in others):
        return ()
    is_django = isinstance(backend, DjangoTemplates)
    span = _span(content, trouble, is_django=is_django)
    shown = printable(file)
    if span is None:
        return (Fault("template-broken", Place(shown), trouble.said),)
    tag = content[slice(*span)].decode()
    instead = _instead(tag, trouble, backend.engine.template_libraries) if is_django else for_jinja(tag)
    return (Fault("template-broken", Places(shown, content).at(*span), trouble.said, instead=instead),)


def _instead(tag: str, trouble: Trouble, libraries: Collection[str]) -> str:
    """Return what a tag of Django's language was meant to be, "" where that is not known."""
    command = trouble.tag.decode().partition(" ")[0]
    if command in TAGS and trouble.said.startswith(_UNKNOWN_TAG):
        return f"{{% load stator %}}{tag}"
    return static_instead(tag) or library_instead(tag, libraries)


def _without_static(backend: Any, functions: Collection[str], file: str, content: bytes) -> tuple[Fault, ...]:
    # A processor of the project may give it to every template.
    processors = getattr(backend, "context_processors", None)
    if processors is None or is_package(file) or "static" in functions:
        return ()
    if not all(processor.startswith("django.") for processor in processors):
        return ()
    from jinja2 import TemplateSyntaxError as Refused  # noqa: PLC0415  (only such projects have it)
    from jinja2 import meta  # noqa: PLC0415

    try:
        unknown = meta.find_undeclared_variables(backend.env.parse(content.decode()))
    except Refused:  # and another engine reads it
        return ()
    span = call_in(content, backend.env.lex, "static") if "static" in unknown else None
    return (Fault("jinja-static-missing", Places(printable(file), content).at(*span)),) if span else ()


def _has(backend: Any, file: str) -> bool:
    return any(file.startswith(os.path.join(os.path.abspath(folder), "")) for folder in backend.template_dirs)


def _trouble(backend: Any, text: str, file: str, name: str) -> Trouble | None:
    if isinstance(backend, DjangoTemplates):
        return _of_django(backend.engine, text, file, name)
    return _of_jinja(backend.env, text, file, name) if hasattr(backend, "env") else None


def _of_django(engine: Any, text: str, file: str, name: str) -> Trouble | None:
    origin = Origin(file, name)
    try:
        Template(text, origin, name, engine)
    except TemplateSyntaxError as error:
        token = getattr(error, "token", None)
        # Behind the first sentence Django lists all libraries that there are; before it 6.1 names the
        # template, which the place does.
        first = str(error).splitlines()[0].removeprefix(f"Template: {origin}, ")
        said = printable(first.partition(" Must be one of:")[0])
        return Trouble(said, token.lineno, token.contents.encode()) if token else Trouble(said)
    return None


def _of_jinja(environment: Any, text: str, file: str, name: str) -> Trouble | None:
    from jinja2 import TemplateSyntaxError as Refused  # noqa: PLC0415  (only such projects have it)

    try:
        environment.compile(text, name, file, raw=True)  # Python as text, which nobody runs
    except Refused as error:
        return Trouble(printable(error.message or "It cannot be parsed."), error.lineno)
    return None


def _span(content: bytes, trouble: Trouble, *, is_django: bool) -> tuple[int, int] | None:
    """Return the tag that an engine refuses, or else the text of its line."""
    lines = content.split(b"\n")
    if not 0 < trouble.line <= len(lines):
        return None
    line = lines[trouble.line - 1]
    start = sum(map(len, lines[: trouble.line - 1])) + trouble.line - 1
    for found in (_PIECE if is_django else _STATIC).finditer(line):
        if not is_django or found[0][2:-2].strip() == trouble.tag:
            return start + found.start(), start + found.end()
    text = line.strip()
    before = len(line) - len(line.lstrip())
    return start + before, start + before + max(len(text), 1)
