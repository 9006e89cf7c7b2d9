"""The text of a manifest: how it is written, and read.

It is one JSON file. Django's ``ManifestStaticFilesStorage`` can read it (``paths``, ``version`` and
``hash`` are as Django writes them); what is ours stands under ``stator``:

    {"paths": {"css/app.css": "css/app.3f2a9c1b7d5e.css"},
     "version": "1.1",
     "hash": "8c1f0e2b9d7a",
     "stator": {
         "format": 1,
         "release": "8c1f0e2b9d7a4c55", "maker": "Stator 1.0",
         "files": {"css/app.3f2a9c1b7d5e.css": [1234, "<sha256, base64>", {"br": 321, "gzip": 345}]},
         "plain": ["css/app.css"],
         "loads": {"css/app.css": [["css/base.css"]], "js/main.js": [["js/menu.js"], ["js/chart.js"], true]},
         "frontends": {"shop": {"entries": {"src/main.tsx": {"scripts": ["shop/main-Bx7.js"]}}, "page": "…"}},
         "earlier": [{"release": "…", "maker": "…", "until": 1780000000, "files": {…},
                      "differences": {"css/new.css": null, "css/old.css": ["css/old.0d5e1f7a2b3c.css"]},
                      "loads": {"css/old.css": [["css/base.css"]]}, "plain": […]}]}}

``files`` are the names whose content never changes, with size in bytes, hash, and the sizes of their
precompressed forms, each under the same name with ``.br``, ``.zst`` or ``.gz`` behind it. ``plain`` lists
the logical paths that are published too (``true`` for all). ``loads`` are what style sheets and modules
import, what scripts may import later, and whether a file is a module; ``frontends`` is what pages start of
what other tools have built. Where there is nothing to say neither is written.

``earlier`` releases, the newest first, name the files that no later release has: they go on being served, so
that a page rendered before a deploy still finds what it asks for; ``until`` is when one was superseded, in
seconds since 1970. There is no other time in it: of two equal releases all but what is said of earlier ones
is equal.

``differences`` say what an earlier release had under each logical path where the release after it has
something else, ``null`` for nothing: the name; whether it was published plain, unless it was; and what the
file is, unless that is what the first has that is described under this name. Left out is what ``files`` tell
by their names: such a file stood under the path from which its name is made, and plain too unless the current
release has no plain names; where it did not, and there is no difference, that is ``false``. ``loads`` are
those of these files. So each release that is kept can be made current again (``restored``), at next to no
cost. A manifest without differences, as an older version writes it, is read too, and this one by that: the
format has stayed.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import IO, Any

from stator.errors import ManifestError, UnsafePath
from stator.frontend import Frontends, paths_of
from stator.frontend import from_json as frontends_from_json
from stator.frontend import to_json as frontends_to_json
from stator.manifest import (
    LOADS_NOTHING,
    NAME,
    Content,
    Differences,
    Loads,
    Manifest,
    Release,
    Row,
    contents_of,
)
from stator.paths import CODING_SUFFIXES, logical_path, parse_digested, published_name

DJANGO_VERSION = "1.1"
FORMAT = 1
OURS = b'"stator": {"format": '  # as we write it, which tells without reading the whole
TAIL = b"]}}\n"
_EARLIER = b'\n"earlier": ['  # in a text a line's end would be escaped, so that it stands nowhere else
_LINES_AT_ONCE = 1000
_LAST_SECOND = 253_402_300_799  # of the year 9999, after which there are no dates
_LARGEST = 1 << 63  # bytes
_string = json.encoder.encode_basestring  # what ``json.dumps`` does with a text, without its preparations


def to_json(manifest: Manifest) -> bytes:
    """Return the manifest as it is written: the same bytes for the same release."""
    return b"".join(Lines(manifest))


class Lines:
    """A manifest as it is written, an entry a line, without holding all of it at once."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._contents = manifest.contents()

    def __iter__(self) -> Iterator[bytes]:
        yield from self.head()
        for number, release in enumerate(self._manifest.earlier):
            separator = ", " if number else ""
            yield f'{separator}{{"release": {_json(release.id)}, "maker": {_json(release.maker)}, '.encode()
            yield f'"until": {release.until}, "files": '.encode()
            yield from _object(_described(release.files))
            yield b",\n"
            if release.differences is not None:  # in one line, over which a server goes in one step
                yield f'"differences": {_json(self._told(release.files, release.differences))},\n'.encode()
                had = {path: row.loads for path, row in release.differences.items() if row}
                if loads := _told_loads(had):
                    yield f'"loads": {_json(loads)},\n'.encode()
            if release.frontends:
                yield f'"frontends": {_json(frontends_to_json(release.frontends))},\n'.encode()
            yield f'"plain": {_json(release.plain)}}}'.encode()
        yield TAIL

    def _told(self, files: Mapping[str, Content], differences: Differences) -> dict[str, Any]:
        """Return what is written of differences: what does not follow from the names of the files."""
        implied = _implied(files, self._manifest.plain)
        told: dict[str, Any] = {path: False for path in implied if path not in differences}
        for path, row in differences.items():
            if row is None:
                told[path] = None
            elif implied.get(path) != row._replace(loads=LOADS_NOTHING):
                told[path] = self._row(row)
        return dict(sorted(told.items()))

    def _row(self, row: Row) -> list[Any]:
        if self._contents.get(row.name) != row.content:
            size, sha256, codings = row.content
            return [row.name, row.plain, [size, _base64(sha256), dict(codings)]]
        return [row.name] if row.plain else [row.name, False]

    def head(self) -> Iterator[bytes]:
        """Yield all that is said of the release itself."""
        manifest = self._manifest
        plain = manifest.plain if isinstance(manifest.plain, bool) else list(manifest.plain)
        yield b'{"paths": '
        yield from _object((path, _string(name)) for path, name in manifest.paths.items())
        yield f',\n"version": "{DJANGO_VERSION}",\n"hash": {_json(manifest.hash)},\n'.encode()
        yield f'"stator": {{"format": {FORMAT},\n"release": {_json(manifest.id)}, '.encode()
        yield f'"maker": {_json(manifest.maker)},\n"files": '.encode()
        yield from _object(_described(manifest.files))
        yield f',\n"plain": {_json(plain)}'.encode()
        # In one line each, over which a server goes in one step.
        if loads := _told_loads(manifest.loads):
            yield f',\n"loads": {_json(loads)}'.encode()
        if manifest.frontends:
            yield f',\n"frontends": {_json(frontends_to_json(manifest.frontends))}'.encode()
        yield b',\n"earlier": ['


def _told_loads(loads: Mapping[str, Loads]) -> dict[str, list[Any]]:
    """Return what is written of loads: of those that load anything, and of each as much as there is."""
    return {path: _as_much(loads[path]) for path in sorted(loads) if loads[path] != LOADS_NOTHING}


def _as_much(loads: Loads) -> list[Any]:
    told = [loads.imports, loads.dynamic, loads.module]
    while told and not told[-1]:
        told.pop()
    return told


def _implied(files: Mapping[str, Content], plain: bool | Collection[str]) -> dict[str, Row]:
    """Return the rows that follow from the names of an earlier release's files."""
    found = ((parse_digested(name), name, content) for name, content in files.items())
    return {parsed[0]: Row(name, content, bool(plain)) for parsed, name, content in found if parsed}


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
        releases = json.loads(b"[" + file.read().removesuffix(TAIL) + b"]")
        return _releases_from_json(releases, manifest.files, manifest.plain)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def from_json(content: bytes, name: str = NAME, *, alone: bool = False) -> Manifest:
    """Return the manifest that ``content`` holds; ``name`` is what errors call it.

    With ``alone`` it is that of the current release without those before it, for which a process that only
    asks for names has no use: with hundreds of releases they are three quarters of the time and memory.

    Raises ``ManifestError`` for one that is broken, of another format, or not ours. What is returned is
    safe to use: each name in it is a valid path, and each name that is published has a file.
    """
    try:
        document = json.loads(_alone(content) if alone else content)
        ours = document["stator"]
        if ours["format"] != FORMAT:
            raise ManifestError(
                f"{name} has the format {ours['format']!r}; this version of Stator reads format {FORMAT}.",
                "It was written by another version of Stator. Run collectstatic with this one.",
            )
        paths = {logical_path(path): target for path, target in document["paths"].items()}
        files = _files_from_json(ours["files"])
        plain = ours["plain"] if isinstance(ours["plain"], bool) else tuple(ours["plain"])
        earlier = _releases_from_json(ours["earlier"], files, plain)
        if set(paths.values()) - files.keys() or set(() if isinstance(plain, bool) else plain) - paths.keys():
            raise ValueError("names a file that it does not describe")
        loads = {logical_path(path): _loads_from_json(*told) for path, told in ours.get("loads", {}).items()}
        frontends = _frontends_from_json(ours)
        asked = {*loads, *(name for each in loads.values() for name in (*each.imports, *each.dynamic))}
        if not paths.keys() >= asked.union(*map(paths_of, frontends.values())):
            raise ValueError("loads a file that it does not describe")
        return Manifest(
            logical_path(ours["release"]),
            paths,
            files,
            plain,
            earlier,
            _maker(ours),
            loads,
            frontends,
        )
    except ManifestError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ManifestError(
            f"{name} is not a manifest that Stator can read ({type(error).__name__}: {error}).",
            "Remove it and run collectstatic.",
        ) from error


def _alone(content: bytes) -> bytes:
    """Return the text of a manifest without earlier releases, if it is as we write it."""
    head, found, _ = content.partition(_EARLIER)
    return head + found + TAIL if found and content.endswith(TAIL) else content


def _releases_from_json(
    releases: Any, files: Mapping[str, Content], plain: bool | Collection[str]
) -> tuple[Release, ...]:
    """Return earlier releases; ``files`` and ``plain`` are those of the current one."""
    earlier = [_release_from_json(release) for release in releases]
    contents = contents_of(files, earlier)

    def row(name: str, is_plain: bool = True, described: Any = None) -> Row:
        content = content_from_json(*described) if described else contents.get(name)
        if content is None or not isinstance(is_plain, bool):
            raise ValueError("says of an earlier release what is no file, or no yes or no")
        return Row(published_name(name), content, is_plain)

    def with_differences(one: Release, told: Any, loads: Any) -> Release:
        rows: dict[str, Row | None] = {**_implied(one.files, plain)}
        for path, had in told.items():
            if had is False:
                del rows[path]
            else:
                rows[logical_path(path)] = None if had is None else row(*had)
        for path, each in loads.items():
            had = rows[path]
            if had is None:
                raise ValueError("says what a file loads that an earlier release has not")
            rows[path] = had._replace(loads=_loads_from_json(*each))
        return one._replace(differences=rows)

    return tuple(
        with_differences(one, release["differences"], release.get("loads", {}))
        if "differences" in release
        else one
        for one, release in zip(earlier, releases, strict=True)
    )


def _release_from_json(release: Any) -> Release:
    plain, until = release["plain"], release["until"]
    if (
        not isinstance(plain, list) or not _is_natural(until) or until > _LAST_SECOND
    ):  # what is listed here will be deleted one day
        raise ValueError("describes an earlier release by what is no list or no time")
    files = _files_from_json(release["files"])
    plain = tuple(map(logical_path, plain))
    return Release(
        logical_path(release["release"]),
        files,
        plain,
        until,
        maker=_maker(release),
        frontends=_frontends_from_json(release),
    )


def _frontends_from_json(release: Mapping[str, Any]) -> Frontends:
    return frontends_from_json(release.get("frontends", {}))


def _loads_from_json(imports: Any = (), dynamic: Any = (), module: Any = False) -> Loads:
    if not isinstance(module, bool):
        raise ValueError("says whether a file is a module by what is no yes or no")  # noqa: TRY004
    return Loads(tuple(map(logical_path, imports)), tuple(map(logical_path, dynamic)), module)


def _maker(release: Mapping[str, Any]) -> str:
    """Return what has built a release: one line, empty where an older version has not said it."""
    maker = release.get("maker", "")
    if not isinstance(maker, str) or not maker.isprintable():
        raise ValueError("says by what it was made in what is no line of text")
    return maker


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
    return type(value) is int and 0 <= value < _LARGEST


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
