"""An answer as it arrived: its fields, and what was learned of its bytes while they went by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_IS_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?>(?:<!--.*?-->\s*+)*)<(?:!doctype\s++html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_PASSWORD = re.compile(rb"<input\b[^<>]*\btype\s*=\s*[\"']?password", re.IGNORECASE)
# Fields that only a cache on the way writes.
_CACHES = ("via", "cf-ray", "x-cache", "x-varnish", "x-amz-cf-id", "x-served-by", "age", "x-cache-status")
# What those who run an application say in the field Server; a web server in front says its own name.
_RUNS_APPLICATION = re.compile(
    "gunicorn|uvicorn|daphne|hypercorn|granian|waitress|wsgi|cheroot|werkzeug", re.IGNORECASE
)

Fields = tuple[tuple[str, str], ...]


class Answer(NamedTuple):
    """What came back for an address.

    ``fault`` says why nothing did, or not all of it; then ``status`` may be 0. ``fields`` have their names
    in lower case, ``hops`` are the addresses that redirects led to, ``url`` the last of them. ``size`` in
    bytes and ``hashes``, by algorithm, are of the body as it is decoded, ``garbled`` says why it cannot be.
    ``head`` is how it begins; ``content`` is all of it while somebody may want to read that, and
    ``asks_password`` says that it has a field for one. ``cut`` says that the end was not read.
    """

    url: str
    status: int = 0
    fields: Fields = ()
    fault: str = ""
    hops: tuple[str, ...] = ()
    size: int = 0
    hashes: Mapping[str, bytes] = MappingProxyType({})
    garbled: str = ""
    cut: bool = False
    head: bytes = b""
    content: bytes = b""
    asks_password: bool = False

    def judged(self) -> Answer:
        """Return the answer with what only its content tells: whether somebody is to log in there."""
        return self._replace(asks_password=self.is_html and _PASSWORD.search(self.content) is not None)

    def field(self, name: str) -> str:
        """Return the value of a field, several joined as RFC 9110, 5.3 has it, ``""`` where there is none."""
        return ", ".join(value for field, value in self.fields if field == name)

    @property
    def media_type(self) -> str:
        """The type without parameters, in lower case."""
        return self.field("content-type").partition(";")[0].strip().lower()

    @property
    def coding(self) -> str:
        """The coding of the body, ``""`` for none."""
        value = self.field("content-encoding").strip().lower()
        return "" if value == "identity" else value

    @property
    def is_whole(self) -> bool:
        """Whether all of the body was read and understood."""
        return self.status == 200 and not (self.fault or self.garbled or self.cut)

    @property
    def is_html(self) -> bool:
        """Whether the body is a page, whatever it is called."""
        return _IS_HTML.match(self.head) is not None

    @property
    def lifetime(self) -> int:
        """How long a browser keeps it without asking, in seconds; 0 where it may not or is not told."""
        control = self.field("cache-control").lower()
        found = _MAX_AGE.search(control)
        return 0 if not found or "no-cache" in control or "no-store" in control else int(found[1])

    @property
    def is_of_application(self) -> bool | None:
        """Whether a server of applications calls the answer its own, ``None`` where none is named."""
        server = self.field("server")
        return _RUNS_APPLICATION.search(server) is not None if server else None

    @property
    def cache(self) -> str:
        """The field by which a cache on the way shows itself, as it was sent, ``""`` where none does."""
        return next((f"{name}: {value}" for name, value in self.fields if name in _CACHES), "")
