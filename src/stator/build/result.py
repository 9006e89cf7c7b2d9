"""What goes into a build besides its input, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from stator.asset import Asset
from stator.build.artifacts import Artifacts
from stator.cache import Cache
from stator.findings import Finding, Level
from stator.frontend import Frontends
from stator.progress import Progress
from stator.references.resolve import Link
from stator.snapshot import Snapshot, links_of

if TYPE_CHECKING:  # most builds minify nothing and explain nothing, and load neither
    from stator.explanations import Trouble
    from stator.minify.tool import Tool


def no_tool(kind: str) -> Tool | None:  # noqa: ARG001
    """Minify nothing."""
    return None


class Means(NamedTuple):
    """What a build works with. Of all this only the minifiers decide what comes out.

    ``tool_for`` gives the minifier of a media type, and is asked only when there is something to minify.
    ``before`` is the snapshot of the build before; ``lost`` are the paths of files that it published and
    that stand no more. With ``rehash`` no signature is trusted, and every source is read. ``jobs`` is how
    many processors are used.
    """

    cache: Cache
    tool_for: Callable[[str], Tool | None] = no_tool
    before: Snapshot = Snapshot()
    lost: Collection[str] = ()
    rehash: bool = False
    jobs: int = 1
    progress: Progress = Progress()


class Build(NamedTuple):
    """A finished build: artifacts by logical path, in order, and all findings, in order of place.

    ``reasons`` says of each artifact that was made anew why it was; all others are those of the build
    before. ``read``, the ``lines`` of links that were read, and ``notes`` are what the next build will want
    to know. ``frontends`` is what pages start of what other tools have built.
    """

    artifacts: Artifacts
    findings: tuple[Finding, ...]
    reasons: Mapping[str, str]
    read: Read
    lines: Mapping[str, bytes]
    notes: Mapping[str, Any]
    before: Snapshot
    frontends: Frontends = MappingProxyType({})

    @property
    def failed(self) -> bool:
        """Whether a finding is an error, so that nothing may be published."""
        return any(finding.level is Level.ERROR for finding in self.findings)

    def links(self, path: str) -> tuple[Link, ...]:
        """Return the links of a source, whether they were read now or before."""
        return links_of(self.lines.get(path, b"")) if path in self.read.assets else self.before.links(path)


class Read(NamedTuple):
    """What was read: assets, links of those that have any, trouble, what could not be read, and modules."""

    assets: dict[str, Asset]
    links: dict[str, tuple[Link, ...]]
    troubles: dict[str, Trouble]
    errors: dict[str, OSError]
    modules: set[str]


def nothing_read() -> Read:
    """Return what is filled while reading."""
    return Read({}, {}, {}, {}, set())
