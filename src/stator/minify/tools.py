"""The table of minifiers: one for each media type."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Mapping

from stator.errors import ConfigError
from stator.media_types import CSS, JAVASCRIPT
from stator.minify import css, esbuild, json_text
from stator.minify.tool import CSS_VERSION, ESBUILD_VERSION, JSON_VERSION, Tool

_BY_HAND: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    CSS: (f"stator css {CSS_VERSION}", css.minify),
    **dict.fromkeys(json_text.KINDS, (f"stator json {JSON_VERSION}", json_text.minify)),
}
# app.min.js, app-min.js, app.min.3f2a9c1b.js; a source map says nothing that white space would hide.
_ALONE = re.compile(r"[.-]min\.[^/]+\Z|\.map\Z", re.IGNORECASE)


def tools(wanted: bool | Mapping[str, bool], esbuild: str = "", project: str = "") -> Mapping[str, Tool]:
    """Return the minifiers that were asked for and are at hand, by media type.

    ``wanted`` by media type: one that it does not name is wanted. ``esbuild`` is the path of the program;
    without it, one is looked for in ``node_modules`` of the folder ``project``, then on ``PATH``, and there
    need not be any. Raises ``ConfigError`` when ``esbuild`` is given and does not work.
    """
    chosen = {kind for kind in (*_BY_HAND, JAVASCRIPT) if _is_wanted(kind, wanted)}
    found = {kind: Tool(id, kind, one=one) for kind, (id, one) in _BY_HAND.items() if kind in chosen}
    if JAVASCRIPT in chosen and (tool := _esbuild(esbuild, project)):
        found[JAVASCRIPT] = tool
    return found


def leaves_alone(path: str) -> bool:
    """Say whether the name of a file tells that it is minified already, or is a source map."""
    return _ALONE.search(path) is not None


def _is_wanted(kind: str, wanted: bool | Mapping[str, bool]) -> bool:
    return wanted if isinstance(wanted, bool) else wanted.get(kind, True)


def _esbuild(configured: str, project: str) -> Tool | None:
    for program in [os.path.abspath(configured)] if configured else esbuild.programs(project):
        if version := esbuild.version(program):
            id = f"stator esbuild {ESBUILD_VERSION}, {version} {' '.join(esbuild.OPTIONS)}"
            return Tool(id, JAVASCRIPT, batch=functools.partial(esbuild.minify, program))
    if configured:
        raise ConfigError(
            f"{configured} does not run, or is not esbuild.",
            "Give the path of esbuild's program, or none to have it looked for.",
        )
    return None
