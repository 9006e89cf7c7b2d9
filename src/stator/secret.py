"""Secrets: values that are used, and never shown.

The rules of this file:

1. A secret is no text and no tuple: nothing that prints, formats or serialises a value shows it.
2. What it is, is asked for where it is used and not where settings are read: a process that does not need it
   starts without the variable that holds it.
3. What cannot stand in a field of a request is refused here, in words that do not repeat it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import final

from stator.errors import ConfigError

_SENDABLE = re.compile(r"[\x21-\x7e]+")


@final
class Secret:
    """A secret: a text, or the name of the environment variable that holds it. ``name`` is its option."""

    __slots__ = ("_text", "name", "variable")

    def __init__(self, name: str, text: str = "", variable: str = "") -> None:
        self.name: str = name
        self.variable: str = variable
        self._text = text

    def reveal(self, environ: Mapping[str, str]) -> str:
        """Return the text. Raises ``ConfigError`` where it is missing, or holds what cannot be sent."""
        text = (environ.get(self.variable, "") if self.variable else self._text).strip()
        place = f"The environment variable {self.variable}" if self.variable else self.name
        if not text:
            raise ConfigError(f"{place} is not set.", f"{self.name} needs it; nothing was sent.")
        if not _SENDABLE.fullmatch(text):
            raise ConfigError(f"{place} holds what no secret of a service can: spaces or other than ASCII.")
        return text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def __repr__(self) -> str:
        return f"Secret({self.name!r}, variable={self.variable!r})"

    def _parts(self) -> tuple[str, str, str]:
        return self.name, self._text, self.variable
