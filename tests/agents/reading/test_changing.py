"""Requests to change a picture: what is read of them, and what is asked back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.reading.changes import Unclear
from maquette.agents.reading.changing import read_changes
from maquette.agents.reading.wording import find_wordings


def read(text: str) -> object:
    return read_changes(find_wordings(text).masked)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("make the circle green", ["make the circle green"]),
        ("Please paint the red circle blue in this picture.", ["make the red circle blue"]),
        ("can you change the star's colour to purple?", ["make the star purple"]),
        ("change the colour of the house to yellow", ["make the house yellow"]),
        ("I want the boat to be green", ["make the boat green"]),
        ("the house should be blue", ["make the house blue"]),
        ("make the blue thing sky blue", ["make the blue thing sky blue"]),
        ("colour the tree dark green", ["make the tree green"]),
        ("replace the sun by a moon", ["replace the sun with a moon"]),
        ("turn the star into a moon", ["replace the star with a moon"]),
        ("swap the sun for a moon please", ["replace the sun with a moon"]),
        ("put a moon instead of the sun", ["replace the sun with a moon"]),
        ("change the star to a heart", ["replace the star with a heart"]),
        ("remove the star", ["remove the star"]),
        ("take the star away", ["remove the star"]),
        ("get rid of the red boat", ["remove the red boat"]),
        ("this picture without the star", ["remove the star"]),
        ("delete the star and the moon", ["remove the star", "remove the moon"]),
        ("add a star and a moon", ["add a star", "add a moon"]),
        ("put a hat on the dog in the photo", ["add a hat on the dog"]),
        ("also draw a red circle left of the house", ["add a red circle left of the house"]),
        ("move the boat up", ["move the boat to the top"]),
        ("shift the red circle to the right side", ["move the red circle to the right"]),
        ("make the background pale blue", ["make the background pale blue"]),
        ("put it on a blue background", ["make the background blue"]),
        ("change the sky in my image to night", ["make the background night"]),
        ("give the circle a striped pattern", ["make the circle striped"]),
        ("make the striped circle plain", ["make the striped circle plain"]),
        ("make the circle bigger", ["make the circle bigger"]),
        (
            "make the red circle green, then move it to the left",
            ["make the red circle green", "move the green circle to the left"],
        ),
        ("make the star red in both pictures", ["make the star red"]),
    ],
)
def test_changes_are_read_in_many_wordings(text: str, told: list[str]) -> None:
    """Each wording gives the plain sentences that ask for the same."""
    changes = read(text)
    assert isinstance(changes, tuple)
    assert [str(change) for change in changes] == told


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("make it green", "not of which thing"),
        ("remove it", "not of which thing"),
        ("change the circle", "not into what"),
        ("replace the star", "not into what"),
        ("make this picture black and white", "whole picture"),
        ("paint this photo in the style of van gogh", "whole picture"),
        ("remove the background from this photo", "not what is to stay"),
        ("add something red", "not what"),
        ('replace the word "SALE" with "OPEN"', "printed words"),
        ("remove the title", "printed words"),
        ("remove the star and then take a walk", "take a walk"),
    ],
)
def test_what_is_left_open_is_asked_back(text: str, understood: str) -> None:
    """What was understood is named, and how to say it whole."""
    unclear = read(text)
    assert isinstance(unclear, Unclear)
    assert understood in unclear.understood and unclear.ask


@pytest.mark.parametrize(
    "text",
    [
        "make this picture larger",
        "make it bigger",
        "turn this into a video",
        "make a poster with a red circle",
        "draw a star",
        "put this boat in the snow",
        'put "HELLO" on this picture',
        "is the circle green?",
        "make sure the circle is round",
        "change the subject",
        "what would you change",
        "a red circle",
    ],
)
def test_other_requests_are_left_alone(text: str) -> None:
    """No change is made up."""
    assert read(text) is None


@pytest.mark.slow
@given(st.text(max_size=700))
def test_any_text_is_read_without_fault(text: str) -> None:
    """Whatever is written, reading ends and gives one of the three answers."""
    found = read(text)
    assert found is None or isinstance(found, tuple | Unclear)
