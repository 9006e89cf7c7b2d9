"""The options of ``STATOR``, checked and completed once, and only read afterwards.

A pattern is a shell pattern over a logical path, in which ``*`` also matches ``/`` (as in Django's
``--ignore``): ``vendor/*`` is everything below ``vendor``.
"""

from __future__ import annotations

import difflib
import fnmatch
import functools
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from stator.errors import ConfigError

EDITOR_DROPPINGS = (".*", "*~", "#*#", "CVS", "*.swp", "*.swo", "*.orig", "*.rej", "Thumbs.db", "desktop.ini")
MISSING_POLICIES = ("error", "warn", "ignore")
RELEASES_KEPT = 3


@dataclass(frozen=True, slots=True)
class Options:
    """What a project can choose. Field names are the keys of ``STATOR`` in lower case.

    ``keep_plain``: publish undigested names too; ``True``, ``False``, or patterns of those to keep.
    ``on_missing``: what a broken reference is, by pattern over the file that holds it; the first that
    matches decides, and where none does, ``"error"`` in own files and ``"warn"`` in packages.
    ``ignore``: patterns of names that are never published, besides dotfiles and editor droppings.
    ``predigested``: patterns of names that already carry a digest, besides those that bundlers' manifests
    name. ``manifest``: where the manifest is, ``""`` for ``staticfiles.json`` in the published folder.
    ``releases``: how many earlier releases go on being served (``RETENTION["releases"]``).
    ``follow_symlinks``: publish what symbolic links outside their folder point to.
    """

    keep_plain: bool | tuple[str, ...] = True
    on_missing: tuple[tuple[str, str], ...] = ()
    ignore: tuple[str, ...] = ()
    predigested: tuple[str, ...] = ()
    manifest: str = ""
    releases: int = RELEASES_KEPT
    follow_symlinks: bool = False

    def keeps_plain(self, path: str) -> bool:
        """Say whether the undigested name of ``path`` is published too."""
        return self.keep_plain if isinstance(self.keep_plain, bool) else matcher(self.keep_plain)(path)

    def missing_policy(self, path: str, *, package: bool) -> str:
        """Return ``"error"``, ``"warn"`` or ``"ignore"`` for a broken reference in the file ``path``."""
        for pattern, policy in self.on_missing:
            if fnmatch.fnmatchcase(path, pattern):
                return policy
        return "warn" if package else "error"

    def undigested(self) -> Options:
        """Return the options with which every file is published as it is, under its own name."""
        return replace(self, predigested=("*",))


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return a function that says whether a name matches any of the shell patterns."""
    match = _compiled(tuple(patterns)).match
    return lambda name: match(name) is not None


@functools.lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(fnmatch.translate, patterns)) or r"(?!)")


def read_options(settings: Any) -> Options:
    """Return the options that the value of the setting ``STATOR`` asks for.

    Raises ``ConfigError`` for a key that does not exist, naming the nearest, and for a value that cannot
    be right, saying what one looks like.
    """
    if not isinstance(settings, Mapping):
        raise ConfigError(
            f"STATOR must be a dictionary, not {_named(settings)}.", "STATOR = {} is the default."
        )
    chosen: dict[str, Any] = {}
    for key, value in settings.items():
        if key not in _READERS:
            raise ConfigError(f"STATOR has no option {key!r}.", _nearest_key(key))
        field, read = _READERS[key]
        chosen[field] = read(f"STATOR[{key!r}]", value)
    return Options(**chosen)


def _nearest_key(key: Any) -> str:
    near = difflib.get_close_matches(str(key).upper(), _READERS, n=1, cutoff=0.5)
    return f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(_READERS)}."


def _named(value: Any) -> str:
    return f"{value!r} ({type(value).__name__})"


def _bool(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{name} must be True or False, not {_named(value)}.")
    return value


def _patterns(name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ConfigError(
            f"{name} must be a list of patterns, not {_named(value)}.", f"For example: {name} = ['vendor/*']"
        )
    patterns = tuple(value)
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise ConfigError(f"{name} holds {_named(pattern)}, which is no pattern.")
    return patterns


def _keep_plain(name: str, value: Any) -> bool | tuple[str, ...]:
    return value if isinstance(value, bool) else _patterns(name, value)


def _policies(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    by_pattern = value if isinstance(value, Mapping) else {"*": value}
    for pattern, policy in by_pattern.items():
        if not isinstance(pattern, str) or policy not in MISSING_POLICIES:
            raise ConfigError(
                f"{name} holds {pattern!r}: {policy!r}.",
                f"Give one of {', '.join(map(repr, MISSING_POLICIES))}, or a dictionary of patterns to them.",
            )
    return tuple(by_pattern.items())


def _file(name: str, value: Any) -> str:
    try:
        path = value.__fspath__() if hasattr(value, "__fspath__") else value
    except TypeError:
        path = None
    if not isinstance(path, str) or not os.path.isabs(path):
        raise ConfigError(
            f"{name} must be the absolute path of a file, not {_named(value)}.",
            f"For example: {name} = BASE_DIR / 'staticfiles.json'",
        )
    return path


def _releases(name: str, value: Any) -> int:
    example = f"For example: {name} = {{'releases': {RELEASES_KEPT}}}"
    if not isinstance(value, Mapping) or set(value) - {"releases"}:
        raise ConfigError(
            f"{name} must be a dictionary with the key 'releases', not {_named(value)}.", example
        )
    count = value.get("releases", RELEASES_KEPT)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise ConfigError(f"{name}['releases'] must be a number from 0 up, not {_named(count)}.", example)
    return count


# key of STATOR: field of Options, function that checks the value
_READERS: dict[str, tuple[str, Callable[[str, Any], Any]]] = {
    "KEEP_PLAIN": ("keep_plain", _keep_plain),
    "ON_MISSING": ("on_missing", _policies),
    "IGNORE": ("ignore", _patterns),
    "PREDIGESTED": ("predigested", _patterns),
    "MANIFEST": ("manifest", _file),
    "RETENTION": ("releases", _releases),
    "FOLLOW_SYMLINKS": ("follow_symlinks", _bool),
}
