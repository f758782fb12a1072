"""Listed frames and pictures, each with its own labels."""

from __future__ import annotations

from hand_labelled import labelled

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
