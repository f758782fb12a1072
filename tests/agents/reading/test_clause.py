"""A string named without quotes goes on to the next clause, and no further."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.reading.clause import clause_end


@pytest.mark.parametrize(
    ("text", "string"),
    [
        ("GRAND OPENING above a red circle", "GRAND OPENING"),
        ("SALE, TODAY ONLY, with a star", "SALE, TODAY ONLY"),
        ("OPEN! NOW! in big letters", "OPEN! NOW!"),
        ("Summer of Love on a blue sheet", "Summer of Love"),
        ("Open at Nine. Add a star.", "Open at Nine"),
        ("happy birthday and a cake", "happy birthday"),
        ("welcome home in red letters", "welcome home"),
        ("ROCK & ROLL over two stars", "ROCK & ROLL"),
        ("Closed", "Closed"),
    ],
)
def test_a_string_ends_where_the_next_clause_begins(text: str, string: str) -> None:
    """Capitals go on while there are capitals; a title goes on over its small words."""
    assert text[: clause_end(text, 0)] == string


@given(st.text(max_size=80), st.integers(0, 80))
def test_the_end_is_never_before_the_start(text: str, start: int) -> None:
    """Nor behind the text, whatever stands there."""
    start = min(start, len(text))
    assert start <= clause_end(text, start) <= len(text)
