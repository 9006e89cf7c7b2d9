"""Checks of what stands inside of sources: what ``contents`` has seen, and what source maps hold."""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

from stator.diagnose.check import Check, Found
from stator.diagnose.checks.wording import few, folder_of, place_of
from stator.diagnose.facts.contents import Sighting
from stator.diagnose.facts.project import NODE_MODULES, Project
from stator.findings import How, Level, Mend
from stator.load_path import SourceFile, printable
from stator.media_types import extension

_LARGEST_MAP = 16 << 20  # bytes
_STATIC_TAG = re.compile(r"""\{%\s*static\s+(?P<quote>['"])(?P<name>[^'"]+)(?P=quote)\s*%\}""")
_ADDRESS_TAG = re.compile(r"\{%-?\s*(?:static|url)\s")
_ABSOLUTE = re.compile(r"(?:file://|/(?:home|Users|root|builds|var|srv|opt)/|[A-Za-z]:[\\/])")
_SCHEME = re.compile(r"\A[a-z][\w+.-]*://(?:[^/]*/)?")


def _sighted(
    id: str, message: str, hint: str, mend: Mend | None = None
) -> Callable[[Project], Iterator[Found]]:
    """Return a check of what was seen inside of files; the message may name the path."""

    def find(project: Project) -> Iterator[Found]:
        for sighting in _of(id, project):
            path = sighting.source.path
            yield Found(sighting.place, message.format(printable(path)), hint, mend, path=path)

    return find


def _of(id: str, project: Project) -> Iterator[Sighting]:
    return (sighting for sighting in project.contents.sightings if sighting.id == id)


def _template_tag_in_asset(project: Project) -> Iterator[Found]:
    for sighting in _of("template-tag-in-asset", project):
        path = sighting.source.path
        yield Found(
            sighting.place,
            f"{sighting.text} in {printable(path)!r} stays as it is: static files are not rendered.",
            "In CSS, name the file relative to the style sheet. Hand other values over in the page: in a "
            "data attribute, a custom property or with json_script.",
            _relative(sighting, project),
            # A variable may be that of another language, which a program fills in before it is used.
            Level.ERROR if _ADDRESS_TAG.match(sighting.text) else None,
            path,
        )


def _relative(sighting: Sighting, project: Project) -> Mend | None:
    """Return the reference that a style sheet needs in place of a tag, where its file is known."""
    tag = _STATIC_TAG.fullmatch(sighting.text)
    path = sighting.source.path
    if not tag or tag["name"] not in project.load_path.files or extension(path) != ".css":
        return None
    return Mend(How.REPLACE, posixpath.relpath(tag["name"], posixpath.dirname(path) or "."))


def _source_map_with_sources(project: Project) -> Iterator[Found]:
    known = {source.location for source in project.load_path.files.values()}
    for source in project.written_files():
        if extension(source.path) != ".map" or source.size > _LARGEST_MAP:
            continue
        names, has_content = _sources_of(source)
        machine = [name for name in names if _ABSOLUTE.match(name)]
        private = [file for name in names if (file := _file_of(name, source, project)) and file not in known]
        if has_content and private:
            told = [os.path.relpath(file, project.setup.project) for file in private]
            yield _map_found(source, f"holds the whole of {few(told)}, which you do not publish")
        elif machine:
            what = f"names folders of the machine that made it: {few(machine)}"
            yield _map_found(source, what)._replace(level=Level.INFO)


def _map_found(source: SourceFile, what: str) -> Found:
    return Found(
        place_of(source),
        f"The source map {printable(source.path)!r} {what}.",
        "If that is to stay private, let the bundler write no source maps for production, or keep them out "
        "with STATOR['IGNORE'] = ['*.map'].",
        path=source.path,
    )


def _sources_of(source: SourceFile) -> tuple[list[str], bool]:
    """Return the names of the sources in a source map, and whether it holds them."""
    try:
        with source.open() as file:
            document = json.loads(file.read() or b"")
        root = document.get("sourceRoot") or ""
        names = [f"{root}{name}" for name in document.get("sources") or () if isinstance(name, str)]
        return names, any(document.get("sourcesContent") or ())
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return [], False


def _file_of(name: str, source: SourceFile, project: Project) -> str:
    """Return the file of the project that a source map means, "" where there is none."""
    folder = project.setup.project
    path = _SCHEME.sub("", name).partition("?")[0]
    for base in (folder_of(source), folder):
        file = os.path.normpath(os.path.join(base, path))
        is_own = file.startswith(os.path.join(folder, "")) and f"/{NODE_MODULES}/" not in file
        if is_own and os.path.isfile(file):
            return file
    return ""


CHECKS: Mapping[str, Check[Project]] = {
    "merge-conflict": Check(
        Level.ERROR,
        "Markers of a merge that was never finished stand in a file.",
        _sighted(
            "merge-conflict",
            "An unfinished merge stands in {!r}.",
            "Choose one of the two sides and remove the lines of markers.",
        ),
    ),
    "lfs-pointer": Check(
        Level.ERROR,
        "In place of a file there is what Git LFS keeps for it, so visitors get a line of text.",
        _sighted(
            "lfs-pointer",
            "{!r} is a pointer of Git LFS, and not the file.",
            "Fetch the files before collecting, and let the checkout of your CI do so.",
            Mend(How.RUN, "git lfs pull"),
        ),
    ),
    "html-as-asset": Check(
        Level.WARNING,
        "A file is a page of HTML under the name of something else: most likely an error that was saved.",
        _sighted(
            "html-as-asset",
            "{!r} holds a page of HTML, by its name it should not.",
            "Download it again, and look at what the server says.",
        ),
    ),
    "template-tag-in-asset": Check(
        Level.WARNING,
        "A tag of a template stands in a static file, which Django never renders.",
        _template_tag_in_asset,
    ),
    "source-map-with-sources": Check(
        Level.WARNING,
        "A source map publishes sources of the project, or folders of the machine that made it.",
        _source_map_with_sources,
    ),
}
