"""What readers have in common. A manifest may be wrong in any way: values of other types are passed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from stator.frontend import Entry

_SCRIPTS = (".js", ".mjs", ".cjs")
_MODULES = ".mjs"
_STYLES = ".css"


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a list, none of anything else."""
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def tables(value: Any) -> tuple[dict[str, Any], ...]:
    """Return the objects of a list, none of anything else."""
    return tuple(one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def table(value: Any) -> dict[str, Any]:
    """Return an object as it is, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def started_by(files: Iterable[str], *, module: bool | None = None) -> Entry:
    """Return the entry of these scripts and style sheets, in their order; other files are passed over.

    Whether its scripts are modules their names tell, if the bundler does not.
    """
    named = tuple(files)
    scripts = tuple(file for file in named if file.endswith(_SCRIPTS))
    styles = tuple(file for file in named if file.endswith(_STYLES))
    is_module = all(file.endswith(_MODULES) for file in scripts) if module is None else module
    return Entry(scripts, styles, module=is_module)


def by_names(named: Iterable[tuple[tuple[str, ...], Entry]]) -> dict[str, Entry]:
    """Return entries by all their names, of which the first is the entry's own.

    Another name that several have goes to the first of them that has scripts.
    """
    told = [(names, entry) for names, entry in named if names]
    entries: dict[str, Entry] = {}
    for names, entry in sorted(told, key=lambda one: not one[1].scripts):
        for name in names[1:]:
            entries.setdefault(name, entry)
    return entries | {names[0]: entry for names, entry in told}


def imported(start: str, imports: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return what ``start`` imports, however far: each once, in the order in which browsers run them."""
    found: dict[str, None] = {}
    seen = {start}
    open_ = [(start, iter(imports.get(start, ())))]
    while open_:
        chunk, rest = open_[-1]
        first = next((one for one in rest if one not in seen), None)
        if first is None:
            found[chunk] = None
            open_.pop()
        else:
            seen.add(first)
            open_.append((first, iter(imports.get(first, ()))))
    del found[start]
    return tuple(found)
