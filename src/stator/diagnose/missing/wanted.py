"""What is asked for, held against what will ship: which names there are, and why the others are not."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from stator.diagnose.check import Found
from stator.diagnose.facts.project import Project
from stator.diagnose.missing.mistakes import reasons
from stator.diagnose.missing.reason import Reason
from stator.diagnose.missing.search import search_in
from stator.diagnose.scan.request import Kind, Request
from stator.findings import How, Level, Mend
from stator.load_path import printable
from stator.urls import path_and_suffix

_MOST_COMPARED = 50  # names that nobody has for which the nearest is looked for


class Wanted(NamedTuple):
    """A request with the logical path that it comes to, and what follows that: query and fragment.

    ``prefix`` is what stands before the path where a whole address was written.
    """

    request: Request
    name: str
    suffix: str = ""
    prefix: str = ""

    @property
    def is_address(self) -> bool:
        return self.request.kind is Kind.ADDRESS

    def instead(self, text: str) -> Mend | None:
        """Return the mend that writes another text, where the place marks the name letter for letter."""
        return Mend(How.REPLACE, text) if self.request.exact and self.request.place.line else None

    def mended(self, mend: Mend | None) -> Mend | None:
        """Return the mend of a name for where it is written, maybe as a whole address or with a query."""
        if mend is None or mend.how is not How.REPLACE:
            return mend
        return self.instead(f"{self.prefix}{mend.text}{self.suffix}")


def wanted(project: Project) -> Iterator[Wanted]:
    """Yield all that is asked of static files, but for folders, whose files a script will ask for."""
    prefix = project.setup.static_url or ""
    for request in project.asked.requests:
        path, suffix = path_and_suffix(request.name)
        if path.endswith("/"):
            continue
        if request.kind is not Kind.ADDRESS:
            name = unquote(path).strip().replace("\\", "/")  # as the storage reads it
            if name:
                yield Wanted(request, name, suffix)
        elif prefix and path.startswith(prefix) and not is_upload(path, project):
            yield Wanted(request, unquote(path[len(prefix) :]), suffix, prefix)


def is_upload(path: str, project: Project) -> bool:
    """Say whether an address is that of an upload; where both prefixes are its own the longer one counts."""
    static, media = project.setup.static_url or "", project.setup.media_url or ""
    is_static = bool(static) and path.startswith(static)
    return bool(media) and path.startswith(media) and not (is_static and len(static) >= len(media))


def missing(project: Project) -> list[tuple[Wanted, Reason | None]]:
    """Return what is asked for and is not there, each with why, where that is known.

    Many checks ask for it of one project, so it is found out once.
    """
    return _missing(_Same(project))


def told(one: Wanted, reason: Reason | None) -> Found:
    """Return what to say of a file that nobody has, and why."""
    request = one.request
    message = f"There is no static file '{printable(one.name)}'."
    return Found(
        request.place,
        f"{message} {reason.what}" if reason else message,
        reason.hint if reason else "Put the file into a static/ folder, or take out what asks for it.",
        one.mended(reason.mend) if reason else None,
        Level.WARNING if request.package else None,
        one.name,
        request.package,
    )


class _Same:
    """A project as a key: it equals itself alone."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.project is other.project

    def __hash__(self) -> int:
        return id(self.project)


@functools.lru_cache(maxsize=1)
def _missing(same: _Same) -> list[tuple[Wanted, Reason | None]]:
    project = same.project
    search = search_in(project.setup, project.load_path.files, project.origins, project.load_path.findings)
    gone = [one for one in wanted(project) if one.name not in project.load_path.files]
    names = dict.fromkeys(one.name for one in gone)
    why = {
        name: reasons(search.asking(name)._replace(thorough=number < _MOST_COMPARED))
        for number, name in enumerate(names)
    }
    return [(one, next(iter(why[one.name]), None)) for one in gone]
