"""Families of colours: shading belongs to one, eyes and outlines to none."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.agents.judging.composed.calling import fits, word_for
from maquette.agents.judging.composed.measuring import families
from maquette.words.colours import WORDS


def _painted(*parts: tuple[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """A square whose columns have the colours, so much of it each."""
    picture = np.zeros((60, 100, 3), np.uint8)
    at = 0
    for word, share in parts:
        picture[:, at : at + round(100 * share)] = WORDS[word]
        at += round(100 * share)
    return picture, np.ones((60, 100), bool)


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
