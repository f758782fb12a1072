"""The planner's colour words beside the world's: two lists on purpose, equal where both speak."""

from __future__ import annotations

import pytest

from maquette.training.world.colours import BACKGROUNDS, COLOURS
from maquette.words.colours import WORDS


@pytest.mark.parametrize("name", sorted({*COLOURS, *BACKGROUNDS} & set(WORDS)))
def test_a_word_that_both_know_means_one_colour(name: str) -> None:
    """A colour planned by name is the colour that the bundled generator learned by that name."""
    assert WORDS[name] == COLOURS.get(name, BACKGROUNDS.get(name))


def test_the_planner_knows_every_colour_of_the_world() -> None:
    """No colour of the bundled generator is out of a person's reach."""
    assert set(COLOURS) <= set(WORDS)
