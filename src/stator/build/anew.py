"""Anew: all of a build that a snapshot could not tell.

Content is let go as soon as it was looked at, so that memory does not grow with the site.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from stator.artifact import Artifact
from stator.asset import Asset
from stator.build.artifacts import Artifacts
from stator.build.linking import Linked, Linker, link_all
from stator.build.minifying import Minifying
from stator.build.names import Named
from stator.build.reading import Reader, read_all
from stator.build.result import Build, Means, Read, nothing_read
from stator.config import Options, matcher
from stator.digest import digests
from stator.explanations import Explain, changed_meanwhile, taken_names, unread
from stator.findings import Finding, Level, ordered
from stator.graph import targets, with_referrers
from stator.importmap import is_by_map, run_by_workers
from stator.load_path import LoadPath, SourceFile
from stator.memory import return_large_buffers
from stator.paths import digested_path, parse_digested
from stator.references.resolve import Link
from stator.snapshot import Snapshot, line_of, loads_of, notes_of

_MUCH = 256 << 20  # bytes
Writes = Callable[[str, Link], bool]


def build_anew(
    load_path: LoadPath,
    options: Options,
    static_url: str,
    means: Means,
    named: Named,
    other: frozenset[str],
    again: frozenset[str],
    suspects: Sequence[SourceFile],
) -> Build:
    """Return the build. See ``build``; ``suspects`` are the sources to be read.

    ``again`` are the paths of those whose references are looked for even if their content is what it was;
    ``other`` those among them of which something else is made now.
    """
    files, before = load_path.files, means.before
    keeps_name = _keeps_name(named, options)
    minifying = Minifying(means.tool_for, means.cache, keeps_name)
    known = {path: path for path in files}
    reader = Reader(known, static_url, minifying, before, again, options.importmap)
    read = _read(reader, minifying, suspects, means)
    workers = _run_by_workers(read, before, files) if options.link_by_importmap else frozenset()
    writes = _writes(options, workers)
    stale = _stale(read, before, other | (workers ^ before.run_by_workers).intersection(files), writes)
    remade = _assets(stale, means.lost, read, files, before, minifying)
    all_links = {path: _links(path, read, before) for path in remade}
    links = _written_links(all_links, read, files, keeps_name, writes)
    names = _given_names(stale, remade, links, keeps_name, before)

    def name_of(path: str) -> str:
        return names[path] if path in names else before.name(path)

    made, unlinked = _link(remade, links, name_of, options, means.jobs)
    links.clear()
    made = {path: _loading(artifact, all_links.pop(path), read, before) for path, artifact in made.items()}
    lines = {path: line_of(read.links.pop(path)) for path in list(read.links)}

    paths = [path for path in files if path not in read.errors]
    of_sources = tuple(_findings(read, load_path, options, before, keeps_name))
    findings = [*load_path.findings, *named.findings, *of_sources, *unlinked]
    if stale or before.paths != paths:
        findings += taken_names(((path, name_of(path)) for path in paths), files)
    if not any(finding.level is Level.ERROR for finding in findings):
        made = _coded(made, files, options, means)
    return Build(
        Artifacts(paths, made, before, files, options.keeps_plain),
        ordered(findings),
        {path: _reason(path, read, before, stale) for path in made},
        read,
        lines,
        notes_of(
            named.paths,
            named.inputs,
            _broken(read, before),
            sorted(read.errors),
            of_sources,
            named.frontends,
            workers,
        ),
        before,
        named.frontends,
    )


def _keeps_name(named: Named, options: Options) -> Callable[[str], bool]:
    matches = matcher(options.predigested)
    return lambda path: path in named.paths or matches(path)


def _links(path: str, read: Read, before: Snapshot) -> tuple[Link, ...]:
    return read.links.get(path, ()) if path in read.assets else before.links(path)


def _loading(artifact: Artifact, links: tuple[Link, ...], read: Read, before: Snapshot) -> Artifact:
    """Return the artifact with what a browser loads besides it."""
    path = artifact.path
    module = path in read.modules if path in read.assets else before.is_module(path)
    return artifact._replace(loads=loads_of(links, module=module)) if module or links else artifact


def _run_by_workers(read: Read, before: Snapshot, files: Mapping[str, SourceFile]) -> frozenset[str]:
    links = {path: its_links for path, its_links in before.all_links() if path in files}
    return run_by_workers({**links, **{path: read.links.get(path, ()) for path in read.assets}})


def _writes(options: Options, workers: Collection[str]) -> Writes | None:
    """Return what says of a link whether it is written into its file, ``None`` where all are."""
    if not options.link_by_importmap and not options.importmap:
        return None
    every = options.link_by_importmap
    return lambda path, link: not is_by_map(link, all_modules=every and path not in workers)


def _read(reader: Reader, minifying: Minifying, suspects: Sequence[SourceFile], means: Means) -> Read:
    read = nothing_read()
    if sum(source.size for source in suspects) > _MUCH:
        return_large_buffers()
    waiting = _look(reader, suspects, read, means)
    if waiting:
        means.progress.stage("Minifying", len(waiting), sum(source.size for source in waiting))
        for source in minifying.together(waiting):
            means.progress.advance(1, source.size)
        _look(reader, waiting, read, means)
    return read


def _look(reader: Reader, sources: Sequence[SourceFile], read: Read, means: Means) -> list[SourceFile]:
    """Add what is seen in the sources to what was read; return those that must be minified first."""
    waiting = []
    means.progress.stage("Reading", len(sources), sum(source.size for source in sources))
    for source, seen in read_all(reader, sources, means.jobs):
        means.progress.advance(1, source.size)
        if isinstance(seen, OSError):
            read.errors[source.path] = seen
        elif seen.waits:
            waiting.append(source)
        elif not seen.known:
            read.assets[source.path] = seen.asset
            if seen.links:
                read.links[source.path] = seen.links
            if seen.trouble:
                read.troubles[source.path] = seen.trouble
            if seen.module:
                read.modules.add(source.path)
    return waiting


def _stale(read: Read, before: Snapshot, other: Collection[str], writes: Writes | None) -> set[str]:
    """Return the paths of files whose digest may not be what it was, and of ``other`` ones."""
    seeds = {path for path in read.assets if path in other or not _is_as_before(path, read, before)}
    seeds.update(path for path in other if path in before)
    seeds.update(path for path in read.errors if path in before)
    if not before.paths or not seeds:
        return seeds
    return with_referrers(seeds, _referrers(read, before, writes)).difference(read.errors)


def _referrers(read: Read, before: Snapshot, writes: Writes | None) -> Callable[[str], Iterable[str]]:
    """Return a function from a path to the files that its name is written into, read now or before."""
    now: dict[str, list[str]] = {}
    for path, links in read.links.items():
        for target in targets(_written(path, links, writes)):
            now.setdefault(target, []).append(path)
    then = before.referrers()

    def referrers(path: str) -> Iterator[str]:
        yield from now.get(path, ())
        for referrer in then(path):
            if referrer not in read.assets and (
                writes is None or path in targets(_written(referrer, before.links(referrer), writes))
            ):
                yield referrer

    return referrers


def _written(path: str, links: tuple[Link, ...], writes: Writes | None) -> tuple[Link, ...]:
    return tuple(link for link in links if writes(path, link)) if writes else links


def _is_as_before(path: str, read: Read, before: Snapshot) -> bool:
    """Say whether reading a source again has told nothing new that matters to its digest."""
    return before.has_content(read.assets[path]) and read.links.get(path, ()) == before.links(path)


def _assets(
    stale: set[str],
    lost: Collection[str],
    read: Read,
    files: Mapping[str, SourceFile],
    before: Snapshot,
    minifying: Minifying,
) -> dict[str, Asset]:
    """Return the assets that artifacts are made of now, in order of path."""
    assets = {}
    for path in sorted(stale.union(lost)):
        if path in read.assets:
            assets[path] = read.assets[path]
        elif path in files and path in before and path not in read.errors:
            assets[path] = minifying.again(before.asset(files[path]))
    return assets


def _written_links(
    links: Mapping[str, tuple[Link, ...]],
    read: Read,
    files: Mapping[str, SourceFile],
    keeps_name: Callable[[str], bool],
    writes: Writes | None,
) -> dict[str, tuple[Link, ...]]:
    """Return the links that will be written into the assets.

    None is written into a file that keeps its name, since its bytes must stay too. None is written to
    a file that keeps its name, or that could not be read, or that the import map leads to.
    """
    written = {}
    for path, its_links in links.items():
        if not its_links or keeps_name(path):
            continue
        kept = tuple(
            link
            for link in _written(path, its_links, writes)
            if link.target in files and link.target not in read.errors and not keeps_name(link.target)
        )
        if kept:
            written[path] = kept
    return written


def _given_names(
    stale: set[str],
    assets: Mapping[str, Asset],
    links: Mapping[str, tuple[Link, ...]],
    keeps_name: Callable[[str], bool],
    before: Snapshot,
) -> dict[str, str]:
    """Return the published names of the stale files; those of all others stay."""

    def settled(path: str) -> str:
        digested = parse_digested(before.name(path))
        return digested[1] if digested else ""  # a name that is kept is never linked to

    found = digests(
        {path: asset for path, asset in assets.items() if path in stale},
        {path: its_links for path, its_links in links.items() if path in stale},
        settled,
    )
    return {path: path if keeps_name(path) else digested_path(path, found[path]) for path in found}


def _link(
    assets: dict[str, Asset],
    links: dict[str, tuple[Link, ...]],
    name_of: Callable[[str], str],
    options: Options,
    jobs: int,
) -> tuple[dict[str, Artifact], list[Finding]]:
    """Return an artifact for each asset. Those with links are read again, to know what they become."""
    with_links = [assets[path] for path in links]
    linked: dict[str, Linked] = {}
    findings: list[Finding] = []
    for asset, result in link_all(Linker(links, name_of), with_links, jobs):
        if isinstance(result, Linked):
            linked[asset.source.path] = result
        elif isinstance(result, OSError):
            findings.append(unread(asset.source, result))
        else:
            findings.append(changed_meanwhile(asset.source))
    artifacts: dict[str, Artifact] = {}
    for path, asset in assets.items():
        if path in links and path not in linked:
            continue
        form = asset.minified or asset
        result = linked.get(path) or Linked((), form.size, form.sha256)
        plain = options.keeps_plain(path)
        artifacts[path] = Artifact(path, name_of(path), plain, asset.source, *result, asset.minified)
    return artifacts, findings


def _findings(
    read: Read,
    load_path: LoadPath,
    options: Options,
    before: Snapshot,
    keeps_name: Callable[[str], bool],
) -> Iterator[Finding]:
    """Yield what is wrong in sources, whether they were read now or before."""
    files = load_path.files
    yield from (unread(files[path], error) for path, error in read.errors.items())
    explain = Explain(load_path, options)
    for path in sorted(read.troubles):
        trouble = read.troubles[path]
        # Into a file that keeps its name nothing is written, so it does not matter what could not be read.
        yield from explain(files[path], trouble._replace(remarks=()) if keeps_name(path) else trouble)
    for path in before.with_findings:
        if path in files and path not in read.assets and path not in read.errors:
            yield from before.findings(files[path])


def _broken(read: Read, before: Snapshot) -> list[str]:
    broken = {path for path, trouble in read.troubles.items() if trouble.broken}
    return sorted(broken.union(path for path in before.broken if path not in read.assets))


def _coded(
    made: dict[str, Artifact], files: Mapping[str, SourceFile], options: Options, means: Means
) -> dict[str, Artifact]:
    if not options.codings or not made:
        return made
    from stator.build.coding import Coder  # noqa: PLC0415  (most builds compress nothing, and start sooner)

    coder = Coder(options.codings, files, means.cache, means.jobs, means.progress)
    return {artifact.path: artifact for artifact in coder(made.values())}


def _reason(path: str, read: Read, before: Snapshot, stale: set[str]) -> str:
    if path not in before:
        return "new"
    if path in read.assets:
        same = before.has_content(read.assets[path])
        return "what it refers to has come or gone" if same else "its content changed"
    return "a file that it refers to changed" if path in stale else "its published files were gone or changed"
