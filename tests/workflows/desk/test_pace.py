"""The time to wait: what was measured, and who waits already."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.workflows.desk.pace import LONGEST_S, PAGE, Run, WaitingLine, pace_s

NOW = 1_000_000.0


@pytest.mark.parametrize("every_s", [0.1, 1.0, 7.5])
def test_the_pace_is_that_of_the_endings(every_s: float) -> None:
    """Tasks that end one after another every so often give that time back."""
    ended = [Run(NOW - 200 - place, NOW - place * every_s) for place in range(PAGE)]
    assert pace_s(ended, [NOW - 5] * 8, NOW) == pytest.approx(every_s, rel=0.1)


def test_idle_hours_do_not_slow_the_pace() -> None:
    """Work that began 4 s ago and saw four endings ends one a second, whatever was before."""
    old = [Run(NOW - 7_200, NOW - 7_000)] * 10
    lately = [Run(NOW - 4, NOW - 0.5 - place) for place in range(4)]
    assert pace_s(lately + old, [NOW - 4] * 8, NOW) == pytest.approx(1.0)


def test_without_endings_it_is_a_guess_from_what_is_known() -> None:
    """Four that run, of a kind that took 20 s each, end one in 5 s; with nothing known the
    oldest has its age before it again."""
    assert pace_s([Run(NOW - 620, NOW - 600)], [NOW - 3] * 4, NOW) == pytest.approx(5.0)
    assert pace_s([], [NOW - 30, NOW - 2], NOW) == pytest.approx(30.0)
    assert pace_s([], [], NOW) > 0


@given(st.floats(0.01, 30), st.integers(1, 400))
def test_the_line_is_told_growing_times(pace: float, people: int) -> None:
    """The nth in line waits for n endings, between a second and five minutes."""
    line = WaitingLine()
    told = [line.join(pace, NOW) for _ in range(people)]
    assert told == [min(LONGEST_S, max(1.0, pace * (place + 1))) for place in range(people)]


def test_who_came_in_or_whose_time_is_over_waits_no_more() -> None:
    """An admission, and the passing of a time that was told, shorten the line."""
    line = WaitingLine()
    assert [line.join(2.0, NOW) for _ in range(3)] == [2.0, 4.0, 6.0]
    line.leave()
    assert line.join(2.0, NOW) == 6.0
    assert line.join(2.0, NOW + 60) == 2.0
