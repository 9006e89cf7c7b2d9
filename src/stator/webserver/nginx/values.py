"""Values as nginx reads them, and maps of them."""

from __future__ import annotations

from collections.abc import Iterable

from stator.errors import ConfigError
from stator.webserver.text import Lines, block, comment


def quoted(text: str) -> str:
    """Return a text as nginx reads it. Raises ``ConfigError`` for one that would be taken for a variable."""
    if "$" in text:
        raise ConfigError(
            f"nginx cannot be told {text!r}: a dollar sign begins a variable there and nothing undoes that.",
            "Choose a name without one.",
        )
    return expression(text)


def expression(regex: str) -> str:
    """Return a regular expression as nginx reads it, in which a dollar sign is no variable."""
    return '"' + regex.replace("\\", "\\\\").replace('"', '\\"') + '"'


def key(name: str) -> str:
    """Return a name as the key of a map, where some words and a first ``~`` mean something else."""
    text = expression(name)
    return (
        f'"\\{text[1:]}'
        if name in {"default", "hostnames", "include", "volatile"} or name[0] == "~"
        else text
    )


def path_of(folder: str, behind: str) -> str:
    """Return a path as nginx reads it, whose end holds variables."""
    return f'{quoted(folder.rstrip("/"))[:-1]}{behind}"'


def map_of(about: str, source: str, variable: str, lines: Iterable[str]) -> Lines:
    return [*comment(about), *block(f"map {source} ${variable}", lines)]
