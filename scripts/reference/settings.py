"""The page of settings: what ``settings.toml`` says of each key, and what the code says to wrong values."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.reference import markdown
from scripts.reference.markdown import code, paragraphs, table
from stator.errors import ConfigError
from stator.setting import read_options

SETTINGS = Path(__file__).with_name("settings.toml")


def told() -> Mapping[str, Mapping[str, str]]:
    """Return what is told of each key, in the order of the page."""
    return tomllib.loads(SETTINGS.read_text())


def page() -> str:
    keys = told()
    summary = [(f"[`{key}`](#{key.lower()})", one["default"], one["meaning"]) for key, one in keys.items()]
    return markdown.page(
        "settings",
        "scripts/reference/settings.toml",
        summary=table(["key", "default", "meaning"], summary),
        keys=paragraphs(part for key, one in keys.items() for part in _section(key, one)),
    )


def _section(key: str, one: Mapping[str, str]) -> Iterator[str]:
    meaning = one["meaning"].replace("\\|", "|")
    yield f"## `{key}`"
    yield f"{meaning[0].upper()}{meaning[1:]}."
    yield f"Type: {one['type']}. Default: {one['default']}."
    yield one["more"].strip()
    yield code(one["example"], "python")
    yield "What cannot be right is refused:"
    yield code("\n\n".join(_refused(key, value) for value in one["refused"]), "text")


def _refused(key: str, value: str) -> str:
    """Return a wrong value and the error that it gives. Raises ``ValueError`` if it gives none."""
    try:
        read_options({key: eval(value)})
    except ConfigError as error:
        return f'STATOR = {{"{key}": {value}}}\n{error}'
    raise ValueError(f"settings.toml says that {key} cannot be {value}, which is accepted.")
