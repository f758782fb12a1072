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
