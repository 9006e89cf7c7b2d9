from __future__ import annotations

import pytest

from stator.diagnose.scan.pieces import is_document


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (b"<!DOCTYPE html>\n<title>x</title>", True),
        (b"{% load static %}<html lang='en'>", True),
        (b"<HTML>", True),
        (b"{% extends layout %}", True),
        (b"{%- extends layout|default:'base.html' %}", True),
        (b"{% extends 'base.html' %}{% block x %}{% endblock %}", False),
        (b'{%extends "base.html" %}', False),
        (b"<div>{% include part %}</div>", False),
        (b"<htmlx>", False),
        (b"", False),
    ],
)
def test_a_document_is_told_from_a_piece(template: bytes, *, expected: bool) -> None:
    assert is_document(template) is expected
