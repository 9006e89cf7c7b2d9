"""Patterns over names, in the regular expressions that PCRE (nginx, Apache) and RE2 (Caddy) have in common.

Specials are written as classes, ``[.]`` and not with a backslash: a backslash would mean something to the
configuration's own language first, in each server something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from stator.errors import ConfigError
from stator.paths import CODING_SUFFIXES, DIGEST_LENGTH, parse_digested

HEX = f"[0-9a-f]{{{DIGEST_LENGTH}}}"
DIGESTED = rf"[.]{HEX}([.][^./]+)?$"  # the end of a name that has the form of those that we digested
HIDDEN = r"(^|/)[.]"

_SPECIAL = re.compile(r"[.*+?()\[\]{}|$]")
_IN_BRACKETS = re.compile(r"[\[\]\\^&~|-]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TOKENS = re.compile(r"\*|\?|\[(?P<negated>!|(?!!))(?P<members>\][^\]]*|[^\]]+)\]|(?P<other>.)", re.DOTALL)
_MEMBERS = re.compile(r"(?P<first>.)-(?P<last>.)|.", re.DOTALL)
# One character of UTF-8, for engines that see bytes.
CHARACTER = r"([\x00-\x7f]|[\xc2-\xf4][\x80-\xbf]+)"


def literal(text: str) -> str:
    """Return a regular expression for just this text."""
    specials = _SPECIAL.sub(r"[\g<0>]", text.replace("\\", r"\\").replace("^", r"\^"))
    return _in_one_line(specials)


def _in_one_line(regex: str) -> str:
    return _CONTROL.sub(lambda found: rf"\x{ord(found[0]):02x}", regex)


def from_shell(pattern: str, character: str = CHARACTER) -> str:
    """Return the regular expression of a shell pattern, in which ``*`` matches ``/`` too, without anchors.

    ``character`` is the expression for any one character. Raises ``ConfigError`` for what no server knows.
    """
    return "".join(_translated(token, character) for token in _TOKENS.finditer(pattern))


def _translated(token: re.Match[str], character: str) -> str:
    if token[0] == "*":
        return ".*"
    if token[0] == "?":
        return character
    if token["other"]:
        return literal(token["other"])
    members = "".join(_member(one) for one in _MEMBERS.finditer(token["members"]))
    if token["negated"]:
        return f"[^{members}]" if members else r"[\s\S]"
    return f"[{members}]" if members else r"[^\s\S]"


def _member(found: re.Match[str]) -> str:
    """Return what stands in brackets for one character or for a range, of which one turned round is none."""
    if not found[0].isascii():
        raise ConfigError(
            f"STATOR['HEADERS'] has {found[0]!r} in brackets, where web servers know ASCII only.",
            "Write a pattern for each character.",
        )
    if not found["first"]:
        return _in_one_line(_IN_BRACKETS.sub(r"\\\g<0>", found[0]))
    if found["first"] > found["last"]:
        return ""
    ends = (_in_one_line(_IN_BRACKETS.sub(r"\\\g<0>", end)) for end in (found["first"], found["last"]))
    return "-".join(ends)


def extensions(endings: Iterable[str]) -> str:
    """Return the expression for the end of names with these extensions, which have their dots."""
    return f"[.]({'|'.join(ending[1:] for ending in endings)})$"


def looks_digested(name: str) -> bool:
    """Say whether a name has the form of those that we digested."""
    return parse_digested(name) is not None


def form_of(name: str) -> str:
    """Return the name whose precompressed form this could be, empty where it has no such ending."""
    return next((name.removesuffix(one) for one in CODING_SUFFIXES.values() if name.endswith(one)), "")
