from __future__ import annotations

import socket

import pytest

from stator.live.proxy import Unreachable, ask
from tests.live.upstream import saying, upstream

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nContent-Length: 2\r\n\r\nhi"


def head_of(method: str = "GET", target: str = "/", body: bytes = b"", **fields: str) -> list[str]:
    heard: list[bytes] = []
    with upstream(saying(OK, heard)) as origin:
        given = [(name.replace("_", "-"), value) for name, value in fields.items()]
        assert ask(origin, method, target, given, body).content == b"hi"
    return heard[0].decode("latin-1").replace(origin[len("http://") :], "SERVER").split("\r\n")


def test_a_request_goes_on_as_it_is_to_the_host_that_the_server_knows() -> None:
    head = head_of(
        target="/static/shop/@id/x?v=1%20&t", host="dev.test", accept="*/*", if_none_match='"a"', x_odd="\xe9"
    )
    assert head[:-2] == [
        "GET /static/shop/@id/x?v=1%20&t HTTP/1.1",
        "Host: SERVER",
        "accept: */*",
        'if-none-match: "a"',
        "x-odd: \xe9",
    ]


@pytest.mark.parametrize(
    "field",
    ["connection", "keep_alive", "te", "trailer", "transfer_encoding", "upgrade", "proxy_authorization"],
)
def test_fields_about_a_connection_go_no_further(field: str) -> None:
    assert not [line for line in head_of(**{field: "x"}) if line.startswith(field.replace("_", "-"))]


def test_neither_do_those_that_connection_names() -> None:
    head = head_of(connection="close, X-Hop", x_hop="1", x_stays="1")
    assert "x-hop: 1" not in head
    assert "x-stays: 1" in head


def test_a_body_goes_along_with_its_length() -> None:
    head = head_of("POST", body=b"abc", content_length="3", content_type="text/plain")
    assert [line for line in head if line.lower().startswith("content")] == [
        "content-type: text/plain",
        "Content-Length: 3",
    ]


def test_the_answer_comes_back_without_fields_about_the_connection() -> None:
    answer = (
        b"HTTP/1.1 404 Not Found\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\n"
        b"Vary: Origin\r\nContent-Length: 4\r\n\r\ngone"
    )
    with upstream(saying(answer)) as origin:
        passed = ask(origin, "GET", "/", [])
        assert (passed.status, passed.content) == (404, b"gone")
    assert passed.fields == (("Vary", "Origin"), ("Content-Length", "4"))


def test_what_comes_in_chunks_is_passed_on_as_it_comes() -> None:
    def speak(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        connection.recv(1)  # until the client hangs up: the first block has to come before the last

    with upstream(speak) as origin:
        passed = ask(origin, "GET", "/", [])
        assert passed.fields == ()
        assert next(iter(passed.blocks)) == b"one"
        passed.blocks.close()


def test_of_two_lengths_the_one_that_counts_is_told() -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"
    )
    with upstream(saying(answer)) as origin:
        passed = ask(origin, "GET", "/", [])
        assert passed.fields == ()
        assert passed.content == b"abcde"


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_an_answer_without_a_body_ends(status: bytes) -> None:
    with upstream(saying(b"HTTP/1.1 " + status + b"\r\nETag: x\r\n\r\n")) as origin:
        assert ask(origin, "GET", "/", []).content == b""


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 x\r\n\r\n"])
def test_a_server_that_gives_no_answer_is_told(answer: bytes) -> None:
    with upstream(saying(answer)) as origin, pytest.raises(Unreachable, match=r"\w"):
        ask(origin, "GET", "/", [])


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 9\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n9\r\n"]
)
def test_so_is_one_that_hangs_up_too_early(framing: bytes) -> None:
    with upstream(saying(b"HTTP/1.1 200 OK\r\n" + framing + b"half")) as origin:
        passed = ask(origin, "GET", "/", [])
        with pytest.raises(Unreachable, match=r"\w"):
            _ = passed.content


def test_so_is_one_that_is_not_there() -> None:
    with upstream(saying(OK)) as origin:
        pass
    with pytest.raises(Unreachable, match="refused"):
        ask(origin, "GET", "/", [])
