from __future__ import annotations

import os
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.management.commands import findstatic

from stator.django import origins
from stator.django.conf import options
from stator.load_path import SourceFile
from stator.nearest import Names


class Command(findstatic.Command):
    """Django's command, which also says who offers each file, which one wins, and what was near."""

    def handle_label(self, path: str, **opts: Any) -> str | None:  # type: ignore[override]
        if opts["verbosity"] == 0:
            return super().handle_label(path, **opts)
        found = finders.find(path, find_all=opts["all"])
        load_path = origins.find(options(), [])
        if not found:
            super().handle_label(path, **opts)
            nearest = Names(load_path.files).nearest(path)
            if nearest:
                self.stderr.write(f"Did you mean '{nearest}'?")
            return None
        files = [os.path.realpath(file) for file in ([found] if isinstance(found, str) else found)]
        offered = (
            [load_path.files[path], *load_path.shadowed.get(path, ())] if path in load_path.files else []
        )
        lines = [f"Found '{path}' here:", *(f"  {file}  ({_standing(file, offered)})" for file in files)]
        if opts["verbosity"] >= 2:
            lines.append("Looking in the following locations:")
            lines += [f"  {place}" for place in finders.searched_locations]
        return "\n".join(lines)


def _standing(file: str, offered: list[SourceFile]) -> str:
    """Return whose the file is, and whether it wins, among those that are offered under its name."""
    for number, source in enumerate(offered):
        if os.path.realpath(source.location) == file:
            place = ", wins" if number == 0 else ", is shadowed"
            return source.origin.label + (place if len(offered) > 1 else "")
    return "is not published: ignored by a pattern, or behind a link that leads out of its folder"
