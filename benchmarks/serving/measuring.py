"""What is measured: requests a second, and start-up.

Contenders take turns, and each is started anew for each round. An answer is compared with the published file
before anything is timed.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Generic, NamedTuple, TypeVar

from benchmarks.serving.contenders import BARE, Contender
from benchmarks.serving.servers import ALONE_ASGI, ALONE_WSGI, PATIENCE, Failed, Running, running
from benchmarks.serving.targets import Target
from benchmarks.workshop import Workshop

CONNECTIONS = 16
WARM_UP = 1  # seconds
_BARE = {"Content-Type", "Content-Length"}

T = TypeVar("T")


class Load(NamedTuple):
    """Requests a second, and what ``wrk`` says of errors, if any."""

    rate: float
    errors: str


class Start(NamedTuple):
    """Seconds from the start of the process to the first answer; then its memory, now and at its peak, in MB.

    Memory is that of the process and of those that it started, each with the pages that they share.
    """

    seconds: float
    memory: float
    peak: float


class Outcome(NamedTuple, Generic[T]):
    """What a contender came to: its rounds, or none and why it was given up."""

    contender: Contender
    rounds: Sequence[T]
    failure: str = ""


def load(
    shop: Workshop, target: Target, contenders: Sequence[Contender], rounds: int, seconds: int
) -> list[Outcome[Load]]:
    """Let ``wrk`` ask for the file for so many seconds a round, after a warm-up."""

    def measure(contender: Contender) -> Load:
        with _running(shop, target, contender) as server:
            _check(server.first_answer(target.path), target)
            url = f"http://127.0.0.1:{server.port}{target.path}"
            wrk(url, WARM_UP)
            return wrk(url, seconds)

    return _in_turns(contenders, measure, rounds)


def start(
    shop: Workshop, target: Target, contenders: Sequence[Contender], rounds: int
) -> list[Outcome[Start]]:
    """Start each once uncounted, since Python compiles modules then, and so many rounds counted."""

    def measure(contender: Contender) -> Start:
        first_answer = _alone if contender.server in {ALONE_WSGI, ALONE_ASGI} else _behind_server
        with _running(shop, target, contender) as server:
            return first_answer(server, target)

    warm = _in_turns(contenders, measure, 1)
    return [
        *_in_turns([one.contender for one in warm if not one.failure], measure, rounds),
        *(one for one in warm if one.failure),
    ]


def wrk(url: str, seconds: int) -> Load:
    """Ask for a URL that long. Raises ``Failed`` when an answer is no success."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if bad := re.search(r"Non-2xx or 3xx responses: \d+", said):
        raise Failed(bad[0])
    errors = re.search(r"Socket errors: .*", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if not rate:
        raise Failed(f"wrk says {said!r}")
    return Load(float(rate[1]), errors[0] if errors else "")


def _in_turns(
    contenders: Sequence[Contender], measure: Callable[[Contender], T], rounds: int
) -> list[Outcome[T]]:
    found: dict[Contender, list[T]] = {one: [] for one in contenders}
    failures: dict[Contender, str] = {}
    for _ in range(rounds):
        for contender in contenders:
            if contender not in failures:
                try:
                    found[contender].append(measure(contender))
                except Failed as failure:
                    failures[contender] = str(failure)
    return [Outcome(one, [] if one in failures else found[one], failures.get(one, "")) for one in contenders]


def _running(shop: Workshop, target: Target, contender: Contender) -> AbstractContextManager[Running]:
    fields = [field for field in target.fields if contender.name != BARE or field[0] in _BARE]
    environ = {
        "BENCH_ROOT": str(target.root),
        "BENCH_PATH": target.path,
        "BENCH_BODY": str(target.file),
        "BENCH_FIELDS": "\n".join(": ".join(field) for field in fields),
    }
    return running(contender.server, contender.application, target.root, shop.new_folder(), environ)


def _check(body: bytes, target: Target) -> None:
    if body != target.file.read_bytes():
        raise Failed(f"answers other bytes: {body[:40]!r}")


def _behind_server(server: Running, target: Target) -> Start:
    body = server.first_answer(target.path)
    answered = time.monotonic()
    _check(body, target)
    memory, peak = (server.kilobytes(field) / 1024 for field in ("VmRSS", "VmHWM"))
    return Start(answered - server.started, memory, peak)


def _alone(server: Running, _: Target) -> Start:
    """Read what the process says (``alone``), which has compared the answer itself."""
    try:
        status = server.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        raise Failed(f"no answer in {PATIENCE} s") from None
    if status:
        raise Failed(server.last_words())
    answered, memory, peak = map(float, server.log.read_text(encoding="ascii").split())
    return Start(answered - server.started, memory / 1024, peak / 1024)
