"""The doctor: all checks of a project, what is suppressed taken out, the worst and the causes first."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from stator.diagnose.check import Check, Rule, run
from stator.diagnose.checks import contents, release, repository, requests, sources, weight
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

OF_CONTENTS = contents.CHECKS
# In the order in which one thing leads to another: of several errors the first is likely to be the cause.
OF_PROJECT: Mapping[str, Check[Project]] = {
    **sources.CHECKS,
    **repository.CHECKS,
    **requests.CHECKS,
    **release.CHECKS,
    **weight.CHECKS,
}
_WORST_FIRST = list(Level)


class Report(NamedTuple):
    """What was found, in order, and how many findings ``STATOR["SUPPRESS"]`` has kept out of it."""

    findings: tuple[Finding, ...]
    suppressed: int = 0


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
    return _report(found, project.setup)


def of_pages(urls: Iterable[str], project: Project) -> Report:
    """Return what is wrong with what visitors of these pages get from a site of the project."""
    return _report(visit(urls, knowledge_of(project)), project.setup)


def rules() -> dict[str, Rule]:
    """Return what each check is about, by id."""
    tables = (OF_START, OF_SETUP, OF_CONTENTS, OF_PROJECT)
    checked = {id: check.rule for table in tables for id, check in table.items()}
    return {**checked, **OF_BUILD, **OF_VISIT}


def _report(findings: Iterable[Finding], setup: Setup) -> Report:
    # Equal ones are told once, each where its stage stands; inside a stage in order of place.
    found = list(dict.fromkeys(map(_weighed, findings)))
    kept = [finding for finding in found if not setup.suppresses(finding)]
    kept.sort(key=lambda finding: _WORST_FIRST.index(finding.level))
    return Report(tuple(kept), len(found) - len(kept))


def _weighed(finding: Finding) -> Finding:
    """Return the finding as it matters here: a warning of an installed package is for its authors to heed."""
    is_for_others = finding.package and finding.level is Level.WARNING
    return finding._replace(level=Level.INFO) if is_for_others else finding
