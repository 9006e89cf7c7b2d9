"""The ``Range`` field (RFC 9110, 14): which parts of a file are asked for.

Facts. A server may ignore any ``Range``. What is asked for twice is sent once, and a list that stays long
even so is ignored: no request makes an answer larger than the file by more than a few hundred bytes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from stator.fields import MOST_RANGES

_UNIT = re.compile(r"bytes[ \t]*=", re.IGNORECASE)
_SPEC = re.compile(r"(\d+)-(\d*)|-(\d+)", re.ASCII)
_DIGITS = 18  # a number of more is larger than any file


class Span(NamedTuple):
    """Bytes of a file from ``start`` to before ``end``."""

    start: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.start


def spans_of(value: str, size: int) -> tuple[Span, ...] | None:
    """Return the parts of a file of ``size`` bytes that a ``Range`` field asks for, none twice.

    They come in the order in which they are asked for. ``None`` when the field is to be ignored; nothing
    when it asks for bytes that there are not.
    """
    unit = _UNIT.match(value.strip(" \t"))
    if not unit:
        return None
    asked = []
    for element in value.strip(" \t")[unit.end() :].split(","):
        text = element.strip(" \t")
        if not text:
            continue  # a list may have empty elements (RFC 9110, 5.6.1)
        spec = _SPEC.fullmatch(text)
        if spec is None:
            return None
        first, last, suffix = spec.groups()
        if suffix is not None:
            if not size and _number(suffix):
                return None  # all of nothing: satisfiable, and not to be said with Content-Range
            asked.append(Span(max(0, size - _number(suffix)), size))
        elif last and _number(last) < _number(first):
            return None
        else:
            asked.append(Span(_number(first), min(_number(last) + 1, size) if last else size))
    if not asked:
        return None
    spans = _united([span for span in asked if span.start < span.end])
    return spans if len(spans) <= MOST_RANGES else None


def _number(digits: str) -> int:
    return int(digits.lstrip("0")[: _DIGITS + 1] or "0")


def _united(spans: list[Span]) -> tuple[Span, ...]:
    """Return spans of which none overlaps or touches another, in the order of their first mention."""
    united: list[tuple[int, Span]] = []
    for number, span in sorted(enumerate(spans), key=lambda found: found[1]):
        if united and span.start <= united[-1][1].end:
            order, before = united[-1]
            united[-1] = (min(order, number), Span(before.start, max(before.end, span.end)))
        else:
            united.append((number, span))
    return tuple(span for _, span in sorted(united))
