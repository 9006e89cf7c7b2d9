"""The tags, by the names that templates call them by.

Each start of Django that looks at templates reads this file, and none needs what the tags need, so a tag's
function is loaded with the first template that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import NamedTuple

from django.utils.safestring import SafeString


class Tag(NamedTuple):
    """How a tag is written. ``module`` has the function of its name, beside this one.

    ``least`` and ``most`` are how many names it takes, ``None`` for any number; ``attributes`` says whether
    others may follow them.
    """

    module: str
    usage: str
    least: int = 1
    most: int | None = 1
    attributes: bool = True


TAGS: Mapping[str, Tag] = {
    "stylesheet": Tag("files", '"css/app.css" media="print"'),
    "script": Tag("files", '"js/app.js" defer'),
    "preload": Tag("files", '"fonts/text.woff2"'),
    "importmap": Tag("importmap", '"js/main.js"', 0, None, attributes=False),
    "frontend": Tag("frontend", '"shop" "src/main.tsx"', 1, 2, attributes=False),
}


def function_of(name: str) -> Callable[..., SafeString]:
    """Return the function of a tag: it takes a page, names, and attributes by keyword."""
    function: Callable[..., SafeString] = getattr(import_module(f"{__package__}.{TAGS[name].module}"), name)
    return function
