"""Requests cast with things of the packs: what is found, what is lost, what is said of it."""

from __future__ import annotations

import pytest
from hand_labelled import by_hand
from words_read import read_request

from maquette.agents.plans.composed.casting import Cast, cast
from maquette.agents.plans.composed.gallery import Gallery
from maquette.words.lexicon import Lexicon

STRIPED = by_hand("a striped umbrella", ("pattern", "striped", (1,)), ("thing", "umbrella"))


async def of(words: str, gallery: Gallery, drawn: Lexicon) -> Cast:
    return await cast(read_request(words, 0), gallery)


@pytest.mark.parametrize(
    ("words", "things"),
    [
        ("a purple dragon", [("dragon", "noto:1f409", "purple", 1)]),
        (
            "three blue balloons above a birthday cake",
            [("balloon", "noto:1f388", "blue", 3), ("birthday cake", "noto:1f382", None, 1)],
        ),
        ("a card with two penguins", [("penguin", "noto:1f427", None, 2)]),
        ("five red circles", [("circle", "noto:1f534", "red", 5)]),
    ],
)
async def test_each_thing_is_found_by_its_name(
    gallery: Gallery, drawn: Lexicon, words: str, things: list[tuple[str, str, str | None, int]]
) -> None:
    """The thing of Unicode's own name, with the colour and count of the words."""
    panel = (await of(words, gallery, drawn)).panel()
    found = [(one.phrase, one.thing, one.colour, one.count) for one in panel.things]
    assert [(p, c, n) for p, _, c, n in found] == [(p, c, n) for p, _, c, n in things]
    for (_, thing, _, _), (phrase, wanted, _, _) in zip(found, things, strict=True):
        assert thing == wanted or (phrase == "circle" and thing == "shapes:circle")


async def test_a_sheet_is_no_thing(gallery: Gallery, drawn: Lexicon) -> None:
    """ "card" names what carries the words, not a credit card, and a place is no thing either."""
    found = await of("a birthday card with a fox in the snow", gallery, drawn)
    assert [role.phrase for role in found.roles] == ["fox"]
    assert found.background.kind == "snow"


async def test_what_is_not_there_stays_a_wish_and_is_said(gallery: Gallery, drawn: Lexicon) -> None:
    """A knight is in no pack: it is missing, and told, and nothing else is put in its place."""
    found = await cast(
        by_hand("a knight and a castle", ("thing", "knight"), ("thing", "castle")), gallery
    )
    assert [role.phrase for role in found.missing] == ["knight"]
    assert [one.phrase for one in found.panel().things] == ["castle"]
    assert any("no picture of 'knight'" in note for note in found.notes())


async def test_two_meanings_are_told(gallery: Gallery, drawn: Lexicon) -> None:
    """Of a bat both are named, and the one taken is not sure."""
    found = await of("a bat", gallery, drawn)
    assert found.panel().things[0].probability < 0.99
    assert any("may also mean" in note for note in found.notes())


@pytest.mark.slow
async def test_what_art_cannot_show_is_said(gallery: Gallery, drawn: Lexicon) -> None:
    """A wooden car is a car; that it is not wooden is said."""
    found = await of("a wooden car", gallery, drawn)
    assert [one.phrase for one in found.panel().things] == ["car"]
    assert any("wooden" in note and "left out" in note for note in found.notes())


async def test_relations_name_the_things_that_are_there(gallery: Gallery, drawn: Lexicon) -> None:
    """A relation to something that is missing is dropped; the indices are those of the panel."""
    found = await of("a knight left of a castle and a tree above a house", gallery, drawn)
    panel = found.panel()
    for one in panel.relations:
        assert max(one.subject, one.object) < len(panel.things)


async def test_patterns_are_asked_for(gallery: Gallery, drawn: Lexicon) -> None:
    """ "striped" becomes the pattern, not a part of the name."""
    panel = (await cast(STRIPED, gallery)).panel()
    assert [(one.phrase, one.pattern) for one in panel.things] == [("umbrella", "stripes")]
