"""Names: which files keep theirs, since a bundler has put a digest into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from stator import bundlers
from stator.asset import read_whole
from stator.findings import Finding, Level, Place
from stator.frontend import PAGE, Frontend, Frontends
from stator.load_path import LoadPath, SourceFile, printable
from stator.snapshot import Snapshot


class Named(NamedTuple):
    """The paths that bundlers' manifests name, and what that was read from: its ``inputs``.

    ``frontends`` is what pages start, by the word of those manifests.
    """

    paths: frozenset[str]
    inputs: list[list[str]]
    frontends: Frontends = MappingProxyType({})
    findings: tuple[Finding, ...] = ()


def named_by_bundlers(load_path: LoadPath, before: Snapshot, *, same_files: bool) -> Named:
    """Return the names that bundlers have digested, from the build before if nothing has changed in them."""
    files = load_path.files
    manifests = [
        *load_path.bundler_manifests,
        *(source for path, source in files.items() if bundlers.is_manifest_name(path)),
    ]
    inputs = [[source.path, source.signature] for source in manifests]
    if same_files and inputs == before.named_inputs and all(source.signature for source in manifests):
        return Named(before.named, inputs, before.frontends)
    return _read(manifests, files, inputs)


def _read(manifests: Sequence[SourceFile], files: Mapping[str, SourceFile], inputs: list[list[str]]) -> Named:
    from stator.explanations import unread  # noqa: PLC0415  (needed by few builds)

    named: set[str] = set()
    frontends: dict[str, Frontend] = {}
    findings: list[Finding] = []
    for source in manifests:
        try:
            _, content = read_whole(source)
        except OSError as error:
            findings.append(unread(source, error))
            continue
        bundle = bundlers.read_bundle(source.path, content, files)
        named |= bundle.digested
        if source.origin.frontend:
            name = source.origin.prefix
            held = frontends.get(name, Frontend())
            frontends[name] = (
                held._replace(page=content.decode(errors="replace"))
                if source.path == f"{name}/{PAGE}"
                else held._replace(entries={**bundle.entries, **held.entries})
            )
            findings += (_missing(source, path) for path in bundle.missing)
    entries = {source.origin.prefix: source.origin.entry for source in manifests if source.origin.entry}
    known = {name: _by_source(one, entries.get(name, "")) for name, one in frontends.items()}
    return Named(frozenset(named), inputs, known, tuple(findings))


def _by_source(frontend: Frontend, entry: str) -> Frontend:
    """Return the front end with what its page starts under the name of that source, too.

    A bundler that was given a page knows it by that alone.
    """
    if entry and PAGE in frontend.entries and entry not in frontend.entries:
        return frontend._replace(entries={**frontend.entries, entry: frontend.entries[PAGE]})
    return frontend


def _missing(manifest: SourceFile, path: str) -> Finding:
    return Finding(
        "frontend-incomplete",
        Level.ERROR,
        f"names {path!r}, which is not there",
        Place(printable(manifest.location)),
        f"Build it again: python manage.py stator frontend build --force {manifest.origin.prefix}",
        manifest.path,
    )
