"""Checks of names: all that templates, modules and widgets ask for by name.

A name that nobody has is told under the id of the mistake that it is likely to be (``mistakes``), with what
to write instead. What has one cause is told once, at the first place, with the others named. Of packages at
most a warning is given: nobody here can mend them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator, Mapping

from stator.diagnose.check import Check, Found
from stator.diagnose.checks import templates
from stator.diagnose.checks.wording import few
from stator.diagnose.facts.project import Project
from stator.diagnose.missing.mistakes import reasons
from stator.diagnose.missing.search import search_in
from stator.diagnose.missing.wanted import missing, told, wanted
from stator.diagnose.scan.request import Request
from stator.findings import Finding, Level
from stator.load_path import printable
from stator.progress import count_text

Find = Callable[[Project], Iterator[Found]]


def _mistaken(id: str) -> Find:
    """Return the check for one kind of mistake; what is none of those in the table is just missing."""

    def find(project: Project) -> Iterator[Found]:
        of_a_cause: dict[Hashable, list[Found]] = {}
        for one, reason in missing(project):
            kind = reason.id if reason and reason.id in MISTAKES else "name-missing"
            if kind == id and not one.is_address:
                cause = reason.hint if reason and reason.id in _OF_A_FOLDER else one.name
                found = told(one, reason)
                key = (cause, one.request.package, _is_suppressed(id, found, project))
                of_a_cause.setdefault(key, []).append(found)
        yield from map(_together, of_a_cause.values())

    return find


def _is_suppressed(id: str, found: Found, project: Project) -> bool:
    """Say whether nobody hears of this one, which must not keep others from being told."""
    finding = Finding(id, Level.ERROR, found.message, found.place, path=found.path)
    return project.setup.suppresses(finding)


def _together(found: list[Found]) -> Found:
    """Return the first, and where else the same is to be mended."""
    first, *others = found
    if not others:
        return first
    folder = os.path.join(os.path.dirname(first.place.file), "")
    places = [str(one.place).removeprefix(folder) for one in others]
    more = f" So it is in {count_text(len(others), 'other place')}: {few(places)}."
    return first._replace(message=first.message + more)


def _not_collected_name(project: Project) -> Iterator[Found]:
    """What is in the sources and not in the release that visitors get."""
    manifest = project.published.manifest
    if project.setup.debug or manifest is None:
        return
    search = search_in(project.setup, manifest.paths, project.origins)._replace(published=True)
    for one in wanted(project):
        if one.name in project.load_path.files and one.name not in manifest.paths:
            for reason in reasons(search.asking(one.name))[:1]:
                yield told(one, reason)


def _name_backslash(project: Project) -> Iterator[Found]:
    for one in wanted(project):
        if "\\" in one.request.name and one.name in project.load_path.files and not one.is_address:
            yield Found(
                one.request.place,
                f"{printable(one.request.name)} has a backslash: Stator takes it for a slash, others do not.",
                f"Write '{one.name}'.",
                one.instead(f"{one.name}{one.suffix}"),
                package=one.request.package,
            )


def _name_with_query(project: Project) -> Iterator[Found]:
    for one in wanted(project):
        query, mark, fragment = one.suffix.partition("#")
        if len(query) > 1 and one.name in project.load_path.files and not one.is_address:
            yield Found(
                one.request.place,
                f"{one.name!r} is asked for with {query!r}: its digest changes with its content anyway.",
                "Leave the query out.",
                one.instead(f"{one.name}{mark}{fragment}"),
                package=one.request.package,
            )


def _computed_name(project: Project) -> Iterator[Found]:
    by_file: dict[str, list[Request]] = {}
    for request in project.asked.computed:
        by_file.setdefault(request.place.file, []).append(request)
    for requests in by_file.values():
        first = requests[0]
        said = list(dict.fromkeys(request.name for request in requests if request.name)) or ["an empty name"]
        yield Found(
            first.place,
            f"{count_text(len(requests), 'name')} cannot be proven, known at run time only: {few(said)}.",
            "Test the pages that ask for them with DEBUG off, after a collectstatic.",
            package=first.package,
        )


MISTAKES: Mapping[str, str] = {
    "name-leading-slash": "A name begins with a slash.",
    "name-with-static": "A name begins with the folder static/, and names are those below it.",
    "name-case": "A name differs from that of its file in upper and lower case.",
    "name-is-folder": "A name is that of a folder.",
    "name-with-digest": "A digest is written out in a name.",
    "name-ignored": "A file is never published: it is hidden, or left out by a pattern.",
    "name-without-prefix": "A name lacks the prefix that its folder has in STATICFILES_DIRS.",
    "name-not-namespaced": "A name has a folder for the app, and the file is not in one.",
    "app-not-installed": "A file is in an app that INSTALLED_APPS does not have.",
    "folder-not-configured": "A file is in a folder that STATICFILES_DIRS does not have.",
    "file-outside-static": "A file is beside a static/ folder and not in it.",
    "only-published": "A file is in STATIC_ROOT and in no source folder.",
    "name-of-upload": "A name is that of an upload.",
    "other-version": "A file is there in another version.",
    "name-misspelt": "A name is nearly that of a file.",
    "name-missing": "Nobody has a file of this name.",
}
# What is wrong with a folder is wrong with all names in it.
_OF_A_FOLDER = frozenset(
    ["app-not-installed", "folder-not-configured", "static-dir-missing", "finder-missing"]
)
CHECKS: Mapping[str, Check[Project]] = {
    **templates.CHECKS,
    **{id: Check(Level.ERROR, summary, _mistaken(id)) for id, summary in MISTAKES.items()},
    "not-collected-name": Check(
        Level.ERROR, "A name is asked for that the release does not have yet.", _not_collected_name
    ),
    "name-backslash": Check(Level.WARNING, "A name has a backslash.", _name_backslash),
    "name-with-query": Check(
        Level.INFO, "A name carries a query, which its digest makes needless.", _name_with_query
    ),
    "computed-name": Check(Level.INFO, "A name is known at run time only.", _computed_name),
}
