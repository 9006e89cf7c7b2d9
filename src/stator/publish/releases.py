"""Releases: what the manifest keeps, and what each costs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from stator.manifest import Content, Manifest, Row
from stator.paths import CODING_SUFFIXES


class Kept(NamedTuple):
    """A release that is kept, and what it costs.

    ``since`` is when it became current, in seconds since 1970, ``None`` where nobody knows, and ``until``
    when it was superseded, ``None`` for the current one. ``maker`` is what has built it. ``files`` are its
    digested files, ``size`` their bytes with all precompressed forms, ``own`` those of files and forms that
    no other release has. One that is not ``known`` in full cannot be made current again, and is told by the
    files that no later release has.
    """

    id: str
    since: int | None
    until: int | None
    maker: str
    files: int
    size: int
    own: int
    known: bool = True


class _Step(NamedTuple):
    """From a release to the one before it: the files that it has not, and those that it has instead.

    ``known`` is that of ``Kept``.
    """

    gone: Mapping[str, Content]
    come: Mapping[str, Content]
    known: bool = True


class _Run(NamedTuple):
    """Releases in a row that have the same under a name: the number of the latest, how many, and what."""

    latest: int
    length: int
    content: Content


def kept_releases(manifest: Manifest) -> list[Kept]:
    """Return the releases that are kept, the current one first.

    No release is restored, so that hundreds of them cost little more than a few, and none is compared with
    its id, which a rollback does.
    """
    heads = [
        (manifest.id, None, manifest.maker),
        *((one.id, one.until, one.maker) for one in manifest.earlier),
    ]
    since = [*(one.until for one in manifest.earlier), None]
    steps = list(_steps(manifest))
    files = accumulate(len(step.come) - len(step.gone) for step in steps)
    sizes = accumulate(_size(step.come) - _size(step.gone) for step in steps)
    own = _own(steps)
    return [
        Kept(id, since[number], until, maker, files, size, own[number], step.known)
        for number, ((id, until, maker), step, files, size) in enumerate(
            zip(heads, steps, files, sizes, strict=False)  # the last step leads to none
        )
    ]


def _steps(manifest: Manifest) -> Iterator[_Step]:
    """Yield the steps to the current release, back from each to the one before it, and to none."""
    rows: dict[str, Row | None] = {**manifest.rows()}
    yield _Step({}, _files(rows.values()))
    unknown = iter(manifest.earlier)
    for release in manifest.earlier:
        if release.differences is None:
            break
        next(unknown)
        yield _Step(_files(map(rows.get, release.differences)), _files(release.differences.values()))
        rows.update(release.differences)
    gone: Mapping[str, Content] = _files(rows.values())
    for release in unknown:
        yield _Step(gone, release.files, known=False)
        gone = release.files
    yield _Step(gone, {})


def _files(rows: Iterable[Row | None]) -> dict[str, Content]:
    return {row.name: row.content for row in rows if row}


def _own(steps: Iterable[_Step]) -> Mapping[int, int]:
    """Return the bytes of the files and forms that only one release has, by its number."""
    own: Counter[int] = Counter()
    for runs in _runs(steps).values():
        if all(run.length > 1 for run in runs):
            continue  # most have been there for long
        holders: Counter[str] = Counter()
        for run in runs:
            holders.update({suffix: run.length for suffix, _ in _forms(run.content)})
        for run in runs:
            own[run.latest] += sum(size for suffix, size in _forms(run.content) if holders[suffix] == 1)
    return own


def _runs(steps: Iterable[_Step]) -> Mapping[str, Sequence[_Run]]:
    """Return what has stood under each name, and in which releases."""
    runs: defaultdict[str, list[_Run]] = defaultdict(list)
    standing: dict[str, tuple[int, Content]] = {}
    for number, step in enumerate(steps):
        for name in step.gone:
            latest, content = standing.pop(name)
            runs[name].append(_Run(latest, number - latest, content))
        standing.update((name, (number, content)) for name, content in step.come.items())
    return runs


def _size(files: Mapping[str, Content]) -> int:
    """Return the bytes of files with all their precompressed forms."""
    return sum(content.size + sum(size for _, size in content.codings) for content in files.values())


def _forms(content: Content) -> Iterator[tuple[str, int]]:
    yield "", content.size
    yield from ((CODING_SUFFIXES[coding], size) for coding, size in content.codings)
