from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from stator.live import stopping

done: list[str] = []


@pytest.fixture(autouse=True)
def server() -> Iterator[None]:
    """A server's handler, as every server has one."""
    before = signal.signal(signal.SIGTERM, lambda *_: done.append("the server's"))
    done.clear()
    yield
    signal.signal(signal.SIGTERM, before)


def note() -> None:
    done.append("ours")


def test_a_listener_is_told_before_the_server_does_what_it_does() -> None:
    with stopping.telling(note) as is_told:
        assert is_told
        signal.raise_signal(signal.SIGTERM)
    assert done == ["ours", "the server's"]


def test_who_left_is_not_told_and_the_server_still_is() -> None:
    with stopping.telling(note):
        pass
    signal.raise_signal(signal.SIGTERM)
    assert done == ["the server's"]


def test_many_listeners_are_told_once_each() -> None:
    with stopping.telling(note), stopping.telling(note):
        signal.raise_signal(signal.SIGTERM)
    assert done == ["ours", "ours", "the server's"]


def test_a_handler_that_ends_at_once_is_left_alone() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with stopping.telling(note) as is_told:
        assert is_told
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_another_thread_cannot_be_told() -> None:
    heard = []

    def listen() -> None:
        with stopping.telling(note) as is_told:
            heard.append(is_told)

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert heard == [False]


def test_a_signal_in_the_middle_of_an_addition_locks_nothing() -> None:
    from stator.live.changes import Changes

    log = Changes()
    with stopping.telling(log.end), log.waking(lambda: done.append("woken")), log._news:
        signal.raise_signal(signal.SIGTERM)
    assert log.ended
    assert done == ["woken", "the server's"]
