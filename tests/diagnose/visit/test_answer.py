from __future__ import annotations

import pytest

from stator.diagnose.visit.answer import Answer


@pytest.mark.parametrize(
    ("head", "is_html"),
    [
        (b"<!DOCTYPE html>", True),
        (b"\xef\xbb\xbf \n<!-- a --> <!---->\n<html lang=en>", True),
        (b"<!-- <html> -->", False),
        (b"<svg>", False),
        (b"<!---->" * 140 + b"x", False),
        (b"<!-- " * 200, False),
    ],
)
def test_what_is_a_page(head: bytes, is_html: bool) -> None:
    assert Answer("", head=head).is_html is is_html


@pytest.mark.parametrize(
    ("form", "asks"),
    [
        (b"<input name=a type=password>", True),
        (b"<INPUT TYPE = 'password'>", True),
        (b"<input type=text> password", False),
        (b"<input " * 250_000, False),
    ],
)
def test_what_asks_for_a_password(form: bytes, asks: bool) -> None:
    page = b"<!doctype html>" + form
    assert Answer("", head=page[:100], content=page).judged().asks_password is asks


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("gunicorn", True),
        ("WSGIServer/0.2 CPython/3.11", True),
        ("nginx/1.22", False),
        ("cloudflare", False),
        ("", None),
    ],
)
def test_who_says_that_the_application_answers(server: str, expected: bool | None) -> None:
    fields = (("server", server),) if server else ()
    assert Answer("", fields=fields).is_of_application is expected
