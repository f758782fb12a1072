"""Hill climbing: never worse, every rule for stopping, which revision is tried."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.contracts.strategy import StrategyContract
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import TextReads
from maquette.records.draft import Draft, Revision
from maquette.records.ids import candidate_seed
from maquette.records.plan import Call, Loop
from maquette.records.verdict import Outcome
from maquette.workflows.loops.revise import Revise
from maquette.workflows.loops.state import LoopState, RoundPlan, Stop
from maquette.workflows.loops.strategy import Strategy
from maquette.workflows.wire.messages import RoundReply


class TestReviseKeepsTheContract(StrategyContract):
    """What every strategy promises."""

    @pytest.fixture
    def strategy(self) -> Strategy:
        return Revise()


REVISE = Revise()
next_round, absorb = REVISE.next_round, REVISE.absorb

REF = ArtifactRef(sha256="0" * 64, media_type="image/png", size_bytes=1)


def revision(number: int) -> Revision:
    return Revision(
        id=f"repair:{number}", call="sheet", changes={"size": number}, reason=f"reason {number}"
    )


def loop(rounds: int = 4, candidates: int = 2) -> Loop:
    return Loop(
        id="poster",
        body=(Call(id="art", tool="draw"), Call(id="sheet", tool="typeset")),
        result="sheet.image",
        criteria=(TextReads(id="words", text="HELLO"),),
        rounds=rounds,
        candidates=candidates,
    )


def draft(plan: RoundPlan, index: int, score: float, failed: int) -> Draft:
    candidate = plan.candidates[index]
    return Draft(
        id=f"r{plan.number}c{index}",
        round=plan.number,
        candidate=index,
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


judged = st.tuples(st.floats(0, 1), st.integers(0, 3))


@given(
    scores=st.lists(st.lists(judged, min_size=2, max_size=2), min_size=1, max_size=6),
    repairs=st.lists(st.integers(0, 3), max_size=6),
)
def test_never_worse(scores: list[list[tuple[float, int]]], repairs: list[int]) -> None:
    """Whatever the judges say, the best is monotone over rounds, is the best of all drafts,
    and no revision is tried twice."""
    state = LoopState.begin(loop(rounds=6), seed=3)
    everything: list[tuple[int, float]] = []
    tried: list[str] = []
    trail: list[tuple[int, float]] = []
    for row in scores:
        plan = next_round(state)
        if isinstance(plan, Stop):
            break
        if plan.revision:
            tried.append(plan.revision.id)
        drafts = tuple(draft(plan, i, score, failed) for i, (score, failed) in enumerate(row))
        everything += [(one.failed, -one.score) for one in drafts]
        proposals = tuple(revision(number) for number in repairs)
        state = absorb(state, plan, RoundReply(drafts=drafts, proposals=proposals, seeded=True))
        assert state.best is not None
        trail.append((state.best.failed, -state.best.score))
        assert trail[-1] == min(everything)
    assert trail == sorted(trail, reverse=True)
    assert len(tried) == len(set(tried))
    assert len(state.drafts) == len(everything)


def play(state: LoopState, *rows: list[tuple[float, int]], seeded: bool = True, repairs=()):
    """Play rounds with given (score, failed) a candidate; the plans and the last decision."""
    plans = []
    for row in rows:
        plan = next_round(state)
        assert isinstance(plan, RoundPlan)
        plans.append(plan)
        drafts = tuple(draft(plan, i, score, failed) for i, (score, failed) in enumerate(row))
        reply = RoundReply(drafts=drafts, proposals=tuple(repairs), seeded=seeded)
        state = absorb(state, plan, reply)
    return plans, next_round(state), state


def test_a_round_with_nothing_failed_ends_the_loop() -> None:
    """When no criterion of the best draft failed the loop stops as passed."""
    _, decision, _ = play(LoopState.begin(loop(), 0), [(0.9, 0), (1.0, 1)])
    assert isinstance(decision, Stop) and decision.passed


def test_used_up_rounds_end_the_loop() -> None:
    """After the last round a failing loop stops and says how much still fails."""
    _, decision, _ = play(
        LoopState.begin(loop(rounds=1), 0), [(0.2, 2), (0.1, 3)], repairs=[revision(1)]
    )
    assert isinstance(decision, Stop) and not decision.passed
    assert "2 of 3" in decision.reason


def test_the_best_untried_revision_is_laid_over_the_best_body() -> None:
    """The first untried proposal is applied to its call; the next round tries the next one,
    still from the best draft's body when the revised round was worse."""
    repairs = [revision(1), revision(2)]
    plans, decision, _ = play(
        LoopState.begin(loop(), 7), [(0.2, 1), (0.1, 1)], [(0.1, 2), (0.0, 3)], repairs=repairs
    )
    assert plans[1].revision == repairs[0]
    assert plans[1].body[1].arguments == {"size": 1}
    assert plans[1].body[0].arguments == {}
    assert isinstance(decision, RoundPlan)
    assert decision.revision == repairs[1]
    assert decision.body[1].arguments == {"size": 2}
    assert {one.parent for one in decision.candidates} == {"r1c0"}


def test_the_first_candidate_of_a_revision_keeps_its_parents_seed() -> None:
    """Only the revision differs in the first candidate; the others have seeds of their own."""
    plans, _, state = play(
        LoopState.begin(loop(), 7),
        [(0.1, 1), (0.2, 1)],
        [(0.1, 2), (0.0, 3)],
        repairs=[revision(1)],
    )
    assert state.best is not None and state.best.id == "r1c1"
    assert plans[0].candidates[0].seed == 7
    assert plans[1].candidates[0].seed == candidate_seed(7, 1, 1)
    assert plans[1].candidates[1].seed == candidate_seed(7, 2, 1)
    assert plans[1].candidates[0].change == "reason 1"


def test_without_a_revision_a_seeded_body_tries_new_seeds() -> None:
    """No proposal and a seeded tool: the same body with fresh seeds."""
    plans, decision, _ = play(LoopState.begin(loop(), 7), [(0.1, 1), (0.2, 1)])
    assert isinstance(decision, RoundPlan)
    assert decision.body == plans[0].body
    seeds = [one.seed for one in plans[0].candidates + decision.candidates]
    assert len(set(seeds)) == 4
    assert "seeds" in decision.reason


def test_without_revision_or_seed_nothing_is_left() -> None:
    """No proposal and no seeded tool: the loop stops at once, with rounds to spare."""
    _, decision, _ = play(LoopState.begin(loop(), 7), [(0.1, 1)], seeded=False)
    assert isinstance(decision, Stop) and not decision.passed
    assert "nothing is left" in decision.reason


def test_an_unseeded_body_gets_one_candidate_a_round() -> None:
    """Equal pictures are not made twice: a revised round of an unseeded body has one candidate."""
    _, decision, _ = play(
        LoopState.begin(loop(), 7), [(0.1, 1)], seeded=False, repairs=[revision(1)]
    )
    assert isinstance(decision, RoundPlan)
    assert len(decision.candidates) == 1


def test_unjudged_is_told_and_never_called_passed() -> None:
    """A draft none of whose checks was judged ends the loop with a reason that says so."""
    state = LoopState.begin(loop(), 0)
    plan = next_round(state)
    assert isinstance(plan, RoundPlan)
    unjudged = draft(plan, 0, 0.0, 0).model_copy(
        update={"outcome": Outcome.UNJUDGED, "passed": 0, "unjudged": 3}
    )
    state = absorb(state, plan, RoundReply(drafts=(unjudged,), seeded=True))
    decision = next_round(state)
    assert isinstance(decision, Stop)
    assert decision.reason == "nothing was judged of 3 checks"


def test_a_round_that_finished_nothing_is_followed_by_another() -> None:
    """A round cut off by time leaves the loop without a best; new seeds are tried."""
    state = LoopState.begin(loop(), 0)
    plan = next_round(state)
    assert isinstance(plan, RoundPlan)
    state = absorb(state, plan, RoundReply(drafts=(), seeded=True, complete=False))
    assert isinstance(next_round(state), RoundPlan)
