"""Toolchain: a front end with all that its settings leave out, found by looking into its folder."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import suppress
from glob import glob
from typing import NamedTuple

from stator.config import FrontendRules
from stator.errors import ConfigError
from stator.frontends.arguments import with_arguments
from stator.frontends.kinds import KINDS, OUTPUT, Kind, kind_of
from stator.frontends.package import Manager, manager_of, package_of

_SERVE_SCRIPTS = ("dev", "start")
_WATCH_SCRIPTS = ("watch", "dev")
_SERVES = re.compile(r"\bserver?\b")  # in a script: it writes no files
_ENTRIES = tuple(
    f"{folder}{stem}{ending}"
    for folder in ("src/", "")
    for stem in ("main", "index")
    for ending in (".tsx", ".ts", ".jsx", ".js", ".mjs", ".css", ".scss")
)
_REFRESHES = {"@vitejs/plugin-react", "@vitejs/plugin-react-swc", "@vitejs/plugin-react-oxc"}
_MODULE_SCRIPT = re.compile(r"<script\b(?=[^>]*\btype=[\"']module)[^>]*?\bsrc=[\"'](?P<source>[^\"':]+)[\"']")
_IMPORTS_TAILWIND = re.compile(rb"@import\s+[\"']tailwindcss")
_LARGEST_INPUT = 1 << 20  # bytes of a file that are searched


class Toolchain(NamedTuple):
    """A front end: folders, files and commands.

    ``root`` and ``output`` are absolute paths, and ``sources`` too, what the build reads besides ``root``.
    ``install``, ``build`` and ``dev`` are shell commands, run in ``root``, empty for none. ``entry``: the
    source that a page starts with, as pages name it, empty if it is not known. ``serves``: ``dev`` is a
    server; otherwise it fills ``output`` whenever something changes. ``refreshes``: pages of that server need
    the preamble of React's refresh.
    """

    name: str
    root: str
    kind: str
    install: str
    build: str
    dev: str
    output: str
    entry: str = ""
    sources: tuple[str, ...] = ()
    serves: bool = False
    refreshes: bool = False


def root_of(rules: FrontendRules, project: str) -> str:
    """Return the folder of the sources of a front end, absolute. Nothing is read."""
    return os.path.abspath(os.path.join(project, rules.root))


def output_of(rules: FrontendRules, project: str) -> str:
    """Return the folder that the build of a front end fills, absolute. Nothing is read.

    Raises ``ConfigError`` where that would publish the sources, too.
    """
    root = root_of(rules, project)
    output = os.path.abspath(os.path.join(root, rules.output or OUTPUT))
    if os.path.join(root, "").startswith(os.path.join(output, "")):
        raise ConfigError(
            f"STATOR['FRONTENDS'][{rules.name!r}]['output'] is {output}, in which all sources are.",
            "Let the build write into a folder of its own, as 'dist', and name that.",
        )
    return output


def toolchain_of(rules: FrontendRules, project: str) -> Toolchain:
    """Return the front end complete. A relative root is in the folder ``project``. Raises ``ConfigError``."""
    root, option = root_of(rules, project), f"STATOR['FRONTENDS'][{rules.name!r}]"
    package, manager = package_of(root), manager_of(root)
    scripts = package.scripts if package else {}
    name = rules.kind or kind_of(_names(root, option), package.packages if package else ())
    if name not in KINDS:
        raise ConfigError(f"{option}['kind'] is {name!r}.", f"Kinds are {', '.join(KINDS)}.")
    kind, output = KINDS[name], output_of(rules, project)
    build = _script("build", manager) if "build" in scripts else _filled(kind.build, root, output)
    if rules.build is None and not build:
        raise ConfigError(
            f"Nothing in {root} says how the front end {rules.name!r} is built.",
            f"Write a script \"build\" into package.json, or set {option}['build'] ('' for not at all).",
        )
    build = build if rules.build is None else rules.build
    if kind.serves:
        # What is built then refers to itself relatively, and may be published under any address.
        build = with_arguments(build, name, {"--base": "=./", "--manifest": ""}, manager, scripts)
    watch = next((_script(one, manager) for one in _watching(scripts, kind)), "")
    return Toolchain(
        name=rules.name,
        root=root,
        kind=name,
        install=rules.install if rules.install is not None else manager.install if package else "",
        build=build,
        dev=rules.dev if rules.dev is not None else watch or _filled(kind.watch, root, output),
        output=output,
        entry=rules.entry or next(_entries(root), ""),
        sources=tuple(os.path.abspath(os.path.join(root, source)) for source in rules.sources),
        serves=kind.serves,
        refreshes=kind.serves and package is not None and not _REFRESHES.isdisjoint(package.packages),
    )


def _names(root: str, option: str) -> list[str]:
    try:
        return sorted(os.listdir(root))
    except OSError as error:
        raise ConfigError(
            f"{option}['root'] is {root}: {error.strerror}.",
            "Name the folder in which the sources of the front end are.",
        ) from error


def _script(name: str, manager: Manager) -> str:
    return f"{manager.name} run {name}"


def _watching(scripts: Mapping[str, str], kind: Kind) -> Iterator[str]:
    """Yield the scripts by which the front end is developed, the most likely one first."""
    for name in _SERVE_SCRIPTS if kind.serves else _WATCH_SCRIPTS:
        # Of a tool whose server we do not know, we want the files.
        if name in scripts and (kind.serves or not _SERVES.search(scripts[name])):
            yield name


def _filled(command: str, root: str, output: str) -> str:
    """Return a command of a kind with its folders and files, empty where one of them is not known."""
    found = next(_tailwind_inputs(root), "") if "{input}" in command else ""
    if "{input}" in command and not found:
        return ""
    return command.format(input=shlex.quote(found), output=shlex.quote(os.path.relpath(output, root)))


def _tailwind_inputs(root: str) -> Iterator[str]:
    for folder in ("", "src"):
        for file in sorted(glob("*.css", root_dir=os.path.join(root, folder))):
            path = os.path.join(folder, file)
            with open(os.path.join(root, path), "rb") as opened:
                if _IMPORTS_TAILWIND.search(opened.read(_LARGEST_INPUT)):
                    yield path


def _entries(root: str) -> Iterator[str]:
    """Yield the sources that a page may start with: what ``index.html`` says, and then what is usual."""
    with (
        suppress(OSError),
        open(os.path.join(root, "index.html"), encoding="utf-8", errors="replace") as page,
    ):
        found = _MODULE_SCRIPT.search(page.read(_LARGEST_INPUT))
        if found:
            yield found["source"].removeprefix("/").removeprefix("./")
    yield from (entry for entry in _ENTRIES if os.path.isfile(os.path.join(root, entry)))
