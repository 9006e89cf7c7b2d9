"""Bundling: which folders are filled by the build of a front end, and by what command."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator

from stator.errors import ConfigError
from stator.frontends.kinds import KINDS, kind_of
from stator.frontends.package import PACKAGE, manager_of, package_of

_OUTPUTS = frozenset(["build", "bundle", "bundles", "dist", "out", "public"])


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
    try:
        package = package_of(folder)
    except ConfigError:
        return ""  # whoever builds it is told
    if package is None:
        return ""
    if "build" in package.scripts:
        return f"{manager_of(folder).name} run build"
    build = KINDS[kind_of((), package.packages)].build
    return f"npx {build}" if build and "{" not in build else ""
