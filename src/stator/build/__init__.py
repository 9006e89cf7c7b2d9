"""Build: from the load path to artifacts and findings, doing only what was not done before.

What a source was and became is taken from the snapshot of the build before, as long as the source is what
it was; ``anew`` does the rest, and reads as the picture in ARCHITECTURE.md. Nothing is written but finished
work, to the cache.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from stator.build.artifacts import Artifacts
from stator.build.names import named_by_bundlers
from stator.build.result import Build, Means, nothing_read
from stator.config import Options
from stator.findings import ordered
from stator.graph import targets
from stator.load_path import LoadPath, SourceFile
from stator.paths import CODING_SUFFIXES
from stator.snapshot import Snapshot

__all__ = ["Build", "Means", "build"]

_CODED = tuple(CODING_SUFFIXES.values())


def build(load_path: LoadPath, options: Options, static_url: str, means: Means) -> Build:
    """Compile the load path. ``static_url`` is the URL that all files will stand under.

    Raises ``ChangedMeanwhile``, and nothing for what is wrong with files: that is in the findings.
    """
    files, before = load_path.files, means.before
    moved = _moved(before, files)
    named = named_by_bundlers(load_path, before, same_files=not moved)
    other = named.paths ^ before.named | _coded_by_hand(moved)
    again = other | _misjudged(before, files) | _unsettled(before, files, moved)
    suspects = _suspects(files, again, means)
    if not (moved or suspects or means.lost or named.findings or named.frontends != before.frontends):
        return _as_before(load_path, options, before)
    from stator.build.anew import build_anew  # noqa: PLC0415  (all that a build without changes needs not)

    return build_anew(load_path, options, static_url, means, named, other, again, suspects)


def _as_before(load_path: LoadPath, options: Options, before: Snapshot) -> Build:
    files = load_path.files
    findings = [finding for path in before.with_findings for finding in before.findings(files[path])]
    artifacts = Artifacts(before.paths, {}, before, files, options.keeps_plain)
    findings += load_path.findings
    notes, frontends = before.notes, before.frontends
    return Build(artifacts, ordered(findings), {}, nothing_read(), {}, notes, before, frontends)


def _moved(before: Snapshot, files: Mapping[str, SourceFile]) -> frozenset[str]:
    """Return the paths of files that have come or gone."""
    if not before.unread and before.paths == list(files):
        return frozenset()
    return frozenset(files.keys() ^ {*before.paths, *before.unread})


def _coded_by_hand(moved: Collection[str]) -> frozenset[str]:
    """Return the files of which a precompressed form has come or gone that is itself a source."""
    return frozenset(path.rpartition(".")[0] for path in moved if path.endswith(_CODED))


def _misjudged(before: Snapshot, files: Mapping[str, SourceFile]) -> frozenset[str]:
    """Return the files whose findings weigh otherwise now, as they came to a package or from one."""
    return frozenset(path for path in before.with_findings if path in files and before.misjudges(files[path]))


def _unsettled(before: Snapshot, files: Mapping[str, SourceFile], moved: Collection[str]) -> frozenset[str]:
    """Return the files whose references may lead elsewhere, or are explained otherwise, with these files."""
    if not moved:
        return frozenset()
    gone = frozenset(path for path in moved if path not in files)
    lost = {path for path, links in before.all_links() if not gone.isdisjoint(targets(links))} if gone else ()
    return frozenset(before.broken).union(lost)


def _suspects(files: Mapping[str, SourceFile], again: Collection[str], means: Means) -> list[SourceFile]:
    """Return the sources that may differ from what the snapshot says, and must be read."""
    signature = means.before.signature
    return [
        source
        for path, source in files.items()
        if not source.signature or source.signature != signature(path) or path in again or means.rehash
    ]
