"""A stand-in for Google Cloud Storage: what its documentation says of the XML API, as far as obstore uses it.

It is no real part. The emulators that could be installed answer neither the XML API's listings nor its
conditions, so this shows that our requests are what the documentation asks for, and not that Google's servers
take them. Differences from S3 that it has: a generation instead of an ETag in conditions, a bearer token
instead of a signature, and an object with ``Content-Encoding: gzip`` that is decompressed for who does not
accept that coding, unless its ``Cache-Control`` has ``no-transform``.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.stores import NewBucket, Object, Store, below, fresh_name

TOKEN = "known-to-everybody"
PAGE = 1000  # objects in a part of a listing

_KEPT = ("content-type", "cache-control", "content-encoding")
_OF_OURS = "x-goog-meta-"


class Stored(NamedTuple):
    """An object, with its fields by their names in lower case."""

    body: bytes
    fields: Mapping[str, str]
    generation: int
    modified: datetime
    etag: str


class Answer(NamedTuple):
    status: HTTPStatus
    body: bytes = b""
    fields: Mapping[str, str] = {}


class Refused(Exception):
    """Ends a request with a status."""

    def __init__(self, status: HTTPStatus) -> None:
        self.status = status


class Request(NamedTuple):
    """A request: names of fields are in lower case, and a parameter without a value is empty."""

    method: str
    bucket: str
    key: str
    parameters: Mapping[str, str]
    fields: Mapping[str, str]
    body: bytes


class Buckets:
    """All that the stand-in keeps. One request is answered at a time."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Stored]] = {}  # by bucket and name
        self._uploads: dict[str, tuple[Mapping[str, str], dict[int, bytes]]] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()

    def put(self, bucket: str, key: str, fields: Mapping[str, str], body: bytes, etag: str) -> Stored:
        """Keep an object, with those of the fields that belong to it."""
        kept = {name: value for name, value in fields.items() if name in _KEPT or name.startswith(_OF_OURS)}
        with self._lock:
            stored = Stored(body, kept, next(self._numbers), datetime.now(UTC), etag)
            self.objects[bucket][key] = stored
        return stored

    def answer(self, request: Request) -> Answer:
        with self._lock:
            try:
                return self._answer(request)
            except Refused as refused:
                return Answer(refused.status)

    def _answer(self, request: Request) -> Answer:
        token = request.fields.get("authorization")
        if token not in (None, f"Bearer {TOKEN}"):
            raise Refused(HTTPStatus.UNAUTHORIZED)
        reads_object = request.method in ("GET", "HEAD") and request.key
        if token is None and not reads_object:
            raise Refused(HTTPStatus.FORBIDDEN)
        if request.bucket not in self.objects:
            raise Refused(HTTPStatus.NOT_FOUND)
        objects = self.objects[request.bucket]
        match request.method, request.parameters:
            case "GET", {"list-type": "2"} if not request.key:
                return _listing(objects, request.parameters)
            case "GET" | "HEAD", _ if request.key:
                return _read(objects, request)
            case "POST", {"uploads": ""}:
                return self._begin_upload(request)
            case "PUT", {"uploadId": upload, "partNumber": number}:
                self._uploads[upload][1][int(number)] = request.body
                return Answer(HTTPStatus.OK, fields={"ETag": _md5(request.body)})
            case "POST", {"uploadId": upload}:
                _check_generation(objects.get(request.key), request.fields)
                fields, parts = self._uploads.pop(upload)
                body = b"".join(parts[number] for number in sorted(parts))
                etag = f'"{upload}"'  # of what came in parts there is no MD5
                return _completed(self.put(request.bucket, request.key, fields, body, etag))
            case "DELETE", {"uploadId": upload}:
                self._uploads.pop(upload, None)
                return Answer(HTTPStatus.NO_CONTENT)
            case "PUT", _ if not request.parameters and "x-goog-copy-source" not in request.fields:
                _check_generation(objects.get(request.key), request.fields)
                stored = self.put(
                    request.bucket, request.key, request.fields, request.body, _md5(request.body)
                )
                return Answer(HTTPStatus.OK, fields=_versions(stored))
            case "DELETE", _ if not request.parameters:
                _check_generation(objects.get(request.key), request.fields)
                if objects.pop(request.key, None) is None:
                    raise Refused(HTTPStatus.NOT_FOUND)
                return Answer(HTTPStatus.NO_CONTENT)
        raise Refused(HTTPStatus.NOT_IMPLEMENTED)

    def _begin_upload(self, request: Request) -> Answer:
        upload = f"upload-{next(self._numbers)}"
        self._uploads[upload] = (request.fields, {})
        return _xml(
            f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
        )


def _check_generation(stored: Stored | None, fields: Mapping[str, str]) -> None:
    wanted = fields.get("x-goog-if-generation-match")
    if wanted is not None and int(wanted) != (stored.generation if stored else 0):
        raise Refused(HTTPStatus.PRECONDITION_FAILED)


def _read(objects: Mapping[str, Stored], request: Request) -> Answer:
    stored = objects.get(request.key)
    if stored is None:
        raise Refused(HTTPStatus.NOT_FOUND)
    fields = {
        "Content-Type": "application/octet-stream",
        "Cache-Control": "public, max-age=3600",  # what it says of a public object that says nothing itself
        "Last-Modified": format_datetime(stored.modified, usegmt=True),
        **{name.title(): value for name, value in stored.fields.items()},
        **_versions(stored),
    }
    if request.fields.get("if-none-match") == stored.etag:
        return Answer(HTTPStatus.NOT_MODIFIED, fields=fields)
    if request.fields.get("if-match", stored.etag) != stored.etag:
        raise Refused(HTTPStatus.PRECONDITION_FAILED)
    if _to_be_decompressed(stored.fields, request.fields):
        return Answer(
            HTTPStatus.OK,
            gzip.decompress(stored.body),
            {name: value for name, value in fields.items() if name not in ("Content-Encoding", "ETag")},
        )
    if span := re.fullmatch(r"bytes=(\d+)-(\d*)", request.fields.get("range", "")):
        first, last = int(span[1]), min(int(span[2] or len(stored.body)), len(stored.body) - 1)
        fields["Content-Range"] = f"bytes {first}-{last}/{len(stored.body)}"
        return Answer(HTTPStatus.PARTIAL_CONTENT, stored.body[first : last + 1], fields)
    return Answer(HTTPStatus.OK, stored.body, fields)


def _to_be_decompressed(stored: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    return (
        stored.get("content-encoding") == "gzip"
        and "gzip" not in asked.get("accept-encoding", "")
        and "no-transform" not in stored.get("cache-control", "")
    )


def _versions(stored: Stored) -> dict[str, str]:
    return {"ETag": stored.etag, "x-goog-generation": str(stored.generation)}


def _md5(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


def _listing(objects: Mapping[str, Stored], parameters: Mapping[str, str]) -> Answer:
    if "delimiter" in parameters:
        raise Refused(HTTPStatus.NOT_IMPLEMENTED)
    after = max(parameters.get("continuation-token", ""), parameters.get("start-after", ""))
    keys = [key for key in sorted(objects) if key.startswith(parameters.get("prefix", "")) and key > after]
    more = f"<NextContinuationToken>{escape(keys[PAGE - 1])}</NextContinuationToken>" if keys[PAGE:] else ""
    contents = "".join(_listed(key, objects[key]) for key in keys[:PAGE])
    return _xml(
        f"<ListBucketResult>{contents}{more}<IsTruncated>{str(bool(more)).lower()}</IsTruncated></ListBucketResult>"
    )


def _listed(key: str, stored: Stored) -> str:
    modified = stored.modified.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return (
        f"<Contents><Key>{escape(key)}</Key><Generation>{stored.generation}</Generation>"
        f"<LastModified>{modified}</LastModified><ETag>{escape(stored.etag)}</ETag>"
        f"<Size>{len(stored.body)}</Size></Contents>"
    )


def _completed(stored: Stored) -> Answer:
    text = (
        f"<CompleteMultipartUploadResult><ETag>{escape(stored.etag)}</ETag></CompleteMultipartUploadResult>"
    )
    return _xml(text, x_goog_generation=str(stored.generation))


def _xml(text: str, **fields: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return Answer(HTTPStatus.OK, text.encode(), {"Content-Type": "application/xml; charset=UTF-8", **named})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    buckets: Buckets

    def _handle(self) -> None:
        url = urlsplit(self.path)
        bucket, _, key = (unquote(part) for part in url.path[1:].partition("/"))
        parameters = parse_qs(url.query, keep_blank_values=True)
        fields = {name.lower(): value for name, value in self.headers.items()}
        answer = self.buckets.answer(
            Request(
                self.command,
                bucket,
                key,
                {name: values[0] for name, values in parameters.items()},
                fields,
                self.rfile.read(int(fields.get("content-length", 0))),
            )
        )
        self.send_response(answer.status)
        for name, value in answer.fields.items():
            self.send_header(name, value)
        if answer.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _handle  # noqa: N815 (the names that the handler asks for)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Objects(NamedTuple):
    """The objects as they are kept: no client of others' speaks to a stand-in."""

    buckets: Buckets
    bucket: str
    below: str

    def names(self) -> list[str]:
        keys = list(self.buckets.objects[self.bucket])
        return sorted(key.removeprefix(self.below) for key in keys if key.startswith(self.below))

    def get(self, name: str) -> Object:
        stored = self.buckets.objects[self.bucket][self.below + name]
        content_type, cache_control, content_encoding = (stored.fields.get(field, "") for field in _KEPT)
        metadata = {
            field.removeprefix(_OF_OURS): value
            for field, value in stored.fields.items()
            if field.startswith(_OF_OURS)
        }
        return Object(stored.body, content_type, cache_control, content_encoding, metadata)

    def put(self, name: str, content: Object) -> None:
        values = (content.content_type, content.cache_control, content.content_encoding)
        fields = {field: value for field, value in zip(_KEPT, values, strict=True) if value}
        fields |= {_OF_OURS + field: value for field, value in content.metadata.items()}
        self.buckets.put(self.bucket, self.below + name, fields, content.body, _md5(content.body))

    def delete(self, name: str) -> None:
        del self.buckets.objects[self.bucket][self.below + name]


@contextmanager
def gcs_stub() -> Iterator[NewBucket]:
    """Run the stand-in until the block ends. ``TOKEN`` is the bearer token."""
    buckets = Buckets()
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"buckets": buckets})) as server:
        endpoint = f"http://127.0.0.1:{server.server_port}"

        def bucket(prefix: str = "static") -> Store:
            name = fresh_name()
            buckets.objects[name] = {}
            options = {"URL": f"gs://{name}/{prefix}".rstrip("/"), "ENDPOINT": endpoint, "TOKEN": TOKEN}
            return Store(
                options, f"{endpoint}/{name}/{below(prefix)}", _Objects(buckets, name, below(prefix))
            )

        thread = threading.Thread(target=server.serve_forever, name="gcs stub")
        thread.start()
        try:
            yield bucket
        finally:
            server.shutdown()
            thread.join()
