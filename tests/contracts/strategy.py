"""What every loop strategy promises. A new one inherits the class and supplies ``strategy``."""

from __future__ import annotations

import random
from collections.abc import Sequence
from copy import deepcopy

import pytest

from maquette.model_servers.schemas.generation import RowState, RowStatus
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import TextReads
from maquette.records.draft import Draft, Revision, better
from maquette.records.plan import Call, Loop
from maquette.records.verdict import Outcome
from maquette.tools.drawing.steering import checked
from maquette.workflows.loops.state import LoopState, RoundPlan, Stop
from maquette.workflows.loops.strategy import Strategy
from maquette.workflows.wire.messages import RoundInput, RoundReply

REF = ArtifactRef(sha256="0" * 64, media_type="image/png", size_bytes=1)
STEPS = 8
PLAYS = range(12)
"""Seeds of the games that are played with a strategy."""


def loop(strategy: Strategy, *, rounds: int = 4, candidates: int = 3) -> Loop:
    """A poster: a drawing, and words over it."""
    return Loop(
        id="poster",
        strategy=strategy.name,
        body=(Call(id="art", tool="draw"), Call(id="sheet", tool="typeset")),
        result="sheet.image",
        criteria=(TextReads(id="words", text="HELLO"),),
        rounds=rounds,
        candidates=candidates,
    )


def draft(plan: RoundPlan, index: int, *, failed: int, score: float = 0.5) -> Draft:
    """The draft that came of one candidate of a round."""
    candidate = plan.candidates[index]
    return Draft(
        id=f"r{plan.number}c{candidate.candidate}",
        round=plan.number,
        candidate=candidate.candidate,
        artifact=REF,
        seed=candidate.seed,
        verdict=REF,
        score=score,
        outcome=Outcome.FAILED if failed else Outcome.PASSED,
        passed=3 - failed,
        failed=failed,
        parent=candidate.parent,
        change=candidate.change,
    )


def judged(plan: RoundPlan, chance: random.Random, *, least_failed: int = 1) -> RoundReply:
    """What came of a round, at random: some candidates are not finished, some repairs known."""
    finished = [k for k in range(len(plan.candidates)) if chance.random() < 0.8]
    return RoundReply(
        drafts=tuple(
            draft(plan, k, failed=chance.randint(least_failed, 3), score=chance.random())
            for k in finished
        ),
        proposals=tuple(
            Revision(id=f"repair:{k}", call="sheet", changes={"size": k}, reason=f"reason {k}")
            for k in chance.sample(range(4), chance.randint(0, 3))
        ),
        seeded=True,
    )


def play(
    strategy: Strategy, given: Loop, game: int, *, least_failed: int = 1
) -> tuple[list[RoundPlan], list[LoopState], Stop]:
    """Play a loop to its end with replies of seed ``game``."""
    chance = random.Random(game)
    state = strategy.begin(given, seed=game)
    plans: list[RoundPlan] = []
    states = [state]
    following = strategy.next_round(state)
    while isinstance(following, RoundPlan):
        assert len(plans) < given.rounds, "more rounds than the loop has"
        plans.append(following)
        reply = judged(following, chance, least_failed=least_failed)
        state = strategy.absorb(state, following, reply)
        states.append(state)
        following = strategy.next_round(state)
    return plans, states, following


class StrategyContract:
    """Inherit, and give the fixture ``strategy``."""

    @pytest.fixture
    def strategy(self) -> Strategy:
        raise NotImplementedError

    def test_a_loop_begins_with_its_own_body_and_nothing_done(self, strategy: Strategy) -> None:
        """Before the first round there is no draft; the first round runs the body as planned."""
        given = loop(strategy)
        state = strategy.begin(given, seed=5)
        assert (state.loop, state.rounds_done, state.best, state.drafts) == (given, 0, None, ())
        first = strategy.next_round(state)
        assert isinstance(first, RoundPlan)
        assert (first.number, first.body, first.revision) == (1, given.body, None)

    @pytest.mark.parametrize("candidates", [1, 2, 16])
    def test_a_round_has_as_many_candidates_as_the_loop_says(
        self, strategy: Strategy, candidates: int
    ) -> None:
        """They are counted from 0 and have seeds of their own, below 2**31."""
        first = strategy.next_round(strategy.begin(loop(strategy, candidates=candidates), seed=5))
        assert isinstance(first, RoundPlan)
        assert [one.candidate for one in first.candidates] == list(range(candidates))
        seeds = [one.seed for one in first.candidates]
        assert len(set(seeds)) == candidates and all(0 <= seed < 2**31 for seed in seeds)

    @pytest.mark.parametrize("game", PLAYS)
    def test_the_rounds_are_counted_and_end(self, strategy: Strategy, game: int) -> None:
        """While every draft fails, rounds follow each other by number, never more than the loop
        has, and the end says that nothing passed, and why."""
        plans, states, stop = play(strategy, loop(strategy), game)
        assert [plan.number for plan in plans] == list(range(1, len(plans) + 1))
        assert states[-1].rounds_done == len(plans) <= 4
        assert not stop.passed and stop.reason

    @pytest.mark.parametrize("game", PLAYS)
    def test_the_best_of_all_drafts_is_kept(self, strategy: Strategy, game: int) -> None:
        """No draft is lost, and at any time the best is the best of all of them."""
        plans, states, _ = play(strategy, loop(strategy), game)
        seen = 0
        for state in states:
            assert len(state.drafts) >= seen
            seen = len(state.drafts)
            best = None
            for one in state.drafts:
                best = one if best is None else better(best, one)
            assert state.best == best
        assert {one.round for one in states[-1].drafts} <= {plan.number for plan in plans}

    @pytest.mark.parametrize("game", PLAYS)
    def test_a_repair_is_tried_once(self, strategy: Strategy, game: int) -> None:
        """No revision comes twice in one loop."""
        plans, _, _ = play(strategy, loop(strategy, rounds=8), game)
        tried = [plan.revision.id for plan in plans if plan.revision is not None]
        assert len(tried) == len(set(tried))

    def test_a_passing_draft_ends_the_loop(self, strategy: Strategy) -> None:
        """Once no criterion of a draft failed, no further round is made."""
        state = strategy.begin(loop(strategy), seed=1)
        first = strategy.next_round(state)
        assert isinstance(first, RoundPlan)
        drafts = (draft(first, 0, failed=2), draft(first, 1, failed=0))
        state = strategy.absorb(state, first, RoundReply(drafts=drafts, seeded=True))
        stop = strategy.next_round(state)
        assert isinstance(stop, Stop) and stop.passed and state.best == drafts[1]

    def test_rounds_that_finish_nothing_end_too(self, strategy: Strategy) -> None:
        """A loop whose rounds are all cut off by time has no best and still comes to an end."""
        state = strategy.begin(loop(strategy), seed=1)
        for _ in range(5):
            following = strategy.next_round(state)
            if isinstance(following, Stop):
                break
            state = strategy.absorb(state, following, RoundReply(seeded=True, complete=False))
        assert isinstance(following, Stop) and not following.passed
        assert state.best is None and state.drafts == ()

    @pytest.mark.parametrize("game", PLAYS)
    def test_equal_states_give_equal_decisions(self, strategy: Strategy, game: int) -> None:
        """The same game played twice, and again from copies, is the same: a stored history is
        replayed, on other days and machines."""
        given = loop(strategy)
        plans, states, stop = play(strategy, given, game, least_failed=0)
        again = play(strategy, given, game, least_failed=0)
        assert (plans, states, stop) == again
        for plan, state in zip([*plans, stop], states, strict=True):
            assert strategy.next_round(deepcopy(state)) == plan

    @pytest.mark.parametrize("game", PLAYS)
    def test_absorbing_leaves_what_was_as_it_was(self, strategy: Strategy, game: int) -> None:
        """A decision changes nothing: the state before a round is the same after it."""
        state = strategy.begin(loop(strategy), seed=game)
        before = deepcopy(state)
        plan = strategy.next_round(state)
        assert isinstance(plan, RoundPlan)
        strategy.absorb(state, plan, judged(plan, random.Random(game)))
        assert state == before

    @pytest.mark.parametrize("game", PLAYS)
    def test_what_is_decided_of_rows_can_be_done(self, strategy: Strategy, game: int) -> None:
        """If it steers: of each row one decision at each look, only of rows that run, the same
        when asked twice; and rows are left that make a picture."""
        steering = strategy.steering
        if steering is None:
            return
        assert steering.every_steps >= 1
        given = loop(strategy, candidates=4)
        work = round_of(strategy, given)
        for step in range(steering.every_steps, STEPS, steering.every_steps):
            rows = looked_at(step, random.Random(f"{game}/{step}"), len(work.candidates))
            decisions = checked(steering.steer(work, rows), rows)
            assert checked(steering.steer(deepcopy(work), deepcopy(rows)), rows) == decisions
            assert any(one.kind != "cancel" for one in decisions)


def round_of(strategy: Strategy, given: Loop) -> RoundInput:
    """The first round of a loop as the worker gets it."""
    first = strategy.next_round(strategy.begin(given, seed=5))
    assert isinstance(first, RoundPlan)
    return RoundInput(
        task_id="t",
        owner="local",
        loop=given,
        round=1,
        candidates=first.candidates,
        time_left_s=60.0,
    )


def looked_at(step: int, chance: random.Random, count: int) -> Sequence[RowState]:
    """Rows at ``step`` with signals at random; the last of them was stopped before."""
    return tuple(
        RowState(
            row_id=f"row/{k}",
            status=RowStatus.CANCELLED if k == count - 1 else RowStatus.RUNNING,
            step=min(step, 1) if k == count - 1 else step,
            steps=STEPS,
            signals={"guidance_gap_sum": chance.random(), "clean_change": chance.random()},
        )
        for k in range(count)
    )
