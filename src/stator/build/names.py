"""Names: which files keep theirs, since a bundler has put a digest into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from stator import bundlers
from stator.asset import read_whole
from stator.findings import Finding
from stator.load_path import LoadPath, SourceFile
from stator.snapshot import Snapshot


class Named(NamedTuple):
    """The paths that bundlers' manifests name, and what that was read from: its ``inputs``."""

    paths: frozenset[str]
    inputs: list[list[str]]
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
        return Named(before.named, inputs)
    return _read(manifests, files, inputs)


def _read(manifests: Sequence[SourceFile], files: Mapping[str, SourceFile], inputs: list[list[str]]) -> Named:
    from stator.explanations import unread  # noqa: PLC0415  (needed by few builds)

    named: set[str] = set()
    findings: list[Finding] = []
    for source in manifests:
        try:
            _, content = read_whole(source)
        except OSError as error:
            findings.append(unread(source, error))
        else:
            named |= bundlers.predigested(source.path, content, files)
    return Named(frozenset(named), inputs, tuple(findings))
