"""Outcomes are summed up to shares, means and their intervals as the mathematics says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.summaries import (
    UNKNOWN,
    LeastPart,
    Mean,
    MeanOfParts,
    Share,
    bootstrap,
)


def test_a_share_pools_answers_and_has_wilsons_interval() -> None:
    """Right over asked, trials that do not count left out, as SciPy's interval has it."""
    found = Share().whole([Outcome(3, 4), Outcome(1, 1), Outcome(0, 0)])
    expected = binomtest(4, 5).proportion_ci(method="wilson")
    assert (found.value, found.n) == (0.8, 5)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert Share().whole([Outcome(0, 0)]) == UNKNOWN


def test_a_mean_draws_whole_trials_again() -> None:
    """Two trials of 200 equal scores each could each be drawn twice: the interval spans both
    means; the same 400 scores in trials of their own give a narrow one."""
    together = Mean().whole([Outcome(0.0, 200), Outcome(200.0, 200)])
    assert (together.value, together.low, together.high, together.n) == (0.5, 0.0, 1.0, 400)
    apart = Mean().whole([Outcome(float(k % 2), 1) for k in range(400)])
    assert apart.value == 0.5
    assert 0.4 < apart.low < 0.5 < apart.high < 0.6


def test_bootstrap_is_near_the_normal_interval() -> None:
    """For the mean of many uniform numbers the interval is that of the central limit theorem."""
    values = np.random.default_rng(1).random(500)
    table = np.stack([values, np.ones(500)], axis=1)
    low, high = bootstrap(table, lambda sums: sums[..., 0] / sums[..., 1])
    half = 1.96 * values.std() / np.sqrt(500)
    assert low == pytest.approx(values.mean() - half, abs=0.005)
    assert high == pytest.approx(values.mean() + half, abs=0.005)


def test_kinds_count_alike_however_often_they_are_asked() -> None:
    """A kind asked once and one asked nine times: the mean of both shares."""
    often = Outcome(9, 9, parts={"often": (9, 9)})
    rare = Outcome(0, 1, parts={"rare": (0, 1)})
    found = MeanOfParts().whole([often, rare])
    assert (found.value, found.n) == (0.5, 10)
    assert 0 <= found.low <= 0.5 <= found.high <= 1
    assert MeanOfParts().whole([Outcome(0, 0)]) == UNKNOWN


def test_the_least_part_is_the_row() -> None:
    """Of two directions the weaker one, with its own interval and number."""
    trials = [Outcome(1, 2, parts={"there": (1, 1), "back": (k % 2, 1)}) for k in range(10)]
    found = LeastPart().whole(trials)
    assert (found.value, found.n) == (0.5, 10)
    assert found == Share().part([(5, 10)])
