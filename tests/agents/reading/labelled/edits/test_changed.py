"""Changes are put together of labels, clause by clause."""

from __future__ import annotations

import pytest
from hand_labelled import Told, labelled

from maquette.agents.reading.labelled.edits.changed import read_changes_of
from maquette.agents.reading.labelled.edits.wholes import whole_changes

PAINT = (("do", "paint"), ("colour", "red", (2,)), ("target", "car"), ("new", "green", (2,)))
CHANGES: list[tuple[str, tuple[Told, ...], list[str]]] = [
    ("paint the red car green", PAINT, ["make the red car green"]),
    ("remove the star", (("do", "remove"), ("target", "star")), ["remove the star"]),
    (
        "replace the sun by a blue moon",
        (("do", "replace"), ("target", "sun"), ("colour", "blue", (3,)), ("thing", "moon")),
        ["replace the sun with a blue moon"],
    ),
    (
        "move the boat up and delete the dog",
        (("do", "move"), ("target", "boat"), ("place", "up"), ("do", "delete"), ("target", "dog")),
        ["move the boat to the top", "remove the dog"],
    ),
    (
        "add a house left of the star",
        (("do", "add"), ("thing", "house"), ("rel", "left of", (1,), (3,)), ("target", "star")),
        ["add a house left of the star"],
    ),
    (
        "make the background green",
        (("do", "make"), ("target", "background"), ("colour", "green", (1,))),
        ["make the background green"],
    ),
]


@pytest.mark.parametrize(("text", "told", "changes"), CHANGES, ids=[one[0] for one in CHANGES])
def test_each_clause_is_a_change(text: str, told: tuple[Told, ...], changes: list[str]) -> None:
    """In the person's words; every piece is held by a change."""
    read = read_changes_of(labelled(text, *told, kind="image_edit"))
    assert [str(change) for change in read.changes] == changes
    assert read.left == ()


def test_what_no_change_holds_is_left() -> None:
    """The pieces that were not understood are told by their numbers."""
    item = labelled(
        "make the star jolly", ("do", "make"), ("target", "star"), ("attr", "jolly", (1,))
    )
    read = read_changes_of(item)
    assert read.changes == () and read.left == (1, 2)


def test_an_adjustment_is_not_made_twice() -> None:
    """ "Remove the background" cuts out; no thing called background is removed besides. What else
    is asked for stays a change."""
    item = labelled(
        "remove the background and remove the star",
        ("do", "remove"),
        ("target", "background"),
        ("do", "remove"),
        ("target", "star"),
        kind="image_edit",
    )
    adjustments, left = whole_changes(item, read_changes_of(item).changes)
    assert [one.tool for one in adjustments] == ["remove_background"]
    assert [str(one) for one in left] == ["remove the star"]
