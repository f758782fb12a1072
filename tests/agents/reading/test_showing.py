"""Requests to draw an attached thing again, and the places in them."""

from __future__ import annotations

import pytest

from maquette.agents.reading.places import take_places
from maquette.agents.reading.showing import read_showing
from maquette.words.lexicon import Lexicon

LEXICON = Lexicon(things=("boat", "moon", "garden"), landscapes=("sea", "snow", "night", "city"))


@pytest.mark.parametrize(
    ("text", "rewritten", "nouns"),
    [
        ("draw this thing on a beach", "draw a shownthing on a beach", ("thing",)),
        ("draw this in a new scene", "draw a shownthing", ("thing",)),
        ("put this boat in the snow", "draw a shownthing in the snow", ("boat",)),
        ("show it next to a house", "show a shownthing next to a house", ("thing",)),
        ("a picture of this thing at night", "a picture of a shownthing at night", ("thing",)),
        (
            "can you draw the cup in this picture in the city",
            "draw a shownthing in the city",
            ("cup",),
        ),
        (
            "place the attached object in front of a tree",
            "draw a shownthing in front of a tree",
            ("thing",),
        ),
        (
            "draw this boat next to that house",
            "draw a shownthing next to a secondshownthing",
            ("boat", "house"),
        ),
        (
            "draw these two things above a tree",
            "draw a shownthing and a secondshownthing above a tree",
            ("thing", "thing"),
        ),
        ("use my toy in a new picture with a sun", "draw a shownthing with a sun", ("toy",)),
    ],
)
def test_shown_things_become_nouns(text: str, rewritten: str, nouns: tuple[str, ...]) -> None:
    """The mention is a thing like any other; the rest of the request stays."""
    showing = read_showing(text)
    assert showing is not None
    assert (showing.masked, showing.nouns) == (rewritten, nouns)


@pytest.mark.parametrize(
    "text",
    [
        "what is this thing",
        "describe this boat",
        "is this boat red",
        "draw this picture again",
        "put these words on the sheet",
        "draw a red circle",
        "make this boat sail",
    ],
)
def test_nothing_is_shown_again_unasked(text: str) -> None:
    """Questions, pictures as a whole and words are no things to show."""
    assert read_showing(text) is None


@pytest.mark.parametrize(
    ("text", "rest", "landscapes"),
    [
        ("a boat by the sea", "a boat", ["sea"]),
        ("a boat on a sunny beach", "a boat", ["sea"]),
        ("two boats on a lake at night", "two boats", ["sea", "night"]),
        ("a boat in the snow next to a moon", "a boat next to a moon", ["snow"]),
        ("a boat over the moon", "a boat over the moon", []),
        ("a boat in a garden", "a boat in a garden", []),
        ("a boat against a night sky", "a boat against a night sky", []),
    ],
)
def test_places_are_taken_out(text: str, rest: str, landscapes: list[str]) -> None:
    """A landscape is where things are, not a thing; a known thing is none."""
    left, places = take_places(text, LEXICON)
    assert (left, [place.landscape for place in places]) == (rest, landscapes)
    assert take_places(text, Lexicon()) == (text, ())
