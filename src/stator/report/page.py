"""The page of a report: one file with its style, its scripts and its data, that opens without a network.

It says itself that nothing else may run in it: the policy of its head has the hashes of the style and of the
script, and no other source. Data is no script; ``<`` is written as an escape there, so no name can end it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCRIPTS = (  # in this order, as one module
    "script/words.js",
    "script/report.js",
    "script/treemap.js",
    "script/reach.js",
    "script/elements.js",
    "script/table.js",
    "script/search.js",
    "script/overview.js",
    "script/cells.js",
    "script/weight.js",
    "script/files.js",
    "script/picture.js",
    "script/links.js",
    "script/pages.js",
    "script/changes.js",
    "script/shadowed.js",
    "script/findings.js",
    "script/page.js",
)
MARK = '<meta name="generator" content="Stator report">'  # by which a page is known for a report
_FOLDER = Path(__file__).parent
_POLICY = (
    "default-src 'none'; img-src data:; style-src {style}; script-src {script}; base-uri 'none'; "
    "form-action 'none'"
)


def render(report: Mapping[str, Any]) -> str:
    """Return the page of a report, which is what ``as_json`` made."""
    style = _text("page.css")
    script = "\n".join(map(_text, SCRIPTS))
    texts = {
        "policy": _POLICY.format(style=_source(style), script=_source(script)),
        "style": style,
        "script": script,
        "report": data(report),
    }
    pieces = _text("page.html").split("@@")  # text and the name of what goes there, in turn
    return "".join(texts[piece] if at % 2 else piece for at, piece in enumerate(pieces))


def data(report: Mapping[str, Any]) -> str:
    """Return a report as JSON that may stand in a page: no name in it is taken for markup."""
    return json.dumps(report, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _text(name: str) -> str:
    return _FOLDER.joinpath(name).read_text("utf-8")


def _source(text: str) -> str:
    """Return what allows an inline text in a policy (Content Security Policy, 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
