"""The fitted probability of a right reading is the one that the reader computes."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.model_servers.reading.certainty import NUMBERS, probability
from maquette.records.errors import FixInput, NotFound
from maquette.records.ledger import Ledger
from maquette.records.plan import Call, Plan
from maquette.training.reading.sureness import fit_sureness, same_plan


def test_what_tells_right_from_wrong_is_found() -> None:
    """One of the numbers decides with some noise: its weight has the sign, the probabilities are
    calibrated, and of requests above a line so many are right."""
    rng = np.random.default_rng(3)
    numbers = rng.normal(size=(900, len(NUMBERS))) * np.arange(1, len(NUMBERS) + 1)
    right = rng.random(900) < 1 / (1 + np.exp(-3 * numbers[:, 0]))
    fitted = fit_sureness(numbers, right)
    told = np.array([probability(row, fitted.weights) for row in numbers])
    assert fitted.weights[0] > 1
    assert told.mean() == pytest.approx(right.mean(), abs=0.01)
    assert fitted.area == pytest.approx(0.9, abs=0.05)
    above, share = fitted.lines[0.5]
    assert above == pytest.approx(0.5, abs=0.06) and share > 0.8


def test_plans_are_the_same_whatever_their_ledgers_say() -> None:
    """And errors where they say the same."""
    call = Call(id="drawn", tool="draw", arguments={"prompt": "a pear"})
    plan = Plan(nodes=(call,), outputs=("drawn.image",))
    other = call.model_copy(update={"arguments": {"prompt": "a plum"}})
    assert same_plan(plan, plan.model_copy(update={"ledger": Ledger(), "notes": ("so",)}))
    assert not same_plan(plan, plan.model_copy(update={"nodes": (other,)}))
    assert same_plan(FixInput("no"), FixInput("no"))
    assert not same_plan(FixInput("no"), NotFound("no"))
    assert not same_plan(plan, FixInput("no"))
