from __future__ import annotations

import os
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.management.commands import findstatic
from django.core.exceptions import SuspiciousFileOperation

from stator.diagnose.missing.mistakes import reasons
from stator.diagnose.missing.reason import as_text
from stator.django import origins
from stator.django.commands import printable
from stator.django.conf import options
from stator.django.searching import search_of
from stator.load_path import SourceFile


class Command(findstatic.Command):
    """Django's command, which also says who offers each file, which one wins, and what was near."""

    def handle_label(self, path: str, **opts: Any) -> str | None:  # type: ignore[override]
        if opts["verbosity"] == 0:
            return super().handle_label(path, **opts)
        files = _found(path, every=opts["all"])
        load_path = origins.find(options(), [])
        offered = (
            [load_path.files[path], *load_path.shadowed.get(path, ())] if path in load_path.files else []
        )
        lines = [f"Found '{path}' here:", *(f"  {file}  ({_standing(file, offered)})" for file in files)]
        looked = []
        if opts["verbosity"] >= 2:
            looked.append("Looking in the following locations:")
            looked += [f"  {place}" for place in finders.searched_locations]
        if not files:
            self._say("\n".join([f"No matching file found for '{path}'.", *looked]))
        if not offered:
            search = search_of(path, load_path.files, load_path.findings)
            for reason in reasons(search)[:1]:
                self._say(as_text(reason))
        return "\n".join([*lines, *looked]) if files else None

    def _say(self, text: str) -> None:
        self.stderr.write(printable(text, self.stderr))


def _found(path: str, *, every: bool) -> list[str]:
    """Return the real paths of the files and folders that finders have under a name."""
    try:
        found = finders.find(path, find_all=True) if every else finders.find(path)
    except SuspiciousFileOperation:  # it leads out of their folders
        return []
    return [os.path.realpath(file) for file in ([found] if isinstance(found, str) else found or ())]


def _standing(file: str, offered: list[SourceFile]) -> str:
    """Return whose the file is, and whether it wins, among those that are offered under its name."""
    for number, source in enumerate(offered):
        if os.path.realpath(source.location) == file:
            place = ", wins" if number == 0 else ", is shadowed"
            return source.origin.label + (place if len(offered) > 1 else "")
    return "is not published"
