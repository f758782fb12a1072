"""Words keep their places, and their looks are told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maquette.model_servers.reading.words import FEATURES, features, words_of


@given(st.text(max_size=80))
def test_words_are_the_text_without_its_spaces(text: str) -> None:
    """In order, none twice; each is what stands in its place, and has all its features."""
    words = words_of(text)
    assert all(text[word.start : word.end] == word.text for word in words)
    assert "".join(word.text for word in words) == "".join(text.split())
    rows = features(words, text, "en")
    assert [len(row) for row in rows] == [FEATURES] * len(words)
    assert {value for row in rows for value in row} <= {0.0, 1.0}


def test_what_is_one_word() -> None:
    """Numbers with their points, contractions, hidden strings; each Han character alone."""
    text = "It's 16:9, 红色 \ue000!"
    assert [word.text for word in words_of(text)] == [
        "It's", "16:9", ",", "红", "色", "\ue000", "!",
    ]  # fmt: skip


def test_capitals_digits_and_strings_are_seen() -> None:
    """The encoder knows small letters alone."""
    text = "OPEN Now 12 \ue000"
    capital, all_capitals, digit, hidden = zip(
        *([row[0], row[1], row[2], row[4]] for row in features(words_of(text), text, "en")),
        strict=True,
    )
    assert capital == (1, 1, 0, 0) and all_capitals == (1, 0, 0, 0)
    assert digit == (0, 0, 1, 0) and hidden == (0, 0, 0, 1)
