"""The toolbox: which minifiers a project has, told cheaply, and loaded when there is something to minify."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping

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

    @functools.cached_property
    def _tools(self) -> Mapping[str, Tool]:
        from stator.minify.tools import tools  # noqa: PLC0415  (programs and patterns, which few runs need)

        program = self._wanted.get(JAVASCRIPT, True)
        wanted = {kind: bool(answer) for kind, answer in self._wanted.items()}
        return tools(wanted, program if isinstance(program, str) else "", self._project)

    def tools(self) -> Mapping[str, Tool]:
        """Return the minifiers that were asked for and are at hand, by media type. Raises ``ConfigError``."""
        return self._tools

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
