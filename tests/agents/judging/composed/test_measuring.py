"""Measured colours are called what people call them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.judging.composed.measuring import (
    BASIC,
    Hue,
    called,
    families,
    fits,
    word_for,
)
from maquette.words.colours import WORDS, hex_code, oklab

PLAIN = sorted(word for word in WORDS if word not in BASIC)


def _painted(*parts: tuple[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """A square whose columns have the colours, so much of it each."""
    picture = np.zeros((60, 100, 3), np.uint8)
    at = 0
    for word, share in parts:
        picture[:, at : at + round(100 * share)] = WORDS[word]
        at += round(100 * share)
    return picture, np.ones((60, 100), bool)


@pytest.mark.parametrize("word", sorted(WORDS))
def test_each_colour_is_called_by_its_own_word(word: str) -> None:
    """Every word a person may use fits the colour that it stands for."""
    assert called(Hue(oklab(WORDS[word]), 1.0), word) is True


@pytest.mark.parametrize("word", PLAIN)
def test_no_basic_colour_passes_for_another(word: str) -> None:
    """Of the eleven basic words each fits its own colour alone, and is told by it."""
    hue = Hue(oklab(WORDS[word]), 1.0)
    assert [other for other in PLAIN if called(hue, other) is not False] == [word]
    assert word_for(hue) == word


@given(st.sampled_from(PLAIN), st.floats(-0.06, 0.06), st.floats(0.85, 1.1))
def test_shading_does_not_make_another_colour(word: str, lighter: float, stronger: float) -> None:
    """A little lighter or duller, a colour is never called another basic one for sure."""
    light, a, b = oklab(WORDS[word])
    hue = Hue((light + lighter, a * stronger, b * stronger), 1.0)
    assert not any(called(hue, other) for other in PLAIN if other != word)
    assert called(hue, word) is not False


def test_between_two_words_nobody_is_sure() -> None:
    """Halfway from red to orange either may be meant."""
    red, orange = (np.array(oklab(WORDS[word])) for word in ("red", "orange"))
    light, a, b = (red + orange) / 2
    hue = Hue((float(light), float(a), float(b)), 1.0)
    assert called(hue, "blue") is False
    assert None in {called(hue, "red"), called(hue, "orange")}


def test_a_code_is_held_to_its_own_colour() -> None:
    """``#rrggbb`` fits itself and no colour far from it."""
    hue = Hue(oklab(WORDS["teal"]), 1.0)
    assert called(hue, hex_code(WORDS["teal"])) is True
    assert called(hue, hex_code(WORDS["red"])) is False


def test_modifiers_shade_and_other_words_are_no_colour() -> None:
    """ "dark green" is held to green; "shiny" to nothing."""
    hue = Hue(oklab(WORDS["green"]), 1.0)
    assert called(hue, "dark green") is True and called(hue, "dark blue") is False
    assert called(hue, "shiny") is None


def test_eyes_and_outlines_are_not_the_colour_of_a_thing() -> None:
    """A red thing with a third of white and some black is red, and a gray one with a red nose
    gray."""
    red = families(*_painted(("red", 0.55), ("white", 0.3), ("black", 0.15)))
    assert fits(red, "red") is True and word_for(red[0]) == "red"
    gray = families(*_painted(("gray", 0.92), ("red", 0.08)))
    assert fits(gray, "gray") is True and fits(gray, "red") is False


def test_two_large_colours_leave_the_smaller_one_open() -> None:
    """Of a thing half green and a third blue nobody can say that it is not blue."""
    both = families(*_painted(("green", 0.55), ("blue", 0.45)))
    assert fits(both, "green") is True
    assert fits(both, "blue") is None and fits(both, "red") is False


def test_shading_belongs_to_one_family() -> None:
    """Light, middle and dark red are one family, and its share is all of them."""
    picture = np.zeros((40, 90, 3), np.uint8)
    for k, code in enumerate([(140, 20, 20), (220, 38, 38), (240, 110, 100)]):
        picture[:, 30 * k : 30 * k + 30] = code
    main, *others = families(picture, np.ones((40, 90), bool))
    assert main.share == pytest.approx(1.0, abs=0.05) and not [o for o in others if o.share > 0.05]


def test_nothing_has_no_colour() -> None:
    """An empty mask has no family and fits no word."""
    assert families(np.zeros((5, 5, 3), np.uint8), np.zeros((5, 5), bool)) == ()
    assert fits((), "red") is None
