from __future__ import annotations

import pytest

from stator.diagnose.visit.address import LONGEST, address, credentials_of, origin_of, without_credentials

BASE = "https://shop.example/a/b.css"


@pytest.mark.parametrize(
    ("specifier", "meant"),
    [
        ("c.png", "https://shop.example/a/c.png"),
        (" ../c.png#x ", "https://shop.example/c.png"),
        ("//cdn.example/c", "https://cdn.example/c"),
        ("http://shop.example", "http://shop.example/"),
        ("", ""),
        ("data:,x", ""),
        ("http://", ""),
        ("http://[x", ""),
        ("http://host:99999/", ""),
        ("http://ann:secret@shop.example/a", "http://shop.example/a"),
        ("a" * (LONGEST + 1), ""),
    ],
)
def test_address(specifier: str, meant: str) -> None:
    assert address(specifier, BASE) == meant


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Shop.example:443/a", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("http://shop.example:443/", "http://shop.example:443"),
        ("http://[::1]:8000/x", "http://[::1]:8000"),
        ("http://ann:secret@shop.example/", "http://shop.example"),
    ],
)
def test_origin(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("url", "credentials"),
    [
        ("http://ann:p%40ss@shop.example:8000/x", "ann:p@ss"),
        (" http://ann@shop.example/", "ann:"),
        ("http://shop.example/@x", ""),
    ],
)
def test_credentials(url: str, credentials: str) -> None:
    assert credentials_of(url) == credentials


@pytest.mark.parametrize(
    "text",
    ["http://u:secret@h:99999/", "http://u:secret@[x/", "//u:secret@h/", "u:se/cret@h", "http://u:se#cret@h"],
)
def test_what_is_no_address_is_told_without_them(text: str) -> None:
    assert "cret" not in without_credentials(text)
