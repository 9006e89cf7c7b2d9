"""Findings as SARIF 2.1.0, the form in which code hosts take the results of programs that read code.

One run has a rule for each id and a result for each finding, in the order in which they came. Equal findings
give an equal log: there is no time in it, no name of a machine, and no folder but those of files outside of
the project. Nothing is read but the modules into which a mend is pasted, since a place tells where a
statement begins and not where it ends.
"""

from __future__ import annotations

import ast
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from stator.diagnose.check import Rule
from stator.findings import Finding, How, Level, Place
from stator.urls import without_escapes

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "SRCROOT"
FINGERPRINT = "stator/v1"

_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}
_WEB = ("http://", "https://")


def as_sarif(
    findings: Iterable[Finding], rules: Mapping[str, Rule], folder: str, version: str
) -> dict[str, Any]:
    """Return the findings as a log that ``json`` can write.

    ``rules`` are by id; an id without one gets a rule that says nothing but the id. Files below ``folder``,
    an absolute path, are named from there. ``version`` is that of Stator.
    """
    found = tuple(findings)
    known: dict[str, Rule | None] = {**dict.fromkeys(one.id for one in found), **rules}
    described = {id: known[id] for id in sorted(known)}
    numbers = {id: number for number, id in enumerate(described)}
    run = {
        "tool": {
            "driver": {
                "name": "Stator",
                "version": version,
                "rules": [_rule(id, rule) for id, rule in described.items()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder in which the doctor was run."}}},
        "results": [
            {
                **_result(finding, folder),
                "ruleIndex": numbers[finding.id],
                "partialFingerprints": {FINGERPRINT: fingerprint},
            }
            for finding, fingerprint in zip(found, _fingerprints(found, folder), strict=True)
        ],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(id: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": id}
    return {
        "id": id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},  # code hosts ask for both
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "help": {"text": f"{rule.summary} Stator's docs/findings/{id}.md says more."},
    }


def _result(finding: Finding, folder: str) -> dict[str, Any]:
    return {
        "ruleId": finding.id,
        "level": _LEVELS[finding.level],
        "message": {"text": f"{finding.message}\n{finding.hint}".rstrip()},
        **_located(finding.place, folder),
        **_fixed(finding, folder),
    }


def _located(place: Place, folder: str) -> dict[str, Any]:
    if not place.file:
        return {}
    physical: dict[str, Any] = {"artifactLocation": _artifact(place.file, folder)}
    if place.line:
        physical["region"] = _region(place)
    return {"locations": [{"physicalLocation": physical}]}


def _artifact(file: str, folder: str) -> dict[str, str]:
    """Return where a file is; a page of the web is where it says."""
    if file.startswith(_WEB):
        return {"uri": without_escapes(file)}
    inside = file.removeprefix(os.path.join(folder, ""))
    path = quote(os.fsencode(inside.replace(os.sep, "/")))
    return {"uri": f"file://{path}"} if os.path.isabs(inside) else {"uri": path, "uriBaseId": ROOT}


def _region(place: Place) -> dict[str, int]:
    return {"startLine": place.line, "startColumn": place.column, "endColumn": place.column + place.length}


def _fixed(finding: Finding, folder: str) -> dict[str, Any]:
    """Return the mend where it is a text for a place that is known, both ends of it."""
    place, mend = finding.place, finding.mend
    if mend is None or not place.line or mend.how is How.RUN:
        return {}
    pasted = mend.how is How.PASTE
    region = _statement(place) if pasted else _region(place)
    if not region:
        return {}
    text = mend.text.replace("\n", "\n" + " " * (place.column - 1)) if pasted else mend.text
    change = {
        "artifactLocation": _artifact(place.file, folder),
        "replacements": [{"deletedRegion": region, "insertedContent": {"text": text}}],
    }
    why = {"text": finding.hint or finding.message}
    return {"fixes": [{"description": why, "artifactChanges": [change]}]}


def _statement(place: Place) -> dict[str, int]:
    """Return the region of the statement of Python that begins at a place, empty where there is none."""
    try:
        with open(place.file, "rb") as opened:
            content = opened.read()
        tree = ast.parse(content)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    lines = content.splitlines()

    def column(line: int, offset: int) -> int:
        return len(lines[line - 1][:offset].decode("utf-8", "replace")) + 1

    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.end_lineno is not None and node.end_col_offset is not None:
            start = node.lineno, column(node.lineno, node.col_offset)
            if start == (place.line, place.column):
                return {
                    "startLine": place.line,
                    "startColumn": place.column,
                    "endLine": node.end_lineno,
                    "endColumn": column(node.end_lineno, node.end_col_offset),
                }
    return {}


def _fingerprints(findings: Iterable[Finding], folder: str) -> Iterator[str]:
    """Yield what tells each finding from others, and stays when its text goes elsewhere in the file."""
    seen: Counter[tuple[str, ...]] = Counter()
    for finding in findings:
        place = finding.place
        start = max(place.column - 1 - place.cut, 0)
        marked = place.excerpt[start : start + place.length]
        known = (finding.id, _artifact(place.file, folder)["uri"], marked)
        told = "\0".join((*known, str(seen[known])))
        yield hashlib.sha256(told.encode()).hexdigest()[:32]
        seen[known] += 1
