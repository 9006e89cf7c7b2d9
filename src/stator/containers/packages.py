"""Where a project says which packages it needs: a table, the surest first.

Each ends in a list that pip reads. Tools that are only there to write that list are installed apart, so that
no image has them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import NamedTuple

Read = Callable[[str], "str | None"]

EXPORTED = "/requirements.txt"
_INCLUDES = re.compile(r"^\s*(?:-r|--requirement|-c|--constraint)[\s=]\s*([^\s#]+)", re.MULTILINE)
_FROM_PYPROJECT = (
    "import tomllib; "
    "print(*tomllib.load(open('pyproject.toml', 'rb'))['project'].get('dependencies', []), sep='\\n')"
)


class Packages(NamedTuple):
    """The files that say what is needed, and the list that pip reads.

    Where that has to be written first, ``export`` is the shell command that prints it, and ``tools`` are
    the packages that have this command.
    """

    files: tuple[str, ...]
    listed: str
    export: str = ""
    tools: tuple[str, ...] = ()


_LOCKS = (
    Packages(
        ("uv.lock", "pyproject.toml"),
        EXPORTED,
        "uv export --quiet --frozen --no-dev --no-emit-project",
        ("uv>=0.9",),
    ),
    Packages(
        ("poetry.lock", "pyproject.toml"),
        EXPORTED,
        "poetry export --only=main",
        ("poetry~=2.0", "poetry-plugin-export~=1.9"),
    ),
    Packages(("Pipfile.lock", "Pipfile"), EXPORTED, "pipenv requirements", ("pipenv>=2025",)),
)
_LISTS = ("requirements/production.txt", "requirements/prod.txt", "requirements.txt")
_PROJECT = "pyproject.toml"


def packages_of(read: Read) -> Packages | None:
    """Return where the packages of a project are listed, ``None`` where they are nowhere.

    ``read`` returns the text of a file of the project by its path, ``None`` where there is none.
    """
    for lock in _LOCKS:
        if all(read(file) is not None for file in lock.files):
            return lock
    for name in _LISTS:
        if read(name) is not None:
            return Packages(tuple(_with_included(name, read)), name)
    if re.search(r"^\[project\]", read(_PROJECT) or "", re.MULTILINE):
        return Packages((_PROJECT,), EXPORTED, f'python -c "{_FROM_PYPROJECT}"')
    return None


def names(packages: Packages, read: Read, name: str) -> bool:
    """Say whether a package is named where the packages of a project are."""
    named = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", re.IGNORECASE)
    return any(named.search(read(file) or "") for file in packages.files)


def _with_included(name: str, read: Read) -> list[str]:
    """Return a list and those that it includes, each once."""
    found: list[str] = []
    waiting = [name]
    while waiting:
        one = waiting.pop(0)
        text = read(one)
        if text is not None and one not in found:
            found.append(one)
            beside = posixpath.dirname(one)
            waiting += [posixpath.normpath(posixpath.join(beside, it)) for it in _INCLUDES.findall(text)]
    return found
