"""Which form of a file a client gets: ``Accept-Encoding`` (RFC 9110, 12.5.3)."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

IDENTITY = "identity"
_ANY = "*"
_ALIASES = {"x-gzip": "gzip"}
_ELEMENT = re.compile(
    r"[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*(?:;[ \t]*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?[ \t]*"
)
_LEAST = 0.0001  # below every q-value: what is acceptable only because nothing excludes it
_USUAL_LENGTH = 200  # of the field: longer ones are not remembered

Weights = Mapping[str, float]
_NO_FIELD: Weights = {IDENTITY: 1.0}  # who says nothing can often do nothing


def accepted(value: str | None) -> Weights:
    """Return the weight of each coding that ``Accept-Encoding`` names, ``identity`` always among them.

    ``"*"`` stands for all that are not named. An element that is malformed says nothing. ``None`` is for a
    request without the field.
    """
    if value is None:
        return _NO_FIELD
    return _remembered(value) if len(value) <= _USUAL_LENGTH else _weights(value)


def _weights(value: str) -> Weights:
    weights: dict[str, float] = {}
    for element in value.split(","):
        if found := _ELEMENT.fullmatch(element):
            coding = found[1].lower()
            weights[_ALIASES.get(coding, coding)] = float(found[2]) if found[2] else 1.0
    weights.setdefault(IDENTITY, weights.get(_ANY, _LEAST))
    return weights


_remembered = functools.lru_cache(maxsize=256)(_weights)  # browsers send one of a few dozen


def choose(codings: Iterable[str], accept_encoding: str | None) -> str | None:
    """Return the coding of those offered that the client likes best; ``None`` if it accepts none of them.

    Of equals the one that is offered first is taken.
    """
    weights = accepted(accept_encoding)
    best, chosen = 0.0, None
    for coding in codings:
        weight = weights.get(coding, weights.get(_ANY, 0.0))
        if weight > best:
            best, chosen = weight, coding
    return chosen
