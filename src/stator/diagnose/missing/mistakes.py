"""Why a file was not found: a table of checks, each of which knows one mistake.

A check is a function from a search to its reasons: it says only what it has seen, and stays silent otherwise.
The disk is not searched for a name under which nothing can be published, nor for hidden files and Python, of
which nobody is told here whether they exist. What is only likely is told where nothing is certain.
"""

from __future__ import annotations

import itertools
import os
import posixpath
import re
from collections.abc import Iterable, Iterator

from stator import media_types
from stator.bundlers import looks_digested
from stator.diagnose.facts.bundling import build_command
from stator.diagnose.missing import misplaced
from stator.diagnose.missing.reason import COLLECT, Check, Reason, instead, upload
from stator.diagnose.missing.search import Search
from stator.findings import How, Mend
from stator.paths import parse_digested

_CODE = ".py"
_BUILT = r"[.-](?:[0-9a-f]{8,64}|[\w-]{8})(?=\.[\w.]+\Z)"
_VERSION = r"[-._@]?v?\d+(?:\.\d+)+"


def reasons(search: Search) -> list[Reason]:
    """Return all that is known to be wrong, the likeliest first."""
    by_name = [reason for check in BY_NAME for reason in check(search)]
    if search.refusal() or _is_private(search.name):
        return by_name
    if certain := _first(CERTAIN, search):
        return certain
    known = [*by_name, *(reason for check in misplaced.CHECKS for reason in check(search))]
    return known or _first(GUESSES, search)


def _first(checks: Iterable[Check], search: Search) -> list[Reason]:
    """Return what the first of the checks says that knows something."""
    return next(filter(None, (list(check(search)) for check in checks)), [])


def _is_private(name: str) -> bool:
    return _is_hidden(name) or name.lower().endswith(_CODE)


def _is_hidden(name: str) -> bool:
    return any(segment.startswith(".") for segment in name.split("/"))


def _nothing_collected(search: Search) -> Iterator[Reason]:
    if search.published and not search.files:
        yield Reason("not-collected", "Nothing has been collected yet.", "Run collectstatic.", COLLECT)


def _unusable(search: Search) -> Iterator[Reason]:
    refusal = search.refusal()
    if refusal and not any(itertools.chain.from_iterable(check(search) for check in _UNUSABLE_AND_KNOWN)):
        plain = posixpath.normpath(search.name).lstrip("/")
        yield Reason(
            "name-unusable",
            f"No file is ever published under this name: it {refusal}.",
            "Write the name as the file has it, below its static/ folder.",
            Mend(How.REPLACE, plain) if plain in search.files else None,
        )


def _hidden(search: Search) -> Iterator[Reason]:
    if _is_hidden(search.name) and not search.refusal():
        yield Reason(
            "name-ignored",
            "Files and folders whose names begin with a dot are never published.",
            "Choose a name without the dot.",
        )


def _folder(search: Search) -> Iterator[Reason]:
    below = search.name.rstrip("/")
    start = f"{below}/" if below else ""
    if search.name in {"", below, start} and any(name.startswith(start) for name in search.files):
        yield Reason(
            "name-is-folder",
            f"{search.path} is a folder, and folders are not listed.",
            "Ask for a file in it; where a script puts that behind, let the folder end with a slash.",
            Mend(How.REPLACE, start) if start and search.name == below else None,
        )


def _leading_slash(search: Search) -> Iterator[Reason]:
    name = search.name.lstrip("/")
    if name != search.name and name in search.files:
        yield instead(
            search, "name-leading-slash", "There is a slash in front of the name, which has none.", name
        )


def _upload_address(search: Search) -> Iterator[Reason]:
    is_below = bool(search.media_url.strip("/")) and search.name.startswith(search.media_url)
    if is_below and search.name.lstrip("/") not in search.files:
        yield upload(f"{search.name} is below MEDIA_URL, where uploads are")


def _backslash(search: Search) -> Iterator[Reason]:
    name = search.name.replace("\\", "/")
    if name != search.name and name in search.files:
        yield instead(search, "name-backslash", "There is a backslash in the name.", name)


def _relative(search: Search) -> Iterator[Reason]:
    if not search.path.startswith(search.prefix) and search.name in search.files:
        yield Reason(
            "address-relative",
            "The address is written relative to the page: without a slash in front of it.",
            f"Write {{% static '{search.name}' %}}, or {search.prefix}{search.name}.",
        )


def _other_case(search: Search) -> Iterator[Reason]:
    other = search.near.other_case(search.name)
    if other:
        yield instead(
            search,
            "name-case",
            f"The file is called {other!r}: upper and lower case differ.",
            other,
            "; where the other works all the same, a server with Linux will fail",
        )


def _doubled(search: Search) -> Iterator[Reason]:
    """What the address begins with, or the folder that is searched, written before the name once more."""
    name = search.name.lstrip("/")
    folders = {os.path.basename(origin.root) for origin in search.origins} | {search.prefix.strip("/")}
    for folder in sorted(folders - {""}):
        rest = name.removeprefix(f"{folder}/")
        if rest != name and rest in search.files:
            yield instead(
                search,
                "name-with-static",
                f"The name begins with {folder}/, and names are those below that.",
                rest,
            )
            return


def _digested(search: Search) -> Iterator[Reason]:
    parsed = parse_digested(search.name)
    if parsed and parsed[0] in search.files:
        yield instead(
            search,
            "name-with-digest",
            "This looks like a name with a digest, which {% static %} adds and no file has with DEBUG.",
            parsed[0],
            "; if a page of an earlier time asks, reload it",
        )


# What is certain


def _frontend_not_built(search: Search) -> Iterator[Reason]:
    for finding in search.unbuilt():
        name = finding.path
        if search.name.startswith(f"{name}/"):
            hint = finding.hint.removesuffix(".")
            yield Reason(
                finding.id,
                f"The front end {name!r} is not built.",
                f"{hint}; to work on it: python manage.py stator frontend dev {name}",
                finding.mend,
            )


# What is likely


def _other_version(search: Search) -> Iterator[Reason]:
    version = re.search(_VERSION, search.name)
    if not version:
        return
    before, wanted = search.name[: version.start()], re.sub(_VERSION, "", search.name)
    for name in search.files:
        if name.startswith(before) and name != search.name and re.sub(_VERSION, "", name) == wanted:
            yield instead(search, "other-version", f"There is another version of it: {name!r}.", name)
            return


def _other_build(search: Search) -> Iterator[Reason]:
    """The same file of a bundler under the digest that it has now, where there is but one."""
    wanted = _unbuilt(search.name)
    if wanted != search.name:
        now = [name for name in search.files if name != search.name and _unbuilt(name) == wanted]
        for name in now if len(now) == 1 else ():
            what = f"A bundler has built it anew, as {name!r}: the digest changes with the content."
            yield instead(search, "other-version", what, name)


def _unbuilt(name: str) -> str:
    """Return the name without the digest that a bundler put into it."""
    return re.sub(_BUILT, "", name) if looks_digested(posixpath.basename(name)) else name


def _misspelt(search: Search) -> Iterator[Reason]:
    near = search.near.nearest(search.name) if search.thorough else None
    if near and near != search.name and _are_of_a_kind(near, search.name):
        reason = instead(search, "name-misspelt", f"The nearest name is {near!r}.", near)
        # Of several files of one name in other folders, none is the one that is meant for sure.
        yield reason if _is_alone(near, search) else reason._replace(mend=None)


def _are_of_a_kind(one: str, other: str) -> bool:
    kinds = {_kind(one), _kind(other)}
    return len(kinds) == 1 or media_types.UNKNOWN in kinds


def _kind(name: str) -> str:
    """Return the media type of a name; images are of one kind, and so are fonts, sounds and films."""
    whole = media_types.media_type(name)
    kind = whole.partition("/")[0]
    return kind if kind in {"audio", "font", "image", "video"} else whole


def _is_alone(name: str, search: Search) -> bool:
    base = posixpath.basename(name)
    return (
        base != posixpath.basename(search.name)
        or sum(posixpath.basename(one) == base for one in search.files) == 1
    )


def _missing_folder(search: Search) -> Iterator[Reason]:
    for folder in search.configured:
        if not os.path.isdir(folder):
            command = build_command(folder, search.project)
            yield Reason(
                "static-dir-missing",
                f"STATICFILES_DIRS names {folder}, which is not there.",
                f"Build the front end, which makes it: {command}."
                if command
                else "Make the folder, or mend its path.",
            )


# These know the name and what there is, and touch no disk.
_UNUSABLE_AND_KNOWN: tuple[Check, ...] = (_folder, _leading_slash, _upload_address, _backslash, _doubled)
BY_NAME: tuple[Check, ...] = (
    _nothing_collected,
    *_UNUSABLE_AND_KNOWN,
    _unusable,
    _hidden,
    _relative,
    _other_case,
    _digested,
)
# The first of these that knows something says all that there is to say.
CERTAIN: tuple[Check, ...] = (_frontend_not_built, misplaced.uploaded)
# Of these only the first that knows something is asked, and only where nothing else is known.
GUESSES: tuple[Check, ...] = (_other_version, _other_build, _misspelt, _missing_folder)
