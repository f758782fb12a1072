"""Words are cut into pieces that mean one thing, the longest phrase first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.reading.tokens import RELATIONS, Kind, tokenize
from maquette.agents.reading.wording import PLACEHOLDER

WORD = st.sampled_from(["star", "two", "red", "boat", "and", "shiny"])


@given(WORD, st.sampled_from(sorted(RELATIONS)), WORD)
def test_a_relation_is_one_token_between_two_words(left: str, relation: str, right: str) -> None:
    """However many words it has, and none of them is left over."""
    found = tokenize(f"{left} {relation} {right}")
    assert [(token.kind, token.text) for token in found] == [
        (Kind.WORD, left),
        (Kind.RELATION, relation),
        (Kind.WORD, right),
    ]
    assert found[1].value == RELATIONS[relation]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("in the top left corner", Kind.PLACE, "top left"),
        ("at the bottom of the poster", Kind.PLACE, "bottom"),
        ("in the middle", Kind.PLACE, "centre"),
        ("on the left-hand side", Kind.PLACE, "left"),
        ("on the left of", Kind.RELATION, "left of"),
        ("at the top of", Kind.RELATION, "above"),
        ("on a plain pale blue background", Kind.BACKGROUND, "plain pale blue"),
        (chr(PLACEHOLDER + 3), Kind.TEXT, "3"),
        (",", Kind.PUNCTUATION, ""),
        ("overcast", Kind.WORD, ""),
        ("Don’t", Kind.WORD, ""),
    ],
)
def test_a_phrase_means_one_thing(text: str, kind: Kind, value: str) -> None:
    """A place on the sheet, a side of a thing, a background, a string; else a plain word."""
    (token,) = tokenize(text)
    assert (token.kind, token.value) == (kind, value)


@given(st.text(max_size=60))
def test_any_text_can_be_cut(text: str) -> None:
    """No token is empty, whatever a person writes."""
    assert all(token.text.strip() for token in tokenize(text))
