"""Pages: which files each page of a site asks for, as far as its templates tell.

Rules of this file:

1. A page is a template that makes a whole document, by itself or by what it extends. It asks for what is
   named in it and in all that it extends, includes and imports, whatever a branch or a block would leave out.
2. A name is held against the release: one that this has not is missing, one that is known at run time only
   is counted. What a link leads to is asked for by who follows it, and not by the page.
3. Names in modules, ``Media`` of forms and admin classes, and pieces that tags render are on no page, since
   nothing that is written says on which.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from stator.diagnose.facts.project import Project
from stator.diagnose.missing.wanted import wanted
from stator.diagnose.scan.pieces import Template
from stator.manifest import Manifest
from stator.report.loading import Loading

Find = Callable[[str, Template], Template | None]


class Named(NamedTuple):
    """What the templates of a site name, by the file of the template.

    ``files`` are logical paths, each with whether it is asked for by its plain name, as a written address
    does; ``missing`` are names that lead nowhere, ``unknown`` counts what is known at run time only.
    """

    files: Mapping[str, list[tuple[str, bool]]]
    missing: Mapping[str, list[str]]
    unknown: Mapping[str, int]


class Page(NamedTuple):
    """A page and the logical paths of its files, each list sorted.

    ``asks`` is what its templates name, ``plain`` what of that they ask for by its plain name, ``loads`` what
    the browser then loads by itself, ``later`` what scripts may ask for. ``unknown`` and ``missing`` are as
    in ``Named``.
    """

    template: Template
    asks: tuple[str, ...]
    plain: frozenset[str]
    loads: tuple[str, ...]
    later: tuple[str, ...]
    unknown: int = 0
    missing: tuple[str, ...] = ()


def named_in(project: Project, manifest: Manifest) -> Named:
    """Return what the templates of a project name of a release."""
    files: defaultdict[str, list[tuple[str, bool]]] = defaultdict(list)
    missing: defaultdict[str, list[str]] = defaultdict(list)
    plain = set(manifest.plain_names())
    for one in wanted(project):
        file = one.request.place.file
        if one.name not in (plain if one.is_address else manifest.paths):
            missing[file].append(one.name)
        elif one.request.fetched:
            files[file].append((one.name, one.is_address))
    chosen = {rules.name: rules.entry or "" for rules in project.setup.options.frontends}
    for start in project.asked.starts:
        entry = start.entry if start.entry is None else start.entry or chosen.get(start.frontend, "")
        files[start.place.file] += [(path, False) for path in _started(start.frontend, entry, manifest)]
    unknown = Counter(one.place.file for one in project.asked.computed)
    for template in project.asked.templates:
        unknown[template.file] += template.uses.count("")
    return Named(files, missing, unknown)


def pages_of(templates: Iterable[Template], named: Named, loading: Loading) -> Iterator[Page]:
    """Yield the pages that templates make, in order of name; of several with one name the first is shown."""
    known = list(templates)
    find = _finder(known)
    shown = {(one.name, one.language): one for one in reversed(known)}
    for _, template in sorted(shown.items()):
        pieces = _pieces(template, find)
        if any(piece.document for piece in pieces):
            yield _page(template, [piece.file for piece in pieces], named, loading)


def _page(template: Template, files: Iterable[str], named: Named, loading: Loading) -> Page:
    asked = [one for file in files for one in named.files.get(file, ())]
    missing = {name for file in files for name in named.missing.get(file, ())}
    asks = {path for path, _ in asked}
    loads, later = loading.besides(asks)
    return Page(
        template,
        tuple(sorted(asks)),
        frozenset(path for path, is_plain in asked if is_plain),
        tuple(loads),
        tuple(later),
        sum(named.unknown.get(file, 0) for file in files),
        tuple(sorted(missing)),
    )


def _started(name: str, entry: str | None, manifest: Manifest) -> Iterator[str]:
    """Yield what a page gets with an entry of a front end, but for what is for browsers without modules.

    ``entry`` is "" for the only one that there is, ``None`` where it is known at run time only.
    """
    known = manifest.frontends[name].entries if name in manifest.frontends else {}
    if entry is None:
        return
    entry = entry or next(iter(known), "")
    if entry in known:
        yield from (*known[entry].styles, *known[entry].scripts, *known[entry].preloads)
    elif f"{name}/{entry}" in manifest.paths:
        yield f"{name}/{entry}"


def _finder(templates: Iterable[Template]) -> Find:
    """Return a function from a name, and the template that it is written in, to the template that is meant.

    The first of a name is; one that uses its own name means the next, which Django looks for behind it.
    """
    by_name: defaultdict[tuple[str, str], list[Template]] = defaultdict(list)
    for template in templates:
        by_name[template.language, template.name].append(template)

    def find(name: str, user: Template) -> Template | None:
        found = by_name.get((user.language, name), [])
        behind = found.index(user) + 1 if name == user.name else 0
        return next(iter(found[behind:]), None)

    return find


def _pieces(template: Template, find: Find) -> list[Template]:
    """Return a template and all that it is put together from, each once."""
    pieces = [template]
    seen = {template}
    for piece in pieces:  # which grows while it is gone through
        found = (find(name, piece) for name in piece.uses)
        new = dict.fromkeys(one for one in found if one and one not in seen)
        seen.update(new)
        pieces += new
    return pieces
