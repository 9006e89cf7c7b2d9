"""Changes as server-sent events (WHATWG HTML, 9.2): the stream that a page listens to.

Facts. The id of an event is the time of the change it tells, so a browser that comes back says by itself what
it knows last (``Last-Event-ID``). It comes back whenever a stream has ended, and the first line says after
how many milliseconds. So a stream may end at any time, and must where it would be in the way: a server with
one thread answers nobody else meanwhile, one with a few has fewer, and one that is to stop waits for it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from threading import BoundedSemaphore
from time import monotonic

from stator.live.changes import Change, Changes, now
from stator.live.stopping import telling

CONTENT_TYPE = "text/event-stream"
LONG = 3600.0  # seconds, where nobody waits for the end of a stream
SHORT = 2.0  # where a server might, or has few threads
AT_ONCE = 0.0  # where it has one
BEAT = 5.0  # seconds between signs of life, by which a server notices that the browser has left
_SOON, _LATER = 200, 1000  # milliseconds until a browser comes back
_SIGN_OF_LIFE = b":\n\n"
_threads = BoundedSemaphore(2)  # that short streams may hold of a server's few


def time_of(last_event: str | None, since: str | None) -> int:
    """Return the time from which a page wants to know, by its header field or else by its address."""
    for value in (last_event, since):
        if value and value.isascii() and value.isdigit() and len(value) < 20:
            return int(value)
    return now()


def stream(changes: Changes, at: int, life: float) -> Iterator[bytes]:
    """Yield the events after the time ``at`` for ``life`` seconds, in a thread of its own."""
    if life == SHORT and not _threads.acquire(blocking=False):
        life = AT_ONCE
    held = life == SHORT
    try:
        yield _opening(at, _LATER if life == AT_ONCE else _SOON)
        ends = monotonic() + life
        while True:
            news = changes.wait(at, max(0.0, min(BEAT, ends - monotonic())))
            if news is not None:
                at = news.at
                yield _event(news)
            if changes.ended or monotonic() >= ends:
                return
            if news is None:
                yield _SIGN_OF_LIFE
    finally:
        if held:
            _threads.release()


async def async_stream(changes: Changes, at: int) -> AsyncIterator[bytes]:
    """Yield the events after the time ``at`` without a thread, as long as nobody waits for the end."""
    import asyncio  # noqa: PLC0415  (an asynchronous server has it)

    loop, woken = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(woken.set)

    with telling(changes.end) as is_told, changes.waking(wake):
        yield _opening(at, _SOON)
        ends = monotonic() + (LONG if is_told else SHORT)
        while not changes.ended and monotonic() < ends:
            woken.clear()
            news = changes.since(at)
            if news is not None:
                at = news.at
                yield _event(news)
                continue
            try:
                await asyncio.wait_for(woken.wait(), min(BEAT, ends - monotonic()))
            except TimeoutError:
                yield _SIGN_OF_LIFE


def _opening(at: int, comes_back: int) -> bytes:
    return f"retry: {comes_back}\nid: {at}\nevent: hello\ndata: 0\n\n".encode()


def _event(news: Change) -> bytes:
    kind = "reload" if news.reload else "swap"
    return f"id: {news.at}\nevent: {kind}\ndata: {json.dumps(news.names)}\n\n".encode()
