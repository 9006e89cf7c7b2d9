"""Carrying: the one module here that talks to the network.

The rules of this file:

1. To purge twice does no harm, so whatever may be better the next time is tried again: no connection, a
   connection that is cut, 408, 429, and errors of the server.
2. Who says when to come back is believed, up to ``PATIENCE``.
3. What is raised names the service, the status and what the service said, and none of the fields that
   sealed the request, though the service should repeat one.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from email.utils import parsedate_to_datetime
from typing import NamedTuple, Self
from urllib.parse import urlsplit

import stator
from stator.errors import EnvironmentFailed
from stator.publish.purge.request import Fields, Request, Seal
from stator.publish.purge.services import Service

PATIENCE = 300  # seconds of waiting, for a service that asks for it
PATIENCE_FOR_FAULTS = 31  # seconds of waiting, for one that may be ill: five more attempts
LONGEST_PAUSE = 60  # seconds between attempts, unless the service names another
TIMEOUT = 20  # seconds that a service may be silent

_LARGEST = 1 << 16  # bytes of an answer that are looked at
_MOST_SAID = 300  # characters of what a service says that are repeated
_LATER = frozenset({408, 429})
_NEVER = frozenset({501, 505})  # errors of a server that another attempt does not mend
_NOT_LET_IN = frozenset({401, 403, 404, 405})


class World(NamedTuple):
    """The clock and the waiting; tests have others."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    timeout: float = TIMEOUT


class _Answer(NamedTuple):
    status: int
    reason: str
    body: bytes
    retry_after: str


class _Fault(NamedTuple):
    """Why a request was not carried out; ``pause`` is how long the service wants to be left alone."""

    said: str
    hint: str = ""
    is_final: bool = False
    is_busy: bool = False
    pause: float | None = None


def carry(requests: Iterable[Request], service: Service, seal: Seal, world: World | None = None) -> None:
    """Send the requests one after the other. Raises ``EnvironmentFailed`` at the first that fails."""
    world = world or World()
    requests = list(requests)
    with _Line(world.timeout) as line:
        for number, request in enumerate(requests):
            if number:
                world.sleep(service.pause)
            fault = _carried(request, service, seal, line, world)
            if fault:
                done = f"{number} of {len(requests)} requests were carried out before. " if number else ""
                again = "Run the command again; to purge twice does no harm."
                raise EnvironmentFailed(f"{service.title}: {fault.said}", f"{done}{fault.hint or again}")


def _carried(request: Request, service: Service, seal: Seal, line: _Line, world: World) -> _Fault | None:
    """Send a request until it succeeds, or patience has an end; return what is wrong then."""
    waited, attempt = 0.0, 0
    while True:
        sealing = seal(request, int(world.now()))
        fault = _fault(request, sealing, service, line, world)
        if fault is None or fault.is_final:
            return fault
        pause = min(2.0**attempt, LONGEST_PAUSE) if fault.pause is None else fault.pause
        waited, attempt = waited + pause, attempt + 1
        if waited > (PATIENCE if fault.is_busy else PATIENCE_FOR_FAULTS):
            return fault
        world.sleep(pause)


def _fault(request: Request, sealing: Fields, service: Service, line: _Line, world: World) -> _Fault | None:
    try:
        answer = line.send(request, sealing)
    except ssl.SSLCertVerificationError as error:
        return _Fault(f"its certificate cannot be trusted ({error.verify_message}).", is_final=True)
    except TimeoutError:
        return _Fault(f"{urlsplit(request.url).netloc} says nothing for {world.timeout:g} seconds.")
    except (OSError, http.client.HTTPException) as error:
        unknown = isinstance(error, socket.gaierror) and error.errno != socket.EAI_AGAIN
        said = str(error) or type(error).__name__
        return _Fault(
            f"{urlsplit(request.url).netloc} cannot be talked to ({_shown(said, sealing)}).", is_final=unknown
        )
    trouble = service.trouble(answer.status, answer.body)
    return None if trouble is None else _judged(answer, trouble, service, sealing, world)


def _judged(answer: _Answer, trouble: str, service: Service, sealing: Fields, world: World) -> _Fault:
    status = answer.status
    is_busy = status in _LATER or trouble.startswith(service.busy)
    is_fault = status >= 500 and status not in _NEVER
    what = trouble or (f"which is no answer of {service.title}" if status < 300 else "")
    said = f"{status} {answer.reason}{': ' if trouble else ', ' if what else ''}{what}"
    return _Fault(
        f"{_shown(said, sealing)}.",
        service.rights if status in _NOT_LET_IN else "",
        is_final=not (is_busy or is_fault),
        is_busy=is_busy or bool(answer.retry_after),
        pause=_seconds(answer.retry_after, world.now()),
    )


def _seconds(retry_after: str, now: float) -> float | None:
    """Return how many seconds a ``Retry-After`` asks for (RFC 9110, 10.2.3), ``None`` if none can be read."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _shown(text: str, sealing: Fields) -> str:
    """Return what a service has said as one line to print, without what is secret."""
    for _, value in sealing:
        for secret in (value, value.rpartition(" ")[2]):
            text = text.replace(secret, "[secret]")
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split()).rstrip(".")
    return line if len(line) <= _MOST_SAID else f"{line[:_MOST_SAID]}…"


class _Line:
    """A connection to one server, kept for the next request, and made anew where that is to another."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._origin = ""
        self._connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    def send(self, request: Request, sealing: Fields) -> _Answer:
        """Return the answer. Raises what ``http.client`` does, after which the connection is another."""
        parts = urlsplit(request.url)
        query = f"?{parts.query}" if parts.query else ""
        fields = {"User-Agent": f"stator/{stator.__version__}", **dict(request.fields), **dict(sealing)}
        connection = self._to(parts.scheme, parts.netloc)
        try:
            connection.request(request.method, f"{parts.path}{query}", request.body or None, fields)
            response = connection.getresponse()
            body = response.read(_LARGEST)
            if response.length and len(body) < _LARGEST:  # which `read` with a number is silent about
                raise http.client.IncompleteRead(body, response.length)
            is_read = response.isclosed()
            retry_after = response.getheader("Retry-After", "").strip()
        except BaseException:
            self._hang_up()
            raise
        if not is_read:
            self._hang_up()
        return _Answer(response.status, response.reason, body, retry_after)

    def _to(self, scheme: str, host: str) -> http.client.HTTPConnection:
        if self._connection is None or self._origin != f"{scheme}://{host}":
            self._hang_up()
            kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
            self._connection = kind(host, timeout=self._timeout)
            self._origin = f"{scheme}://{host}"
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
