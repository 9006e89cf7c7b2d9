"""Findings as values, for who runs the checks from a program."""

from stator.findings import Finding, Level, as_json, as_text, ordered


def errors(findings: list[Finding]) -> list[str]:
    return [as_text(one) for one in ordered(findings) if one.level is Level.ERROR]


def places(findings: list[Finding]) -> list[tuple[str, int]]:
    return [(one.place.file, one.place.line) for one in findings]


def rows(findings: list[Finding]) -> list[object]:
    return [as_json(one)["id"] for one in findings]
