"""The line of the second look, and the requests that it is measured by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.training.reward.second_look import SHARE_BELOW, Scored, line_of, requests_of

SEEN = [("red", "star"), ("red", "star"), ("blue", "boat")]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=80))
def test_at_most_one_in_twenty_lies_below_the_line(scores: list[float]) -> None:
    """And a hundredth higher more would, or none could be."""
    line = line_of([Scored(score, 0.0, "colour") for score in scores])
    assert sum(score < line for score in scores) <= SHARE_BELOW * len(scores)
    assert sum(score < line + 0.01 for score in scores) > SHARE_BELOW * len(scores) - 1e-9


def test_without_scores_there_is_no_line() -> None:
    with pytest.raises(ValueError, match="no picture was scored"):
        line_of([])


@pytest.mark.parametrize("number", range(12))
def test_a_false_request_is_the_true_one_with_one_fact_changed(number: int) -> None:
    """In as many words; of the same picture always the same."""
    true, false, kind = requests_of(SEEN, number)
    assert "two red stars" in true and "a blue boat" in true and true != false
    assert kind == ("colour", "thing", "count")[number % 3]
    assert requests_of(SEEN, number) == (true, false, kind)
