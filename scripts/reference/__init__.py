"""The generated pages of the documentation: each is a function of the code, without arguments, to a text.

A page is a line in ``PAGES``, with the module that writes it. ``scripts/generate-docs`` writes them all, and
``tests/docs/test_reference.py`` holds that they are current.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The page, and the module here whose ``page()`` returns its text.
PAGES: Mapping[str, str] = {
    "docs/reference/settings.md": "settings",
    "docs/reference/commands.md": "commands",
    "docs/reference/tags.md": "tags",
    "docs/reference/findings.md": "findings",
    "docs/reference/http.md": "http",
    "docs/reference/manifest.md": "manifest",
    "docs/reference/python.md": "python",
    "docs/benchmarks.md": "benchmarks",
}


def text_of(path: str) -> str:
    """Return what the page at ``path`` has to say now. Django must be set up."""
    written: str = import_module(f"{__name__}.{PAGES[path]}").page()
    return written
