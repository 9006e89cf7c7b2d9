"""The snapshot: what a build knew of each file, and what was published of it, kept for the next build.

It is a table with a row for each file, kept column by column, since JSON reads a few long lists many times
faster than many small objects. It holds nothing that could not be found out again: one that is missing,
damaged, or made with other options or versions (the ``key``) is an empty one.

The file has a line for each column, first those that every build looks at, then the hashes; then a line for
the links of each row; at the end the SHA-256 of all. Most builds find nothing changed, and read no further
than the first part.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from stator.artifact import Artifact, Coded
from stator.asset import Asset
from stator.cache import Blob
from stator.findings import Finding, How, Level, Mend, Place
from stator.frontend import Frontends
from stator.frontend import from_json as frontends_from_json
from stator.frontend import to_json as frontends_to_json
from stator.load_path import SourceFile, printable
from stator.manifest import Loads
from stator.paths import CODING_SUFFIXES
from stator.references.reference import LOADED_KINDS, Kind
from stator.references.resolve import Link

# The columns, with what a row has in each that has nothing there. Those of codings are called "br sizes".
_FIRST: Mapping[str, Any] = {
    "signatures": "",
    "sizes": 0,  # of the source
    "names": "",
    "published": 0,  # size of the published bytes
    "stamps": 0,  # modification time of the published file, in nanoseconds
}
_FIRST_OF_CODING: Mapping[str, Any] = {"sizes": 0, "stamps": 0}
# Of sources, of minified forms, and of what is published, where that is not the source as it is; and whether
# the source is an ES module.
_HASHES: Mapping[str, Any] = {"sources": "", "form sizes": 0, "forms": "", "hashes": "", "modules": 0}
_HASHES_OF_CODING: Mapping[str, Any] = {"hashes": ""}
_QUICK_QUESTIONS = 10
_ROWS_AT_ONCE = 1000
_PROOF = 64  # hexadecimal digits of a SHA-256

Columns = Mapping[str, list[Any]]


class Snapshot:
    """The table, read; empty unless it is loaded. Rows are found by logical path."""

    def __init__(
        self,
        paths: Sequence[str] = (),
        first: Columns | None = None,
        notes: Mapping[str, Any] | None = None,
        rest: tuple[Columns, list[bytes]] | bytes = b"[]\n[]\n[]\n[]\n[]",
    ) -> None:
        self.paths = paths
        self.notes: Mapping[str, Any] = notes or {}
        self._first = first or {name: [] for name in _FIRST}
        self._unread = rest

    @functools.cached_property
    def _rows(self) -> Mapping[str, int]:
        return {path: row for row, path in enumerate(self.paths)}

    @functools.cached_property
    def _rest(self) -> tuple[Columns, list[bytes]]:
        """The hashes, and the links of each row."""
        if isinstance(self._unread, tuple):
            return self._unread
        names = self.notes.get("hashes", list(_HASHES))
        lines = self._unread.split(b"\n")
        hashes = {name: json.loads(line) for name, line in zip(names, lines, strict=False)}
        return hashes, lines[len(names) :]

    @property
    def _hashes(self) -> Columns:
        return self._rest[0]

    @property
    def coding_names(self) -> Sequence[str]:
        """The names of all codings that there are forms in."""
        found: Sequence[str] = self.notes.get("codings", ())
        return found

    def __contains__(self, path: str) -> bool:
        return path in self._rows

    # What was known of a source

    def signature(self, path: str) -> str:
        """Return the signature under which the source was seen, empty if it was not or cannot be known."""
        row = self._rows.get(path)
        return "" if row is None else self._first["signatures"][row]

    def has_content(self, asset: Asset) -> bool:
        """Say whether the source had this very content."""
        row = self._rows.get(asset.source.path)
        return row is not None and self._hashes["sources"][row] == _text(asset.sha256)

    def asset(self, source: SourceFile) -> Asset:
        """Return what the source was, a minified form without its bytes. Raises ``KeyError``."""
        row, hashes = self._rows[source.path], self._hashes
        form = Blob(hashes["form sizes"][row], _bytes(hashes["forms"][row])) if hashes["forms"][row] else None
        return Asset(source, self._first["sizes"][row], _bytes(hashes["sources"][row]), form)

    def links(self, path: str) -> tuple[Link, ...]:
        """Return the links of a source, which it had whether they were written or not."""
        row = self._rows.get(path)
        return () if row is None else links_of(self._rest[1][row])

    def is_module(self, path: str) -> bool:
        """Say whether a source was an ES module."""
        row = self._rows.get(path)
        return row is not None and bool(self._hashes["modules"][row])

    def all_links(self) -> Iterator[tuple[str, tuple[Link, ...]]]:
        """Yield path and links of every source that has any."""
        for path, row in self._rows.items():
            if self._rest[1][row]:
                yield path, self.links(path)

    def referrers(self) -> Callable[[str], Iterable[str]]:
        """Return a function from a path to the sources with a link to it.

        The first few questions are answered by looking for the name in all lines, most of which need not be
        read for that; who asks for more gets a table.
        """
        asked = 0
        table: dict[str, list[str]] = {}

        def referrers(path: str) -> Iterable[str]:
            nonlocal asked
            asked += 1
            if asked <= _QUICK_QUESTIONS:
                return self._found_referrers(path)
            if not table:
                for referrer, links in self.all_links():
                    for link in links:
                        table.setdefault(link.target, []).append(referrer)
            return table.get(path, ())

        return referrers

    def _found_referrers(self, path: str) -> Iterator[str]:
        written = _json(path)
        for referrer, line in zip(self.paths, self._rest[1], strict=False):
            if written in line and any(link.target == path for link in self.links(referrer)):
                yield referrer

    @property
    def broken(self) -> Sequence[str]:
        """The paths of files with references that led nowhere, which other files could mend or explain."""
        found: Sequence[str] = self.notes.get("broken", ())
        return found

    @property
    def unread(self) -> Sequence[str]:
        """The paths of files that there were, and that could not be read."""
        found: Sequence[str] = self.notes.get("unread", ())
        return found

    def findings(self, source: SourceFile) -> Iterator[Finding]:
        """Yield what was found wrong in the source."""
        for id, level, message, where, hint, mend, package in self._noted(source.path):
            place = Place(printable(source.location), *where)
            told = Mend(How(mend[0]), mend[1]) if mend else None
            yield Finding(id, Level(level), message, place, hint, source.path, package, told)

    def misjudges(self, source: SourceFile) -> bool:
        """Say whether what was found weighs otherwise now: in a package's file it is seldom an error."""
        return any(package != source.origin.package for *_, package in self._noted(source.path))

    def _noted(self, path: str) -> Sequence[Sequence[Any]]:
        found: Sequence[Sequence[Any]] = self.notes.get("findings", {}).get(path, ())
        return found

    @property
    def with_findings(self) -> Sequence[str]:
        """The paths of files that something was wrong in."""
        return list(self.notes.get("findings", ()))

    @property
    def named(self) -> frozenset[str]:
        """The names that bundlers' manifests named."""
        return frozenset(self.notes.get("named", ()))

    @property
    def frontends(self) -> Frontends:
        """What pages start of what other tools have built."""
        return frontends_from_json(self.notes.get("frontends", {}))

    @property
    def run_by_workers(self) -> frozenset[str]:
        """The paths of scripts that no import map is for, as far as that was asked."""
        return frozenset(self.notes.get("workers", ()))

    @property
    def named_inputs(self) -> list[list[str]]:
        """Path and signature of the manifests that this was read from."""
        found: list[list[str]] = self.notes.get("named_inputs", [])
        return found

    # What it became

    def name(self, path: str) -> str:
        """Return the published name. Raises ``KeyError``."""
        name: str = self._first["names"][self._rows[path]]
        return name

    def artifact(self, source: SourceFile, *, plain: bool) -> Artifact:
        """Return what the source became, without what it takes to write it. Raises ``KeyError``."""
        row, first, hashes = self._rows[source.path], self._first, self._hashes
        codings = tuple(
            Coded(coding, Blob(first[f"{coding} sizes"][row], _bytes(hashes[f"{coding} hashes"][row])))
            for coding in self.coding_names
            if first[f"{coding} sizes"][row]
        )
        size, sha256 = first["published"][row], _bytes(hashes["hashes"][row] or hashes["sources"][row])
        loads = loads_of(self.links(source.path), module=self.is_module(source.path))
        return Artifact(
            source.path, first["names"][row], plain, source, (), size, sha256, codings=codings, loads=loads
        )

    def column(self, name: str) -> Sequence[Any]:
        """Return a column, a value for each of ``paths``.

        There are ``signatures`` and ``sizes`` of sources, ``names`` and ``published`` sizes, ``stamps`` when
        the published files were last written, and sizes and stamps of each coding: ``br sizes``.
        """
        return self._first[name]

    @property
    def release(self) -> Mapping[str, Any]:
        """What was said of the release by whoever published it."""
        found: Mapping[str, Any] = self.notes.get("release", {})
        return found

    # The next one

    def followed_by(
        self,
        artifacts: Mapping[str, Artifact],
        *,
        fresh: Iterable[str],
        sources: Mapping[str, SourceFile],
        assets: Mapping[str, Asset],
        links: Mapping[str, bytes],
        modules: Collection[str],
        notes: Mapping[str, Any],
        stamp: Callable[[str], int],
    ) -> Snapshot:
        """Return the snapshot of a build that went on from this one.

        ``fresh`` are the paths of artifacts made anew, ``assets``, the lines of ``links`` and ``modules``
        those of sources read anew. ``stamp`` gives the modification time of a published file that was made
        anew.
        """
        paths = list(artifacts)
        used = {*self.coding_names, *(name for path in fresh for name, _ in artifacts[path].codings)}
        codings = [name for name in CODING_SUFFIXES if name in used]  # as builds order them
        kept = [self._rows.get(path, -1) for path in paths]
        first = _chosen(self._first, kept, _columns(_FIRST, _FIRST_OF_CODING, codings))
        hashes = _chosen(self._hashes, kept, _columns(_HASHES, _HASHES_OF_CODING, codings))
        lines = _in_order(self._rest[1], kept, b"")
        rows = {path: row for row, path in enumerate(paths)}
        first["signatures"] = [sources[path].signature for path in paths]
        for path, asset in assets.items():
            if path in rows:
                row, form = rows[path], asset.minified
                first["sizes"][row], hashes["sources"][row] = asset.size, _text(asset.sha256)
                hashes["form sizes"][row] = form.size if form else 0
                hashes["forms"][row] = _text(form.sha256) if form else ""
                hashes["modules"][row] = int(path in modules)
                lines[row] = links.get(path, b"")
        for path in fresh:
            row, artifact = rows[path], artifacts[path]
            first["names"][row] = artifact.name
            first["published"][row] = artifact.size
            hashes["hashes"][row] = "" if artifact.is_copy else _text(artifact.sha256)
            first["stamps"][row] = stamp(artifact.name)
            for coding in codings:
                first[f"{coding} sizes"][row] = 0
            for coding, blob in artifact.codings:
                first[f"{coding} sizes"][row] = blob.size
                first[f"{coding} stamps"][row] = stamp(artifact.name + CODING_SUFFIXES[coding])
                hashes[f"{coding} hashes"][row] = _text(blob.sha256)
        return Snapshot(paths, first, {**notes, "codings": codings}, (hashes, lines))

    def published_as(self, release: Mapping[str, Any]) -> Snapshot:
        """Return the same snapshot with something else said of the release."""
        return Snapshot(self.paths, self._first, {**self.notes, "release": release}, self._rest)

    def to_chunks(self, key: str) -> Iterator[bytes]:
        """Yield the snapshot as it is written, never much of it at once."""
        hashes, links = self._rest
        head = {"key": key, "columns": list(self._first), "notes": {**self.notes, "hashes": list(hashes)}}
        state = hashlib.sha256()
        for line in (head, self.paths, *self._first.values(), *hashes.values()):
            for chunk in (_json(line), b"\n"):
                state.update(chunk)
                yield chunk
        for first in range(0, len(links), _ROWS_AT_ONCE):
            chunk = b"".join(line + b"\n" for line in links[first : first + _ROWS_AT_ONCE])
            state.update(chunk)
            yield chunk
        yield state.hexdigest().encode()


def load(content: bytes | None, key: str) -> Snapshot:
    """Return the snapshot that was written with this key; an empty one for anything else."""
    if content is None:
        return Snapshot()
    body = memoryview(content)[:-_PROOF]
    if hashlib.sha256(body).hexdigest().encode() != content[-_PROOF:]:
        return Snapshot()
    lines = _Lines(content, len(body))
    head = json.loads(lines.next())
    if head["key"] != key:
        return Snapshot()
    paths = json.loads(lines.next())
    first = {name: json.loads(lines.next()) for name in head["columns"]}
    return Snapshot(paths, first, head["notes"], lines.rest())


class _Lines:
    """Gives a text line by line, for as long as anybody wants to know."""

    def __init__(self, content: bytes, end: int) -> None:
        self._content = content
        self._position = 0
        self._end = end

    def next(self) -> bytes:
        start, self._position = self._position, self._content.index(b"\n", self._position) + 1
        return self._content[start : self._position]

    def rest(self) -> bytes:
        return self._content[self._position : self._end - 1]


def line_of(links: Sequence[Link]) -> bytes:
    """Return links as a line of the snapshot, which takes a tenth of the room."""
    return _json(links) if links else b""


def links_of(line: bytes) -> tuple[Link, ...]:
    """Return the links of a line; of an empty one there are none."""
    return tuple(Link(*link) for link in json.loads(line)) if line else ()


def loads_of(links: Iterable[Link], *, module: bool) -> Loads:
    """Return what a browser loads besides a file with these links."""
    imports = dict.fromkeys(link.target for link in links if link.kind in LOADED_KINDS)
    dynamic = dict.fromkeys(link.target for link in links if link.kind == Kind.JS_DYNAMIC_IMPORT)
    return Loads(tuple(imports), tuple(dynamic), module)


def notes_of(
    named: Iterable[str],
    inputs: Sequence[Sequence[str]],
    broken: Sequence[str],
    unread: Sequence[str],
    findings: Iterable[Finding],
    frontends: Frontends,
    workers: Iterable[str],
) -> dict[str, Any]:
    """Return what ``Snapshot`` keeps besides its rows; ``findings`` are those of sources."""
    noted: dict[str, list[Any]] = {}
    for one in findings:
        where, mend = [*one.place[1:]], [*one.mend] if one.mend else None  # lists, as JSON gives them back
        noted.setdefault(one.path, []).append(
            [one.id, str(one.level), one.message, where, one.hint, mend, one.package]
        )
    return {
        "named": sorted(named),
        "named_inputs": inputs,
        "broken": broken,
        "unread": unread,
        "findings": noted,
        "frontends": frontends_to_json(frontends),
        "workers": sorted(workers),
    }


def _columns(own: Mapping[str, Any], of_coding: Mapping[str, Any], codings: Iterable[str]) -> dict[str, Any]:
    return {**own, **{f"{coding} {name}": of_coding[name] for coding in codings for name in of_coding}}


def _chosen(columns: Columns, rows: Sequence[int], empty: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return columns with their rows in a new order; row -1 is one that was not there."""
    size = len(next(iter(columns.values()), ()))
    return {
        name: _in_order(columns.get(name, [nothing] * size), rows, nothing) for name, nothing in empty.items()
    }


def _in_order(column: Sequence[Any], rows: Iterable[int], nothing: Any) -> list[Any]:
    held = [*column, nothing]
    return [held[row] for row in rows]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _text(sha256: bytes) -> str:
    return base64.b64encode(sha256).decode()


def _bytes(text: str) -> bytes:
    return binascii.a2b_base64(text)
