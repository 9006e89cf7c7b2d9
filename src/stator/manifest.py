"""The manifest: the record of a release, and all that a server needs to know of it.

A release is its files under names whose content never changes, the logical paths that these stand for, and
those of them that are published under their plain names too. Its id is a hash of that: of equal builds all
but what is said of earlier releases is equal.

Those stay in it: what of their files no later release has goes on being served, so that a page rendered
before a deploy still finds what it asks for; and how each differs from the release after it, so that it can
be made current again. ``manifest_text.py`` has the form in which it is written.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import stator
from stator.frontend import Frontends, to_json
from stator.paths import CODING_SUFFIXES

if TYPE_CHECKING:  # a server reads manifests, and never loads the compiler
    from stator.artifact import Artifact

NAME = "staticfiles.json"
_NOTHING: Mapping[str, Any] = MappingProxyType({})
MAKER = f"Stator {stator.__version__}"
_RELEASE_DIGITS = 16


class Content(NamedTuple):
    """What stands under a name: size in bytes, SHA-256, and the sizes of precompressed forms by coding."""

    size: int
    sha256: bytes
    codings: tuple[tuple[str, int], ...] = ()

    @property
    def integrity(self) -> str:
        """The value of an ``integrity`` attribute (W3C Subresource Integrity)."""
        return "sha256-" + base64.b64encode(self.sha256).decode()


class Loads(NamedTuple):
    """What a browser loads besides a file, as logical paths, in the order in which the file names them.

    ``imports`` are what a style sheet or a module imports, which it does nothing without. ``dynamic`` is what
    a script may import later. ``module``: it is an ES module and no classic script.
    """

    imports: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()
    module: bool = False

    def among(self, paths: Container[str]) -> Loads:
        """Return the loads without what is not among these paths: a file of a package may be unreadable."""
        imports = tuple(path for path in self.imports if path in paths)
        return Loads(imports, tuple(path for path in self.dynamic if path in paths), self.module)


LOADS_NOTHING = Loads()


class Row(NamedTuple):
    """What a release has under a logical path: the name of the file, what it is, and if it is plain too."""

    name: str
    content: Content
    plain: bool = True
    loads: Loads = LOADS_NOTHING


Differences = Mapping[str, Row | None]


class Release(NamedTuple):
    """An earlier release: its id, and those of its files and plain names that no later release has.

    ``until`` is when it was superseded, in seconds since 1970, ``maker`` what has built it. ``differences``
    are its rows by logical path where the release after it has another, or one and this has none; ``None`` if
    they are not known. ``frontends`` are those that it had.
    """

    id: str
    files: Mapping[str, Content]
    plain: tuple[str, ...] = ()
    until: int = 0
    differences: Differences | None = None
    maker: str = ""
    frontends: Frontends = _NOTHING


class Manifest(NamedTuple):
    """A release and what is still served of those before it, the newest of them its predecessor.

    ``maker`` is what has built it, empty where that is not known. It became current when its predecessor was
    superseded. ``loads`` are of those logical paths that load anything, ``frontends`` what pages start.
    """

    id: str
    paths: Mapping[str, str]
    files: Mapping[str, Content]
    plain: bool | Collection[str]
    earlier: tuple[Release, ...] = ()
    maker: str = ""
    loads: Mapping[str, Loads] = _NOTHING
    frontends: Frontends = _NOTHING

    def published(self) -> Iterator[tuple[str, str]]:
        """Yield every name that is served and the name of the file that has its bytes.

        A plain name is served from the file with the digested name: its bytes are those of this release,
        whatever has been written under the plain name since.
        """
        for name in self.files:
            yield name, name
        for release in self.earlier:
            for name in release.files:
                yield name, name
        for path in self.plain_names():
            yield path, self.paths[path]

    def plain_names(self) -> Iterator[str]:
        """Yield the logical paths that are published beside their digested names."""
        for path in self.paths if self.plain is True else self.plain or ():
            if self.paths[path] != path:
                yield path

    def content(self, name: str) -> Content:
        """Return size and hash of a file of this or an earlier release. Raises ``KeyError``."""
        found = self.find(name)
        if found is None:
            raise KeyError(name)
        return found

    def find(self, name: str) -> Content | None:
        """Return what stands under a name that never changes, ``None`` where no release has it."""
        if name in self.files:
            return self.files[name]
        return next((release.files[name] for release in self.earlier if name in release.files), None)

    def contents(self) -> Mapping[str, Content]:
        """Return what ``find`` knows, of all names at once.

        It is for whoever asks for many: ``find`` goes from release to release for each.
        """
        return contents_of(self.files, self.earlier)

    def rows(self) -> dict[str, Row]:
        """Return what the release has, by logical path."""
        plain = _plain(self)
        return {path: self.row(path, plain) for path in self.paths}

    def row(self, path: str, plain: AbstractSet[str]) -> Row:
        """Return what the release has under a logical path; ``plain`` are those that are published."""
        name = self.paths[path]
        return Row(name, self.files[name], path in plain, self.loads.get(path, LOADS_NOTHING))

    def restored(self, id: str) -> Manifest | None:
        """Return a release that is kept, as it was and without those before it.

        ``None`` if there is none of this id, or if not all of it is known.
        """
        if id == self.id:
            return self._replace(earlier=())
        rows: dict[str, Row | None] = {**self.rows()}
        for release in self.earlier:
            if release.differences is None:
                return None
            rows.update(release.differences)
            if release.id == id:
                standing = ((path, row) for path, row in sorted(rows.items()) if row)
                made = _manifest(standing, release.maker, release.frontends)
                return made if made.id == id else None
        return None

    def described_by(self, files: Mapping[str, Content]) -> Manifest:
        """Return the release with other descriptions of its files, under the id that follows."""
        rows = self.rows().items()
        described = ((path, row._replace(content=files[row.name])) for path, row in rows)
        return _manifest(described, self.maker, self.frontends)

    def forms_of_earlier(self) -> Iterator[str]:
        """Yield names of precompressed forms that only an earlier release has, of files that later ones have.

        They are not served by us, and do no harm beside the file, whose content they have.
        """
        contents = self.contents()
        for release in self.earlier:
            for row in (release.differences or {}).values():
                held = contents.get(row.name) if row else None
                if row and held and held != row.content and held[:2] == row.content[:2]:
                    has = dict(held.codings)
                    yield from (
                        row.name + CODING_SUFFIXES[coding]
                        for coding, _ in row.content.codings
                        if coding not in has
                    )

    @property
    def hash(self) -> str:
        """What Django calls the hash of a manifest: other names, other hash."""
        return self.id[:12]


def manifest_of(artifacts: Iterable[Artifact], frontends: Frontends = _NOTHING) -> Manifest:
    """Return the manifest of a build, whose artifacts come in order of path."""
    return _manifest((_row(artifact) for artifact in artifacts), MAKER, frontends)


def following(
    old: Manifest, paths: Iterable[str], made: Mapping[str, Artifact], frontends: Frontends = _NOTHING
) -> Manifest:
    """Return the manifest of a build that went on from the one of ``old``.

    ``paths`` are those of all its artifacts, in order, ``made`` the artifacts that are not as they were.
    """
    rows = old.rows()
    standing = (_row(made[path]) if path in made else (path, rows[path]) for path in paths)
    return _manifest(standing, MAKER, frontends)


def contents_of(files: Mapping[str, Content], earlier: Sequence[Release]) -> Mapping[str, Content]:
    """Return what stands under each name of a release and of those before it; a later one goes first."""
    if not earlier:
        return files
    held: dict[str, Content] = {}
    for release in reversed(earlier):
        held.update(release.files)
    held.update(files)
    return held


def _plain(manifest: Manifest) -> AbstractSet[str]:
    """Return the logical paths that are published, be it under the name that never changes."""
    return manifest.paths.keys() if manifest.plain is True else frozenset(manifest.plain or ())


def _row(artifact: Artifact) -> tuple[str, Row]:
    codings = tuple((coding, blob.size) for coding, blob in artifact.codings)
    content = Content(artifact.size, artifact.sha256, codings)
    return artifact.path, Row(artifact.name, content, artifact.plain, artifact.loads)


def _manifest(rows: Iterable[tuple[str, Row]], maker: str, frontends: Frontends) -> Manifest:
    paths, files, plain, loaded = {}, {}, [], {}
    state = hashlib.sha256()
    for path, (name, content, is_plain, loads) in rows:
        paths[path] = name
        files[name] = content
        if is_plain:
            plain.append(path)
        if any(loads):  # hints, which are no part of what the id is of
            loaded[path] = loads
        state.update(f"{len(name.encode())} {name} {is_plain} {content.codings} ".encode() + content.sha256)
    if frontends:
        state.update(json.dumps(to_json(frontends), sort_keys=True).encode())
    everything = len(plain) == len(paths)
    return Manifest(
        state.hexdigest()[:_RELEASE_DIGITS],
        paths,
        files,
        everything or tuple(plain),
        maker=maker,
        loads={path: there for path, loads in loaded.items() if any(there := loads.among(paths))},
        frontends=frontends,
    )


def succeed(new: Manifest, old: Manifest | None, keep: int, age: int = 0, now: int = 0) -> Manifest:
    """Return ``new`` with what it still serves of ``old`` and of releases before that.

    A release is kept while it is among the ``keep`` newest of them, or was current less than ``age``
    seconds ``now`` ago, or an older one is kept, which is told by its difference to this one.
    """
    if old is None:
        return new
    plain = set(new.plain_names())

    def found(name: str) -> Content | None:
        return new.files.get(new.paths[name] if name in plain else name)

    before = [*old.earlier]
    if old.id != new.id:
        replaced = tuple(old.plain_names())
        differences = _differences(old, new)
        before.insert(0, Release(old.id, old.files, replaced, now, differences, old.maker, old.frontends))
    before = _without(new, before)
    kept = [number for number, gone in enumerate(_ages(before, now)) if number < keep or gone < age]
    earlier = [
        Release(
            one.id,
            {
                name: content
                for name, content in one.files.items()
                if found(name) is None and not is_form(name, found)
            },
            tuple(name for name in one.plain if found(name) is None),
            one.until,
            one.differences,
            one.maker,
            one.frontends,
        )
        for one in before[: max(kept, default=-1) + 1]
    ]
    return new._replace(earlier=tuple(earlier))


def _ages(releases: Iterable[Release], now: int) -> list[int]:
    """Return for how many seconds each release, the newest first, has not been current.

    What lies in the future was written while a clock was ahead, and must not be kept until then: such a
    release counts as superseded when the one after it was.
    """
    untils = (one.until for one in releases)
    known = accumulate(untils, lambda newer, until: until if until <= now else newer, initial=now)
    return [now - until for until in known][1:]


def _differences(old: Manifest, new: Manifest) -> Differences | None:
    """Return the rows of ``old`` where ``new`` has others; ``None`` if only files are known of it."""
    if old.files and not old.paths:
        return None
    plain = _plain(old)
    paths, files = old.paths, old.files
    changed = {path for path, _ in paths.items() ^ new.paths.items()} | (plain ^ _plain(new))
    others = {name for name, content in files.items() if new.files.get(name, content) != content}
    if others:
        changed.update(path for path, name in paths.items() if name in others)
    # An import map may lead elsewhere, and the bytes stay.
    changed.update(path for path, _ in old.loads.items() ^ new.loads.items())
    return {path: old.row(path, plain) if path in paths else None for path in sorted(changed)}


def _without(new: Manifest, releases: Sequence[Release]) -> list[Release]:
    """Return the releases before ``new`` without itself, if it was there already and is current again.

    The one before it is then told by its difference to the one after it.
    """
    rows = new.rows() if any(one.id == new.id for one in releases) else {}
    kept: list[Release] = []
    gone: Differences | None = {}
    for one in releases:
        if one.id == new.id:
            gone = one.differences
        elif gone is None or one.differences is None:
            kept.append(one._replace(differences=None))
            gone = {}
        elif gone:
            after = [release.differences or {} for release in reversed(kept)]
            changed = {
                path: row
                for path, row in sorted({**gone, **one.differences}.items())
                if row != next((told[path] for told in after if path in told), rows.get(path))
            }
            kept.append(one._replace(differences=changed))
            gone = {}
        else:
            kept.append(one)
    return kept


def is_form(name: str, find: Callable[[str], Content | None]) -> bool:
    """Say whether this is the name of a precompressed form of a file that ``find`` knows."""
    for coding, suffix in CODING_SUFFIXES.items():
        if name.endswith(suffix):
            content = find(name.removesuffix(suffix))
            return content is not None and coding in dict(content.codings)
    return False
