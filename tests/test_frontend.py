from __future__ import annotations

import json

import pytest

from stator.errors import UnsafePath
from stator.frontend import Entry, Frontend, from_json, to_json

SHOP = Frontend(
    {
        "src/main.tsx": Entry(
            ("shop/main-1.js",), ("shop/a.css", "shop/b.css"), ("shop/c.js",), ("shop/l.js",)
        ),
        "old": Entry(("shop/old.js",), module=False),
    },
    "<!doctype html>",
)


def test_round_trip() -> None:
    assert from_json(json.loads(json.dumps(to_json({"shop": SHOP, "empty": Frontend()})))) == {
        "shop": SHOP,
        "empty": Frontend(),
    }


@pytest.mark.parametrize("name", ["../a.js", "/a.js", "a//b.js", ""])
def test_no_name_leads_out(name: str) -> None:
    with pytest.raises(UnsafePath):
        from_json({"shop": {"entries": {"main": {"scripts": [name]}}, "page": ""}})


@pytest.mark.parametrize(
    "told", [1, [], {"shop": 1}, {"shop": {}}, {"shop": {"entries": [], "page": ""}}, {"../a": {}}]
)
def test_anything_else_is_refused(told: object) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        from_json(told)
