"""Word lists as they are written in the source: in lines, indented, in any order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maquette.words.word_set import word_set

WORDS = st.text("abßé'-", min_size=1, max_size=5)
GAPS = st.text(" \n\t", min_size=1, max_size=4)


@given(st.lists(st.tuples(WORDS, GAPS)), st.text(" \n"))
def test_the_words_are_those_that_were_written(written: list[tuple[str, str]], margin: str) -> None:
    """However lines are broken and indented, a list holds each word whole, and never an empty
    one, which would be a part of every text."""
    text = margin + "".join(word + gap for word, gap in written)
    assert word_set(text) == {word for word, _ in written}
