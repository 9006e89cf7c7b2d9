from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stator.config import FrontendRules
from stator.errors import ConfigError
from stator.setting import read_options


def read(value: Any) -> tuple[FrontendRules, ...]:
    return read_options({"FRONTENDS": value}).frontends


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ({}, ()),
        ({"shop": {"root": "frontends/shop"}}, (FrontendRules("shop", "frontends/shop"),)),
        ({"shop": {"root": Path("/srv/shop")}}, (FrontendRules("shop", "/srv/shop"),)),
        (
            {
                "my-shop": {
                    "root": "shop",
                    "kind": "vite",
                    "install": "",
                    "build": "npm run build",
                    "dev": "npm run dev -- --base={base}",
                    "output": Path("build"),
                    "entry": "src/main.tsx",
                    "sources": ["../templates", Path("../static")],
                },
                "theme": {"root": "theme"},
            },
            (
                FrontendRules(
                    "my-shop",
                    "shop",
                    "vite",
                    "",
                    "npm run build",
                    "npm run dev -- --base={base}",
                    "build",
                    "src/main.tsx",
                    ("../templates", "../static"),
                ),
                FrontendRules("theme", "theme"),
            ),
        ),
    ],
)
def test_it_is_read(value: Any, rules: tuple[FrontendRules, ...]) -> None:
    assert read(value) == rules


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (["shop"], "STATOR['FRONTENDS'] must be a dictionary"),
        ({"shop": "frontends/shop"}, "STATOR['FRONTENDS']['shop'] must be a dictionary"),
        ({"shop": {}}, "STATOR['FRONTENDS']['shop']['root'] must be a path, not None"),
        ({"shop": {"root": ""}}, "['root'] must be a path"),
        ({"shop": {"root": b"shop"}}, "['root'] must be a path"),
        ({"shop": {"root": "a\0b"}}, "['root'] must be a path"),
        ({"shop": {"root": "shop", "entry": None}}, "['entry'] must be a path"),
        ({"shop": {"root": "shop", "build": ["npm", "run"]}}, "['build'] must be one line of text"),
        ({"shop": {"root": "shop", "dev": "a\nb"}}, "['dev'] must be one line of text"),
        ({"shop": {"root": "shop", "sources": "templates"}}, "['sources'] must be a list"),
        ({"shop": {"root": "shop", "sources": [1]}}, "['sources'] holds 1 (int)"),
        ({"shop": {"root": "shop", "ouput": "dist"}}, "has no key 'ouput'"),
        *(
            ({name: {"root": "shop"}}, "no name of a front end")
            for name in ("", "a/b", "..", ".shop", 1, "a\\b")
        ),
    ],
)
def test_what_cannot_be_right_is_told(value: Any, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read(value)
    assert message in str(raised.value)


def test_a_key_that_was_meant_is_named() -> None:
    with pytest.raises(ConfigError) as raised:
        read({"shop": {"root": "shop", "outputs": "dist"}})
    assert "'output'" in raised.value.hint
