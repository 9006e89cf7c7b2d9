from __future__ import annotations

import pytest

from stator.errors import ConfigError
from stator.starting.colours import BLACK, READABLE, WHITE, Colour, colour_of, contrast, mixed, readable


@pytest.mark.parametrize("text", ["#3b7564", "3B7564", " #3b7564 "])
def test_a_colour_as_css_writes_it(text: str) -> None:
    assert colour_of(text) == Colour(0x3B, 0x75, 0x64)
    assert str(colour_of(text)) == "#3b7564"


def test_the_short_form() -> None:
    assert colour_of("#fc0") == colour_of("#ffcc00")


@pytest.mark.parametrize(
    "text", ["", "#", "#12", "#1234", "#12345g", "#1234567", "green", "rgb(1,2,3)", "#३३३"]
)
def test_what_is_no_colour(text: str) -> None:
    with pytest.raises(ConfigError, match="is no colour"):
        colour_of(text)


# Known from the literature: #767676 is the lightest grey that can be read on white.
@pytest.mark.parametrize(("one", "other", "expected"), [
    ("#000000", "#ffffff", 21.0),
    ("#ffffff", "#ffffff", 1.0),
    ("#777777", "#ffffff", 4.48),
    ("#767676", "#ffffff", 4.54),
    ("#0000ff", "#ffffff", 8.59),
    ("#ffff00", "#ffffff", 1.07),
])  # fmt: skip
def test_contrast_is_that_of_wcag_both_ways(one: str, other: str, expected: float) -> None:
    assert contrast(colour_of(one), colour_of(other)) == pytest.approx(expected, abs=0.005)
    assert contrast(colour_of(other), colour_of(one)) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(("share", "expected"), [(0, "#204060"), (0.5, "#9060b0"), (1, "#ff80ff")])
def test_a_mixture_lies_between(share: float, expected: str) -> None:
    assert str(mixed(colour_of("#204060"), colour_of("#ff80ff"), share)) == expected


def test_what_can_be_read_stays_as_it_is() -> None:
    assert readable(colour_of("#417690"), [WHITE], BLACK) == colour_of("#417690")


def test_what_cannot_be_read_moves_no_further_than_it_must() -> None:
    moved = readable(colour_of("#ffcc00"), [WHITE], BLACK)
    assert READABLE <= contrast(moved, WHITE) < READABLE + 0.2


def test_where_nothing_can_be_read_it_is_the_end_of_the_way() -> None:
    assert readable(colour_of("#808080"), [WHITE, BLACK], WHITE) == WHITE
