"""Bundling: which folders are filled by the build of a front end, and by what command."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from typing import Any

PACKAGE = "package.json"
_OUTPUTS = frozenset(["build", "bundle", "bundles", "dist", "out", "public"])
_MANAGERS = {"bun.lock": "bun", "bun.lockb": "bun", "pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn"}
_NPM = "npm"
# By package, for those who have written no script.
_BUNDLERS = {
    "vite": "npx vite build",
    "webpack": "npx webpack --mode production",
    "parcel": "npx parcel build",
    "rollup": "npx rollup --config",
}
_LARGEST_PACKAGE = 1 << 20  # bytes


def build_command(folder: str, project: str) -> str:
    """Return the shell command that fills a folder, which need not exist, run in the project's folder.

    It is that of the nearest ``package.json`` around the folder, up to the project's; "" where there is none,
    where it says nothing of a build, or where the folder has no name that outputs have.
    """
    return _nearest_command(folder, project) if _has_name_of_output(folder, project) else ""


def may_be_built(folder: str, project: str) -> bool:
    """Say whether a folder may be filled by a build: by its name, or since a front end is built around it."""
    return _has_name_of_output(folder, project) or bool(_nearest_command(folder, project))


def _has_name_of_output(folder: str, project: str) -> bool:
    return not _OUTPUTS.isdisjoint(os.path.relpath(folder, project).split(os.sep))


def _nearest_command(folder: str, project: str) -> str:
    for around in _around(folder, project):
        if os.path.isfile(os.path.join(around, PACKAGE)):
            command = _command(around)
            if not command or around == project:
                return command
            return f"cd {shlex.quote(os.path.relpath(around, project))} && {command}"
    return ""


def _around(folder: str, project: str) -> Iterator[str]:
    while folder != project and folder.startswith(os.path.join(project, "")):
        folder = os.path.dirname(folder)
        yield folder


def _command(folder: str) -> str:
    package = _package(folder)
    if "build" in _table(package, "scripts"):
        locks = (name for lock, name in _MANAGERS.items() if os.path.exists(os.path.join(folder, lock)))
        return f"{next(locks, _NPM)} run build"
    used = {**_table(package, "dependencies"), **_table(package, "devDependencies")}
    return next((command for bundler, command in _BUNDLERS.items() if bundler in used), "")


def _package(folder: str) -> dict[str, Any]:
    try:
        with open(os.path.join(folder, PACKAGE), "rb") as file:
            package = json.loads(file.read(_LARGEST_PACKAGE))
    except (OSError, ValueError, RecursionError):
        return {}
    return package if isinstance(package, dict) else {}


def _table(package: dict[str, Any], name: str) -> dict[str, Any]:
    table = package.get(name)
    return table if isinstance(table, dict) else {}
