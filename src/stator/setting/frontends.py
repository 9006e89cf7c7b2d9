"""The option ``FRONTENDS``: a dictionary for each front end, by its name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from stator.config import FrontendRules
from stator.errors import ConfigError, UnsafePath
from stator.paths import logical_path
from stator.setting.values import LINE, list_of_texts, named, only_known_keys

_EXAMPLE = "For example: {'shop': {'root': 'frontends/shop'}}"
_COMMANDS = {
    "install": "'npm ci'",
    "build": "'npm run build'",
    "dev": "'npm run dev'",
}
_PATHS = {"output": "'dist'", "entry": "'src/main.tsx'"}
_KEYS = ("root", "kind", *_COMMANDS, *_PATHS, "sources")


def frontend_rules(name: str, value: Any) -> tuple[FrontendRules, ...]:
    """Return the front ends that the option names. Raises ``ConfigError``."""
    if not isinstance(value, Mapping):
        raise ConfigError(
            f"{name} must be a dictionary of names to dictionaries, not {named(value)}.", _EXAMPLE
        )
    return tuple(_frontend(name, key, one) for key, one in value.items())


def _frontend(name: str, key: Any, value: Any) -> FrontendRules:
    if not _is_folder_name(key):
        raise ConfigError(
            f"{name} names {named(key)}, which is no name of a front end.",
            f"Its files are published in the folder of its name. {_EXAMPLE}",
        )
    name = f"{name}[{key!r}]"
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name} must be a dictionary, not {named(value)}.", _EXAMPLE)
    only_known_keys(name, value, _KEYS)
    chosen: dict[str, Any] = {
        "name": key,
        "root": _path(f"{name}['root']", value.get("root"), "'frontends/shop'"),
    }
    if "kind" in value:
        chosen["kind"] = _text(f"{name}['kind']", value["kind"], "'vite'")
    for command, example in _COMMANDS.items():
        if command in value:
            chosen[command] = _text(f"{name}[{command!r}]", value[command], example)
    for path, example in _PATHS.items():
        if path in value:
            chosen[path] = _path(f"{name}[{path!r}]", value[path], example)
    if "sources" in value:
        texts = [
            os.fspath(one) if isinstance(one, os.PathLike) else one for one in _list(name, value["sources"])
        ]
        chosen["sources"] = list_of_texts(f"{name}['sources']", texts, "path", "['../../templates']")
    return FrontendRules(**chosen)


def _list(name: str, value: Any) -> Any:
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise ConfigError(
            f"{name}['sources'] must be a list of paths, not {named(value)}.",
            "For example: ['../../templates']",
        )
    return value


def _is_folder_name(value: Any) -> bool:
    try:
        return (
            isinstance(value, str) and logical_path(value) == value and "/" not in value and value[0] != "."
        )
    except UnsafePath:
        return False


def _path(name: str, value: Any, example: str) -> str:
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(path, str) or not path or "\0" in path:
        raise ConfigError(f"{name} must be a path, not {named(value)}.", f"For example: {example}")
    return path


def _text(name: str, value: Any, example: str) -> str:
    if not isinstance(value, str) or not LINE.fullmatch(value):
        raise ConfigError(f"{name} must be one line of text, not {named(value)}.", f"For example: {example}")
    return value
