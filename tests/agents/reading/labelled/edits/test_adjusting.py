"""Sizes, cuts and turns of whole pictures, from the words of a clause."""

from __future__ import annotations

from typing import Any

import pytest
from hand_labelled import labelled

from maquette.agents.reading.labelled.edits.adjusting import adjustments_of, factor_of, format_of


@pytest.mark.parametrize(
    ("text", "tool", "arguments"),
    [
        ("crop it to 640x480", "crop", {"width_px": 640, "height_px": 480}),
        ("crop to a square", "crop", {"ratio": "1:1"}),
        ("resize it to 800 by 600 pixels", "resize", {"width_px": 800, "height_px": 600}),
        ("scale it to 500 px wide", "resize", {"width_px": 500}),
        ("make it half as large, smaller", "resize", {"scale": 0.5}),
        ("scale this down by 30 percent", "resize", {"scale": 0.7}),
        ("scale it to 30 %", "resize", {"scale": 0.3}),
        ("enlarge it three times", "enlarge", {"factor": 3}),
        ("rotate it 90 degrees", "rotate", {"degrees": 90.0}),
        ("rotate it 90 degrees counterclockwise", "rotate", {"degrees": -90.0}),
        ("remove the background", "remove_background", {}),
    ],
)
def test_a_clause_is_one_call(text: str, tool: str, arguments: dict[str, Any]) -> None:
    """Of the tool, with the numbers that were said."""
    (found,) = adjustments_of(labelled(text), text, whole=True)
    assert (found.tool, found.arguments) == (tool, arguments)


@pytest.mark.parametrize("text", ["make the boat bigger", "make the star brighter", "5.50 to 6.20"])
def test_a_thing_is_not_the_picture(text: str) -> None:
    """What is said of a thing in it adjusts nothing."""
    assert adjustments_of(labelled(text), text, whole=False) == []


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("enlarge it", 2),
        ("enlarge it twice", 2),
        ("triple the resolution", 3),
        ("Quadruple it", 4),
        ("make it three times larger", 3),
        ("upscale this 4x", 4),
        ("upscale this 5 × please", 5),
        ("five-fold", 5),
        ("9 times as large", 9),
        ("0x", 1),
        ("the 3 stars larger", 2),
    ],
)
def test_the_factor_is_as_said(text: str, times: int) -> None:
    """Twice where no factor is named; a number of something else is none."""
    assert factor_of(text) == times


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("800x600", {"width_px": 800, "height_px": 600}),
        ("in 16:9", {"ratio": "16:9"}),
        ("in portrait format", {"ratio": "2:3"}),
        ("transparent background", {"transparent": True}),
        ("as an svg", {"kind": "svg"}),
        ("three versions", {"versions": 3}),
    ],
)
def test_an_option_is_the_form_of_the_result(option: str, told: dict[str, Any]) -> None:
    """Each in its own field; all of it is understood."""
    form = format_of(labelled(f"a star, {option}", ("thing", "star"), ("opt", option)))
    assert {name: getattr(form, name) for name in told} == told and form.left == ()


def test_an_option_that_is_not_known_is_told() -> None:
    """By the number of its piece."""
    assert format_of(labelled("a star, in Klingon", ("opt", "in Klingon"))).left == (0,)
