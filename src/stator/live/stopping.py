"""Hearing that the process is asked to stop, so that no server waits for a stream to end.

Facts. Servers end gracefully: they take a signal, and wait until all answers are sent. ASGI has no way to
tell an answer of it. So the server's handler stays and does what it did, and those who listen are told first.
Handlers can be seen and set from the main thread only.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGQUIT") if hasattr(signal, name)]
_AT_ONCE = (signal.default_int_handler, signal.SIG_DFL, signal.SIG_IGN)  # nothing waits for an answer
_listeners: list[Callable[[], None]] = []


class _Told:
    """A signal handler that tells the listeners, and then does what the handler before it did."""

    def __init__(self, before: Callable[[int, Any], Any]) -> None:
        self.before = before

    def __call__(self, number: int, frame: Any) -> Any:
        for listener in tuple(_listeners):
            listener()
        return self.before(number, frame)


def tell(listener: Callable[[], None]) -> bool:
    """Call ``listener`` when the process is asked to stop; say whether it will be called.

    It will not from another thread than the main one, nor where handlers are not Python's.
    """
    _listeners.append(listener)
    return threading.current_thread() is threading.main_thread() and all(map(_is_told, _SIGNALS))


def forget(listener: Callable[[], None]) -> None:
    """Call ``listener`` no more."""
    _listeners.remove(listener)


@contextmanager
def telling(listener: Callable[[], None]) -> Iterator[bool]:
    """Do what ``tell`` does, until the block ends."""
    try:
        yield tell(listener)
    finally:
        forget(listener)


def _is_told(number: signal.Signals) -> bool:
    handler = signal.getsignal(number)
    if callable(handler) and handler not in _AT_ONCE and not isinstance(handler, _Told):
        signal.signal(number, _Told(handler))
    return handler is not None
