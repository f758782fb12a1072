"""Requests to draw an attached thing again, to look for pictures, and the places in them."""

from __future__ import annotations

import pytest

from maquette.agents.reading.places import take_places
from maquette.agents.reading.searching import read_search
from maquette.agents.reading.showing import read_showing
from maquette.agents.reading.wording import find_wordings
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
    showing = read_showing(find_wordings(text).masked)
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
    assert read_showing(find_wordings(text).masked) is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("find pictures of a red boat", "a red boat"),
        ("Find me all my drawings with a yellow star, please", "a yellow star"),
        ("search my pictures for a house by the sea", "a house by the sea"),
        ("show me my pictures of boats", "boats"),
        ("show me the pictures I made of a boat", "a boat"),
        ("do I have any images with two trees?", "two trees"),
        ("which of my posters have a moon", "a moon"),
        ("have I ever made a picture of a cup", "a cup"),
        ('find a picture with the words "GRAND OPENING"', 'the words "GRAND OPENING"'),
        ("find pictures like this one", ""),
        ("show me a picture of a boat", None),
        ("draw a picture of a boat", None),
        ("find the sun, the moon and a star", None),
        ("find the boat in this picture", None),
    ],
)
def test_looking_for_pictures(text: str, what: str | None) -> None:
    """What the pictures show is the person's own words; to draw or to point out is no search."""
    assert read_search(find_wordings(text)) == what


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
