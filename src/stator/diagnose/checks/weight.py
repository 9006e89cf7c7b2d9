"""Checks of weight: what costs visitors time, and what nobody asks for.

They look at own files. What a file weighs is what a visitor loads of it: the smallest of its published forms,
or before a collect what gzip makes of the source.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain

from stator.config import matcher
from stator.diagnose.check import Check, Found
from stator.diagnose.checks.wording import by_folder, few, files_text, place_of
from stator.diagnose.facts.project import Project
from stator.encode import CODINGS, Effort, compressible
from stator.findings import Level
from stator.load_path import SourceFile, printable
from stator.media_types import JAVASCRIPT, extension, media_type
from stator.minify.toolbox import Toolbox
from stator.minify.tools import leaves_alone
from stator.progress import size_text

HUGE = 25_000_000  # bytes
HEAVY_IMAGE = 500_000
LARGE_SCRIPT = 100_000
SMALL = 10_000  # twins of fewer bytes are not worth a word

_PHOTOS = frozenset([".jpeg", ".jpg", ".png"])
_UNPACKED = frozenset([".bmp", ".tif", ".tiff"])
_ASKED_FOR = frozenset(
    [
        *(".avif", ".bmp", ".gif", ".ico", ".jpeg", ".jpg", ".png", ".svg", ".webp"),
        *(".eot", ".otf", ".ttf", ".woff", ".woff2", ".js", ".mjs"),
    ]
)
# What browsers and other programs ask for without being told by a page.
_ASKED_UNTOLD = re.compile(r"(?:\A|/)(?:apple-touch-icon|favicon|service-?worker|sw\b)[^/]*\Z", re.IGNORECASE)
_WRITTEN = re.compile(r"""['"]([^'"\s]+)['"]""")
_SHORT_LINES = 200  # bytes a line on average, above which a program has written it


def _over_budget(project: Project) -> Iterator[Found]:
    budgets = project.setup.options.budgets
    for source in project.own_files() if budgets else ():
        # A later pattern goes over an earlier one, so that the general one comes first.
        matching = [(pattern, most) for pattern, most in budgets if matcher((pattern,))(source.path)]
        if not matching or source.size <= matching[-1][1]:
            continue
        pattern, most = matching[-1]
        published = _published_size(source, project)
        weight = _estimated_size(source, project) if published is None else published
        if weight > most:
            yield Found(
                place_of(source),
                f"{printable(source.path)!r} weighs {size_text(weight)}, and the budget of {pattern!r} is "
                f"{size_text(most)}.",
                "Load less of it, split it, or raise the budget in STATOR['BUDGETS']."
                + (" Collect to know the exact weight." if published is None else ""),
                level=None if published is not None else Level.WARNING,
                path=source.path,
            )


def _published_size(source: SourceFile, project: Project) -> int | None:
    """Return how many bytes of a source are sent, ``None`` where it is not published as it is today."""
    manifest, asset = project.published.manifest, project.built.read.assets.get(source.path)
    if not manifest or not asset or source.path not in manifest.paths:
        return None
    if not project.published.last.has_content(asset):
        return None
    content = manifest.content(manifest.paths[source.path])
    return min([content.size, *(size for _, size in content.codings)])


def _estimated_size(source: SourceFile, project: Project) -> int:
    if not project.setup.options.codings or not compressible(source.path):
        return source.size
    try:
        with source.open() as file:
            content = file.read() or b""
    except OSError:
        return source.size
    return min(len(content), len(CODINGS["gzip"].encode(content, Effort.CHEAP)))


def _huge_file(project: Project) -> Iterator[Found]:
    for source in project.own_files():
        if source.size > HUGE:
            yield Found(
                place_of(source),
                f"{printable(source.path)!r} has {size_text(source.size)}.",
                "Keep films, archives and data in an object storage or with the uploads: static files are "
                "copied with each deployment.",
                path=source.path,
            )


def _heavy_image(project: Project) -> Iterator[Found]:
    for source in project.written_files():
        kind = extension(source.path)
        if kind in _UNPACKED or (kind in _PHOTOS and source.size > HEAVY_IMAGE):
            yield Found(
                place_of(source),
                f"The image {printable(source.path)!r} has {size_text(source.size)}.",
                "Scale it to the size in which it is shown, and save it as WebP or AVIF.",
                path=source.path,
            )


def _unminified_script(project: Project) -> Iterator[Found]:
    large = [
        source
        for source in project.written_files()
        if media_type(source.path) == JAVASCRIPT
        and source.size > LARGE_SCRIPT
        and not leaves_alone(source.path)
        and _has_short_lines(source)
    ]
    if not large or Toolbox(project.setup.options.minify, project.setup.project).tool_for(JAVASCRIPT):
        return
    for source in large:
        yield Found(
            place_of(source),
            f"The script {printable(source.path)!r} has {size_text(source.size)} and is not minified.",
            "Install esbuild (npm install --save-dev esbuild), which Stator then uses, or publish the "
            "minified file of its makers.",
            path=source.path,
        )


def _has_short_lines(source: SourceFile) -> bool:
    try:
        with source.open() as file:
            content = file.read() or b""
    except OSError:
        return False
    return len(content) < _SHORT_LINES * content.count(b"\n")


def _duplicate_files(project: Project) -> Iterator[Found]:
    by_content: defaultdict[bytes, list[SourceFile]] = defaultdict(list)
    for source in project.written_files():
        asset = project.built.read.assets.get(source.path)
        if asset and asset.size > SMALL:
            by_content[asset.sha256].append(source)
    for first, *others in by_content.values():
        if others:
            yield Found(
                place_of(first),
                f"{printable(first.path)!r} ({size_text(first.size)}) is there under other names as well: "
                f"{few([one.path for one in others])}.",
                "Keep one of them, and let all pages ask for that: browsers load each name anew.",
                path=first.path,
            )


def _unreferenced(project: Project) -> Iterator[Found]:
    if not project.asked.read:
        return  # nothing was looked at, so nothing is known
    wanted, beginnings = _wanted(project), _beginnings(project)
    idle = [
        source
        for source in project.written_files()
        if extension(source.path) in _ASKED_FOR
        and source.path not in wanted
        and posixpath.basename(source.path) not in project.contents.mentioned
        and not _ASKED_UNTOLD.search(source.path)
        and not source.path.startswith(beginnings)
    ]
    for place, sources in by_folder(idle):
        yield Found(
            place,
            f"Nothing was found that asks for {files_text(sources)} here: "
            f"{few([posixpath.basename(one.path) for one in sources])}.",
            "If no page needs them, and no program names them, remove them.",
            path=sources[0].path,
        )


def _wanted(project: Project) -> set[str]:
    """Return the logical paths that pages, modules, other files and bundlers name."""
    names = {request.name.lstrip("/") for request in project.asked.requests}
    prefix = (project.setup.static_url or "").strip("/")
    names |= {name.removeprefix(f"{prefix}/") for name in names}
    names.update(f"{start.frontend}/{start.entry}" for start in project.asked.starts)
    names.update(link.target for path in project.built.artifacts for link in project.built.links(path))
    names.update(project.built.notes.get("named", ()))
    return names


def _beginnings(project: Project) -> tuple[str, ...]:
    """Return what names begin with of which the rest is known only at run time, as far as it is written."""
    texts = [request.name for request in project.asked.computed]
    written = chain.from_iterable(_WRITTEN.findall(text) or [text] for text in texts)
    return tuple(filter(None, (text.partition("{")[0].lstrip("/") for text in written)))


CHECKS: Mapping[str, Check[Project]] = {
    "over-budget": Check(Level.ERROR, "A file is heavier than STATOR['BUDGETS'] allows.", _over_budget),
    "huge-file": Check(Level.WARNING, "A file is so large that it should not be a static file.", _huge_file),
    "heavy-image": Check(Level.INFO, "An image is larger than pages need.", _heavy_image),
    "unminified-script": Check(
        Level.INFO, "A large script is published with all its comments and white space.", _unminified_script
    ),
    "duplicate-files": Check(Level.INFO, "The same file is published under several names.", _duplicate_files),
    "unreferenced": Check(
        Level.INFO,
        "No template, module, style sheet or script was found that asks for these files.",
        _unreferenced,
    ),
}
