"""A proxy before a store that does what networks and stores do on bad days, and remembers its requests.

``with faulty(store, plan) as proxy`` gives ``proxy.options``, the ``DESTINATION`` that leads to the store by
way of the proxy. For each request the plan chooses one of the faults below. What ``by_chance(seed)`` chooses
depends on the seed, the request and how often it came, and neither on the bucket's name nor on the order in
which requests at the same time come in: a failure can be repeated.

The request goes on as it came, and so does its ``Host``, which signatures cover. It goes on as HTTP/1.0,
in which an answer ends with its connection and has no chunks to be put together.
"""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from tests.stores import Store

DELAY = 0.2  # seconds; several times what a request takes

Head = tuple[str, ...]  # the first line, and the fields as they stood


class Message(NamedTuple):
    """A request or an answer. One that is not ``whole`` ends with the connection before its time."""

    head: Head
    body: bytes
    whole: bool = True


class Exchange(NamedTuple):
    """What was asked, what befell it, and the status that the client saw: 0 where it was cut off.

    The path is the one below the bucket, with its query, and nothing in it is written with percent signs.
    """

    method: str
    path: str
    fault: str
    status: int


# Sends the request on, and returns the answer.
Forward = Callable[[], Awaitable[Message]]
# Returns what the client gets, or nothing where the connection is closed instead.
Fault = Callable[[Forward], Awaitable[Message | None]]
# Chooses one of ``FAULTS`` for a request, from its method, its path below the bucket, and how often the two
# came before, with whatever query.
Plan = Callable[[str, str, int], str]


async def _pass(forward: Forward) -> Message | None:
    return await forward()


async def _drop_before(forward: Forward) -> Message | None:
    return None


async def _drop_after(forward: Forward) -> Message | None:
    await forward()
    return None


async def _delay(forward: Forward) -> Message | None:
    await asyncio.sleep(DELAY)
    return await forward()


async def _truncate(forward: Forward) -> Message | None:
    answer = await forward()
    return answer._replace(body=answer.body[: len(answer.body) // 2], whole=not answer.body)


def _answer(status: str, *fields: str) -> Fault:
    async def answer(forward: Forward) -> Message | None:
        return Message((f"HTTP/1.1 {status}", "Content-Length: 0", *fields), b"")

    return answer


FAULTS: Mapping[str, Fault] = {
    "pass": _pass,
    "drop before": _drop_before,  # the store never hears of it
    "drop after": _drop_after,  # the store has done it, and nobody knows
    "delay": _delay,
    "truncate": _truncate,  # an answer without a body comes whole
    "500": _answer("500 Internal Server Error"),
    "503": _answer("503 Slow Down"),
    "503 retry after": _answer("503 Slow Down", "Retry-After: 1"),
    "403": _answer("403 Forbidden"),
    "412": _answer("412 Precondition Failed"),
}
TRANSIENT = ("drop before", "drop after", "delay", "truncate", "500", "503", "503 retry after")
LASTING = ("403", "412")  # what no client tries again


def no_fault(method: str, path: str, before: int) -> str:
    """Let everything pass."""
    return "pass"


def by_chance(seed: int, faults: Sequence[str] = TRANSIENT, share: float = 0.2) -> Plan:
    """Return a plan that strikes a share of the requests with one of the faults."""

    def choose(method: str, path: str, before: int) -> str:
        asked = path.partition("?")[0]  # in a query there are names that the store has made up
        chance = random.Random(f"{seed} {method} {asked} {before}")
        return chance.choice(faults) if chance.random() < share else "pass"

    return choose


def always(fault: str, method: str = "", path: str = "", times: int | None = None) -> Plan:
    """Return a plan that strikes what has this method, if one is given, and this in its path.

    ``times`` is how often each request is struck, before it passes.
    """

    def choose(asked: str, where: str, before: int) -> str:
        struck = method in ("", asked) and path in where and (times is None or before < times)
        return fault if struck else "pass"

    return choose


class Proxy:
    """A proxy that runs. By ``skew``, which may be changed, the store's clock is ahead."""

    def __init__(self, store: Store, plan: Plan, skew: timedelta) -> None:
        self._store = store
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self.options = store.options
        self.skew = skew
        self.exchanges: list[Exchange] = []
        self.follow(plan)

    def follow(self, plan: Plan) -> None:
        """Go by another plan from now on, for which no request has come before."""
        self._plan = plan
        self._asked: Counter[tuple[str, str]] = Counter()

    async def run(self, listens: threading.Event, stop: asyncio.Event) -> None:
        """Answer connections until ``stop`` is set, which ends those that are open."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        self.options = self._store.through("{}:{}".format(*server.sockets[0].getsockname()))
        listens.set()
        await stop.wait()
        server.close()
        for writer in self._connections.values():
            writer.transport.abort()
        await asyncio.gather(*self._connections)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections[task] = writer
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._answer(reader, writer):
                pass
        writer.close()
        del self._connections[task]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request, and return whether the connection can be used for another."""
        request = await _read_request(reader, writer)
        method, target, _ = request.head[0].split(" ")
        path = unquote(target).partition(self._store.bucket)[2]
        asked = (method, path.partition("?")[0])
        fault = self._plan(method, path, self._asked[asked])
        self._asked[asked] += 1
        answer = await FAULTS[fault](lambda: self._forward(request))
        status = int(answer.head[0].split(" ")[1]) if answer else 0
        self.exchanges.append(Exchange(method, path, fault, status))
        if answer is None:
            return False
        writer.write(_bytes(answer))
        await writer.drain()
        return answer.whole

    async def _forward(self, request: Message) -> Message:
        store = urlsplit(self._store.address)
        reader, writer = await asyncio.open_connection(store.hostname, store.port)
        try:
            writer.write(_bytes(_going_on(request)))
            head = _head(await reader.readuntil(b"\r\n\r\n"))
            answer = Message(head, await reader.read())
        finally:
            writer.close()
        return _skewed(_coming_back(answer, request), self.skew)


@contextmanager
def faulty(store: Store, plan: Plan = no_fault, skew: timedelta = timedelta()) -> Iterator[Proxy]:
    """Run a proxy before a store, until the block ends."""
    proxy = Proxy(store, plan, skew)
    listens, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(proxy.run(listens, stop),), name="faulty")
    thread.start()
    try:
        assert listens.wait(10)
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Message:
    head = _head(await reader.readuntil(b"\r\n\r\n"))
    assert not _field(head, "transfer-encoding"), "no client of ours sends chunks"
    if _field(head, "expect"):
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return Message(head, await reader.readexactly(int(_field(head, "content-length") or 0)))


def _head(received: bytes) -> Head:
    return tuple(received.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n"))


def _field(head: Head, name: str) -> str:
    found = [
        value.strip() for field, _, value in (line.partition(":") for line in head) if field.lower() == name
    ]
    return found[0] if found else ""


def _without(fields: Sequence[str], names: Sequence[str]) -> Head:
    return tuple(line for line in fields if line.partition(":")[0].lower() not in names)


_ONE_HOP = ("connection", "expect", "keep-alive")  # what is between two programs that are connected


def _going_on(request: Message) -> Message:
    first = request.head[0].replace("HTTP/1.1", "HTTP/1.0")
    return Message((first, *_without(request.head[1:], _ONE_HOP)), request.body)


def _coming_back(answer: Message, request: Message) -> Message:
    _, _, status = answer.head[0].partition(" ")
    head = (f"HTTP/1.1 {status}", *_without(answer.head[1:], _ONE_HOP))
    bodiless = request.head[0].startswith("HEAD ") or status[:3] in ("204", "304")
    length = () if bodiless or _field(head, "content-length") else (f"Content-Length: {len(answer.body)}",)
    return Message((*head, *length), answer.body)


def _bytes(message: Message) -> bytes:
    return "\r\n".join((*message.head, "", "")).encode("latin-1") + message.body


# Where stores tell times: in these fields, and in listings, in one of two forms.
_DATE_FIELDS = re.compile(r"(?i)(date|last-modified): *(.+)")
_LISTED = re.compile(rb"(<LastModified>)(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)|(<Last-Modified>)([^<]+)")


def _skewed(answer: Message, skew: timedelta) -> Message:
    if not skew:
        return answer
    head = tuple(
        f"{field[1]}: {_shifted(field[2], skew)}" if (field := _DATE_FIELDS.fullmatch(line)) else line
        for line in answer.head
    )
    if not _field(head, "content-type").startswith("application/xml"):
        return Message(head, answer.body)
    return Message(head, _LISTED.sub(lambda found: _shifted_in_listing(found, skew), answer.body))


def _shifted(date: str, skew: timedelta) -> str:
    return format_datetime(parsedate_to_datetime(date).astimezone(UTC) + skew, usegmt=True)


def _shifted_in_listing(found: re.Match[bytes], skew: timedelta) -> bytes:
    if found[1]:
        time = datetime.fromisoformat(found[2].decode()) + skew
        return found[1] + time.isoformat(timespec="seconds").encode()
    return found[3] + _shifted(found[4].decode(), skew).encode()
