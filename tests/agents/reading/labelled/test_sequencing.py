"""Listed frames and pictures, each with its own labels."""

from __future__ import annotations

from hand_labelled import labelled

from maquette.agents.reading.labelled.read import reading_of
from maquette.agents.reading.labelled.sequencing import read_sequence_of


def test_parts_keep_their_labels_and_arcs() -> None:
    """Numbers of pieces are those of the part."""
    item = labelled(
        "comic: a red cat; a dog",
        ("carrier", "comic"),
        ("colour", "red", (2,)),
        ("thing", "cat"),
        ("thing", "dog"),
    )
    sequence, parts = read_sequence_of(item)
    assert sequence is not None
    assert (sequence.kind, sequence.opening) == ("panels", "comic")
    assert sequence.parts == ("a red cat", "a dog")
    colour, cat = parts[0].pieces
    assert colour.heads == (1,) and parts[0].text[cat.start : cat.end] == "cat"


def test_several_sheets_are_a_set() -> None:
    """ "Two stickers" are two results; three panels are frames of one."""
    item = labelled("two stickers: a taco; a pizza", ("count", "two"), ("carrier", "stickers"))
    sequence, _ = read_sequence_of(item)
    assert sequence is not None and sequence.kind == "set"
    item = labelled("three panels: a cat; a dog; a fox", ("carrier", "panels"))
    sequence, _ = read_sequence_of(item)
    assert sequence is not None and sequence.kind == "panels"


def test_what_lists_nothing_is_no_sequence() -> None:
    """Neither steps nor a colon."""
    assert read_sequence_of(labelled("a comic of a cat", ("thing", "cat"))) == (None, [])


def test_what_is_said_before_the_frames_is_in_them_or_told() -> None:
    """A thing in the frames that show none, a place in all, a style in none."""
    item = labelled(
        "watercolour comic of a fox in a meadow: 1. sleeping 2. a red ball",
        ("style", "watercolour"),
        ("carrier", "comic"),
        ("thing", "fox"),
        ("ground", "meadow"),
        ("step", "1."),
        ("attr", "sleeping", (2,)),
        ("step", "2."),
        ("colour", "red", (8,)),
        ("thing", "ball"),
        kind="sequence",
    )
    read = reading_of(item, 0)
    scenes = [part.scene.wish for part in read.parts]
    assert [[one.thing for one in scene.things] for scene in scenes] == [["fox"], ["ball"]]
    assert [scene.grounds for scene in scenes] == [["meadow"], ["meadow"]]
    assert [words for words, _ in read.opening] == ["watercolour"]


def test_as_many_last_parts_as_were_said_are_frames() -> None:
    """Without a colon the number tells where they begin."""
    text = "comic in 2 panels, a cat, a dog"
    item = labelled(text, ("carrier", "comic"), ("opt", "2 panels"), ("thing", "cat"))
    sequence, _ = read_sequence_of(item)
    assert sequence is not None and sequence.parts == ("a cat", "a dog")
