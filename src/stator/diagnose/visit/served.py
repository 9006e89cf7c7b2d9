"""A file as visitors get it: every answer that a browser may have to it, and what the project knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from stator.diagnose.visit.address import origin_of
from stator.diagnose.visit.answer import Answer
from stator.diagnose.visit.knowledge import Area, Knowledge
from stator.diagnose.visit.mention import Mention
from stator.encode.choices import compressible
from stator.manifest import Content

_GZIP = b"\x1f\x8b"  # how every body in that coding begins (RFC 1952)


class Served(NamedTuple):
    """A file, the mentions that lead to it, and its answers.

    ``got`` is what a browser gets. The others are there where they tell more: ``plain`` to a request that
    accepts no coding, ``coded`` to one for each coding alone, ``again`` to one that has the file already,
    ``afresh`` to one that no cache can have seen before.
    """

    mentions: tuple[Mention, ...]
    area: Area
    name: str
    knowledge: Knowledge
    got: Answer
    plain: Answer | None = None
    coded: tuple[Answer, ...] = ()
    again: Answer | None = None
    afresh: Answer | None = None

    @property
    def mention(self) -> Mention:
        """The first place that leads to the file."""
        return self.mentions[0]

    @property
    def url(self) -> str:
        return self.mention.url

    @property
    def called(self) -> str:
        """What messages call the file: its address, as short as the page can write it."""
        page = origin_of(self.mention.page)
        return self.url.removeprefix(page) if origin_of(self.url) == page else self.url

    @property
    def is_static(self) -> bool:
        return self.area is Area.STATIC

    @property
    def is_moved(self) -> bool:
        """Whether a browser was sent elsewhere for a published file."""
        return self.is_static and bool(self.got.hops)

    @property
    def is_plain_file(self) -> bool:
        """Whether a published file arrived from its own address, so that its fields can be judged."""
        return self.is_static and self.arrived and not self.got.hops and not self.got.garbled

    @property
    def arrived(self) -> bool:
        """Whether a browser gets something that can be the file."""
        return self.got.status == 200 and not self.got.fault and not self.is_other_page

    @property
    def is_other_page(self) -> bool:
        """Whether a page came where something else was asked for."""
        asked_for_page = urlsplit(self.url).path.endswith((".html", ".htm", ".xhtml", "/"))
        return self.got.status == 200 and self.got.is_html and not asked_for_page

    @property
    def is_of_application(self) -> bool:
        """Whether the application has answered, as far as the answer or the project tells."""
        said = self.got.is_of_application
        return not self.knowledge.serves if said is None else said

    @property
    def is_kept_404(self) -> bool:
        """Whether a cache says that the file is missing, and the server behind has it."""
        is_there = self.afresh is not None and self.afresh.status == 200 and not self.afresh.is_html
        return self.got.status in {404, 410} and is_there

    @property
    def identity(self) -> Answer:
        """The answer without a coding, as far as there is one."""
        return self.plain if self.plain is not None else self.got

    @property
    def content(self) -> Content | None:
        """What the manifest says of the file."""
        return self.knowledge.content(self.name) if self.is_static else None

    @property
    def other_release(self) -> str:
        """The logical path of the file where only another release can have this name, else ``""``."""
        return self.knowledge.other_release(self.name) if self.is_static else ""

    @property
    def earlier_release(self) -> str:
        """The logical path of the file where this is its name in an earlier release, else ``""``."""
        return self.knowledge.earlier_release(self.name) if self.is_static else ""

    @property
    def crosses_origins(self) -> bool:
        return origin_of(self.url) != origin_of(self.mention.page)

    def is_coded_unsaid(self, answer: Answer) -> bool:
        """Say whether a body is still compressed when it has been decoded as its fields say."""
        return answer.head.startswith(_GZIP) and compressible(self.name)

    def answers(self) -> Iterator[Answer]:
        """Yield the answers that have the file, the browser's first."""
        yield from (
            one for one in (self.got, self.plain, *self.coded) if one is not None and one.status == 200
        )
