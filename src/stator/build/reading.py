"""Reading: what one source says, and many of them on all processors.

Each source is read once, hashed, minified, scanned and resolved, all in one go, and its content is let go.
Scanning is Python's own work, which holds the interpreter: processes share it out, threads could not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from stator.asset import Asset, read_through, read_whole
from stator.build.minifying import Minifying
from stator.explanations import Trouble
from stator.findings import Places
from stator.importmap import ImportMap
from stator.load_path import Origin, SourceFile, printable
from stator.media_types import extension
from stator.parallel import shared
from stator.references import NOTHING, Scan, scanner_for
from stator.references.resolve import Link, Resolved, resolve
from stator.snapshot import Snapshot

_WORTH_SHARING = 4 << 20  # bytes to scan: below, starting processes costs more than it saves
_NONE = SourceFile("", "", Origin("", ""))


class Seen(NamedTuple):
    """What was seen in a source. ``known`` says that it is what the snapshot says already.

    ``waits`` says that it is to be minified together with others first, and then looked at again.
    """

    asset: Asset
    known: bool = False
    waits: bool = False
    links: tuple[Link, ...] = ()
    module: bool = False
    trouble: Trouble | None = None


class Reader:
    """Reads sources for a build.

    ``known`` gives each logical path back as it is, ``importmap`` says what bare specifiers mean. ``again``
    are the paths of sources whose links or findings must be looked for anew, even if their content is what it
    was.
    """

    def __init__(
        self,
        known: Mapping[str, str],
        static_url: str,
        minifying: Minifying,
        before: Snapshot,
        again: frozenset[str],
        importmap: ImportMap = (),
    ) -> None:
        self._known = known
        self._static_url = static_url
        self._minifying = minifying
        self._before = before
        self._again = again
        self._importmap = importmap

    def __call__(self, source: SourceFile) -> Seen | OSError:
        """Return what is in the source, or the error that reading it ended with."""
        scan = scanner_for(extension(source.path))
        try:
            if not scan and not self._minifying.wants(source.path):
                asset = read_through(source)
                return Seen(asset, known=self._is_known(asset))
            asset, content = read_whole(source)
        except OSError as error:
            return error
        if self._is_known(asset):
            return Seen(asset, known=True)
        published, left_alone, lost_map = content, "", False
        if self._minifying.wants(source.path):
            form = self._minifying(asset, content)
            if form is None:
                return Seen(asset, waits=True)
            if form.blob:
                asset, published = asset._replace(minified=form.blob), form.content
            left_alone, lost_map = form.left_alone, form.lost_map
        scanned = scan(published) if scan else NOTHING
        resolved = self._resolved(scanned, source.path)
        links, module = resolved.links, scanned.module
        if scan and asset.minified and (resolved.broken or scanned.remarks):
            # What is told is told of the lines that a person has written.
            scanned = scan(content)
            resolved = self._resolved(scanned, source.path)
        if not (resolved.broken or scanned.remarks or left_alone or lost_map):
            return Seen(asset, links=links, module=module)
        places = Places(printable(source.location), content)
        broken = tuple((reference, path, places.at(*reference.span)) for reference, path in resolved.broken)
        remarks = tuple((remark, places.at(*remark.span)) for remark in scanned.remarks)
        trouble = Trouble(broken, remarks, left_alone, lost_map)
        return Seen(asset, links=links, module=module, trouble=trouble)

    def _resolved(self, scanned: Scan, path: str) -> Resolved:
        return resolve(scanned, path, self._known, self._static_url, self._importmap)

    def lean(self, source: SourceFile) -> Seen | OSError:
        """Return what is in the source, without the source itself, which whoever asks has already."""
        seen = self(source)
        return seen if isinstance(seen, OSError) else seen._replace(asset=seen.asset._replace(source=_NONE))

    def received(self, seen: Seen | OSError, source: SourceFile) -> Seen | OSError:
        """Return what another process has seen, with the objects of this one in it where they are equal."""
        if isinstance(seen, OSError):
            return seen
        links = tuple(
            link._replace(specifier=sys.intern(link.specifier), target=self._known[link.target])
            for link in seen.links
        )
        return seen._replace(asset=seen.asset._replace(source=source), links=links)

    def _is_known(self, asset: Asset) -> bool:
        return asset.source.path not in self._again and self._before.has_content(asset)


def read_all(
    reader: Reader, sources: Sequence[SourceFile], jobs: int
) -> Iterator[tuple[SourceFile, Seen | OSError]]:
    """Yield what the reader sees in each source, in any order."""
    if not _is_worth_sharing(sources):
        jobs = 1
    for source, seen in shared(reader.lean, sources, jobs, _cost):
        yield source, reader.received(seen, source)


def _cost(source: SourceFile) -> int:
    return source.size if scanner_for(extension(source.path)) else source.size // 4


def _is_worth_sharing(sources: Iterable[SourceFile]) -> bool:
    """Say whether there is enough to read, and none of it through connections, which copies must not use."""
    return all(one.opener is None for one in sources) and sum(map(_cost, sources)) > _WORTH_SHARING
