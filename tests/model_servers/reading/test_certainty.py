"""The probability that a request was read right: what it is made of, and how it is squeezed."""

from __future__ import annotations

import math

import pytest

from maquette.model_servers.reading.certainty import LEAST, NUMBERS, Held, probability


def test_a_request_is_summed_up_in_named_numbers() -> None:
    """Sums are logarithms of products; what was decided at all odds counts as ``LEAST``."""
    held = Held(words=(0.5, 1.0, 0.25), arcs=(0.0,), items=(), kinds=(0.8,))
    told = dict(zip(NUMBERS, held.numbers("de"), strict=True))
    assert told["words_sum"] == pytest.approx(math.log(0.125))
    assert told["words_least"] == pytest.approx(math.log(0.25))
    assert told["arcs_least"] == math.log(LEAST)
    assert told["items_sum"] == 0.0 and told["foreign"] == 1.0
    assert told["length"] == pytest.approx(math.log(4))


def test_the_constant_alone_is_a_half_at_nothing() -> None:
    """And the logistic function has its inverse in the logit."""
    none = [0.0] * len(NUMBERS)
    assert probability(none, [*none, 0.0]) == 0.5
    assert probability(none, [*none, math.log(0.9 / 0.1)]) == pytest.approx(0.9)
    assert 0 < probability(none, [*none, -1e9]) < probability(none, [*none, 1e9]) <= 1
