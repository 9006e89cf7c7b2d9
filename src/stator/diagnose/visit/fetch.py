"""Fetching: the one module that talks to the network, as a browser does and as long as one may.

The rules of this file:

1. Nothing is raised: what goes wrong with an address is the ``fault`` of its answer.
2. Bodies are hashed as they go by; only the beginning of one is kept, so memory does not grow with a site.
3. A password in an address is for its own origin. Nothing else of the visitor is sent anywhere: no cookies.
4. Connections are kept, one for each thread and origin. One that has ended meanwhile is made anew, once.
5. However slowly a server speaks, it is listened to until a fixed time: each read ends with the answer's.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import http.client
import io
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from stator.diagnose.visit.address import address, origin_of
from stator.diagnose.visit.answer import Answer, Fields
from stator.encode.decoding import Decoder, Garbled, decoder
from stator.urls import without_escapes

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_BYTES = 200 << 20  # on the wire, of a whole visit
LARGEST = 16 << 20  # of one answer, on the wire or decoded: what follows is not read
KEPT = 2 << 20  # what is looked into; larger sheets and modules are not
PATIENCE = 10  # seconds that a server may be silent
LONGEST = 60  # seconds that one answer may take
LONGEST_VISIT = 10 * 60  # seconds
MOST_SLOW = 10  # answers that were waited for in vain, after which a server is not asked any more
MOST_HOPS = 6
AGENT = "Mozilla/5.0 (compatible; Stator)"
ALGORITHMS = ("sha256", "sha384", "sha512")  # those of integrity attributes

_PIECE = 1 << 14
_HEAD = 1 << 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def accepted_codings(url: str) -> str:
    """Return what browsers say they accept from an address: the newer codings only where nobody listens."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or parts.hostname in _LOCAL
    return "gzip, deflate, br, zstd" if is_safe else "gzip, deflate"


class Fetcher:
    """Fetches addresses, from several threads at once, until as many bytes have come as one visit may cost.

    ``credentials`` has a user and a password, with a colon between them, by origin.
    """

    def __init__(self, credentials: Mapping[str, str], patience: float = PATIENCE) -> None:
        self._credentials = credentials
        self._patience = patience
        self._of_thread = threading.local()
        self._open: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()
        self._left = MOST_BYTES
        self._end = time.monotonic() + LONGEST_VISIT
        self._slow: Counter[str] = Counter()  # how often an origin was waited for in vain
        self._tls = ssl.create_default_context()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._open:
            connection.close()

    @property
    def why_spent(self) -> str:
        """Why a visit has to end here, ``""`` where it may go on."""
        if self._left <= 0:
            return f"More than {MOST_BYTES >> 20} MB came"
        if time.monotonic() >= self._end:
            return f"The visit has taken {LONGEST_VISIT // 60} minutes"
        return ""

    def get(self, url: str, fields: Iterable[tuple[str, str]] = ()) -> Answer:
        """Return what a browser gets in the end, redirects followed."""
        hops: list[str] = []
        while True:
            at = hops[-1] if hops else url
            answer = self._ask(at, dict(fields))._replace(hops=tuple(hops))
            target = answer.field("location")
            if answer.status not in _REDIRECTS or not target:
                return answer
            if len(hops) == MOST_HOPS:
                return answer._replace(fault=f"there are more than {MOST_HOPS} redirects, the last to {at}")
            following = address(target, at)
            if not following:
                return answer._replace(fault=f"it redirects to {target!r}, which is no address of HTTP")
            hops.append(following)

    def _ask(self, url: str, fields: dict[str, str]) -> Answer:
        slow = self._slow[origin_of(url)]
        if slow >= MOST_SLOW:
            return Answer(url, fault=f"the server was waited for {slow} times in vain")
        try:
            connection = self._connection(url)
            was_kept = connection.sock is not None
            try:
                return self._exchange(connection, url, fields)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if not was_kept:
                    raise
                return self._exchange(connection, url, fields)  # rule 4
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer(url, fault=self._said(url, error))

    def _exchange(self, connection: http.client.HTTPConnection, url: str, fields: dict[str, str]) -> Answer:
        parts = urlsplit(without_escapes(url))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"Accept": "*/*", "User-Agent": AGENT, **fields}
        if secret := self._credentials.get(origin_of(url)):
            sent["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
        ends = min(time.monotonic() + LONGEST, self._end)
        connection.response_class = functools.partial(_response, self._patience, ends)  # type: ignore[assignment]
        try:
            connection.request("GET", target, headers=sent)
            with connection.getresponse() as response:
                answer = self._received(url, response)
        except BaseException:
            connection.close()
            raise
        if answer.fault or answer.cut:
            connection.close()  # what is left on it belongs to an answer that was given up
        return answer

    def _received(self, url: str, response: http.client.HTTPResponse) -> Answer:
        named = tuple((name.lower(), value.strip()) for name, value in response.getheaders())
        body = _Body(", ".join(value for name, value in named if name == "content-encoding"))
        fault = ""
        try:
            while piece := response.read1(_PIECE):
                self._left -= len(piece)
                body.take(piece)
                if body.is_full or self._left <= 0:
                    body.cut = True
                    break
            else:
                if response.length:
                    fault = f"the connection ends {response.length} bytes before the answer does"
        except (http.client.HTTPException, OSError) as error:
            fault = f"the answer breaks off ({self._said(url, error)})"
        return body.answer(url, response.status, named, fault)

    def _connection(self, url: str) -> http.client.HTTPConnection:
        """Return this thread's connection to the origin of an address, open or yet to be opened."""
        held: dict[str, http.client.HTTPConnection] = self._of_thread.__dict__
        origin, parts = origin_of(url), urlsplit(url)
        if origin not in held:
            host = parts.hostname or ""
            if parts.scheme == "https":
                held[origin] = http.client.HTTPSConnection(
                    host, parts.port, timeout=self._patience, context=self._tls
                )
            else:
                held[origin] = http.client.HTTPConnection(host, parts.port, timeout=self._patience)
            with self._lock:
                self._open.append(held[origin])
        return held[origin]

    def _said(self, url: str, error: Exception) -> str:
        """Return what went wrong in words that can follow the name of an address."""
        if isinstance(error, TimeoutError):
            self._slow[origin_of(url)] += 1
        return _said(url, error, self._patience)


class _TooLong(TimeoutError):
    """An answer goes on and on."""


def _response(
    patience: float, ends: float, connected: socket.socket, method: str | None = None
) -> http.client.HTTPResponse:
    """Return what ``http.client`` makes of a connection, with rule 5 for all that is read of it."""
    return http.client.HTTPResponse(_Timed(connected, patience, ends), method=method)  # type: ignore[arg-type]


class _Timed(io.RawIOBase):
    """What is read of a connection; ``TimeoutError`` says that it is silent or goes on too long."""

    def __init__(self, connected: socket.socket, patience: float, ends: float) -> None:
        self._socket = connected
        self._file = connected.makefile("rb", buffering=0)
        self._patience = patience
        self._ends = ends

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002  (all that is asked of a socket)
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise _TooLong
        self._socket.settimeout(min(self._patience, left))
        try:
            return self._file.readinto(buffer)
        except TimeoutError:
            raise TimeoutError if left > self._patience else _TooLong from None

    def close(self) -> None:
        self._file.close()
        super().close()


class _Body:
    """A body as it comes: decoded, measured and hashed, and its beginning kept."""

    def __init__(self, codings: str) -> None:
        self.cut = False
        self._garbled = ""
        self._taken = 0  # bytes on the wire
        self._size = 0
        self._hashes = {name: hashlib.new(name) for name in ALGORITHMS}
        self._kept = bytearray()
        self._decoder: Decoder | None = None
        try:
            self._decoder = decoder(codings)
        except Garbled as error:
            self._garbled = str(error)

    @property
    def is_full(self) -> bool:
        return max(self._taken, self._size) > LARGEST

    def take(self, piece: bytes) -> None:
        self._taken += len(piece)
        if self._decoder is None or self._garbled:
            return
        try:
            for plain in self._decoder.pieces(piece):
                self._add(plain)
                if self.is_full:
                    return
        except Garbled as error:
            self._garbled = str(error)

    def _add(self, plain: bytes) -> None:
        self._size += len(plain)
        for state in self._hashes.values():
            state.update(plain)
        self._kept += plain[: KEPT + 1 - len(self._kept)]

    def answer(self, url: str, status: int, fields: Fields, fault: str) -> Answer:
        is_whole = self._decoder is None or self._decoder.done() or self.cut or fault or not self._taken
        garbled = self._garbled or ("" if is_whole else "the bytes end before what they code does")
        hashes = {name: state.digest() for name, state in self._hashes.items()}
        content = bytes(self._kept) if len(self._kept) <= KEPT else b""
        return Answer(
            url,
            status,
            fields,
            fault,
            size=self._size,
            hashes=hashes,
            garbled=garbled,
            cut=self.cut,
            head=bytes(self._kept[:_HEAD]),
            content=content,
        ).judged()


def _said(url: str, error: Exception, patience: float) -> str:
    match error:
        case _TooLong():
            return f"the answer takes more than {LONGEST} seconds"
        case TimeoutError():
            return f"the server says nothing for {patience:g} seconds"
        case ssl.SSLCertVerificationError():
            return f"the certificate cannot be trusted ({error.verify_message})"
        case ssl.SSLError():
            return f"TLS cannot be agreed on ({error.reason or error})"
        case socket.gaierror():
            return f"the host {urlsplit(url).hostname!r} is not known ({error.strerror})"
        case ConnectionRefusedError():
            return "the connection is refused: nothing listens there"
        case http.client.IncompleteRead():
            return "the connection ends before the answer does"
        case http.client.HTTPException():
            return f"what it answers is no HTTP ({type(error).__name__}: {error})"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
