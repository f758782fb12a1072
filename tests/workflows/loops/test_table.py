"""The strategies that a plan can name are those that a worker has."""

from __future__ import annotations

import pytest
from installed import Packages

from maquette.agents.validation.problems import PlanLimits
from maquette.records.errors import NotFound
from maquette.records.loop import BEST_OF_N, REVISE, STRATEGIES
from maquette.workflows.loops.best_of_n import BestOfN
from maquette.workflows.loops.revise import Revise
from maquette.workflows.loops.table import TABLE, find_strategy


def test_each_name_that_a_plan_may_write_has_its_strategy() -> None:
    """The names of the records, of the validator and of the table are the same, and each leads
    to the strategy that bears it."""
    assert set(TABLE) == STRATEGIES == PlanLimits().strategies
    assert all(TABLE[name].name == name for name in TABLE)
    assert isinstance(find_strategy(REVISE), Revise)
    assert isinstance(find_strategy(BEST_OF_N), BestOfN)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    """The error names the value and what was expected."""
    with pytest.raises(NotFound, match=r"no strategy named 'anneal'; known: best_of_n, revise"):
        find_strategy("anneal")


def test_a_strategy_that_does_not_load_is_not_offered(packages: Packages) -> None:
    """What a package only promises is unknown to the validator: a plan could not be run by it."""
    packages.install("promises", {"strategies:anneal": "no_such_module:ANNEAL"}, "")
    assert PlanLimits().strategies == STRATEGIES
