"""The page of findings: a line for each id, from the tables of the checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scripts.reference import markdown
from scripts.reference.markdown import cell, paragraphs, table
from stator.diagnose.check import Check, Rule
from stator.diagnose.checks import entries, release, repository, requests, sources, weight
from stator.diagnose.checks.builds import OF_BUILD
from stator.diagnose.doctor import OF_CONTENTS, OF_SETUP, OF_START
from stator.diagnose.visit.visiting import RULES as OF_VISIT

# What is looked at, in the order in which one thing leads to another, and the tables that say what is wrong.
_SUBJECTS: Mapping[str, tuple[Mapping[str, Check[Any] | Rule], ...]] = {
    "Before anything can be looked at": (OF_START,),
    "Settings, apps and middleware": (OF_SETUP,),
    "Sources": (sources.CHECKS, OF_CONTENTS),
    "Weight": (weight.CHECKS,),
    "References, and what a collect tells of sources": (OF_BUILD,),
    "What the site asks for": (requests.CHECKS, entries.CHECKS),
    "The repository": (repository.CHECKS,),
    "What was published": (release.CHECKS,),
    "A running site": (OF_VISIT,),
}


def page() -> str:
    return markdown.page("findings", "the tables in src/stator/diagnose", ids=paragraphs(_sections()))


def _sections() -> Iterator[str]:
    for title, tables in _SUBJECTS.items():
        rows = [
            (f"[{id}](../findings/{id}.md)", str(rule.level), cell(rule.summary))
            for rules in tables
            for id, rule in rules.items()
        ]
        yield f"## {title}"
        yield table(["id", "level", "means"], rows)
