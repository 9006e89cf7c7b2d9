"""What a scanner reports: references, and remarks on what it saw but could not read.

A scanner only looks. It returns positions in the bytes it was given; nothing is rewritten, no tree is
built. Offsets count bytes from the start of the file and are half open, as in ``content[start:end]``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """The form in which a file names another; the value is what messages call it."""

    CSS_URL = "url()"
    CSS_SRC = "src()"
    CSS_IMPORT = "@import"
    CSS_IMAGE_SET = "image-set()"
    JS_IMPORT = "import"
    JS_EXPORT = "export … from"
    JS_DYNAMIC_IMPORT = "import()"
    JS_URL = "new URL()"
    SOURCE_MAP = "sourceMappingURL"
    MAP_FILE = "source map's file"


class Reference(NamedTuple):
    r"""A specifier: ``content[start:end]`` is its text as written, without quotes or outer white space.

    ``specifier`` is the same text with the escapes of the language resolved (CSS ``\66``, JavaScript
    ``\u0066``, JSON ``\/``); percent-encoding is part of the URL and stays.
    """

    start: int
    end: int
    kind: Kind
    specifier: str

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


class Remark(NamedTuple):
    """Something at ``content[start:end]`` that may name a file and was left alone.

    ``id`` is the id of the finding that tells the user: ``computed-reference`` (the text is known only at
    run time), ``broken-encoding`` (a specifier that is not UTF-8), ``unclear-syntax`` (the scanner cannot
    know how the rest of the file reads).
    """

    start: int
    end: int
    id: str
    kind: Kind | None = None

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


MODULE_KINDS = frozenset({Kind.JS_IMPORT, Kind.JS_EXPORT, Kind.JS_DYNAMIC_IMPORT})  # what names modules
LOADED_KINDS = frozenset({Kind.CSS_IMPORT, Kind.JS_IMPORT, Kind.JS_EXPORT})  # loaded with what names them


class Scan(NamedTuple):
    """All that one look at a file found, both in order of position.

    ``module``: it is an ES module, since it has what no classic script may have.
    """

    references: tuple[Reference, ...] = ()
    remarks: tuple[Remark, ...] = ()
    module: bool = False


NOTHING = Scan()
