"""Resolve: from what a file says to the files that it means."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import NamedTuple

from stator.importmap import ImportMap, meant_by
from stator.references.reference import MODULE_KINDS, Reference, Scan
from stator.urls import Meaning, target_of


class Link(NamedTuple):
    """A reference that names a file of this site: ``content[start:end]`` says ``specifier``.

    ``kind`` is the value of a ``Kind``.
    """

    start: int
    end: int
    specifier: str
    target: str
    kind: str


class Broken(NamedTuple):
    """A reference to a file of this site that does not exist; ``path`` is where it should have been.

    An empty path means that the reference climbs above the root of all static files.
    """

    reference: Reference
    path: str


class Resolved(NamedTuple):
    """The references of one file, divided; those that lead elsewhere on purpose are in neither part."""

    links: tuple[Link, ...]
    broken: tuple[Broken, ...]


NOTHING = Resolved((), ())


def resolve(
    scan: Scan, path: str, known: Mapping[str, str], static_url: str, importmap: ImportMap = ()
) -> Resolved:
    """Return what the references of the file ``path`` mean among the ``known`` logical paths.

    ``known`` gives each path back as it is: a large site has many links to few files, and all share one
    string for each. ``importmap`` says what bare specifiers mean.
    """
    if not scan.references:
        return NOTHING
    links: list[Link] = []
    broken: list[Broken] = []
    for reference in scan.references:
        target = target_of(reference.specifier, path, static_url, module=reference.kind in MODULE_KINDS)
        named = meant_by(reference.specifier, importmap) if target.meaning is Meaning.BARE else target.path
        if target.meaning in {Meaning.FILE, Meaning.BARE} and named in known:
            specifier, path_of_target = sys.intern(reference.specifier), known[named]
            links.append(Link(reference.start, reference.end, specifier, path_of_target, reference.kind))
        elif target.meaning in {Meaning.FILE, Meaning.OUTSIDE}:
            broken.append(Broken(reference, target.path))
    return Resolved(tuple(links), tuple(broken))
