"""Elements of HTML, written so that no value can end what it stands in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

Attributes = Mapping[str, object]

ATTRIBUTE_NAME = re.compile(r"[^\s\"'<>/=]+")
_WITH_END = frozenset({"script"})
# A script ends at its end tag wherever that stands, and "<!--" begins what hides it (HTML, "Restrictions for
# contents of script elements").
_IN_SCRIPTS = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def element(name: str, attributes: Attributes, content: str = "") -> SafeString:
    """Return an element; ``content`` is what is in it, as it is.

    An attribute that is true has no value, one that is false, none or empty is left out. Raises
    ``ValueError`` for what is no name of an attribute.
    """
    written = "".join(
        f" {_name(key)}" if value is True else f' {_name(key)}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None and value is not False and value != ""  # a zero is a value
    )
    end = f"{content}</{name}>" if name in _WITH_END else ""
    return mark_safe(f"<{name}{written}>{end}")  # noqa: S308  (escaped above)


def _name(key: str) -> str:
    if not ATTRIBUTE_NAME.fullmatch(key):
        raise ValueError(f"{key!r} is no name of an attribute.")
    return key


def lines(*elements: str) -> SafeString:
    """Return elements one below the other, those that are empty left out."""
    return mark_safe("\n".join(filter(None, elements)))  # noqa: S308  (elements are written by ``element``)


def json_in_script(value: object) -> str:
    """Return a value as JSON that can stand in a script: nothing in it ends that."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).translate(_IN_SCRIPTS)
