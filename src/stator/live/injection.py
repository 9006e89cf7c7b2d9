"""The client's script, put into pages."""

from __future__ import annotations

import re
from html import escape

_BODY_ENDS = re.compile(rb"</body[ \t\r\n\f]*>", re.IGNORECASE)
_NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_=-]+)'", re.IGNORECASE)
_OF_SCRIPTS = ("script-src-elem", "script-src", "default-src")  # the first that is there decides (CSP 3)


def script_tag(address: str, since: int, nonce: str = "", *, by_hand: bool = False) -> bytes:
    """Return the tag of the client's script, for a page whose request came at the time ``since``.

    ``by_hand`` is for a page that a browser cannot load again without asking: the answer to a form.
    """
    marks = f' nonce="{escape(nonce)}"' * bool(nonce) + " data-by-hand" * by_hand
    return f'<script async src="{escape(address)}" data-since="{since}"{marks}></script>'.encode()


def with_tag(page: bytes, tag: bytes) -> bytes | None:
    """Return the page with the tag before the end of its body, ``None`` for what is no whole page."""
    end = None
    for end in _BODY_ENDS.finditer(page):  # noqa: B007  (the last: a script may write the others)
        pass
    return None if end is None else page[: end.start()] + tag + page[end.start() :]


def nonce_of(policy: str) -> str:
    """Return the nonce by which a Content-Security-Policy lets scripts run, empty when it has none."""
    # Several policies are one list; each must let the script run, and one page has one nonce for all.
    for one in policy.split(","):
        directives: dict[str, str] = {}
        for directive in one.split(";"):
            name, _, sources = directive.strip().partition(" ")
            directives.setdefault(name.lower(), sources)
        sources = next((directives[name] for name in _OF_SCRIPTS if name in directives), "")
        if found := _NONCE.search(sources):
            return found[1]
    return ""
