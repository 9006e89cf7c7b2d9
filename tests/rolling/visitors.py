"""Visitors: they load a page, wait, load all that it refers to and what that refers to, and keep count.

What is wrong is one of five things. A file is *missing*: 404. It is *refused*: any other status but 200, or
no answer. It is *altered*: not what the page has said of it under ``integrity``. It is *changed*: a digested
name has other bytes than it had for an earlier visitor. A *page* is not to be had of any server.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from tests.encode.decoders import DECODERS
from tests.processes import Address
from tests.serve.http import Answer, parse, request_of

_ACCEPTED = ("identity", "gzip", "gzip, deflate, br", "gzip, deflate, br, zstd")
_PATIENCE = 20  # seconds for an answer
_ATTEMPTS = 5  # at servers, before a page is not to be had: a balancer goes to the next one
_DIGESTED = re.compile(r"\.[0-9a-f]{12}\.")
_REFERENCES = {
    "html": re.compile(r'(?:href|src)="([^"]+)"'),
    "css": re.compile(r"""(?:url\(|@import\s*(?=["']))["']?([^"')]+)"""),
    "js": re.compile(r'import\s*"([^"]+)"'),
}
_RELEASE = re.compile(r'name="release" content="([^"]+)"')
_IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>')


class Problem(NamedTuple):
    """What was wrong with what: one of the kinds above."""

    kind: str
    what: str


class Page(NamedTuple):
    """A page as a visitor holds it: its release, its references, and what each address is to hold."""

    release: str
    references: Sequence[str]
    integrity: Mapping[str, str]


class Visitors:
    """Who visits, and what they have seen so far.

    ``servers`` says which servers have pages, each time that somebody asks for one. A visitor waits up to
    ``latest`` seconds before loading what a page refers to.

    ``pages`` and ``files`` are how many were loaded, ``harmed`` how many of the pages had a problem, of which
    all are in ``problems``. ``latest`` is how many seconds after its page the last file of a visit was there,
    at the most.
    """

    def __init__(self, servers: Callable[[], Sequence[Address]], latest: float, seed: int) -> None:
        self._servers = servers
        self._wait = latest
        self._chance = Random(seed)
        self._open: Counter[str] = Counter()
        self._hashes: dict[str, bytes] = {}
        self._leaving = False
        self.pages = 0
        self.files = 0
        self.harmed = 0
        self.latest = 0.0
        self.problems: list[Problem] = []

    def open_pages(self) -> list[str]:
        """Return the releases of pages that visitors hold at the moment."""
        return list(+self._open)

    def addresses(self) -> set[str]:
        """Return the digested addresses at which somebody has found a file."""
        return set(self._hashes)

    async def visit(self, visitors: int) -> None:
        """Send so many visitors at once, one visit after the other, until they are told to leave."""
        await asyncio.gather(*(self._visitor() for _ in range(visitors)))

    def leave(self) -> None:
        """Let the visits that are under way be the last."""
        self._leaving = True

    async def _visitor(self) -> None:
        while not self._leaving:
            page = await self._page()
            if page is None:
                continue
            self._open[page.release] += 1
            try:
                loaded = time.monotonic()
                await asyncio.sleep(self._chance.uniform(0, self._wait))
                problems = await self._load(page)
            finally:
                self._open[page.release] -= 1
            self.latest = max(self.latest, time.monotonic() - loaded)
            self.harmed += bool(problems)
            self.problems += problems

    async def _page(self) -> Page | None:
        said = ""
        for _ in range(_ATTEMPTS):
            try:
                answer = await _asked(self._chance.choice(self._servers()), "/")
            except OSError as error:
                said = str(error)
            else:
                said = str(answer.status)
                if answer.status == 200:
                    self.pages += 1
                    return page_of(answer.body.decode())
        self.problems.append(Problem("page", said))
        return None

    async def _load(self, page: Page) -> list[Problem]:
        accepted, problems = self._chance.choice(_ACCEPTED), []
        left, known = list(page.references), set(page.references)
        while left:
            address = left.pop()
            content = await _content(address, accepted)
            self.files += 1
            if isinstance(content, Problem):
                problems.append(content)
                continue
            problems += self._judged(address, content, page)
            found = [one for one in references(address, content.decode()) if one not in known]
            known.update(found)
            left += found
        return problems

    def _judged(self, address: str, content: bytes, page: Page) -> Iterator[Problem]:
        found = hashlib.sha256(content).digest()
        said = "sha256-" + base64.b64encode(found).decode()
        if page.integrity.get(address, said) != said:
            yield Problem("altered", address)
        if _DIGESTED.search(address) and self._hashes.setdefault(address, found) != found:
            yield Problem("changed", address)


@contextmanager
def visiting(visitors: Visitors, number: int) -> Iterator[None]:
    """Send visitors while the block lasts, so many at once, and let them end their visits."""
    with ThreadPoolExecutor(1) as pool:
        visits = pool.submit(asyncio.run, visitors.visit(number))
        try:
            yield
        finally:
            visitors.leave()
    visits.result()


def page_of(text: str) -> Page:
    """Return what is told in a page: it begins with its release and its import map."""
    release, imports = _RELEASE.search(text), _IMPORT_MAP.search(text)
    assert release, text
    assert imports, text
    return Page(release[1], _REFERENCES["html"].findall(text), json.loads(imports[1])["integrity"])


def references(address: str, text: str) -> Iterator[str]:
    """Yield the addresses that the file at an address refers to."""
    pattern = _REFERENCES.get(address.rpartition(".")[2])
    for found in pattern.findall(text) if pattern else ():
        yield urljoin(address, found)


async def _content(address: str, accepted: str) -> bytes | Problem:
    """Return what is at an address, decoded, or what is wrong."""
    parts = urlsplit(address)
    assert parts.hostname, address
    assert parts.port, address
    try:
        answer = await _asked((parts.hostname, parts.port), parts.path, accept_encoding=accepted)
    except OSError as error:
        return Problem("refused", f"{address}: {error!r}")
    if answer.status != 200:
        return Problem("missing" if answer.status == 404 else "refused", f"{address}: {answer.status}")
    coding = answer["content-encoding"]
    try:
        return DECODERS[coding](answer.body) if coding else answer.body
    except Exception as error:  # noqa: BLE001  (three libraries, each with its own)
        return Problem("altered", f"{address}: {error!r}")


async def _asked(address: Address, target: str, **fields: str) -> Answer:
    async with asyncio.timeout(_PATIENCE):
        reader, writer = await asyncio.open_connection(*address)
        try:
            named = {name.replace("_", "-"): value for name, value in fields.items()}
            writer.write(request_of(target, fields=named))
            received = await reader.read()
        finally:
            writer.close()
    if b"\r\n\r\n" not in received:
        raise ConnectionError("the server hung up")
    answer = parse(received, "GET")
    if len(answer.body) != int(answer["content-length"] or -1):
        raise ConnectionError("the server hung up before all was said")
    return answer
