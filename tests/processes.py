"""Servers for tests: processes on a free port of 127.0.0.1, waited for, and ended with the test."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.parts import TESTS

PATIENCE = 60  # seconds until a server that does not answer is a failure

Address = tuple[str, int]


# Below those that the system gives to whoever asks for any, and others for a run of the tests beside this
# one: between being found and being listened at, a port is taken by nobody.
_FIRST, _EACH, _RUNS = 11_000, 1_000, 20
_OURS = _FIRST + os.getpid() % _RUNS * _EACH
_PORTS = itertools.cycle(range(_OURS, _OURS + _EACH))


def free_port() -> int:
    return next(port for port in _PORTS if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.01)


def listens(address: Address) -> bool:
    try:
        socket.create_connection(address, timeout=1).close()
    except OSError:
        return False
    return True


# Who runs tests in the background has told the shell to ignore Ctrl-C, which a server would inherit.
_HEEDS_INTERRUPTS = (
    ["env", "--default-signal=INT"] if signal.getsignal(signal.SIGINT) is signal.SIG_IGN else []
)


@contextmanager
def running(
    command: Sequence[str], address: Address, log: Path, **environ: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends, which begins when it listens. A traceback in its log fails."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*_HEEDS_INTERRUPTS, *command],
            cwd=TESTS.parent,
            env={**os.environ, **environ},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: process.poll() is not None or listens(address), f"{command} listens")
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert "Traceback" not in log.read_text(), log.read_text()
