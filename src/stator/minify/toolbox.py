"""The toolbox: which minifiers a project has, told cheaply, and loaded when there is something to minify."""

from __future__ import annotations

import functools
import os

from stator.config import MINIFIED
from stator.media_types import JAVASCRIPT
from stator.minify.tool import VERSIONS, Tool

_PROGRAM = os.path.join("node_modules", ".bin", "esbuild")


class Toolbox:
    """The minifiers of a project.

    ``wanted`` are pairs of media type and whether its files are minified, or the path of the program that
    does it. ``project`` is the folder whose ``node_modules`` may hold one.
    """

    def __init__(self, wanted: tuple[tuple[str, bool | str], ...], project: str) -> None:
        self._wanted = dict(wanted)
        self._project = project

    @functools.cache  # noqa: B019  (a toolbox lives as long as one collect)
    def tool_for(self, kind: str) -> Tool | None:
        """Return the minifier for a media type, if it was asked for and is at hand. Raises ``ConfigError``.

        Only for JavaScript is a program started, to ask for its version.
        """
        from stator.minify.tools import tools  # noqa: PLC0415  (programs and patterns, which few runs need)

        answer = self._wanted.get(kind, True)
        only = {other: other == kind and bool(answer) for other in MINIFIED}
        return tools(only, answer if isinstance(answer, str) else "", self._project).get(kind)

    def fingerprint(self) -> str:
        """Return what changes whenever others would minify, without loading or running any."""
        program = self._wanted.get(JAVASCRIPT, True)
        if not program:
            return VERSIONS
        places = [os.path.join(self._project, _PROGRAM)]
        places += [os.path.join(folder, "esbuild") for folder in os.get_exec_path()]
        for place in [program] if isinstance(program, str) else places:
            try:
                status = os.stat(place)
            except OSError:
                continue
            return f"{VERSIONS} {os.path.realpath(place)} {status.st_mtime_ns} {status.st_size}"
        return VERSIONS
