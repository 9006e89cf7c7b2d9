from __future__ import annotations

import pytest

from stator.diagnose.visit.address import address, origin_of, without_credentials

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


def test_credentials_are_taken_out() -> None:
    assert without_credentials("http://ann:p%40ss@shop.example:8000/x") == (
        "http://shop.example:8000/x",
        "ann:p@ss",
    )
    assert without_credentials("http://shop.example/@x") == ("http://shop.example/@x", "")
