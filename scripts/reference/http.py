"""The page of HTTP: every rule that ``tests/conformance`` asks each server, by the section that says so."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from scripts.reference import markdown
from scripts.reference.markdown import cell, paragraphs, plain, table
from tests.conformance.case import CHOICES, Case
from tests.conformance.exceptions import EXCEPTIONS
from tests.conformance.kinds import KINDS

# The modules of cases, in the order of the page.
_ROOMS = ("methods", "preconditions", "ranges", "codings", "caching", "media_types", "names", "connection")
_SECTION = re.compile(r"(?P<document>\d+|Fetch)(?: (?P<part>[\d.]+))?")
_WHATWG = "https://fetch.spec.whatwg.org/"
_RFC = "https://www.rfc-editor.org/rfc/rfc"


def page() -> str:
    rooms = [import_module(f"tests.conformance.cases.{room}") for room in _ROOMS]
    servers = [
        (name, str(len([*kind.cases()])), str(len(EXCEPTIONS.get(name, ())))) for name, kind in KINDS.items()
    ]
    return markdown.page(
        "http",
        "tests/conformance",
        servers=table(["server", "cases", "of them [out of reach](#out-of-reach)"], servers),
        rules=paragraphs(part for room in rooms for part in _room(room)),
        exceptions=table(["case", "servers", "why"], _out_of_reach()),
    )


def _out_of_reach() -> Iterator[tuple[str, str, str]]:
    """Yield a row for each case that a server cannot pass, with all servers for which that has one reason."""
    servers: dict[tuple[str, str], list[str]] = {}
    for name, reasons in EXCEPTIONS.items():
        for reason in reasons.items():
            servers.setdefault(reason, []).append(name)
    for (id, why), names in servers.items():
        yield cell(plain(id)), "; ".join(names), cell(plain(why))


def _room(module: ModuleType) -> Iterator[str]:
    title = (module.__doc__ or "").partition("\n")[0].partition(" (")[0].rstrip(".")
    yield f"## {title}"
    yield f"Asked by `{module.__name__.replace('.', '/')}.py`."
    cases: list[Case] = sorted(module.CASES, key=_order)
    for section, group in itertools.groupby(cases, lambda case: case.section):
        yield f"### {_named(section)}"
        yield "\n".join(f"- {_rule(case)}" for case in group)


def _order(case: Case) -> tuple[str, list[int]]:
    """Sections come in their order; cases of one stay in that of their table."""
    document, _, part = case.section.partition(" ")
    return document.zfill(5), [int(number) for number in part.split(".") if number]


def _named(section: str) -> str:
    """Return a section of a standard as a link. Raises ``ValueError`` for what is none."""
    found = _SECTION.fullmatch(section)
    if not found:
        raise ValueError(f"{section!r} is no section of a standard.")
    document, part = found["document"], found["part"]
    name = f"{document if document == 'Fetch' else f'RFC {document}'}{f', {part}' if part else ''}"
    if document == "Fetch":  # whose sections are renumbered at times
        return f"[{name}]({_WHATWG})"
    return f"[{name}]({_RFC}{document}{f'#section-{part}' if part else ''})"


def _rule(case: Case) -> str:
    ours = CHOICES in case.needs and "choose" not in case.id
    return plain(case.id) + (" *(our choice)*" if ours else "")
