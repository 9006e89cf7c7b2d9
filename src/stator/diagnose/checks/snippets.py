"""Python to paste into settings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from stator.diagnose.facts.setup import Setup
from stator.findings import How, Mend

_HIDDEN = "…"
_USER = re.compile(r"""(?<=//)[^\s/?#'"]+(?=@)""")
_QUERY = re.compile(r"""(?<=\?)[^\s'"]+""")


def quoted(text: str) -> str:
    """Return a text as Python writes it, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def assigned(name: str, value: str) -> Mend:
    """Return the mend that sets a setting to a value, which is given as it is written."""
    return Mend(How.PASTE, f"{name} = {value}")


def listed(name: str, values: Iterable[str]) -> Mend:
    """Return the mend that sets a setting to a list of texts, each on a line."""
    return assigned(name, "\n".join(["[", *(f"    {quoted(value)}," for value in values), "]"]))


def stored(backends: Mapping[str, str]) -> Mend:
    """Return the mend that sets STORAGES to these backends."""
    lines = (f'    {quoted(alias)}: {{"BACKEND": {quoted(dotted)}}},' for alias, dotted in backends.items())
    return assigned("STORAGES", "\n".join(["{", *lines, "}"]))


def inside(setup: Setup, name: str) -> str:
    """Return how the settings write the path of something in the project's folder."""
    return setup.inside.format(quoted(name)[1:-1])


def masked(text: str) -> str:
    """Return an address, or a text with addresses in it, without who logs in there and without queries.

    What it returns is for people to read: a mend of an address that this changes cannot be written out.
    """
    return _QUERY.sub(_HIDDEN, _USER.sub(_HIDDEN, text))
