"""Colours of which one can be read on the other, by the measure of WCAG 2.

A colour that cannot be read is moved towards black or white until it can, in steps of a hundredth, so that
it stays as near to what was asked for as it may.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from stator.errors import ConfigError

READABLE = 4.5  # the contrast that level AA asks of text in usual sizes
_HEXADECIMAL = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_STEPS = 100


class Colour(NamedTuple):
    """A colour of sRGB, each part from 0 to 255; as text it is what CSS calls it, ``#3b7564``."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


BLACK = Colour(0, 0, 0)
WHITE = Colour(255, 255, 255)


def colour_of(text: str) -> Colour:
    """Return the colour of ``#rrggbb`` or ``#rgb``. Raises ``ConfigError``."""
    found = _HEXADECIMAL.fullmatch(text.strip())
    if not found:
        raise ConfigError(f"{text!r} is no colour.", "Write it as six hexadecimal digits: '#3b7564'.")
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return Colour(*bytes.fromhex(digits))


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, from 1 for equal ones to 21 for black and white."""
    darker, lighter = sorted([_luminance(one), _luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """Return a colour with so much of another in it, from 0 for none to 1 for nothing else."""
    return Colour(*(round(mine + (its - mine) * share) for mine, its in zip(colour, other, strict=True)))


def readable(colour: Colour, backgrounds: Iterable[Colour], towards: Colour) -> Colour:
    """Return the first colour on the way to ``towards`` that can be read on all of these backgrounds.

    Contrast goes both ways, so a background for given texts is found the same way. Where none on the way
    can be read, that is ``towards`` itself.
    """
    against = tuple(backgrounds)
    on_the_way = (mixed(colour, towards, step / _STEPS) for step in range(_STEPS))
    return next((one for one in on_the_way if _is_readable(one, against)), towards)


def _is_readable(colour: Colour, against: tuple[Colour, ...]) -> bool:
    return all(contrast(colour, other) >= READABLE for other in against)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
