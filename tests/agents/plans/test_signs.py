"""A plain sign: words alone, in the colours that were asked for."""

from __future__ import annotations

import pytest

from maquette.agents.plans.signs import is_sign, letter_colour, sign_plan
from maquette.agents.reading.request import read_request
from maquette.records.plan import Loop
from maquette.words.colours import WORDS, contrast, from_hex


@pytest.mark.parametrize(
    ("text", "maybe", "surely"),
    [
        ('a sign that says "OPEN"', True, True),
        ('a green sign that says "OPEN" in red letters', True, True),
        ('a sign for our boat club that says "OPEN"', True, False),
        ('a sign that says "OPEN" above a star', False, False),
        ('a sign that says "OPEN" on a blue background', False, False),
        ("a sign with a star", False, False),
    ],
)
def test_a_sign_names_nothing_to_draw(text: str, maybe: bool, surely: bool) -> None:
    """What a sheet is for may be a thing that some generator draws: then it is not sure."""
    reading = read_request(text, 0)
    assert (is_sign(reading), is_sign(reading, surely=True)) == (maybe, surely)


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("in red letters", "red"),
        ("with big bold yellow capitals", "yellow"),
        ("in pale blue lettering", "pale blue"),
        ("the text should be in green", "green"),
        ("in grey type", "gray"),
        ("in capital letters", None),
        ("on a red sign", None),
    ],
)
def test_the_colour_of_letters_is_said_of_letters(text: str, colour: str | None) -> None:
    """A colour of something else is none of theirs."""
    assert letter_colour(read_request(text, 0)) == colour


@pytest.mark.parametrize("sheet", ["", "red ", "navy ", "yellow ", "white "])
@pytest.mark.parametrize("seed", range(4))
def test_letters_can_be_read_on_the_sheet(sheet: str, seed: int) -> None:
    """At 4.5 : 1 or more, on a sheet of the colour that was asked for."""
    (loop,) = sign_plan(read_request(f'a {sheet}sign that says "OPEN"', 0), seed).nodes
    assert isinstance(loop, Loop)
    arguments = loop.body[0].arguments
    ground = from_hex(arguments["background"])
    assert not sheet or ground == WORDS[sheet.strip()]
    for block in arguments["blocks"]:
        assert contrast(ground, from_hex(block["colour"])) >= 4.5


def test_several_strings_are_set_and_judged_one_by_one() -> None:
    """In their order, each a block and each a criterion."""
    (loop,) = sign_plan(read_request('a sign with "ONE" and "TWO" and "THREE"', 0), 0).nodes
    assert isinstance(loop, Loop)
    blocks = loop.body[0].arguments["blocks"]
    assert [block["text"] for block in blocks] == ["ONE", "TWO", "THREE"]
    assert [one.text for one in loop.criteria] == ["ONE", "TWO", "THREE"]  # type: ignore[union-attr]
