"""What a task's options are as JSON: what nobody chose is not told."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from maquette.records.task import TaskOptions

BEFORE = {"seed": 3, "candidates": None, "rounds": 2, "budget_s": 900.0, "approve": "never"}
"""As options were written before there was a source or a strategy to choose."""


def test_options_that_choose_nothing_new_are_told_as_before() -> None:
    """The digest of an equal request stays what it was."""
    assert TaskOptions(seed=3, rounds=2).told() == BEFORE
    assert TaskOptions(seed=3, rounds=2, source="art").told() == {**BEFORE, "source": "art"}
    chosen = TaskOptions(seed=3, rounds=2, strategy="best_of_n").told()
    assert chosen == {**BEFORE, "strategy": "best_of_n"}


def test_a_strategy_is_a_name() -> None:
    """What no plan could write is refused with the request."""
    with pytest.raises(ValidationError, match="strategy"):
        TaskOptions(strategy="Best of N")
