"""The doctor: all checks of a project, what is suppressed taken out, the worst and the causes first."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from stator.diagnose.check import Check, Rule, run
from stator.diagnose.checks import contents, entries, release, repository, requests, sources, weight
from stator.diagnose.checks.builds import OF_BUILD
from stator.diagnose.checks.setup import CHECKS as OF_SETUP
from stator.diagnose.checks.start import CHECKS as OF_START
from stator.diagnose.facts.project import Project
from stator.diagnose.facts.setup import Setup
from stator.diagnose.facts.start import Start
from stator.diagnose.visit.knowledge import knowledge_of
from stator.diagnose.visit.visiting import RULES as OF_VISIT
from stator.diagnose.visit.visiting import visit
from stator.findings import Finding, Level
from stator.progress import count_text

OF_CONTENTS = contents.CHECKS
# In the order in which one thing leads to another: of several errors the first is likely to be the cause.
OF_PROJECT: Mapping[str, Check[Project]] = {
    **sources.CHECKS,
    **repository.CHECKS,
    **requests.CHECKS,
    **entries.CHECKS,
    **release.CHECKS,
    **weight.CHECKS,
}
KEEP_OUT = frozenset(("setting-of-wrong-type", "static-dirs-no-list"))  # what nothing can be looked up with
MOST_OF_A_KIND = 100  # findings that are told of one kind in one file
_WORST_FIRST = list(Level)


class Report(NamedTuple):
    """What was found, in order, and how many findings ``STATOR["SUPPRESS"]`` has kept out of it.

    ``looked_at`` says in words what was looked at, "" where nothing but settings was.
    """

    findings: tuple[Finding, ...]
    suppressed: int = 0
    looked_at: str = ""


def of_start(start: Start) -> Report:
    """Return what keeps the settings of a project from being loaded, or its apps, or us."""
    return _report(run(OF_START, start), Setup())


def of_setup(setup: Setup) -> Report:
    """Return what is wrong with the set-up of a project."""
    return _report(run(OF_SETUP, setup), setup)


def of_project(project: Project) -> Report:
    """Return what is wrong with a project: its set-up, what a collect would tell, and the rest."""
    found = itertools.chain(
        run(OF_SETUP, project.setup),
        run(OF_CONTENTS, project),  # which is the cause of what a build finds in the same files
        project.load_path.findings,
        project.built.findings,
        run(OF_PROJECT, project),
    )
    files, asked = count_text(len(project.load_path.files), "static file"), project.asked
    names = count_text(len(asked.requests), "name")
    looked_at = f"{files}, {asked.read:,} templates and modules that ask for {names}"
    return _report(found, project.setup)._replace(looked_at=looked_at)


def of_pages(urls: Iterable[str], project: Project) -> Report:
    """Return what is wrong with what visitors of these pages get from a site of the project."""
    seen = visit(urls, knowledge_of(project))
    looked_at = f"{count_text(seen.pages, 'page')} and {count_text(seen.files, 'file')}"
    return _report(seen.findings, project.setup)._replace(looked_at=looked_at)


def rules() -> dict[str, Rule]:
    """Return what each check is about, by id."""
    tables = (OF_START, OF_SETUP, OF_CONTENTS, OF_PROJECT)
    checked = {id: check.rule for table in tables for id, check in table.items()}
    return {**checked, **OF_BUILD, **OF_VISIT}


def _report(findings: Iterable[Finding], setup: Setup) -> Report:
    # Equal ones are told once, each where its stage stands; inside a stage in order of place.
    found = list(dict.fromkeys(map(_weighed, findings)))
    kept = list(_few([finding for finding in found if not setup.suppresses(finding)]))
    suppressed = sum(map(setup.suppresses, found))
    kept.sort(key=lambda finding: _WORST_FIRST.index(finding.level))
    return Report(tuple(kept), suppressed)


def _few(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings, no more of one kind in one file than anybody reads; the last says how many follow."""
    of_file: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        of_file.setdefault((finding.id, finding.place.file), []).append(finding)
    for told in of_file.values():
        more = len(told) - MOST_OF_A_KIND
        if more <= 0:
            yield from told
            continue
        *first, last = told[:MOST_OF_A_KIND]
        yield from first
        yield last._replace(message=f"{last.message} There are {more:,} more of this kind in the file.")


def _weighed(finding: Finding) -> Finding:
    """Return the finding as it matters here: a warning of an installed package is for its authors to heed."""
    is_for_others = finding.package and finding.level is Level.WARNING
    return finding._replace(level=Level.INFO) if is_for_others else finding
