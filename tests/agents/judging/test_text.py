"""How unlike two strings are, letter by letter, and in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.judging.text import difference, edit_distance, likeness

WORDS = st.text("abAB xé'’", max_size=12)


def _slow_distance(a: str, b: str) -> int:
    """Levenshtein by its recursive definition: a second implementation."""
    table: dict[tuple[int, int], int] = {}
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if i == 0 or j == 0:
                table[i, j] = i + j
            else:
                table[i, j] = min(
                    table[i - 1, j] + 1,
                    table[i, j - 1] + 1,
                    table[i - 1, j - 1] + (a[i - 1] != b[j - 1]),
                )
    return table[len(a), len(b)]


@given(WORDS, WORDS)
def test_edit_distance_is_levenshtein(a: str, b: str) -> None:
    """Equal to the textbook table, and symmetric."""
    assert edit_distance(a, b) == _slow_distance(a, b) == edit_distance(b, a)


@given(WORDS, WORDS)
def test_only_exact_is_one(a: str, b: str) -> None:
    """Likeness is 1 only for strings equal after NFC, white space and typographic marks."""
    same = " ".join(a.replace("’", "'").split()) == " ".join(b.replace("’", "'").split())
    assert (likeness(a, b) == 1.0) == same


@given(WORDS, WORDS)
def test_words_are_given_for_every_difference(a: str, b: str) -> None:
    """Strings of the same letters differ in spaces or in case; else letters are missing, too
    many, or other ones."""
    told = difference(a, b)
    bare_a, bare_b = "".join(a.split()), "".join(b.split())
    assert (told == "the spaces differ") == (bare_a == bare_b)
    if told == "letters are missing":
        assert len(b) < len(a)
    if told == "there are letters too many":
        assert len(b) > len(a)


@pytest.mark.parametrize(
    ("wanted", "read", "told"),
    [
        ("OPEN", "OPN", "letters are missing"),
        ("OPEN", "OPPEN", "there are letters too many"),
        ("OPEN", "Open", "capitals and small letters differ"),
        ("TO DAY", "TODAY", "the spaces differ"),
        ("OPEN", "OPIN", "letters differ"),
        ("OPEN", "NEPO", "letters differ"),
    ],
)
def test_a_difference_is_told_in_words(wanted: str, read: str, told: str) -> None:
    """By what happened to the letters, in their order."""
    assert difference(wanted, read) == told
