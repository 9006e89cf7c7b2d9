"""Fetching: the one module that talks to the network, as a browser does and as long as one may.

The rules of this file:

1. Nothing is raised: what goes wrong with an address is the ``fault`` of its answer.
2. Bodies are hashed as they go by; only the beginning of one is kept, so memory does not grow with a site.
3. A password in an address is for its own origin. Nothing else of the visitor is sent anywhere: no cookies.
4. Connections are kept, one for each thread and origin. One that has ended meanwhile is made anew, once.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from stator.diagnose.visit.address import address, origin_of
from stator.diagnose.visit.answer import Answer, Fields
from stator.encode.decoding import Decoder, Garbled, decoder
from stator.urls import without_escapes

MOST_BYTES = 200 << 20  # on the wire, of a whole visit
LARGEST = 16 << 20  # decoded, of one answer: what follows is not read
KEPT = 2 << 20  # what is looked into; larger sheets and modules are not
PATIENCE = 10  # seconds that a server may be silent
MOST_SILENT = 10  # times, after which a server is not asked any more
LONGEST = 60  # seconds that one answer may take
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
        self._silent: Counter[str] = Counter()  # how often an origin has said nothing
        self._tls = ssl.create_default_context()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._open:
            connection.close()

    @property
    def is_spent(self) -> bool:
        """Whether a visit has cost all that it may."""
        return self._left <= 0

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
        silent = self._silent[origin_of(url)]
        if silent >= MOST_SILENT:
            return Answer(url, fault=f"the server has said nothing {silent} times")
        try:
            connection = self._connection(url)
            was_kept = connection.sock is not None
            try:
                return self._exchange(connection, url, fields)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if not was_kept:
                    raise
                return self._exchange(connection, url, fields)  # rule 4
        except ssl.SSLCertVerificationError as error:
            return Answer(url, fault=f"the certificate cannot be trusted ({error.verify_message})")
        except ssl.SSLError as error:
            return Answer(url, fault=f"TLS cannot be agreed on ({error.reason or error})")
        except TimeoutError:
            self._silent[origin_of(url)] += 1
            return Answer(url, fault=f"the server says nothing for {self._patience:g} seconds")
        except socket.gaierror as error:
            return Answer(url, fault=f"the host {urlsplit(url).hostname!r} is not known ({error.strerror})")
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer(url, fault=_said(error))

    def _exchange(self, connection: http.client.HTTPConnection, url: str, fields: dict[str, str]) -> Answer:
        parts = urlsplit(without_escapes(url))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"Accept": "*/*", "User-Agent": AGENT, **fields}
        if secret := self._credentials.get(origin_of(url)):
            sent["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
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
        fault, end = "", time.monotonic() + LONGEST
        try:
            while piece := response.read1(_PIECE):
                self._left -= len(piece)
                body.take(piece)
                if body.is_full or self.is_spent:
                    body.cut = True
                    break
                if time.monotonic() > end:
                    fault = f"the answer takes more than {LONGEST} seconds"
                    break
            else:
                if response.length:
                    fault = f"the connection ends {response.length} bytes before the answer does"
        except (http.client.HTTPException, OSError) as error:
            fault = f"the answer breaks off ({_said(error)})"
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
        return self._size > LARGEST

    def take(self, piece: bytes) -> None:
        self._taken += len(piece)
        if self._decoder is None or self._garbled:
            return
        try:
            plain = self._decoder.feed(piece)
        except Garbled as error:
            self._garbled = str(error)
            return
        self._size += len(plain)
        for state in self._hashes.values():
            state.update(plain)
        if len(self._kept) <= KEPT:
            self._kept += plain

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


def _said(error: Exception) -> str:
    """Return what went wrong in words that can follow the name of an address."""
    if isinstance(error, ConnectionRefusedError):
        return "the connection is refused: nothing listens there"
    if isinstance(error, http.client.IncompleteRead):
        return "the connection ends before the answer does"
    if isinstance(error, http.client.HTTPException):
        return f"what it answers is no HTTP ({type(error).__name__}: {error})"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
