"""A measured colour is called what people call it, and unsure between two words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.judging.composed.calling import BASIC, called, word_for
from maquette.agents.judging.composed.measuring import Hue
from maquette.words.colours import WORDS, hex_code, oklab

PLAIN = sorted(word for word in WORDS if word not in BASIC)


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
    hue = Hue((min(1.0, light + lighter), a * stronger, b * stronger), 1.0)
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
