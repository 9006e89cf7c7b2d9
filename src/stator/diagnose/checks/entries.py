"""Checks of front ends as templates start them: there must be one of that name, and it must have the entry.

What is not built, and what no manifest of a bundler tells of, is told elsewhere or not known; where there is
no front end at all, tags stand in branches that are not at work. Of packages at most a warning is given:
nobody here can mend them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from stator.diagnose.check import Check, Found
from stator.diagnose.facts.project import Project
from stator.diagnose.scan.request import Start
from stator.findings import How, Level, Mend, Place
from stator.frontend import Frontend
from stator.load_path import printable
from stator.media_types import CSS, JAVASCRIPT, media_type
from stator.nearest import Names


def _unknown(project: Project) -> Iterator[Found]:
    names = {rules.name for rules in project.setup.options.frontends}
    if not names:  # with a problem nobody knows them, and a site may leave all out where there is no Node
        return
    for start in project.asked.starts:
        if start.frontend not in names:
            yield _found(
                start,
                start.place,
                f"STATOR['FRONTENDS'] has no {_quoted(start.frontend)}. {_listed(names)}",
                Names(names).nearest(start.frontend),
                "Add it to STATOR['FRONTENDS'], or take the tag out.",
            )


def _entry_unknown(project: Project) -> Iterator[Found]:
    chosen = {rules.name: rules.entry or "" for rules in project.setup.options.frontends}
    for start in project.asked.starts:
        built = project.built.frontends.get(start.frontend)
        if built is None or start.entry is None:
            continue
        entry = start.entry or chosen[start.frontend]
        if not _has(project, start.frontend, built, entry):
            name = _quoted(start.frontend)
            problem = (
                f"The front end {name} has no entry {_quoted(entry)}."
                if entry
                else f"No entry of the front end {name} is named, and there is not just one."
            )
            yield _found(
                start,
                start.entry_place,
                f"{problem} {_listed(built.entries)}",
                Names(built.entries).nearest(start.entry),
                "Name one that there is, or tell the bundler of it and build again: "
                f"python manage.py stator frontend build {start.frontend}",
            )


def _has(project: Project, name: str, built: Frontend, entry: str) -> bool:
    """Say whether a page can start an entry, or with "" the only one that there is."""
    if not entry:
        return len({*built.entries.values()}) == 1
    path = f"{name}/{entry}"
    is_file = media_type(path) in {CSS, JAVASCRIPT} and path in project.load_path.files
    return entry in built.entries or is_file


def _found(start: Start, place: Place, message: str, near: str | None, otherwise: str) -> Found:
    """Return a finding with the name that is ``near`` to what is written, or else with another hint."""
    return Found(
        place,
        message,
        f"Did you mean {_quoted(near)}?" if near else otherwise,
        Mend(How.REPLACE, near) if near else None,
        Level.WARNING if start.package else None,
        package=start.package,
    )


def _listed(known: Collection[str]) -> str:
    return f"Known are: {', '.join(map(_quoted, sorted(known)))}." if known else "There are none."


def _quoted(name: str) -> str:
    return f"'{printable(name)}'"


CHECKS: Mapping[str, Check[Project]] = {
    "frontend-unknown": Check(
        Level.ERROR, "A template starts a front end that the settings do not have.", _unknown
    ),
    "frontend-entry-unknown": Check(
        Level.ERROR, "A template starts an entry that a front end does not have.", _entry_unknown
    ),
}
