"""Pieces: which templates one is put together from, so that what a page asks for can be told page by page."""

from __future__ import annotations

import re
from typing import NamedTuple

# It begins one, or it extends what is not written out, which is what begins one nearly always.
_DOCUMENT = re.compile(rb"""<(?:!doctype\s+)?html[\s>]|\{%[+-]?\s*extends\s+(?![\s"'])""", re.IGNORECASE)


class Template(NamedTuple):
    """A template and those that it extends, includes or imports, by the names that are written there.

    ``name`` is what its engine calls it, ``language`` "django" or "jinja", ``file`` is where it is, as places
    have it. ``uses`` has "" for each name that is known at run time only. ``document`` says that it begins a
    whole page, or extends what is known at run time only.
    """

    name: str
    language: str
    file: str
    package: bool = False
    uses: tuple[str, ...] = ()
    document: bool = False


def is_document(content: bytes) -> bool:
    """Say whether a template begins a whole page of HTML, or extends what is known at run time only."""
    return bool(_DOCUMENT.search(content))
