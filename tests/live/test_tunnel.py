from __future__ import annotations

import socket
import threading

import pytest

from stator.live.tunnel import is_upgrade, join
from tests.live.upstream import saying, upstream

UPGRADE = [("Connection", "Upgrade"), ("Upgrade", "websocket")]


@pytest.mark.parametrize(
    ("fields", "asks"),
    [
        (UPGRADE, True),
        ([("connection", "keep-alive, upgrade"), ("upgrade", "WebSocket")], True),
        ([("Connection", "Upgrade"), ("Upgrade", "h2c")], False),
        ([("Connection", "keep-alive"), ("Upgrade", "websocket")], False),
        ([("Upgrade", "websocket")], False),
        ([], False),
    ],
)
def test_what_asks_for_a_websocket(fields: list[tuple[str, str]], asks: bool) -> None:
    assert is_upgrade(fields) is asks


def test_both_sides_hear_each_other_until_one_hangs_up() -> None:
    heads: list[bytes] = []

    def speak(connection: socket.socket, head: bytes) -> None:
        heads.append(head)
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        while said := connection.recv(100):
            connection.sendall(said.upper())

    with upstream(speak) as origin:
        browser, client = socket.socketpair()
        fields = [("Host", "dev.test"), ("Origin", "http://dev.test"), *UPGRADE]
        carrying = threading.Thread(target=join, args=(client, origin, "/static/shop/?token=x", fields))
        carrying.start()
        with browser:
            browser.settimeout(10)
            assert browser.recv(100).startswith(b"HTTP/1.1 101 ")
            browser.sendall(b"ping")
            assert browser.recv(100) == b"PING"
        carrying.join(10)
        assert not carrying.is_alive()
        client.close()
    lines = heads[0].decode().split("\r\n")
    assert lines[:3] == [
        "GET /static/shop/?token=x HTTP/1.1",
        f"Host: {origin[7:]}",
        "Origin: http://dev.test",
    ]
    assert "Upgrade: websocket" in lines


def test_the_client_hears_when_the_server_hangs_up() -> None:
    browser, client = socket.socketpair()
    with browser, client, upstream(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as origin:
        join(client, origin, "/", UPGRADE)
        browser.settimeout(10)
        assert browser.recv(100).startswith(b"HTTP/1.1 400 ")
        assert browser.recv(100) == b""


def test_without_a_server_nothing_was_said() -> None:
    with upstream(saying(b"")) as origin:
        pass
    browser, client = socket.socketpair()
    with browser, client:
        with pytest.raises(OSError, match="refused"):
            join(client, origin, "/", UPGRADE)
        client.sendall(b"still ours")
        assert browser.recv(100) == b"still ours"
