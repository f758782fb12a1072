"""English nouns in singular and plural, and the words that a generator knows."""

from __future__ import annotations

import pytest

from maquette.words.lexicon import SYNONYMS, Lexicon, plural, singular

PAIRS = {
    "star": "stars",
    "house": "houses",
    "box": "boxes",
    "church": "churches",
    "brush": "brushes",
    "glass": "glasses",
    "potato": "potatoes",
    "berry": "berries",
    "boy": "boys",
    "mouse": "mice",
    "leaf": "leaves",
    "child": "children",
    "fish": "fish",
    "sheep": "sheep",
}
"""As a dictionary has them."""


@pytest.mark.parametrize(("one", "many"), PAIRS.items())
def test_the_singular_of_a_plural_is_the_word(one: str, many: str) -> None:
    """And a singular stays what it is."""
    assert singular(many) == singular(one) == one


@pytest.mark.parametrize("one", ["star", "house", "box", "church", "berry", "mouse", "fish"])
def test_plurals_are_written_as_in_a_dictionary(one: str) -> None:
    """So that captions read as those the generator was taught."""
    assert plural(one) == PAIRS[one]


@pytest.mark.parametrize("word", ["bus", "cactus", "grass", "iris", "us", "is"])
def test_not_every_s_is_a_plural(word: str) -> None:
    """A word that ends in s by itself keeps it, as far as it can be told."""
    assert singular(word) == word


def test_a_thing_is_known_in_singular_plural_and_by_near_words() -> None:
    """Only where the generator has it: a synonym of an unknown thing is unknown."""
    lexicon = Lexicon(things=("boat", "circle"))
    assert lexicon.thing("boat") == lexicon.thing("boats") == "boat"
    assert SYNONYMS["ball"] == "circle"
    assert lexicon.thing("balls") == "circle"
    assert lexicon.thing("house") is None
    assert not lexicon.open and Lexicon().open and Lexicon().thing("boat") is None
