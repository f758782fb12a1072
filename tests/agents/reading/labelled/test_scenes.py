"""Scenes are put together of labels: nothing that was said is lost, nothing is made up."""

from __future__ import annotations

from hand_labelled import labelled

from maquette.agents.reading.labelled.scenes import read_scene_of
from maquette.agents.reading.scene import Link


def test_what_is_said_of_a_thing_is_its_own() -> None:
    """Number, colour and size go to the thing they belong to."""
    item = labelled(
        "three small red boats above a house",
        ("count", "three", (3,)),
        ("size", "small", (3,)),
        ("colour", "red", (3,)),
        ("thing", "boats"),
        ("rel", "above", (3,), (5,)),
        ("thing", "house"),
    )
    read = read_scene_of(item)
    boat, house = read.wish.things
    assert (boat.thing, boat.count, boat.colour, boat.size) == ("boat", 3, "red", "small")
    assert (house.thing, house.count, house.colour) == ("house", 1, None)
    assert read.wish.links == [Link(("thing", 0), "above", ("thing", 1))]
    assert read.said == []


def test_two_numbers_and_two_colours_are_two_groups() -> None:
    """ "Three red and two blue balls" are five balls of which each has its colour."""
    item = labelled(
        "three red and two blue balls",
        ("count", "three", (4,)),
        ("colour", "red", (4,)),
        ("count", "two", (4,)),
        ("colour", "blue", (4,)),
        ("thing", "balls"),
    )
    groups = [(one.count, one.colour) for one in read_scene_of(item).wish.things]
    assert groups == [(3, "red"), (2, "blue")]


def test_strings_are_shown_unless_they_are_denied() -> None:
    """Quoted or not; one that is not to be seen is said, and is no string of the picture."""
    item = labelled(
        'a sign with OPEN and "HI" but not "CLOSED"',
        ("carrier", "sign"),
        ("words", "OPEN"),
        ("words", '"..."'),
        ("not", "not", (4,)),
        ("words", '"..."'),
    )
    read = read_scene_of(item)
    assert read.shown == ("OPEN", "HI")
    assert read.wish.unwanted_strings == ["CLOSED"]
    assert [one.words for one in read.said] == ['no "CLOSED"']
    assert read.wish.carrier == "sign"


def test_what_no_judge_can_tell_is_said() -> None:
    """A denied thing, a style, and a description after its noun each become words of the law."""
    item = labelled(
        "a dog wagging its tail, no cats, in watercolour",
        ("thing", "dog"),
        ("attr", "wagging its tail", (0,)),
        ("not", "no", (3,)),
        ("thing", "cats"),
        ("style", "in watercolour"),
    )
    read = read_scene_of(item)
    assert [one.thing for one in read.wish.things] == ["dog"]
    assert read.wish.excluded == ["cat"]
    said = {one.words for one in read.said}
    assert said == {"wagging its tail (dog)", "no cats", "in watercolour"}


def test_a_reference_means_what_it_stands_for() -> None:
    """ "It" in a relation is the thing before."""
    item = labelled(
        "a boat. a star is above it",
        ("thing", "boat"),
        ("thing", "star"),
        ("rel", "above", (1,), (3,)),
        ("ref", "it", (0,)),
    )
    assert read_scene_of(item).wish.links == [Link(("thing", 1), "above", ("thing", 0))]


def test_nobody_can_write_the_readers_own_nouns() -> None:
    """What stands for an attached thing is no word of a person."""
    read = read_scene_of(labelled("draw a shownthing", ("do", "draw"), ("thing", "shownthing")))
    assert [one.thing for one in read.wish.things] == ["thing"]


def test_a_reference_to_several_is_said_of_each() -> None:
    """ "Both black": each of them."""
    item = labelled(
        "a cat and a dog, both black",
        ("thing", "cat"),
        ("thing", "dog"),
        ("ref", "both", (0, 1)),
        ("colour", "black", (2,)),
    )
    assert [one.colour for one in read_scene_of(item).wish.things] == ["black", "black"]


def test_each_in_a_colour_of_its_own() -> None:
    """As many things as were said, no two of a colour."""
    item = labelled(
        "four balloons, each one a different colour",
        ("count", "four", (1,)),
        ("thing", "balloons"),
        ("ref", "each one", (1,)),
        ("colour", "different colour", (2,)),
    )
    things = read_scene_of(item).wish.things
    assert [one.count for one in things] == [1] * 4 and len({one.colour for one in things}) == 4


def test_a_side_with_two_heads_is_a_relation() -> None:
    """ "On its right" is no place of the sheet, and nothing stands on anything."""
    item = labelled(
        "a mug, a plant on its right",
        ("thing", "mug"),
        ("thing", "plant"),
        ("rel", "on its right", (1,), (0,)),
    )
    read = read_scene_of(item)
    assert read.wish.links == [Link(("thing", 1), "right of", ("thing", 0))]
    assert [one.place for one in read.wish.things] == [None, None] and read.said == []


def test_a_colour_is_of_the_letters_or_of_one_string() -> None:
    """Called "the text", all letters have it; two strings of two colours cannot be set."""
    item = labelled(
        "HI, white text on black background",
        ("words", "HI"),
        ("colour", "white", (2,)),
        ("ref", "text"),
        ("colour", "black", (4,)),
        ("ground", "background"),
    )
    wish = read_scene_of(item).wish
    assert (wish.letters, wish.background, wish.grounds) == ("white", "black", [])
    item = labelled(
        "OPEN green, SHUT red",
        ("words", "OPEN"),
        ("colour", "green", (0,)),
        ("words", "SHUT"),
        ("colour", "red", (2,)),
    )
    read = read_scene_of(item)
    assert read.wish.letters is None
    assert [one.words for one in read.said] == ["green (OPEN)", "red (SHUT)"]


def test_what_is_denied_takes_its_own_with_it() -> None:
    """ "No red hats" makes nothing red; "not touching" relates nothing."""
    item = labelled(
        "a cat and a dog not touching, no red hats",
        ("thing", "cat"),
        ("thing", "dog"),
        ("not", "not", (3,)),
        ("rel", "touching", (0,), (1,)),
        ("not", "no", (6,)),
        ("colour", "red", (6,)),
        ("thing", "hats"),
    )
    read = read_scene_of(item)
    assert read.wish.links == [] and [one.colour for one in read.wish.things] == [None, None]
    assert [one.words for one in read.said] == ["not touching", "no red hats"]


def test_no_piece_of_content_is_lost() -> None:
    """What fits nowhere is said, with what it belongs to."""
    item = labelled(
        "a big poster with a cat, brighter, recycling",
        ("size", "big", (1,)),
        ("carrier", "poster"),
        ("thing", "cat"),
        ("new", "brighter"),
        ("query", "recycling"),
        kind="image_text",
    )
    said = {one.words for one in read_scene_of(item).said}
    assert said == {"big (poster)", "brighter", "recycling"}


def test_a_place_is_a_ground_with_its_preposition_or_without() -> None:
    """Readers label it either way."""
    for words in ("beach", "on the beach"):
        item = labelled("a cat on the beach", ("thing", "cat"), ("ground", words))
        assert read_scene_of(item).wish.grounds == ["beach"]


def test_a_shade_stays_one() -> None:
    """ "Dark green" is neither green nor another word for it."""
    item = labelled("a dark green leaf", ("colour", "dark green", (1,)), ("thing", "leaf"))
    assert [one.colour for one in read_scene_of(item).wish.things] == ["dark green"]
