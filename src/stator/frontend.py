"""Front ends: what a page loads to start what another tool has built.

The tool's manifest is read while collecting (``bundlers``), and what pages need of it becomes part of ours: a
server needs neither the tool's manifest nor its output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from stator.paths import logical_path

PAGE = "index.html"  # at the top of what a front end has built
_LISTS = ("scripts", "styles", "preloads", "legacy")


class Entry(NamedTuple):
    """What starts an entry, as logical paths, each list in the order in which a page must have it.

    ``scripts`` start it, as modules where ``module`` says so. ``styles`` are the style sheets of all that
    they import statically, however far, and ``preloads`` the modules. ``legacy`` are scripts for browsers
    without modules, the last of them started by SystemJS, which is in those before it.
    """

    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    preloads: tuple[str, ...] = ()
    legacy: tuple[str, ...] = ()
    module: bool = True


class Frontend(NamedTuple):
    """What a front end has: entries, by the names that pages ask for, and the text of its ``index.html``.

    References in that page are relative to the folder of the front end, ``""`` if it has no such page.
    """

    entries: Mapping[str, Entry] = MappingProxyType({})
    page: str = ""


Frontends = Mapping[str, Frontend]


def paths_of(frontend: Frontend) -> Iterator[str]:
    """Yield the logical paths of all that its entries load."""
    for entry in frontend.entries.values():
        yield from (*entry.scripts, *entry.styles, *entry.preloads, *entry.legacy)


def to_json(frontends: Frontends) -> dict[str, Any]:
    """Return front ends, by name, as values that JSON has."""
    return {
        name: {
            "entries": {key: _entry_to_json(entry) for key, entry in one.entries.items()},
            "page": one.page,
        }
        for name, one in frontends.items()
    }


def from_json(told: Any) -> dict[str, Frontend]:
    """Return what ``to_json`` gave. Raises ``ValueError`` and the like for anything else."""
    return {
        logical_path(name): Frontend(
            {str(key): _entry_from_json(entry) for key, entry in one["entries"].items()}, str(one["page"])
        )
        for name, one in told.items()
    }


def _entry_to_json(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in entry._asdict().items() if value not in ((), True)}


def _entry_from_json(told: Mapping[str, Any]) -> Entry:
    lists = {name: tuple(map(logical_path, told.get(name, ()))) for name in _LISTS}
    return Entry(**lists, module=told.get("module", True) is True)
