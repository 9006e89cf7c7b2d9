"""``manage.py stator doctor``: every check, with the way to mend what it finds.

What is wrong goes to the standard output in the chosen form; what it comes to is the last line, an error's
where something is of the level to fail on.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError, CommandParser

import stator
from stator.django.facts import setup_of
from stator.findings import Finding, Level, as_json, as_text
from stator.parallel import processors
from stator.progress import count_text

if TYPE_CHECKING:
    from stator.diagnose.doctor import Report
    from stator.django.management.commands.stator import Command

_WORST_FIRST = list(Level)


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--format",
        choices=list(FORMATS),
        default="text",
        help="For people (text), for programs (json), or for code hosts (SARIF 2.1.0).",
    )
    parser.add_argument(
        "--fail-on",
        choices=[str(level) for level in Level],
        default=str(Level.ERROR),
        metavar="LEVEL",
        help="Exit with 1 if something is found of this level or a worse one: error (the default), warning, "
        "info.",
    )
    parser.add_argument(
        "--live",
        nargs="+",
        metavar="URL",
        default=[],
        help="Look at a running site instead: fetch these pages and all static and media files that they "
        "refer to, as a browser does.",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="Write what is found to FILE, not to the standard output."
    )


def run(command: Command, opts: Mapping[str, Any]) -> None:
    report = _report(opts["live"])
    told = FORMATS[opts["format"]](report, opts)
    if opts["output"] is not None:
        with open(opts["output"], "w", encoding="utf-8") as file:
            file.write(f"{told}\n" if told else "")
    elif told:
        command.say(told)
    failing = _failing(opts)
    if any(finding.level in failing for finding in report.findings):
        raise CommandError(_summary(report, opts), returncode=1)
    if opts["verbosity"] and (opts["format"] == "text" or opts["output"] is not None):
        command.say(_summary(report, opts))


def _failing(opts: Mapping[str, Any]) -> list[Level]:
    """Return the levels at which the command fails."""
    return _WORST_FIRST[: _WORST_FIRST.index(Level(opts["fail_on"])) + 1]


def _report(pages: list[str]) -> Report:
    """Return what is wrong; only with the set-up where that keeps us from seeing the rest."""
    from stator.diagnose.doctor import KEEP_OUT, of_pages, of_project, of_setup  # noqa: PLC0415
    from stator.django.diagnosis import project_of  # noqa: PLC0415

    setup = setup_of()
    of_settings = of_setup(setup)
    if any(finding.id in KEEP_OUT for finding in of_settings.findings):
        return of_settings  # a finder would take a text for a list of folders, "/" among them
    try:
        project = project_of(setup, processors())
    except Exception:
        # Django's finders and storages raise whatever comes of settings that no check of theirs has seen.
        if any(finding.level is Level.ERROR for finding in of_settings.findings):
            return of_settings
        raise
    return of_pages(pages, project) if pages else of_project(project)


def _as_text(report: Report, opts: Mapping[str, Any]) -> str:
    return "\n\n".join(as_text(finding, os.getcwd()) for finding in _told(report, opts))


def _told(report: Report, opts: Mapping[str, Any]) -> list[Finding]:
    """Return what a person has to see: what is more than worth knowing, and what makes the command fail."""
    wanted = {Level.ERROR, Level.WARNING, *_failing(opts)}
    return [one for one in report.findings if one.level in wanted or opts["verbosity"] >= 2]


def _summary(report: Report, opts: Mapping[str, Any]) -> str:
    by_level = Counter(finding.level for finding in report.findings)
    counts = [count_text(by_level[level], str(level)) for level in (Level.ERROR, Level.WARNING)]
    counts += [f"{by_level[Level.INFO]} to know"] if by_level[Level.INFO] else []
    counts += [f"{report.suppressed} suppressed"] if report.suppressed else []
    hidden = opts["format"] == "text" and len(_told(report, opts)) < len(report.findings)
    looked = f" in {report.looked_at}" if report.looked_at else ""
    return f"{', '.join(counts)}{looked}{'; -v 2 shows all' if hidden else ''}."


def _as_json(report: Report, _: Mapping[str, Any]) -> str:
    findings = [as_json(finding) for finding in report.findings]
    return json.dumps({"findings": findings, "suppressed": report.suppressed}, indent=2)


def _as_sarif(report: Report, _: Mapping[str, Any]) -> str:
    from stator.diagnose.doctor import rules  # noqa: PLC0415
    from stator.diagnose.sarif import as_sarif  # noqa: PLC0415

    log = as_sarif(report.findings, rules(), os.getcwd(), stator.__version__)
    return json.dumps(log, indent=2)


FORMATS: Mapping[str, Callable[[Report, Mapping[str, Any]], str]] = {
    "text": _as_text,
    "json": _as_json,
    "sarif": _as_sarif,
}
