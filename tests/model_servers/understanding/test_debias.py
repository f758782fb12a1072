"""The arithmetic that takes the habit of language out of label scores."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.model_servers.understanding.debias import calibrated, probabilities, together


@given(st.lists(st.floats(-30, 0), min_size=2, max_size=8))
def test_calibration_of_equal_shares_is_even(log_probs: list[float]) -> None:
    """Where seeing changes nothing, nothing is left to tell: every label gets the same share,
    as far as the least share added to the blind one lets it."""
    shares = [0.5 / len(log_probs) + 0.5 * p for p in probabilities(log_probs)]
    corrected = calibrated(shares, shares)
    assert math.isclose(sum(corrected), 1, abs_tol=1e-6)
    assert max(corrected) - min(corrected) < 5e-3
    even = [1 / len(shares)] * len(shares)
    ranked = calibrated(shares, even)
    assert max(range(len(shares)), key=shares.__getitem__) in [
        k for k, q in enumerate(ranked) if math.isclose(q, max(ranked))
    ]
    assert calibrated(shares, shares, "identity") == even


def test_blind_answers_are_added() -> None:
    """Two blind answers count alike."""
    assert together([0.2, 0.8], [0.6, 0.4]) == pytest.approx([0.4, 0.6])
