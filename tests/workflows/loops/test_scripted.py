"""The scripted strategy keeps the contract, and plays what it was given."""

from __future__ import annotations

import random

import pytest

from maquette.contracts.strategy import StrategyContract, looked_at, loop, play, round_of
from maquette.model_servers.schemas.generation import RowState, RowStatus
from maquette.tools.drawing.steering import Cancel, Keep, Resample
from maquette.workflows.loops.scripted import ScriptedSteering, ScriptedStrategy
from maquette.workflows.loops.strategy import Strategy

STEERING = ScriptedSteering({4: {0: Cancel(), 1: Resample(source=2, seed=9), 3: Cancel()}})


class TestScriptedKeepsTheContract(StrategyContract):
    """What every strategy promises."""

    @pytest.fixture
    def strategy(self) -> Strategy:
        return ScriptedStrategy(steering=STEERING)


def test_it_plays_the_rounds_of_its_script() -> None:
    """Two rounds of a loop of four, and the end says so."""
    strategy = ScriptedStrategy(most_rounds=2)
    plans, _, stop = play(strategy, loop(strategy), 1)
    assert len(plans) == 2 and "the script has 2 rounds" in stop.reason


def test_it_does_to_rows_what_the_script_says_at_their_step() -> None:
    """At step 4 the running rows are acted on; the one that was stopped before is left alone;
    at any other step all are kept."""
    strategy = ScriptedStrategy(steering=STEERING)
    work = round_of(strategy, loop(strategy, candidates=4))
    rows = looked_at(4, random.Random(1), 4)
    assert STEERING.steer(work, rows) == (Cancel(), Resample(source=2, seed=9), Keep(), Keep())
    stopped_at_4 = RowState(row_id="d", status=RowStatus.CANCELLED, step=4, steps=8)
    assert STEERING.steer(work, (*rows[:3], stopped_at_4))[3] == Keep()
    assert set(STEERING.steer(work, looked_at(3, random.Random(1), 4))) == {Keep()}
