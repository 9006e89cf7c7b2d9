"""Explanations: from what a build could not do to findings that a person can act on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from stator.config import Options
from stator.findings import Finding, How, Level, Mend, Place
from stator.load_path import LoadPath, SourceFile, printable, unreadable
from stator.media_types import extension
from stator.nearest import Names
from stator.references import Kind, Reference, Remark
from stator.urls import leading_to

MOST_GUESSES = 50  # for each file: nobody reads more, and each is dear on a large site
_POLICY_LEVELS = {"error": Level.ERROR, "warn": Level.WARNING}

_REMARKS = {
    "computed-reference": (
        "{kind} with a name that is known only at run time; it is left as it is",
        "Name the file in one string, or ask the page for the URL: it is published under a digested name.",
    ),
    "broken-encoding": (
        "this text is not UTF-8, so the file that it names cannot be known",
        "Save the file as UTF-8.",
    ),
    "unclear-syntax": (
        "from here on the file cannot be read with certainty, so later references are left as they are",
        "Mend the syntax error, or tell us if there is none.",
    ),
}
_NOT_MINIFIED = (
    "it is published as it is: {}",
    "Mend it, or leave it out of STATOR['MINIFY'].",
)
_LOST_MAP = (
    "it is minified, so its source map would be wrong and is no longer named",
    "To keep the map, publish a minified file with a map of its own, called *.min.*.",
)
_REMARK_LEVELS = {"computed-reference": Level.INFO}


class Trouble(NamedTuple):
    """What could not be done with a source, with places in it: explained once all names are known.

    ``broken`` are references that lead nowhere, each with the path that it means. ``not_minified`` is why
    the source was left as it is, ``lost_map`` whether minifying has made its source map wrong.
    """

    broken: tuple[tuple[Reference, str, Place], ...] = ()
    remarks: tuple[tuple[Remark, Place], ...] = ()
    not_minified: str = ""
    lost_map: bool = False


class Explain:
    """Turns the trouble with a source into findings, by the policy of the options."""

    def __init__(self, load_path: LoadPath, options: Options) -> None:
        self._load_path = load_path
        self._options = options
        self._names: Names | None = None
        self._guesses_left = 0

    def __call__(self, source: SourceFile, trouble: Trouble) -> Iterator[Finding]:
        package = source.origin.package
        self._guesses_left = MOST_GUESSES
        for reference, path, place in trouble.broken:
            finding = self._broken(source, reference, path, place)
            if finding:
                yield finding
        for remark, place in trouble.remarks:
            message, hint = _REMARKS[remark.id]
            level = Level.INFO if package else _REMARK_LEVELS.get(remark.id, Level.WARNING)
            yield Finding(
                remark.id, level, message.format(kind=remark.kind), place, hint, source.path, package
            )
        if trouble.not_minified:
            level = Level.INFO if package else Level.WARNING
            yield _of_file(source, "not-minified", level, *_NOT_MINIFIED, trouble.not_minified)
        if trouble.lost_map:
            yield _of_file(source, "source-map-dropped", Level.INFO, *_LOST_MAP)

    def _broken(self, source: SourceFile, reference: Reference, path: str, place: Place) -> Finding | None:
        package = source.origin.package
        policy = self._options.missing_policy(source.path, package=package)
        # A generated file often names itself by a name it has lost since; nothing follows that name.
        if policy == "ignore" or reference.kind is Kind.MAP_FILE:
            return None
        level = _POLICY_LEVELS[policy]
        if reference.kind is Kind.SOURCE_MAP:
            # Only a developer's browser asks for a source map; a page never fails for want of one.
            level = Level.INFO if package else Level.WARNING
        id, message, hint, other = self._explain(reference, path)
        mend = None
        if other and extension(path) in {"", extension(other)}:  # a script in place of a style is no mend
            mend = Mend(How.REPLACE, leading_to(reference.specifier, other, source.path, path))
        return Finding(id, level, message, place, hint, source.path, package, mend)

    def _explain(self, reference: Reference, path: str) -> tuple[str, str, str, str | None]:
        """Return id, message and hint, and the logical path that was probably meant."""
        said = f"{reference.kind} {reference.specifier!r}"
        if reference.kind is Kind.SOURCE_MAP:
            return (
                "missing-source-map",
                f"the source map {path!r} does not exist",
                "Publish the map, or remove the comment that names it.",
                None,
            )
        if not path:
            return (
                "outside-root",
                f"{said} leads above the root of all static files",
                "Count the '../' again; what is not a static file needs a URL that begins with '/'.",
                None,
            )
        if self._names is None:
            self._names = Names(self._load_path.files)
        other_case = self._names.other_case(path)
        if other_case:
            return (
                "case-mismatch",
                f"{said} means {path!r}, which exists only as {other_case!r}",
                "Write the name in the same case: most servers tell upper from lower.",
                other_case,
            )
        self._guesses_left -= 1
        nearest = self._names.nearest(path) if self._guesses_left >= 0 else None
        return (
            "missing-reference",
            f"{said} means {path!r}, which does not exist",
            f"Did you mean {nearest!r}?" if nearest else "Add the file, or remove the reference.",
            nearest,
        )


def _of_file(source: SourceFile, id: str, level: Level, message: str, hint: str, *said: str) -> Finding:
    place, package = Place(printable(source.location)), source.origin.package
    return Finding(id, level, message.format(*said), place, hint, source.path, package)


def unread(source: SourceFile, error: OSError) -> Finding:
    """Return the finding for a source that was found and could then not be read."""
    if isinstance(error, FileNotFoundError):
        return changed_meanwhile(source)
    return unreadable(source.origin, source.location, source.path, error)


def changed_meanwhile(source: SourceFile) -> Finding:
    """Return the finding for a source that was written to while it was being collected."""
    return Finding(
        "changed-meanwhile",
        Level.ERROR,
        "was changed while it was being collected",
        Place(printable(source.location)),
        "Run the command again, when nothing writes to the file.",
        source.path,
    )


def taken_names(names: Iterable[tuple[str, str]], files: Mapping[str, SourceFile]) -> Iterator[Finding]:
    """Yield an error for each published name that is also the name of another source file.

    ``names`` are pairs of logical path and published name.
    """
    for path, name in names:
        if name != path and name in files:
            yield Finding(
                "name-taken",
                Level.ERROR,
                f"{path!r} would be published as {name!r}, and a source file already has that name",
                Place(printable(files[name].location)),
                "It looks like the output of an earlier collect. Remove it from the sources.",
                name,
            )
