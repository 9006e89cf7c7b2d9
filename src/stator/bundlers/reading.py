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
    """Return entries by all their names, without those that start nothing.

    The first of its names is an entry's own. Another that several have goes to the first that has scripts.
    """
    told = [(names, entry) for names, entry in named if entry.scripts or entry.styles]
    entries: dict[str, Entry] = {}
    for names, entry in sorted(told, key=lambda one: not one[1].scripts):
        for name in names[1:]:
            entries.setdefault(name, entry)
    return entries | {names[0]: entry for names, entry in told}


def imported(start: str, imports: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return what ``start`` imports, however far: each once, in the order in which browsers run them."""
    found: dict[str, None] = {}
    seen = {start}
    trail = [(start, iter(imports.get(start, ())))]
    while trail:
        chunk, rest = trail[-1]
        following = next((one for one in rest if one not in seen), None)
        if following is None:
            found[chunk] = None
            trail.pop()
        else:
            seen.add(following)
            trail.append((following, iter(imports.get(following, ()))))
    del found[start]
    return tuple(found)
