"""Packages: what ``package.json`` and the files beside it say of a folder, and who installs them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from stator.errors import ConfigError

PACKAGE = "package.json"
_LARGEST = 1 << 20  # bytes


class Manager(NamedTuple):
    """What installs packages.

    ``lock``: the file in which it keeps their versions. ``install``: the command that installs just these.
    ``last``: the file below ``node_modules`` that it writes when all are there, empty if it writes none.
    ``before``: what stands between a script's name and the arguments for that. ``beside``: the file that
    tells this version of it from another with the same lock file, empty if there is none.
    """

    name: str
    lock: str
    install: str
    last: str = ""
    before: str = " "
    beside: str = ""


_NPM = Manager("npm", "package-lock.json", "npm ci", ".package-lock.json", " -- ")
MANAGERS = (
    Manager("bun", "bun.lock", "bun install --frozen-lockfile"),
    Manager("bun", "bun.lockb", "bun install --frozen-lockfile"),
    Manager("pnpm", "pnpm-lock.yaml", "pnpm install --frozen-lockfile", ".modules.yaml"),
    Manager("yarn", "yarn.lock", "yarn install --immutable", ".yarn-state.yml", beside=".yarnrc.yml"),
    Manager("yarn", "yarn.lock", "yarn install --frozen-lockfile", ".yarn-integrity"),
    _NPM,
    _NPM._replace(lock="npm-shrinkwrap.json"),
)
UNLOCKED = _NPM._replace(lock="", install="npm install")


class Package(NamedTuple):
    """What a ``package.json`` says: its scripts, by name, and the names of the packages that it asks for."""

    scripts: Mapping[str, str]
    packages: frozenset[str]


def package_of(folder: str) -> Package | None:
    """Return what ``package.json`` in the folder says, ``None`` if there is none. Raises ``ConfigError``."""
    file = os.path.join(folder, PACKAGE)
    try:
        with open(file, "rb") as opened:
            told = json.loads(opened.read(_LARGEST))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}.", "Let the file be read.") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file} is not JSON: {error}.", "Correct the file.") from error
    if not isinstance(told, dict):
        raise ConfigError(f"{file} holds no object.", 'It begins with "{": correct the file.')
    scripts = {name: text for name, text in _table(told, "scripts").items() if isinstance(text, str)}
    return Package(scripts, frozenset({**_table(told, "dependencies"), **_table(told, "devDependencies")}))


def manager_of(folder: str) -> Manager:
    """Return who installs packages in a folder, by the lock file that lies there."""

    def lies_here(name: str) -> bool:
        return os.path.exists(os.path.join(folder, name))

    return next((one for one in MANAGERS if lies_here(one.lock) and lies_here(one.beside)), UNLOCKED)


def _table(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = told.get(name)
    return table if isinstance(table, dict) else {}
