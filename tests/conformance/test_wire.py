"""Answers are read as the wire has them, and what is no answer is told."""

from __future__ import annotations

import io
import socket
import threading
from contextlib import contextmanager

import pytest

from tests.conformance.wire import BrokenAnswer, Request, exchange, read_answer

GET = Request(b"/")

WHOLE = {
    "a length": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "GET", b"ab"),
    "chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1;x=y\r\nb\r\n0\r\n\r\n",
        "GET",
        b"ab",
    ),
    "the end": (b"HTTP/1.0 200 OK\r\n\r\nab", "GET", b"ab"),
    "HEAD": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "HEAD", b""),
    "304": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", "GET", b""),
    "100 before": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
        "GET",
        b"a",
    ),
}
BROKEN = {
    "nothing": (b"", "hung up"),
    "no HTTP": (b"hello\r\n\r\n", "no HTTP/1 answer"),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-Le", "breaks off"),
    "too little": (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "2 bytes of content, 3 promised"),
    "half a chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na", "chunk breaks off"),
    "no number": (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "Content-Length: many"),
    "two framings": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "both Content-Length and Transfer-Encoding",
    ),
}


@pytest.mark.parametrize(("received", "method", "content"), WHOLE.values(), ids=WHOLE)
def test_an_answer_ends_where_it_says(received, method, content):
    assert read_answer(io.BytesIO(received), method).content == content


@pytest.mark.parametrize(("received", "fault"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_answer_is_told(received, fault):
    with pytest.raises(BrokenAnswer, match=fault):
        read_answer(io.BytesIO(received), "GET")


@contextmanager
def canned(answer: bytes):
    """A server that says the same to whoever connects, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            connection, _ = listening.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()
        thread.join()


def test_the_fields_of_an_answer_keep_their_order_and_lines():
    with canned(b"HTTP/1.1 204 No Content\r\nVary: a\r\nETag: x\r\nVary: b\r\n\r\n") as address:
        [answer] = exchange(address, [GET])
    assert answer.fields == (("vary", "a"), ("etag", "x"), ("vary", "b"))
    assert answer.get("vary") == "a, b"


def test_content_behind_the_answer_to_head_is_seen():
    with (
        canned(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab") as address,
        pytest.raises(BrokenAnswer, match="2 bytes follow"),
    ):
        exchange(address, [GET._replace(method="HEAD")])


def test_an_answer_that_ends_the_connection_ends_the_exchange():
    with canned(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") as address:
        assert len(exchange(address, [GET, GET])) == 1


def test_pipelined_requests_have_an_answer_each():
    with canned(b"HTTP/1.1 204 No Content\r\n\r\n" * 2) as address:
        assert len(exchange(address, [GET, GET], pipelined=True)) == 2


def test_only_the_last_request_ends_the_connection():
    assert b"Connection" not in GET.as_bytes(last=False)
    assert b"Connection: close" in GET.as_bytes(last=True)
