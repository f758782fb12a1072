"""Requests that list frames or pictures; and those that only look so."""

from __future__ import annotations

import pytest

from maquette.agents.reading.sequences import read_sequence


@pytest.mark.parametrize(
    ("words", "kind", "parts"),
    [
        (
            "could you draw a comic strip, 3 panels: the fox finds a cake; a crow steals it; "
            "they share the cake",
            "panels",
            ("the fox finds a cake", "a crow steals it", "they share the cake"),
        ),
        (
            "Instructions for my plants. 1. fill the can 2. water the roses 3. put it away",
            "panels",
            ("fill the can", "water the roses", "put it away"),
        ),
        (
            "Step 1: crack two eggs. Step 2: whisk them. Step 3: fry. step-by-step please",
            "panels",
            ("crack two eggs", "whisk them", "fry. step-by-step please"),
        ),
        ("3 stickers: a taco, a pizza and a doughnut", "set", ("a taco", "a pizza", "a doughnut")),
        (
            "we need four posters: winter, spring, summer and autumn",
            "set",
            ("winter", "spring", "summer", "autumn"),
        ),
        (
            "two cards: a dog and a cat; a bird",
            "set",
            ("a dog and a cat", "a bird"),
        ),
    ],
)
def test_lists_are_taken_apart(words: str, kind: str, parts: tuple[str, ...]) -> None:
    """Each frame or picture in the person's own words, in order."""
    sequence = read_sequence(words)
    assert sequence is not None
    assert (sequence.kind, sequence.parts) == (kind, parts)


@pytest.mark.parametrize(
    "words",
    [
        "a red circle, a blue square and a star",
        "a card for grandma: flowers and a cake",
        "three pictures on a wall",
        "five pictures: a cat and a dog",
        "a comic book hero",
        "a poster at 7.30 with 2.5 kg of apples",
    ],
)
def test_one_picture_is_no_list(words: str) -> None:
    """A list of things, a number that does not fit, or a mere word makes no sequence."""
    assert read_sequence(words) is None
