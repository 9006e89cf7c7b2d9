"""Why: what is known of one file, from its source to the releases that have it, and what comes next.

Rule 1: nothing is built and nothing is written. What was published is told by the manifest, who refers to
whom by the snapshot of the last collect. Rule 2: few sources are read: the file itself, those that refer to
it (for line and column), and those whose signature does not say that they are unchanged. Rule 3: what the
next collect would do is said in the words in which ``collectstatic --explain`` says it.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from stator import findings as findings_of
from stator.asset import read_through, read_whole
from stator.build.minifying import Minifying
from stator.build.names import named_by_bundlers
from stator.build.reading import Reader
from stator.build.result import no_tool
from stator.collect import Way, is_lost, last_snapshot
from stator.config import MINIFIED, matcher
from stator.diagnose.missing import reason as reasons_of
from stator.diagnose.missing.reason import Reason
from stator.explanations import Explain, unread
from stator.findings import Finding, Place, Places
from stator.graph import targets
from stator.load_path import LoadPath, SourceFile, printable
from stator.manifest import Manifest
from stator.media_types import extension, media_type
from stator.minify.tools import leaves_alone
from stator.nearest import Names
from stator.paths import CODING_SUFFIXES, parse_digested
from stator.progress import count_text, size_text
from stator.references import scanner_for
from stator.references.resolve import Link
from stator.snapshot import Snapshot
from stator.urls import path_and_suffix

_SCANNED = 4 << 20  # bytes of sources that are scanned to tell line and column
_MOST_SCANNED = 100  # such sources; after these, references are told without
_SUFFIXES = tuple(CODING_SUFFIXES.values())
_UNREADABLE = "it cannot be read"
_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/]*")
_GAP = "  "


class Mention(NamedTuple):
    """A reference, and ``path``, the file at its other end.

    Line and column are those in the source, counted from 1; 0 where finding them would take too long.
    """

    path: str
    specifier: str
    line: int = 0
    column: int = 0


class Published(NamedTuple):
    """What a file became in the current release.

    Sizes are in bytes. ``source_size`` and ``minified_size``, that of the minified form before linking, are 0
    where they are not known. ``as_is`` says why a file that could be minified was not. ``plain`` tells
    whether the logical path is published too, ``codings`` are names and sizes of precompressed forms.
    """

    name: str
    plain: bool
    size: int
    source_size: int = 0
    minified_size: int = 0
    as_is: str = ""
    codings: tuple[tuple[str, int], ...] = ()


class InRelease(NamedTuple):
    """A release that has the file, and under which name.

    ``until`` is when the release was superseded, in seconds since 1970; 0 for the current one.
    """

    id: str
    name: str
    size: int
    until: int = 0


class Outlook(NamedTuple):
    """What the next collect would do with the file ("built", "reused", "left out"), and why."""

    action: str
    reason: str


class Answer(NamedTuple):
    """All that is known of a file.

    ``source`` is the one that wins, ``None`` when it is gone; ``shadowed`` are those that lose. ``published``
    is ``None`` when the current release has no such file, ``referred_by`` when nothing is known of the last
    collect. ``findings`` are what is wrong with the source.
    """

    path: str
    source: SourceFile | None
    shadowed: tuple[SourceFile, ...]
    published: Published | None
    refers_to: tuple[Mention, ...]
    referred_by: tuple[Mention, ...] | None
    findings: tuple[Finding, ...]
    releases: tuple[InRelease, ...]
    outlook: Outlook


class Unknown(NamedTuple):
    """There is no such file; ``nearest`` may be meant, ``findings`` and ``reasons`` may say why."""

    name: str
    nearest: tuple[str, ...]
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...] = ()


def why(
    name: str,
    load_path: LoadPath,
    manifest: Manifest | None,
    way: Way,
    explain: Callable[[str], Sequence[Reason]] = lambda _: (),
) -> Answer | Unknown:
    """Return what is known of a file.

    ``name`` is a logical path, a published name, a URL below ``way.static_url``, or the path of a source on
    this disk. ``manifest`` is that of the current release, ``None`` if there is none. ``explain`` returns
    why there is no file of a logical path. Raises ``StatorError``.
    """
    readings = list(_readings(name, way, load_path))
    path = next(filter(None, (_path_of(one, load_path, manifest) for one in readings)), None)
    if path is None:
        # The shortest reading is the one of which most was understood.
        reasons = explain(min(readings, key=len))
        return _unknown(name, readings, load_path)._replace(reasons=tuple(reasons))
    return _answer(path, _Known(load_path, way, last_snapshot(way)), manifest)


def _answer(path: str, known: _Known, manifest: Manifest | None) -> Answer:
    load_path = known.load_path
    source = load_path.files.get(path)
    found = known.links_with_places(source, _SCANNED) if source else ()
    of_source = known.findings(source) if source else ()
    of_path = [finding for finding in load_path.findings if finding.path == path]
    return Answer(
        path,
        source,
        tuple(load_path.shadowed.get(path, ())),
        _published(path, known, manifest),
        tuple(_mention(link.target, link, place) for link, place in found),
        tuple(_referred_by(path, known)) if known.before.paths else None,
        findings_of.ordered([*of_path, *of_source]),
        tuple(_releases(path, manifest)) if manifest else (),
        _outlook(path, known),
    )


# --- which file is meant


def _readings(name: str, way: Way, load_path: LoadPath) -> Iterator[str]:
    """Yield the names, logical or published, that a name may stand for, the likeliest first."""
    yield name
    path, _ = path_and_suffix(name)
    url_path, root = _HOST.sub("", path), _HOST.sub("", way.static_url)
    if url_path.startswith(root):
        yield unquote(url_path[len(root) :])
    yield from _at(os.path.abspath(name), way.directory.root, load_path)
    yield unquote(path).strip("/")


def _at(location: str, published: str, load_path: LoadPath) -> Iterator[str]:
    """Yield the names of the file that stands at a place on this disk."""
    if location.startswith(published + os.sep):
        yield os.path.relpath(location, published).replace(os.sep, "/")
    if not os.path.isfile(location):
        return
    ending = os.sep + os.path.basename(location)
    for source in (*load_path.files.values(), *(one for many in load_path.shadowed.values() for one in many)):
        is_candidate = source.opener is None and source.location.endswith(ending)
        if is_candidate and os.path.exists(source.location) and os.path.samefile(source.location, location):
            yield source.path


def _path_of(name: str, load_path: LoadPath, manifest: Manifest | None) -> str | None:
    """Return the logical path of the file that a name belongs to, its precompressed forms included."""
    names = [name, *(name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix))]
    for one in names:
        if one in load_path.files:
            return one
        if manifest is None:
            continue
        if one in manifest.paths or any(one in release.plain for release in manifest.earlier):
            return one
        if manifest.find(one):
            return _undigested(one)
    return None


def _undigested(name: str) -> str:
    parsed = parse_digested(name)
    return parsed[0] if parsed else name


def _unknown(name: str, readings: Sequence[str], load_path: LoadPath) -> Unknown:
    # A digest that no release has may be in the name of a file that there is.
    meant = dict.fromkeys(_undigested(reading) for reading in readings)
    names = Names(load_path.files)
    nearest = (one if one in load_path.files else names.nearest(one) for one in meant)
    places = {os.path.abspath(name)}
    told = (one for one in load_path.findings if one.path in meant or one.place.file in places)
    return Unknown(name, tuple(dict.fromkeys(filter(None, nearest))), findings_of.ordered(told))


# --- what it became


def _published(path: str, known: _Known, manifest: Manifest | None) -> Published | None:
    if manifest is None or path not in manifest.paths:
        return None
    name = manifest.paths[path]
    content = manifest.files[name]
    plain = name != path and (manifest.plain is True or path in (manifest.plain or ()))
    published = Published(name, plain, content.size, codings=content.codings)
    source, before = known.load_path.files.get(path), known.before
    if source is None or path not in before or before.name(path) != name:
        return published
    asset = before.asset(source)
    if asset.minified:
        return published._replace(source_size=asset.size, minified_size=asset.minified.size)
    return published._replace(source_size=asset.size, as_is=_why_as_is(path, known))


def _why_as_is(path: str, known: _Known) -> str:
    """Return why a file is not minified, "" for one of a media type that never is."""
    kind = media_type(path)
    if kind not in MINIFIED:
        return ""
    if leaves_alone(path):
        return "its name says that it is minified, or a source map"
    if known.keeps_name(path):
        return "its name carries a digest already, so its bytes stay"
    if not dict(known.way.options.minify).get(kind, True):
        return "STATOR['MINIFY'] leaves it out"
    if known.way.tool_for(kind) is None:
        return f"there is no minifier for {kind}"
    refused = any(
        finding.id == "not-minified" for finding in known.before.findings(known.load_path.files[path])
    )
    return "its minifier refused it: see below" if refused else "that would not make it smaller"


def _releases(path: str, manifest: Manifest) -> Iterator[InRelease]:
    if path in manifest.paths:
        name = manifest.paths[path]
        yield InRelease(manifest.id, name, manifest.files[name].size)
    stem = os.path.splitext(path)[0]
    for release in manifest.earlier:
        for name, content in release.files.items():
            if name.startswith(stem) and path in {name, _undigested(name)}:
                yield InRelease(release.id, name, content.size, release.until)


# --- who refers to whom


def _referred_by(path: str, known: _Known) -> Iterator[Mention]:
    room = _SCANNED
    for number, referrer in enumerate(known.before.referrers()(path)):
        source = known.load_path.files.get(referrer)
        if source:
            found = known.links_with_places(source, room if number < _MOST_SCANNED else 0)
            room -= source.size
            yield from (_mention(referrer, link, place) for link, place in found if link.target == path)


def _mention(path: str, link: Link, place: Place | None) -> Mention:
    return Mention(path, link.specifier, place.line if place else 0, place.column if place else 0)


# --- what comes next


def _outlook(path: str, known: _Known) -> Outlook:
    if path not in known.load_path.files:
        return Outlook("left out", "its source is gone")
    reason = _reason(path, known)
    if not reason:
        return Outlook("reused", "unchanged since the last collect")
    return Outlook("left out" if reason == _UNREADABLE else "built", reason)


def _reason(path: str, known: _Known) -> str:
    """Return why the next collect would build the file anew, "" if it would not."""
    if not known.before.paths:
        return "nothing is known of an earlier collect with these options and versions"
    return known.own_reason(path) or _reason_of_targets(path, known) or _reason_of_loss(path, known)


def _reason_of_targets(path: str, known: _Known) -> str:
    """Return which file, of all that this one refers to, directly or not, would be built for its own sake."""
    reached, pending = {path}, [path]
    for one in pending:
        for target in targets(known.before.links(one)):
            if target in reached:
                continue
            if known.own_reason(target):
                return f"a file that it refers to changed: {target}"
            reached.add(target)
            pending.append(target)
    return ""


def _reason_of_loss(path: str, known: _Known) -> str:
    return "its published files were gone or changed" if is_lost(path, known.before, known.way) else ""


class _Known:
    """The sources as they are, and what the last collect knew of them."""

    def __init__(self, load_path: LoadPath, way: Way, before: Snapshot) -> None:
        self.load_path = load_path
        self.way = way
        self.before = before

    def own_reason(self, path: str) -> str:
        """Return why a file would be built anew whatever it refers to, "" if nothing asks for it."""
        if path not in self.before:
            return "new"
        try:
            if not self._has_same_content(path):
                return "its content changed"
        except OSError:
            return _UNREADABLE
        return "what it refers to has come or gone" if self._is_unsettled(path) else ""

    def keeps_name(self, path: str) -> bool:
        return path in self._named or matcher(self.way.options.predigested)(path)

    def findings(self, source: SourceFile) -> Iterable[Finding]:
        """Return what is wrong in a source; of one that changed, what reading it once tells."""
        if source.path in self.before and not self.own_reason(source.path):
            return self.before.findings(source)
        seen = self._reader(source)
        if isinstance(seen, OSError):
            return [unread(source, seen)]
        if seen.trouble is None:
            return []
        return Explain(self.load_path, self.way.options)(source, seen.trouble)

    def links_with_places(self, source: SourceFile, room: int) -> Sequence[tuple[Link, Place | None]]:
        """Return the links of a source, with places unless it has more than ``room`` bytes."""
        if scanner_for(extension(source.path)) is None:
            return ()
        if source.size > room:
            return [(link, None) for link in self.before.links(source.path)]
        seen = self._reader(source)
        if isinstance(seen, OSError) or not seen.links:
            return ()
        places = Places(printable(source.location), read_whole(source)[1])
        return [(link, places.at(link.start, link.end)) for link in seen.links]

    @functools.cached_property
    def _reader(self) -> Reader:
        """One that minifies nothing, so that all positions are those in the source."""
        paths = {path: path for path in self.load_path.files}
        nothing = Minifying(no_tool, self.way.cache, self.keeps_name)
        return Reader(paths, self.way.static_url, nothing, Snapshot(), frozenset())

    @functools.cached_property
    def _same_files(self) -> bool:
        return self.before.paths == list(self.load_path.files)

    @functools.cached_property
    def _named(self) -> frozenset[str]:
        return named_by_bundlers(self.load_path, self.before, same_files=self._same_files).paths

    def _has_same_content(self, path: str) -> bool:
        source = self.load_path.files.get(path)
        if source is None:
            return False
        is_signed = bool(source.signature) and source.signature == self.before.signature(path)
        return is_signed or self.before.has_content(read_through(source))

    def _is_unsettled(self, path: str) -> bool:
        """Say whether a file becomes something else though its content is the same, as in ``build``."""
        files, before = self.load_path.files, self.before
        if (path in self._named) != (path in before.named):
            return True
        if self._same_files:
            return False
        if any((path + suffix in files) != (path + suffix in before) for suffix in _SUFFIXES):
            return True
        links = before.links(path)
        if path not in before.broken and all(link.target in files for link in links):
            return False
        seen = self._reader(files[path])
        return isinstance(seen, OSError) or targets(seen.links) != targets(links)


# --- for people and for programs


def as_text(answer: Answer | Unknown, folder: str = "", most: int = 20) -> str:
    """Return the answer as lines, aligned below the logical path.

    Sources below ``folder``, the one that the reader works in, are named from there. Of references, the first
    ``most`` are shown.
    """
    told = [findings_of.as_text(finding, folder) for finding in answer.findings]
    if isinstance(answer, Unknown):
        reasons = [reasons_of.as_text(reason) for reason in answer.reasons[:1]]
        guess = " or ".join(f"'{name}'" for name in answer.nearest)
        hint = [f"Did you mean {guess}?"] if guess and not reasons else []
        return "\n".join([f"No static file is called '{answer.name}'.", *reasons, *hint, *told])
    rows = {
        "source": [_source_text(answer.source, folder) if answer.source else "gone"],
        "shadows": [_source_text(source, folder) for source in answer.shadowed],
        **_published_rows(answer.published),
        "refers to": _mention_texts(answer.refers_to, most),
        "referred by": ["not known before the next collect"]
        if answer.referred_by is None
        else _mention_texts(answer.referred_by, most),
        "releases": [_release_text(release) for release in answer.releases],
        "next collect": [f"{answer.outlook.action} ({answer.outlook.reason})"],
    }
    return "\n".join([answer.path, *_table(rows), *told])


def as_json(answer: Answer | Unknown) -> dict[str, Any]:
    """Return the answer as a dictionary that ``json`` can write; sizes are in bytes, ``null`` is unknown."""
    told = [findings_of.as_json(finding) for finding in answer.findings]
    if isinstance(answer, Unknown):
        return {
            "name": answer.name,
            "nearest": list(answer.nearest),
            "findings": told,
            "reasons": [reasons_of.as_json(reason) for reason in answer.reasons],
        }
    referred_by = answer.referred_by
    return {
        "path": answer.path,
        "source": _source_json(answer.source) if answer.source else None,
        "shadowed": [_source_json(source) for source in answer.shadowed],
        "published": _published_json(answer.published) if answer.published else None,
        "refers_to": [mention._asdict() for mention in answer.refers_to],
        "referred_by": None if referred_by is None else [mention._asdict() for mention in referred_by],
        "findings": told,
        "releases": [{**release._asdict(), "until": release.until or None} for release in answer.releases],
        "next_collect": answer.outlook._asdict(),
    }


def _table(rows: Mapping[str, Sequence[str]]) -> Iterator[str]:
    width = max(map(len, rows))
    for label, texts in rows.items():
        for number, text in enumerate(texts):
            yield f"{_GAP}{'' if number else label:{width}}{_GAP}{text}"


def _source_text(source: SourceFile, folder: str) -> str:
    place = printable(source.location).removeprefix(f"{folder.rstrip('/')}/" if folder else "")
    return f"{place} ({source.origin.label})"


def _source_json(source: SourceFile) -> dict[str, Any]:
    origin = source.origin
    return {"file": printable(source.location), "origin": origin.label, "package": origin.package}


def _published_rows(published: Published | None) -> dict[str, list[str]]:
    if published is None:
        return {"published": ["not in the current release"]}
    became = size_text(published.size)
    if published.minified_size:
        became = f"{size_text(published.source_size)}, minified to {became}"
    elif published.as_is:
        became = f"{became}, not minified: {published.as_is}"
    return {
        "published": [published.name, *(["under its own name too"] if published.plain else ())],
        "size": [became],
        "compressed": [f"{coding} {size_text(size)}" for coding, size in published.codings],
    }


def _published_json(published: Published) -> dict[str, Any]:
    return {
        **published._asdict(),
        "source_size": published.source_size or None,
        "minified_size": published.minified_size or None,
        "codings": dict(published.codings),
    }


def _mention_texts(mentions: Sequence[Mention], most: int) -> list[str]:
    shown = mentions[:most]
    places = [f"{one.path}:{one.line}:{one.column}" if one.line else one.path for one in shown]
    width = max(map(len, places), default=0)
    texts = [f"{place:{width}}{_GAP}{one.specifier}" for place, one in zip(places, shown, strict=True)]
    if len(mentions) > most:
        texts.append(f"and {count_text(len(mentions) - most, 'reference')} more (-v 2 shows all)")
    return texts or ["none"]


def _release_text(release: InRelease) -> str:
    if not release.until:
        return f"{release.id}, current: {release.name}"
    until = datetime.fromtimestamp(release.until, UTC)
    return f"{release.id}, until {until:%Y-%m-%d %H:%M} UTC: {release.name}"
