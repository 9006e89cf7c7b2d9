"""Decides whether a minified file may take the place of its source.

A minifier may drop what it believes can never run, and a reference with it. That would change which files a
file depends on, so in doubt the source is kept.
"""

from __future__ import annotations

from stator.media_types import extension, media_type
from stator.minify import json_text
from stator.minify.tool import MinifyFailed
from stator.references import Kind, scanner_for

NOT_SMALLER = "it would not be smaller"


def guard(path: str, before: bytes, after: bytes) -> str:
    """Return why ``after`` may not replace ``before``, or ``""``. The words can follow "was left as it is: ".

    The source map of the source may be lost, since it is of another content, and may not be kept.
    ``NOT_SMALLER`` is the one reason that nobody needs to be told.
    """
    if len(after) >= len(before):
        return NOT_SMALLER
    if media_type(path) in json_text.KINDS:
        try:
            json_text.check(after)
        except MinifyFailed as reason:
            return f"what would come out is broken, {reason}"
    had, has = _references(path, before), _references(path, after)
    if _names_map(has):
        return "it would keep a source map of other content"
    had = {(kind, specifier) for kind, specifier in had if kind is not Kind.SOURCE_MAP}
    for word, names in (("lose", had - has), ("gain", has - had)):
        for kind, specifier in sorted(names):
            return f"it would {word} the reference {kind} {specifier!r}"
    return ""


def drops_source_map(path: str, before: bytes, after: bytes) -> bool:
    """Say whether the source names its source map and the minified form names none."""
    return _names_map(_references(path, before)) and not _names_map(_references(path, after))


def _names_map(references: set[tuple[Kind, str]]) -> bool:
    return any(kind is Kind.SOURCE_MAP for kind, _ in references)


def _references(path: str, content: bytes) -> set[tuple[Kind, str]]:
    scan = scanner_for(extension(path))
    return {(each.kind, each.specifier) for each in scan(content).references} if scan else set()
