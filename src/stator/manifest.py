"""The manifest: the record of a release, and all that a server needs to know of it.

It is one JSON file. Django's ``ManifestStaticFilesStorage`` can read it (``paths``, ``version`` and
``hash`` are as Django writes them); what is ours stands under ``stator``:

    {"paths": {"css/app.css": "css/app.3f2a9c1b7d5e.css"},
     "version": "1.1",
     "hash": "8c1f0e2b9d7a",
     "stator": {
         "format": 1,
         "release": "8c1f0e2b9d7a4c55",
         "files": {"css/app.3f2a9c1b7d5e.css": [1234, "<sha256, base64>", {"br": 321, "gzip": 345}]},
         "plain": ["css/app.css"],
         "earlier": [{"release": "…", "until": 1780000000, "files": {…}, "plain": […]}]}}

``files`` are the names whose content never changes, with size in bytes, hash, and the sizes of their
precompressed forms, each under the same name with ``.br``, ``.zst`` or ``.gz`` behind it. ``plain`` lists
the logical paths that are published too (``true`` for all). ``earlier`` releases, the newest first, name the
files that no later release has: they go on being served, so that a page rendered before a deploy still
finds what it asks for; ``until`` is when one was superseded, in seconds since 1970. There is no other time
in it: of two equal releases all but what is said of earlier ones is equal.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from stator.errors import ManifestError, UnsafePath
from stator.paths import CODING_SUFFIXES, logical_path, published_name

if TYPE_CHECKING:  # a server reads manifests, and never loads the compiler
    from stator.artifact import Artifact

NAME = "staticfiles.json"
DJANGO_VERSION = "1.1"
FORMAT = 1
OURS = b'"stator": {"format": '  # as we write it, which tells without reading the whole
TAIL = b"]}}\n"
_RELEASE_DIGITS = 16
_LINES_AT_ONCE = 1000
_string = json.encoder.encode_basestring  # what ``json.dumps`` does with a text, without its preparations


class Content(NamedTuple):
    """What stands under a name: size in bytes, SHA-256, and the sizes of precompressed forms by coding."""

    size: int
    sha256: bytes
    codings: tuple[tuple[str, int], ...] = ()

    @property
    def integrity(self) -> str:
        """The value of an ``integrity`` attribute (W3C Subresource Integrity)."""
        return "sha256-" + base64.b64encode(self.sha256).decode()


class Release(NamedTuple):
    """An earlier release: its id, and those of its files and plain names that no later release has.

    ``until`` is when it was superseded, in seconds since 1970.
    """

    id: str
    files: Mapping[str, Content]
    plain: tuple[str, ...] = ()
    until: int = 0


class Manifest(NamedTuple):
    """A release and what is still served of those before it."""

    id: str
    paths: Mapping[str, str]
    files: Mapping[str, Content]
    plain: bool | Collection[str]
    earlier: tuple[Release, ...] = ()

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
        for files in (self.files, *(release.files for release in self.earlier)):
            if name in files:
                return files[name]
        return None

    @property
    def hash(self) -> str:
        """What Django calls the hash of a manifest: other names, other hash."""
        return self.id[:12]


def manifest_of(artifacts: Iterable[Artifact]) -> Manifest:
    """Return the manifest of a build, whose artifacts come in order of path."""
    return _manifest(_row(artifact) for artifact in artifacts)


def following(old: Manifest, paths: Iterable[str], made: Mapping[str, Artifact]) -> Manifest:
    """Return the manifest of a build that went on from the one of ``old``.

    ``paths`` are those of all its artifacts, in order, ``made`` the artifacts that are not as they were.
    """
    plain = frozenset(old.paths) if old.plain is True else frozenset(old.plain or ())
    return _manifest(
        _row(made[path])
        if path in made
        else (path, old.paths[path], old.files[old.paths[path]], path in plain)
        for path in paths
    )


def _row(artifact: Artifact) -> tuple[str, str, Content, bool]:
    codings = tuple((coding, blob.size) for coding, blob in artifact.codings)
    return artifact.path, artifact.name, Content(artifact.size, artifact.sha256, codings), artifact.plain


def _manifest(rows: Iterable[tuple[str, str, Content, bool]]) -> Manifest:
    paths, files, plain = {}, {}, []
    state = hashlib.sha256()
    for path, name, content, is_plain in rows:
        paths[path] = name
        files[name] = content
        if is_plain:
            plain.append(path)
        state.update(f"{len(name.encode())} {name} {is_plain} {content.codings} ".encode() + content.sha256)
    everything = len(plain) == len(paths)
    return Manifest(state.hexdigest()[:_RELEASE_DIGITS], paths, files, everything or tuple(plain))


def succeed(new: Manifest, old: Manifest | None, keep: int, age: int = 0, now: int = 0) -> Manifest:
    """Return ``new`` with what it still serves of ``old`` and of releases before that.

    A release is kept while it is among the ``keep`` newest of them, or was current less than ``age``
    seconds ``now`` ago.
    """
    if old is None:
        return new
    plain = set(new.plain_names())

    def found(name: str) -> Content | None:
        return new.files.get(new.paths[name] if name in plain else name)

    before = [*old.earlier]
    if old.id != new.id:
        before.insert(0, Release(old.id, old.files, tuple(old.plain_names()), now))
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
        )
        for number, one in enumerate(one for one in before if one.id != new.id)
        if number < keep or now - one.until < age
    ]
    return new._replace(earlier=tuple(earlier))


def is_form(name: str, find: Callable[[str], Content | None]) -> bool:
    """Say whether this is the name of a precompressed form of a file that ``find`` knows."""
    for coding, suffix in CODING_SUFFIXES.items():
        if name.endswith(suffix):
            content = find(name.removesuffix(suffix))
            return content is not None and coding in dict(content.codings)
    return False


def to_json(manifest: Manifest) -> bytes:
    """Return the manifest as it is written: the same bytes for the same release."""
    return b"".join(Lines(manifest))


class Lines:
    """A manifest as it is written, an entry a line, without holding all of it at once."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest

    def __iter__(self) -> Iterator[bytes]:
        yield from self.head()
        for number, release in enumerate(self._manifest.earlier):
            separator = ", " if number else ""
            yield f'{separator}{{"release": {_json(release.id)}, "until": {release.until}, "files": '.encode()
            yield from _object(_described(release.files))
            yield f',\n"plain": {_json(release.plain)}}}'.encode()
        yield TAIL

    def head(self) -> Iterator[bytes]:
        """Yield all that is said of the release itself."""
        manifest = self._manifest
        plain = manifest.plain if isinstance(manifest.plain, bool) else list(manifest.plain)
        yield b'{"paths": '
        yield from _object((path, _string(name)) for path, name in manifest.paths.items())
        yield f',\n"version": "{DJANGO_VERSION}",\n"hash": {_json(manifest.hash)},\n'.encode()
        yield f'"stator": {{"format": {FORMAT},\n"release": {_json(manifest.id)},\n"files": '.encode()
        yield from _object(_described(manifest.files))
        yield f',\n"plain": {_json(plain)},\n"earlier": ['.encode()


def _described(files: Mapping[str, Content]) -> Iterator[tuple[str, str]]:
    for name, (size, sha256, codings) in files.items():
        sizes = f", {_json(dict(codings))}" if codings else ""
        yield name, f'[{size}, "{_base64(sha256)}"{sizes}]'


def _base64(sha256: bytes) -> str:
    return binascii.b2a_base64(sha256, newline=False).decode()


def _object(members: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """Yield a JSON object, many members at a time: there may be a hundred thousand."""
    separator = "{"
    lines: list[str] = []
    for name, value in members:
        lines.append(f"{separator}{_string(name)}: {value}")
        separator = ",\n"
        if len(lines) == _LINES_AT_ONCE:
            yield "".join(lines).encode()
            lines.clear()
    lines.append("{}" if separator == "{" else "}")
    yield "".join(lines).encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def earlier_of_same(manifest: Manifest, file: IO[bytes]) -> tuple[Release, ...] | None:
    """Return the earlier releases in a manifest's file if it says the same of the release itself.

    ``None`` if it does not, or cannot be read. So a release that is published again, as most are on a large
    site, costs no second manifest in memory.
    """
    if not all(file.read(len(line)) == line for line in Lines(manifest).head()):
        return None
    try:
        return _releases_from_json(json.loads(b"[" + file.read().removesuffix(TAIL) + b"]"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def from_json(content: bytes, name: str = NAME) -> Manifest:
    """Return the manifest that ``content`` holds; ``name`` is what errors call it.

    Raises ``ManifestError`` for one that is broken, of another format, or not ours. What is returned is
    safe to use: each name in it is a valid path, and each name that is published has a file.
    """
    try:
        document = json.loads(content)
        ours = document["stator"]
        if ours["format"] != FORMAT:
            raise ManifestError(
                f"{name} has the format {ours['format']!r}; this version of Stator reads format {FORMAT}.",
                "It was written by another version of Stator. Run collectstatic with this one.",
            )
        paths = {logical_path(path): target for path, target in document["paths"].items()}
        files = _files_from_json(ours["files"])
        plain = ours["plain"] if isinstance(ours["plain"], bool) else tuple(ours["plain"])
        earlier = _releases_from_json(ours["earlier"])
        if set(paths.values()) - files.keys() or set(() if isinstance(plain, bool) else plain) - paths.keys():
            raise ValueError("names a file that it does not describe")
        return Manifest(logical_path(ours["release"]), paths, files, plain, earlier)
    except ManifestError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ManifestError(
            f"{name} is not a manifest that Stator can read ({type(error).__name__}: {error}).",
            "Remove it and run collectstatic.",
        ) from error


def _releases_from_json(releases: Any) -> tuple[Release, ...]:
    return tuple(_release_from_json(release) for release in releases)


def _release_from_json(release: Any) -> Release:
    plain, until = release["plain"], release["until"]
    if not isinstance(plain, list) or not _is_natural(until):  # what is listed here will be deleted one day
        raise ValueError("describes an earlier release by what is no list or no time")
    files = _files_from_json(release["files"])
    return Release(logical_path(release["release"]), files, tuple(map(logical_path, plain)), until)


def _files_from_json(files: Any) -> dict[str, Content]:
    return {published_name(name): content_from_json(*described) for name, described in files.items()}


def content_from_json(size: Any, sha256: Any, codings: Any = None) -> Content:
    """Return what an entry of ``files`` says. Raises ``ValueError`` or ``TypeError``."""
    forms = tuple(codings.items()) if codings else ()
    content = Content(size, binascii.a2b_base64(sha256, strict_mode=True), forms)
    if not _is_natural(size) or len(content.sha256) != hashlib.sha256().digest_size:
        raise ValueError("describes a file by what is no size or no hash")
    if forms and not all(coding in CODING_SUFFIXES and _is_natural(coded) for coding, coded in forms):
        raise ValueError("describes a form by what is no coding or no size")
    return content


def _is_natural(value: Any) -> bool:
    return type(value) is int and value >= 0


def django_paths(content: bytes) -> Mapping[str, str] | None:
    """Return the map of names in a manifest that Django's own storage wrote, ``None`` for any other."""
    if OURS in content:
        return None
    try:
        document = json.loads(content)
        if "stator" in document or document["version"] not in {"1.0", DJANGO_VERSION}:
            return None
        return {str(path): published_name(name) for path, name in document["paths"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, UnsafePath):
        return None
