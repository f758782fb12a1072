"""Chances are fitted on words that no test has, by a fit that finds what was put in."""

from __future__ import annotations

import numpy as np

from maquette.training.evaluation.art.fitting import development, logistic
from maquette.training.evaluation.art.nouns import words_of


def test_development_words_are_in_no_test() -> None:
    """Neither the 300 nor the later ones; enough are left."""
    tested = {one["noun"] for which in ("nouns", "later") for one in words_of(which)}
    assert not tested & development().keys()
    assert len(development()) > 300


def test_the_fit_finds_the_curve_that_answers_were_drawn_from() -> None:
    """20,000 draws from a known curve give its weights back within a tenth or so."""
    rng = np.random.default_rng(1)
    rows = rng.uniform(0, 1, (20_000, 2))
    chance = 1 / (1 + np.exp(-(4 * rows[:, 0] - 2 * rows[:, 1] - 1)))
    right = rng.uniform(size=len(rows)) < chance
    np.testing.assert_allclose(logistic(rows.tolist(), right.tolist()), (4, -2, -1), atol=0.2)
