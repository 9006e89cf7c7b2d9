"""Values: what more than one option is made of, checked, with an error that says what one looks like.

The first argument of each is what errors call the option. No function here repeats a value that may be a
secret.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from stator.config import DAY
from stator.errors import ConfigError
from stator.secret import Secret

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")  # with other letters it may be the token itself
LINE = re.compile(r"(?:[\x21-\x7e](?:[ \t]*[\x21-\x7e])*)?")  # what every server can send (5.5)
_ENDLESS = 10**15
_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)")
SECONDS = {"": 1, "s": 1, "second": 1, "minute": 60, "hour": 60 * 60, "day": DAY, "week": 7 * DAY}
BYTES = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "kib": 1 << 10,
    "mib": 1 << 20,
    "gib": 1 << 30,
}


def named(value: Any) -> str:
    return f"{value!r} ({type(value).__name__})"


def boolean(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{name} must be True or False, not {named(value)}.")
    return value


def patterns(name: str, value: Any) -> tuple[str, ...]:
    return list_of_texts(name, value, "pattern", "['vendor/*']")


def list_of_texts(name: str, value: Any, what: str, example: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ConfigError(
            f"{name} must be a list of {what}s, not {named(value)}.", f"For example: {name} = {example}"
        )
    texts = tuple(value)
    for text in texts:
        if not isinstance(text, str):
            raise ConfigError(f"{name} holds {named(text)}, which is no {what}.")
    return texts


def absolute_path(name: str, value: Any, what: str, example: str) -> str:
    try:
        path = value.__fspath__() if hasattr(value, "__fspath__") else value
    except TypeError:
        path = None
    if not isinstance(path, str) or not os.path.isabs(path):
        raise ConfigError(
            f"{name} must be the absolute path of {what}, not {named(value)}.",
            f"For example: {name} = {example}",
        )
    return path


def amount(name: str, value: Any, units: Mapping[str, int], examples: str) -> int:
    """Return a number with a unit as a number of the smallest unit; plurals are as good."""
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < _ENDLESS:
        return int(value)
    found = _AMOUNT.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    unit = (
        next((units[one] for one in (found[2], found[2].removesuffix("s") or "s") if one in units), 0)
        if found
        else 0
    )
    if not found or not unit:
        raise ConfigError(f"{name} cannot be {named(value)}.", f"For example: {examples}.")
    return int(float(found[1]) * unit)


def one_pattern(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{name} holds {named(value)}, which is no pattern.")
    return value


def nearest_key(key: Any, keys: Iterable[str]) -> str:
    """Return a hint that names the key that was meant, or all there are."""
    known = {one.upper(): one for one in keys}
    near = difflib.get_close_matches(str(key).upper(), known, n=1, cutoff=0.5)
    return f"Did you mean {known[near[0]]!r}?" if near else f"There are: {', '.join(known.values())}."


def only_known_keys(name: str, value: Mapping[str, Any], keys: Iterable[str]) -> None:
    """Raise ``ConfigError`` for a key that there is not."""
    keys = list(keys)
    for key in value:
        if key not in keys:
            raise ConfigError(f"{name} has no key {key!r}.", nearest_key(key, keys))


def secret(name: str, value: Mapping[str, Any], key: str) -> Secret:
    """Return the secret that ``value`` holds under ``key``, or names under ``key`` with ``_ENV`` behind it.

    Raises ``ConfigError``, without repeating anything that may be the secret.
    """
    by_name = f"{key}_ENV"
    text, variable = value.get(key), value.get(by_name)
    hint = (
        f"Give the secret itself as {key!r}, or the name of the environment variable with it as {by_name!r}."
    )
    if (text is None) is (variable is None):
        raise ConfigError(f"{name} must have {key!r} or {by_name!r}, and not both.", hint)
    if variable is None:
        if not isinstance(text, str) or not text:
            raise ConfigError(f"{name}[{key!r}] must be a text that is not empty.", hint)
        return Secret(f"{name}[{key!r}]", text)
    if not isinstance(variable, str) or not _VARIABLE.fullmatch(variable):
        raise ConfigError(f"{name}[{by_name!r}] is no name of a variable, in capital letters.", hint)
    return Secret(f"{name}[{by_name!r}]", variable=variable)


def host_of(name: str, url: str) -> str:
    """Return the host of an address. Raises ``ConfigError`` without repeating it: it may have a password."""
    hint = "For example: 'https://www.example.com'"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in {"http", "https"} or not LINE.fullmatch(url) or " " in url:
        raise ConfigError(f"{name} is no address of HTTP.", hint)
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ConfigError(f"{name} has more than scheme, host, port and path.", hint)
    return host
