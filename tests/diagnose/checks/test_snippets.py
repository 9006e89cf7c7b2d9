from __future__ import annotations

import ast

import pytest

from stator.diagnose.checks.snippets import inside, masked
from stator.diagnose.facts.setup import Setup


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:PW@cdn.example.com/s/", "https://…@cdn.example.com/s/"),
        ("https://token@cdn.example.com/", "https://…@cdn.example.com/"),
        ("//user:PW@cdn.example.com/", "//…@cdn.example.com/"),
        ("https://a@b:PW@cdn.example.com/", "https://…@cdn.example.com/"),
        ("https://cdn.example.com/s/?token=PW&x=1", "https://cdn.example.com/s/?…"),
        ("bad url 'postgres://u:PW@h/db?password=PW', sir", "bad url 'postgres://…@h/db?…', sir"),
        ("https://cdn.example.com/npm/vue@3/", "https://cdn.example.com/npm/vue@3/"),
        ("/static/", "/static/"),
        ("Did you mean 'x'? Or y?", "Did you mean 'x'? Or y?"),
    ],
)
def test_passwords_in_addresses_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize("folder", ['BASE_DIR / "{}"', '"/srv/a {{b}}/{}"'])
@pytest.mark.parametrize("name", ["media", 'a "b"', "a\\b", "{x}"])
def test_a_path_is_python_whatever_is_in_it(folder: str, name: str) -> None:
    written = ast.parse(inside(Setup(inside=folder), name), mode="eval").body
    text = written.right if isinstance(written, ast.BinOp) else written
    assert isinstance(text, ast.Constant)
    assert str(text.value).removeprefix("/srv/a {b}/") == name
