"""An nginx configuration as a tree: directives, those around them, and what holds for a location.

Read with crossplane, includes followed, whatever part of a configuration the file is: the whole, or a file
for the ``http`` or the ``server`` block.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from stator.errors import ConfigError, EnvironmentFailed, StatorError
from stator.findings import EXCERPT, Place

_REGEX = ("~", "~*")


class Directive(NamedTuple):
    """A directive with its arguments, those in its block, and where it stands."""

    name: str
    args: tuple[str, ...]
    file: str
    line: int
    body: tuple[Directive, ...] = ()

    def all(self, *names: str) -> list[Directive]:
        """Return the directives of these names that stand in the block itself."""
        return [one for one in self.body if one.name in names]


class Location(NamedTuple):
    """A location, and what is around it, the nearest last."""

    directive: Directive
    around: tuple[Directive, ...]

    @property
    def modifier(self) -> str:
        return self.directive.args[0] if len(self.directive.args) == 2 else ""

    @property
    def pattern(self) -> str:
        """The prefix or the expression that it is for."""
        return self.directive.args[-1] if self.directive.args else ""

    @property
    def is_regex(self) -> bool:
        return self.modifier in _REGEX

    def holding(self, *names: str) -> list[Directive]:
        """Return the directives of these names that hold here: the nearest block that has any decides."""
        for block in (self.directive, *reversed(self.around)):
            if found := block.all(*names):
                return found
        return []

    def inside(self) -> Iterator[Location]:
        """Yield the locations in this one, at any depth."""
        yield from _locations(self.directive.body, (*self.around, self.directive))


class Server(NamedTuple):
    """A server and what is around it; for a file that is part of a server, the file itself."""

    directive: Directive
    around: tuple[Directive, ...]

    def locations(self) -> Iterator[Location]:
        """Yield all its locations, at any depth."""
        yield from _locations(self.directive.body, (*self.around, self.directive))

    def location_for(self, path: str) -> Location | None:
        """Return the location that nginx takes by prefix for a path, ``None`` where no prefix fits."""
        by_prefix = [one for one in self.locations() if one.modifier in {"", "^~"}]
        fitting = [one for one in by_prefix if path.startswith(one.pattern)]
        return max(fitting, key=lambda one: len(one.pattern), default=None)


def read(path: str) -> Directive:
    """Return the configuration in a file as one block without a name.

    Raises ``EnvironmentFailed`` for a file or an include that cannot be read, ``ConfigError`` for one that is
    broken or when crossplane is not installed.
    """
    try:
        import crossplane  # type: ignore[import-untyped]  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError:
        raise ConfigError(
            "--check reads nginx's language with crossplane, which is not installed.",
            "pip install 'stator[serverconfig]'",
        ) from None
    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        raise EnvironmentFailed(
            f"{path} cannot be read: {error.strerror}.", "Name the configuration."
        ) from error
    # A part of a configuration is read as well, so nobody asks whether a directive may stand where it does.
    payload = crossplane.parse(
        os.path.abspath(path), combine=True, check_ctx=False, check_args=False, onerror=lambda error: error
    )
    for wrong in payload["errors"]:
        raise _failure(wrong)
    whole = payload["config"][0]
    return Directive("", (), whole["file"], 0, tuple(_directives(whole["parsed"], whole["file"])))


def _failure(wrong: Mapping[str, Any]) -> StatorError:
    """Return what crossplane has complained about, the exception itself under ``callback``, in our words."""
    error = wrong["callback"]
    if not isinstance(error, OSError):
        return ConfigError(f"This is not nginx's language: {error}.", "Mend it; 'nginx -t' may say more.")
    where = f"{wrong['file']}:{wrong['line']}: " if wrong["line"] else ""  # none for a file of a pattern
    return EnvironmentFailed(
        f"{where}The included file {error.filename} cannot be read: {error.strerror}.",
        "A relative name is looked for beside the file that --check names, as nginx does beside its main "
        "one: name that.",
    )


def _directives(parsed: Iterable[Mapping[str, Any]], file: str) -> Iterator[Directive]:
    for one in parsed:
        inside = one.get("file", file)
        body = tuple(_directives(one.get("block") or (), inside))
        yield Directive(one["directive"], tuple(one["args"]), inside, one["line"], body)


def servers(root: Directive) -> Iterator[Server]:
    """Yield the servers of a configuration; a file without one, but with locations, counts as one."""
    found = list(_servers(root, ()))
    yield from found or ([Server(root, ())] if root.all("location") else [])


def _servers(block: Directive, around: tuple[Directive, ...]) -> Iterator[Server]:
    for one in block.body:
        if one.name == "server" and one.body:
            yield Server(one, (*around, block))
        elif one.name == "http":
            yield from _servers(one, (*around, block))


def _locations(body: Iterable[Directive], around: tuple[Directive, ...]) -> Iterator[Location]:
    for one in body:
        if one.name == "location":
            yield Location(one, around)
            yield from _locations(one.body, (*around, one))


def place_of(directive: Directive) -> Place:
    """Return the place of a directive, with its line."""
    try:
        with open(directive.file, encoding="utf-8", errors="replace") as file:
            line = next(text for number, text in enumerate(file, 1) if number == directive.line).rstrip()
    except (OSError, StopIteration):
        return Place(directive.file, directive.line, 1)
    column = len(line) - len(line.lstrip())
    return Place(directive.file, directive.line, column + 1, line[:EXCERPT], 0, max(len(line) - column, 1))
