"""A plain sign: words alone, in the colours that were asked for."""

from __future__ import annotations

import pytest
from words_read import read_request

from maquette.agents.plans.signs import is_sign, letter_colour, sign_plan
from maquette.records.plan import Loop
from maquette.words.colours import WORDS, contrast, from_hex


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ('a sign that says "OPEN"', True),
        ('a green sign that says "OPEN" in red letters', True),
        ('a sign that says "OPEN" above a star', False),
        ("a sign with a star", False),
    ],
)
def test_a_sign_names_nothing_to_draw(text: str, sign: bool) -> None:
    """Words alone are set; where a thing is named it is drawn, too."""
    assert is_sign(read_request(text)) is sign


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("in red letters", "red"),
        ("with big bold yellow capitals", "yellow"),
        ("in pale blue lettering", "pale blue"),
        ("in grey type", "gray"),
        ("in capital letters", None),
        ("on a red sign", None),
    ],
)
def test_the_colour_of_letters_is_said_of_letters(text: str, colour: str | None) -> None:
    """A colour of something else is none of theirs."""
    assert letter_colour(read_request(f'a sign that says "OPEN" {text}')) == colour


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
