"""A person's noun means the things that are called so, and no others for sure."""

from __future__ import annotations

import pytest
from composed_pictures import PlainSources, thing

from maquette.agents.judging.composed.nouns import meant, split

SOURCES = PlainSources(also={"circle": ("disc", "gold medal")})
THINGS = (
    thing("circle", (0, 0, 0.2, 0.2), phrase="disc"),
    thing("square", (0, 0.3, 0.2, 0.5), phrase="window", probability=0.995),
    thing("bar", (0, 0.6, 0.2, 0.8), phrase="rope", probability=0.7),
)


@pytest.mark.parametrize(
    ("phrase", "parts"),
    [
        ("cat", (None, "cat")),
        ("red cat", ("red", "cat")),
        ("dark red cat", ("dark red", "cat")),
        ("sky blue police car", ("sky blue", "police car")),
        ("orange", (None, "orange")),
        ("big cat", (None, "big cat")),
    ],
)
def test_a_colour_stands_before_its_noun(phrase: str, parts: tuple[str | None, str]) -> None:
    """And is none where it is all there is: an orange is a fruit."""
    assert split(phrase) == parts


def test_names_and_surely_found_art_are_meant() -> None:
    """By any of its names, in any number; and by the word that it was surely found for."""
    assert meant("Circle", THINGS, SOURCES).sure == (0,)
    assert meant("discs", THINGS, PlainSources(also={"circle": ("discs",)})).sure == (0,)
    assert meant("window", THINGS, SOURCES).sure == (1,)
    assert meant("windows", THINGS, SOURCES).sure == (1,)
    assert meant("moon", THINGS, SOURCES) == meant("moon", (), SOURCES)


def test_art_that_was_hardly_found_is_doubtful() -> None:
    """With the reason."""
    found = meant("rope", THINGS, SOURCES)
    assert (found.sure, found.doubtful) == ((), (2,)) and "70%" in found.why


def test_a_keyword_makes_surely_found_art_sure() -> None:
    """Flowers that were found as a bouquet are meant, though one flower is called so, too; without
    the keyword a bar that is called a square stays doubtful."""
    placed = (thing("bar", (0, 0, 0.2, 0.2), phrase="square"),)
    assert meant("square", placed, PlainSources(leads={"bar": ("square",)})).sure == (0,)
    assert meant("square", placed, SOURCES).doubtful == (0,)


def test_a_name_that_begins_with_a_colour_is_a_name() -> None:
    """A gold medal is no medal that is gold; a red circle is a circle that is red."""
    assert meant("gold medal", THINGS, SOURCES).colour is None
    found = meant("red circle", THINGS, SOURCES)
    assert (found.noun, found.colour, found.sure) == ("circle", "red", (0,))
