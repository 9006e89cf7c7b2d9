from __future__ import annotations

import os
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.management.commands import findstatic

from stator.django import origins
from stator.django.conf import options
from stator.nearest import Names


class Command(findstatic.Command):
    """Django's command, which also says who offers each file, which one wins, and what was near."""

    def handle_label(self, path: str, **opts: Any) -> str | None:  # type: ignore[override]
        if opts["verbosity"] == 0:
            return super().handle_label(path, **opts)
        found = finders.find(path, find_all=opts["all"])
        if not found:
            super().handle_label(path, **opts)
            nearest = Names(origins.find(options(), []).files).nearest(path)
            if nearest:
                self.stderr.write(f"Did you mean '{nearest}'?")
            return None
        files = [os.path.realpath(file) for file in ([found] if isinstance(found, str) else found)]
        lines = [f"Found '{path}' here:"]
        for number, file in enumerate(files):
            place = ", wins" if number == 0 else ", is shadowed"
            lines.append(f"  {file}  ({_offered_by(file)}{place if len(files) > 1 else ''})")
        if opts["verbosity"] >= 2:
            lines.append("Looking in the following locations:")
            lines += [f"  {place}" for place in finders.searched_locations]
        return "\n".join(lines)


def _offered_by(file: str) -> str:
    for origin in origins.origins():
        if file.startswith(os.path.realpath(origin.root) + os.sep):
            return origin.label
    return "a finder of the project's own"
