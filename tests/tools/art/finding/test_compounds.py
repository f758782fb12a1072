"""The head of a phrase, and whether what stands before it changes the kind of thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.tools.art.finding.compounds import Head, heads


@pytest.mark.parametrize(
    ("phrase", "longest"),
    [
        ("big red balloon", Head("red balloon", "none")),
        ("striped ball", Head("ball", "none")),
        ("old house", Head("house", "slight")),
        ("wedding cake", Head("cake", "kind")),
        ("chocolate cake", Head("cake", "kind")),
        ("pair of shoes", Head("shoes", "none")),
        ("house with a garden", Head("house", "kind")),
    ],
)
def test_the_head_and_the_change_are_told(phrase: str, longest: Head) -> None:
    """Colours, sizes and patterns change nothing here; a noun changes the kind."""
    assert heads(phrase)[0] == longest


def test_what_a_thing_is_made_of_is_not_looked_for_behind_of() -> None:
    """A glass of water is no water."""
    assert heads("glass of water") == ()


@given(st.lists(st.sampled_from(["red", "old", "wedding", "cake", "with", "of"]), max_size=6))
def test_every_head_is_a_shorter_piece_of_the_phrase(words: list[str]) -> None:
    """Heads are pieces of the phrase, never the whole, so that a search of heads ends."""
    phrase = " ".join(words)
    for head in heads(phrase):
        assert head.phrase in phrase
        assert len(head.phrase) < len(phrase)
