"""Colours by their words: how they look, how far apart they are, and how well they are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.words.colours import (
    WORDS,
    Rgb,
    base,
    canonical,
    contrast,
    distance,
    from_hex,
    hex_code,
    nearest,
    oklab,
)

bytes_ = st.integers(0, 255)
colours = st.tuples(bytes_, bytes_, bytes_)


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 255, 255), (1.0, 0.0, 0.0)),
        ((0, 0, 0), (0.0, 0.0, 0.0)),
        ((255, 0, 0), (0.62796, 0.22486, 0.12585)),
        ((0, 255, 0), (0.86644, -0.23389, 0.17950)),
        ((0, 0, 255), (0.45201, -0.03246, -0.31153)),
    ],
)
def test_oklab_has_the_published_values(rgb: Rgb, lab: tuple[float, float, float]) -> None:
    """The corners of sRGB, as CSS Color 4 and its implementations give them."""
    assert oklab(rgb) == pytest.approx(lab, abs=2e-4)


@given(colours, colours, colours)
def test_distance_is_a_metric(a: Rgb, b: Rgb, c: Rgb) -> None:
    """Zero for equal colours alone, the same both ways, and no way round is shorter."""
    assert distance(a, b) == distance(b, a)
    assert (distance(a, b) == 0) == (a == b)
    assert distance(a, c) <= distance(a, b) + distance(b, c) + 1e-12


@pytest.mark.parametrize(
    ("one", "two", "ratio"),
    [
        ((255, 255, 255), (0, 0, 0), 21.0),
        ((119, 119, 119), (255, 255, 255), 4.48),
        ((118, 118, 118), (255, 255, 255), 4.54),
        ((255, 0, 0), (255, 255, 255), 4.0),
        ((9, 9, 9), (9, 9, 9), 1.0),
    ],
)
def test_contrast_is_that_of_wcag(one: Rgb, two: Rgb, ratio: float) -> None:
    """Well-known pairs: #767676 is the lightest gray that is readable (4.5) on white."""
    assert contrast(one, two) == contrast(two, one) == pytest.approx(ratio, abs=0.005)


@given(colours)
def test_codes_come_back(rgb: Rgb) -> None:
    """Written as ``#rrggbb`` and read again, a colour is the same."""
    assert from_hex(hex_code(rgb)) == rgb and len(hex_code(rgb)) == 7


@pytest.mark.parametrize("word", sorted(WORDS))
def test_a_known_word_is_its_own_nearest(word: str) -> None:
    """Whatever else is allowed, a colour that is allowed is not replaced."""
    assert nearest(word, ("red", word, "blue")) == word == canonical(word)


@pytest.mark.parametrize(
    ("word", "near"),
    [("crimson", "red"), ("navy", "black"), ("ivory", "white"), ("violet", "purple")],
)
def test_a_shade_is_replaced_by_what_looks_like_it(word: str, near: str) -> None:
    """Of the basic words the one a person would take for it."""
    assert nearest(word, ("red", "green", "black", "white", "purple")) == near


def test_a_shade_is_of_its_colour() -> None:
    """Shading words fall away; the nearest of a shade is that of its colour, never just any."""
    assert [base(words) for words in ("dark green", "pale sky blue", "navy", "blorp")] == [
        "green", "sky blue", "navy", None,
    ]  # fmt: skip
    assert nearest("dark green", ("red", "green")) == "green"
