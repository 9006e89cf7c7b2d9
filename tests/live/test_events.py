from __future__ import annotations

import asyncio
import json
import threading
from contextlib import ExitStack, closing

import pytest

from stator.live import events
from stator.live.changes import Changes, now


def kinds(blocks: list[bytes]) -> list[str]:
    lines = b"".join(blocks).decode().splitlines()
    return [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]


@pytest.mark.parametrize(("last_event", "since", "time"), [
    (None, "12", 12),
    ("34", "12", 34),
    ("", "12", 12),
    ("nonsense", "12", 12),
    ("-1", "12", 12),
    ("٣", "12", 12),
    ("9" * 5000, "12", 12),
])  # fmt: skip
def test_the_field_goes_over_the_address(last_event: str | None, since: str, time: int) -> None:
    assert events.time_of(last_event, since) == time


def test_who_says_no_time_begins_now() -> None:
    before = now()
    assert before <= events.time_of(None, None) <= now()


def test_a_stream_begins_with_the_time_and_when_to_come_back() -> None:
    log = Changes()
    at = now()
    (opening,) = events.stream(log, at, events.AT_ONCE)
    assert opening.decode().splitlines()[:2] == ["retry: 1000", f"id: {at}"]
    assert kinds([opening]) == ["hello"]


def test_what_is_known_is_told_at_once() -> None:
    log, at = Changes(), now()
    log.add(("css/grüße.css",))
    _, event = events.stream(log, at, events.AT_ONCE)
    id, kind, data, *_ = event.decode().splitlines()
    assert id == f"id: {log.since(at).at}"  # type: ignore[union-attr]
    assert kind == "event: swap"
    assert json.loads(data.removeprefix("data: ")) == ["css/grüße.css"]


def test_a_reload_is_told_as_one() -> None:
    log, at = Changes(), now()
    log.add(("app.js",), reload=True)
    assert kinds(list(events.stream(log, at, events.AT_ONCE))) == ["hello", "reload"]


def test_a_stream_waits_and_ends_with_the_process() -> None:
    log = Changes()
    stream = events.stream(log, now(), events.LONG)
    assert kinds([next(stream)]) == ["hello"]
    threading.Timer(0.01, log.add, [("a.css",)]).start()
    assert kinds([next(stream)]) == ["swap"]
    threading.Timer(0.01, log.end).start()
    assert list(stream) == []


def test_a_stream_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "BEAT", 0.001)
    with closing(events.stream(Changes(), now(), events.LONG)) as stream:
        next(stream)
        assert next(stream) == b":\n\n"


def test_short_streams_hold_two_threads_at_most() -> None:
    log = Changes()
    with ExitStack() as stack:
        for _ in range(2):
            stream = stack.enter_context(closing(events.stream(log, now(), events.SHORT)))
            assert b"retry: 200" in next(stream)
        (opening,) = events.stream(log, now(), events.SHORT)
        assert b"retry: 1000" in opening
    with closing(events.stream(log, now(), events.SHORT)) as stream:
        assert b"retry: 200" in next(stream)


def test_without_a_thread_it_is_the_same() -> None:
    log = Changes()

    async def listened() -> list[bytes]:
        stream = events.async_stream(log, now())
        blocks = [await anext(stream)]
        threading.Timer(0.01, log.add, [("a.css",)]).start()
        blocks.append(await anext(stream))
        threading.Timer(0.01, log.end).start()
        return blocks + [block async for block in stream]

    assert kinds(asyncio.run(listened())) == ["hello", "swap"]


def test_without_a_thread_it_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "BEAT", 0.001)

    async def listened() -> bytes:
        stream = events.async_stream(Changes(), now())
        await anext(stream)
        block = await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        return block

    assert asyncio.run(listened()) == b":\n\n"


def test_many_streams_need_no_thread() -> None:
    log = Changes()

    async def listened() -> int:
        streams = [events.async_stream(log, now()) for _ in range(100)]
        for stream in streams:
            await anext(stream)
        waiting = [asyncio.ensure_future(anext(stream)) for stream in streams]
        log.add(("a.css",))
        await asyncio.gather(*waiting)
        before = threading.active_count()
        for stream in streams:
            await stream.aclose()  # type: ignore[attr-defined]
        return before

    before = threading.active_count()  # one of a test before this may be about to end
    assert asyncio.run(listened()) <= before
