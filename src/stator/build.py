"""Build: from the load path to artifacts, findings, and nothing on disk.

``build`` reads as the picture in ARCHITECTURE.md. It reads each source once to know it, and once more the
few that link to others, so that memory does not grow with the site.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stator import bundlers, explanations
from stator.artifact import Artifact, Splice
from stator.asset import Asset, read_through, read_whole
from stator.config import Options, matcher
from stator.digest import digests
from stator.findings import Finding, Level, ordered
from stator.graph import targets
from stator.link import linked, splices
from stator.load_path import LoadPath, SourceFile, unreadable
from stator.media_types import extension
from stator.paths import digested_path
from stator.references import scanner_for
from stator.references.resolve import Link, resolve


@dataclass(frozen=True, slots=True)
class Build:
    """A finished build: artifacts by logical path, in order, and all findings, in order of place.

    ``targets`` says for each file that refers to others which they are.
    """

    artifacts: Mapping[str, Artifact]
    targets: Mapping[str, tuple[str, ...]]
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> bool:
        """Whether a finding is an error, so that nothing may be published."""
        return any(finding.level is Level.ERROR for finding in self.findings)


def build(load_path: LoadPath, options: Options, static_url: str) -> Build:
    """Compile the load path. ``static_url`` is the URL that all files will stand under.

    Raises nothing for what is wrong with files: that is in the findings.
    """
    keeps_name, unread = _names_to_keep(load_path, options)
    read = _read(load_path, options, static_url)
    referred = {path: tuple(targets(links)) for path, links in read.links.items()}
    links = _linkable(read, keeps_name)
    names = _published_names(digests(read.assets, links), keeps_name)
    artifacts, unlinked = _link(read.assets, links, names, options)
    taken = explanations.taken_names(names, load_path.files)
    findings = ordered([*load_path.findings, *unread, *read.findings, *unlinked, *taken])
    return Build(artifacts, referred, findings)


@dataclass(frozen=True, slots=True)
class _Read:
    """All assets, their links, and what was found wrong while they were read."""

    assets: dict[str, Asset]
    links: dict[str, tuple[Link, ...]]
    findings: list[Finding]


def _read(load_path: LoadPath, options: Options, static_url: str) -> _Read:
    read = _Read({}, {}, [])
    explain = explanations.Explain(load_path, options)
    known = {path: path for path in load_path.files}
    for path, source in load_path.files.items():
        scan = scanner_for(extension(path))
        try:
            if scan is None:
                read.assets[path] = read_through(source)
                continue
            read.assets[path], content = read_whole(source)
        except OSError as error:
            read.findings.append(_unreadable(source, error))
            continue
        scanned = scan(content)
        resolved = resolve(scanned, path, known, static_url)
        if resolved.links:
            read.links[path] = resolved.links
        if resolved.broken or scanned.remarks:
            read.findings.extend(explain(source, content, resolved.broken, scanned.remarks))
    return read


def _names_to_keep(load_path: LoadPath, options: Options) -> tuple[Callable[[str], bool], list[Finding]]:
    """Return the question whether a path already carries a digest, by a manifest or by the options."""
    named: set[str] = set()
    unread: list[Finding] = []
    candidates = [source for path, source in load_path.files.items() if bundlers.is_manifest_name(path)]
    for source in (*load_path.bundler_manifests, *candidates):
        try:
            _, content = read_whole(source)
        except OSError as error:
            unread.append(_unreadable(source, error))
        else:
            named |= bundlers.predigested(source.path, content, load_path.files)
    matches = matcher(options.predigested)
    return (lambda path: path in named or matches(path)), unread


def _unreadable(source: SourceFile, error: OSError) -> Finding:
    if isinstance(error, FileNotFoundError):
        return explanations.changed_meanwhile(source)
    return unreadable(source.origin, source.location, source.path, error)


def _linkable(read: _Read, keeps_name: Callable[[str], bool]) -> dict[str, tuple[Link, ...]]:
    """Return the links that will be written, taking them out of what was read.

    None is written into a file that keeps its name, since its bytes must stay too. None is written to
    a file that keeps its name, or that could not be read.
    """
    linkable = {}
    while read.links:
        path, links = read.links.popitem()
        if keeps_name(path):
            continue
        kept = tuple(link for link in links if link.target in read.assets and not keeps_name(link.target))
        if kept:
            linkable[path] = kept
    return linkable


def _published_names(digest_of: Mapping[str, str], keeps_name: Callable[[str], bool]) -> dict[str, str]:
    return {
        path: path if keeps_name(path) else digested_path(path, digest) for path, digest in digest_of.items()
    }


def _link(
    assets: dict[str, Asset],
    links: dict[str, tuple[Link, ...]],
    names: Mapping[str, str],
    options: Options,
) -> tuple[dict[str, Artifact], list[Finding]]:
    """Return an artifact for each asset. Those with links are read again, to know what they become.

    Assets and links are taken out of their dictionaries, so that a large site is never held twice.
    """
    artifacts: dict[str, Artifact] = {}
    findings: list[Finding] = []
    for path in list(assets):
        asset = assets.pop(path)
        changes: tuple[Splice, ...] = ()
        finished = asset
        if path in links:
            try:
                again, content = read_whole(asset.source)
            except OSError as error:
                findings.append(_unreadable(asset.source, error))
                continue
            if again.sha256 != asset.sha256:
                findings.append(explanations.changed_meanwhile(asset.source))
                continue
            changes = splices(content, links.pop(path), names)
            finished = linked(asset, content, changes)
        artifacts[path] = Artifact(
            path,
            names[path],
            options.keeps_plain(path),
            asset.source,
            changes,
            finished.size,
            finished.sha256,
        )
    return artifacts, findings
