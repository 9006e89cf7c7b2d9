"""Hints: what a browser can fetch before it knows why, in the three forms in which it can be told.

Facts, as Chromium 156 and Firefox 153 behave.

1. *The field* ``Link``, ``rel=preload``, serves style sheets that others ``@import``: nothing is fetched
   twice and nothing is said to be unused. Such an import has no integrity, and neither has its hint.
2. *Modules* are named in the page itself, by ``<link rel="modulepreload">`` with their integrity: without, a
   module would go into the page's modules unchecked, and the script that has one would find it there. In a
   field, ``modulepreload`` makes Firefox refuse an import map that follows, and ``preload`` is not used.
3. *Early hints* (status 103) only fill the browser's cache in Chromium. They name what the page itself loads
   too; modules only where the page has no import map, for Firefox's sake. Where a policy has a nonce,
   Firefox at times says of a sheet that it was preloaded in vain, though it is fetched once: less often when
   its imports are told first, the deepest before the others.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from django.utils.safestring import SafeString

from stator.django.tags.elements import element

MOST_LINKS = 50
MOST_BYTES = 4096  # of the field; servers and proxies refuse a head of 8 kB
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"  # a name may have a query of anybody's, and nothing in it ends the field
MODULE = ""  # in place of a value of ``as``


class Hint(NamedTuple):
    """A file to fetch early. ``kind`` is the value of ``as``, ``MODULE`` for a module and what it needs."""

    url: str
    kind: str
    integrity: str = ""
    cors: bool = False

    @property
    def link(self) -> str:
        """The value of a field ``Link`` (RFC 8288)."""
        relation = "rel=modulepreload" if self.kind == MODULE else f"rel=preload; as={self.kind}"
        cors = "; crossorigin" if self.cors else ""
        integrity = f'; integrity="{self.integrity}"' if self.integrity else ""
        return f"<{quote(self.url, safe=_URL_SAFE)}>; {relation}{cors}{integrity}"

    def as_element(self, nonce: str) -> SafeString:
        """Return the hint for the page itself."""
        return element(
            "link",
            {
                "rel": "modulepreload" if self.kind == MODULE else "preload",
                "href": self.url,
                "as": self.kind,
                "integrity": self.integrity,
                "crossorigin": "anonymous" if self.cors else None,
                "nonce": nonce,
            },
        )


class Needs:
    """What tags have noted while a page is rendered, for whoever writes the head of the answer.

    ``field`` is for this answer, ``early`` for the next one to the same question.
    """

    def __init__(self) -> None:
        self.early: dict[str, Hint] = {}
        self._written: set[str] = set()
        self._links: dict[str, None] = {}
        self._room = MOST_BYTES
        self._open = True

    @property
    def field(self) -> str:
        """The value of the field ``Link``, empty for none."""
        return ", ".join(self._links)

    def take(self, hint: Hint) -> bool:
        """Put a hint into the field. Return whether it is there: it may be too late, or there is no room."""
        link = hint.link
        if link in self._links:
            return True
        if not self._open or len(self._links) == MOST_LINKS or len(link) > self._room:
            return False
        self._links[link] = None
        self._room -= len(link) + len(", ")
        return True

    def is_new(self, hint: Hint) -> bool:
        """Say whether the page itself does not have this hint yet; from now on it has."""
        new = hint.url not in self._written
        self._written.add(hint.url)
        return new

    def close(self) -> str:
        """Return the field: the head of the answer is about to be sent, and takes no more hints."""
        self._open = False
        return self.field
