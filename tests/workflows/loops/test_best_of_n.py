"""Best of N: independent candidates, and the best of them whatever the order."""

from __future__ import annotations

import itertools

import pytest

from maquette.contracts.strategy import StrategyContract, draft, loop, play
from maquette.records.draft import Revision
from maquette.records.ids import candidate_seed
from maquette.workflows.loops.best_of_n import BestOfN
from maquette.workflows.loops.state import RoundPlan, Stop
from maquette.workflows.loops.strategy import Strategy
from maquette.workflows.wire.messages import RoundReply

REPAIR = Revision(id="repair:1", call="sheet", changes={"size": 9}, reason="too small")


class TestBestOfNKeepsTheContract(StrategyContract):
    """What every strategy promises."""

    @pytest.fixture
    def strategy(self) -> Strategy:
        return BestOfN()


def test_one_round_of_n_and_the_best_of_them() -> None:
    """Of four failing drafts the one with fewest failures and then the highest score wins,
    wherever it stands among them, and no second round is made."""
    outcomes = [(2, 0.9), (1, 0.2), (1, 0.7), (3, 1.0)]
    for order in itertools.permutations(outcomes):
        strategy = BestOfN()
        state = strategy.begin(loop(strategy, rounds=1, candidates=4), seed=3)
        plan = strategy.next_round(state)
        assert isinstance(plan, RoundPlan)
        drafts = tuple(
            draft(plan, k, failed=failed, score=score) for k, (failed, score) in enumerate(order)
        )
        reply = RoundReply(drafts=drafts, proposals=(REPAIR,), seeded=True)
        state = strategy.absorb(state, plan, reply)
        assert state.best is not None and (state.best.failed, state.best.score) == (1, 0.7)
        assert isinstance(strategy.next_round(state), Stop)


def test_candidates_are_independent_whatever_repairs_are_known() -> None:
    """Every round draws the body as it was planned, each candidate from a seed of its own and
    from no parent; a repair that is proposed is not taken."""
    strategy = BestOfN()
    given = loop(strategy, rounds=4, candidates=3)
    for game in range(6):
        plans, _, _ = play(strategy, given, game)
        assert len(plans) == 4
        assert all(plan.body == given.body and plan.revision is None for plan in plans)
        candidates = [one for plan in plans for one in plan.candidates]
        assert all(one.parent is None for one in candidates)
        assert len({one.seed for one in candidates}) == 12
    assert plans[2].candidates[1].seed == candidate_seed(5, 3, 1)


def test_without_a_seeded_tool_one_draft_is_all_there_is() -> None:
    """Equal pictures are not made twice: the loop stops after its first round."""
    strategy = BestOfN()
    state = strategy.begin(loop(strategy), seed=3)
    plan = strategy.next_round(state)
    assert isinstance(plan, RoundPlan)
    reply = RoundReply(drafts=(draft(plan, 0, failed=1),), seeded=False)
    stop = strategy.next_round(strategy.absorb(state, plan, reply))
    assert isinstance(stop, Stop) and "would be the same" in stop.reason
