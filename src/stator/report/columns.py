"""The report as JSON, which its page reads, and programs may: format 1.

Files are columns of equal length, since there may be tens of thousands, and whatever means a file has its
number in them. Sizes are in bytes, times in seconds since 1970. docs/report.md has all fields.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from stator.config import matcher
from stator.load_path import printable
from stator.manifest import MAKER, Manifest, Row
from stator.media_types import CSS, JAVASCRIPT, extension, media_type
from stator.paths import CODING_SUFFIXES
from stator.references.reference import Kind
from stator.report.changes import changes, sent
from stator.report.content import Content
from stator.report.loading import Links
from stator.report.shown import Shown
from stator.report.visits import first_visit, return_visit

FORMAT = 1
KINDS = ("style sheets", "scripts", "images", "fonts", "source maps", "others")
_BY_TYPE = {CSS: "style sheets", JAVASCRIPT: "scripts", "application/vnd.ms-fontobject": "fonts"}
_BY_FAMILY = {"image": "images", "font": "fonts"}
LINK_KINDS = tuple(map(str, Kind))

Numbers = Mapping[str, int]  # of files, by logical path


def as_json(content: Content, made: int) -> dict[str, Any]:
    """Return the report; ``made`` is when, in seconds since 1970."""
    setup, manifest = content.project.setup, content.manifest
    numbers = {path: number for number, path in enumerate(content.rows)}
    shown = Shown(setup.project)
    sizes = {coding: _column_of(coding, content.rows.values()) for coding in CODING_SUFFIXES}
    return {
        "format": FORMAT,
        "maker": MAKER,
        "made": made,
        "site": os.path.basename(setup.project),
        "static_url": setup.static_url,
        **_releases(manifest),
        "codings": [coding for coding, column in sizes.items() if any(column)],
        "kinds": KINDS,
        **_files(content, shown, sizes),
        "links": None if content.links is None else _links(content.links, numbers),
        "link_kinds": LINK_KINDS,
        "pages": list(_pages(content, numbers, shown)),
        "changes": _changes(content, numbers),
        "shadowed": list(_shadowed(content, shown)),
        "findings": [shown.finding(finding) for finding in content.diagnosis.findings],
        "suppressed": content.diagnosis.suppressed,
    }


def _releases(manifest: Manifest) -> dict[str, Any]:
    """Return the current release and the one before it; each became current as the one before it ended."""
    previous, before, *_ = (*manifest.earlier, None, None)
    current = {"id": manifest.id, "since": previous.until if previous else None}
    if previous is None:
        return {"release": current, "previous": None}
    since = before.until if before else None
    return {"release": current, "previous": {"id": previous.id, "since": since, "until": previous.until}}


def _files(content: Content, shown: Shown, sizes: Mapping[str, list[int]]) -> dict[str, Any]:
    rows = content.rows.values()
    sources = [content.project.load_path.files.get(path) for path in content.rows]
    owners = {source.origin: source.origin.package for source in sources if source}
    numbers = {owner: number for number, owner in enumerate(owners)}
    return {
        "owners": [{"label": owner.label, "package": package} for owner, package in owners.items()],
        "files": {
            "paths": list(content.rows),
            "names": [row.name for row in rows],
            "kinds": [KINDS.index(_kind(path)) for path in content.rows],
            "owners": [numbers[source.origin] if source else -1 for source in sources],
            "sources": [source.size if source else 0 for source in sources],
            "sizes": [row.content.size for row in rows],
            **sizes,
            "places": [shown.file(printable(source.location)) if source else "" for source in sources],
        },
    }


def _kind(path: str) -> str:
    if extension(path) == ".map":
        return "source maps"
    found = media_type(path)
    return _BY_TYPE.get(found) or _BY_FAMILY.get(found.partition("/")[0], "others")


def _column_of(coding: str, rows: Iterable[Row]) -> list[int]:
    """Return the sizes of the forms in a coding, 0 where there is none."""
    return [next((size for name, size in row.content.codings if name == coding), 0) for row in rows]


def _links(links: Links, numbers: Numbers) -> dict[str, Sequence[int]]:
    """Return the links between files, each pair once a kind, as columns."""
    triples = {
        (numbers[path], numbers[link.target], LINK_KINDS.index(link.kind))
        for path, linked in links.items()
        for link in linked
        if path in numbers and link.target in numbers
    }
    columns = zip(*sorted(triples), strict=True) if triples else ((), (), ())
    return dict(zip(("from", "to", "kinds"), columns, strict=True))


def _pages(content: Content, numbers: Numbers, shown: Shown) -> Iterator[dict[str, Any]]:
    rows, before = content.rows, content.before
    names = {row.name for row in before.values()} if before is not None else set()
    for page in content.pages:
        again = return_visit(page, rows, before, names)._asdict() if before is not None else None
        yield {
            "name": page.template.name,
            "package": page.template.package,
            "place": shown.file(page.template.file),
            "asks": [numbers[path] for path in page.asks],
            "loads": [numbers[path] for path in page.loads],
            "later": [numbers[path] for path in page.later],
            "unknown": page.unknown,
            "missing": list(map(printable, page.missing)),
            "first": first_visit(page, rows)._asdict(),
            "return": again,
        }


def _changes(content: Content, numbers: Numbers) -> dict[str, Any] | None:
    if content.before is None:
        return None
    found = changes(content.rows, content.before)
    return {
        "added": [numbers[path] for path in found.added],
        "removed": [[path, old.size, sent(old)] for path, old in found.removed.items()],
        "changed": [[numbers[path], old.size, sent(old)] for path, old in found.changed.items()],
    }


def _shadowed(content: Content, shown: Shown) -> Iterator[dict[str, Any]]:
    is_declared = matcher(content.project.setup.options.overrides)
    files = content.project.load_path.files
    for path, losers in sorted(content.project.load_path.shadowed.items()):
        yield {
            "path": path,
            "winner": shown.file(printable(files[path].location)),
            "losers": [shown.file(printable(loser.location)) for loser in losers],
            "declared": is_declared(path),
        }
