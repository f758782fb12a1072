"""Drafts of several sources: all in the first round, then the best one's; another when it fails."""

from __future__ import annotations

from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import Exists
from maquette.records.draft import Draft, Revision
from maquette.records.plan import Alternative, Call, Loop
from maquette.records.verdict import Outcome
from maquette.workflows.loops.revise import Revise
from maquette.workflows.loops.state import LoopState, RoundPlan, Stop
from maquette.workflows.wire.messages import RoundReply

REVISE = Revise()
REF = ArtifactRef(sha256="0" * 64, media_type="image/png", size_bytes=1)
LOOP = Loop(
    id="picture",
    source="drawn",
    body=(Call(id="art", tool="draw", arguments={"prompt": "a dragon"}),),
    result="art.image",
    criteria=(Exists(id="thing0", thing="dragon"),),
    candidates=2,
    rounds=4,
    alternatives=(
        Alternative(
            source="art",
            body=(Call(id="composed", tool="compose"),),
            result="composed.image",
            candidates=3,
        ),
    ),
)


def begun(loop: Loop = LOOP) -> tuple[LoopState, RoundPlan]:
    state = REVISE.begin(loop, 7)
    plan = REVISE.next_round(state)
    assert isinstance(plan, RoundPlan)
    return state, plan


def reply(plan: RoundPlan, failed: dict[str | None, int], *repairs: Revision) -> RoundReply:
    """A round in which the drafts of each source fail so many checks."""
    drafts = tuple(
        Draft(
            id=f"r{plan.number}c{one.candidate}",
            round=plan.number,
            candidate=one.candidate,
            artifact=REF,
            seed=one.seed,
            verdict=REF,
            score=0.5,
            outcome=Outcome.FAILED if failed[one.source] else Outcome.PASSED,
            failed=failed[one.source],
            passed=1,
            source=one.source,
        )
        for one in plan.candidates
    )
    return RoundReply(drafts=drafts, proposals=repairs, seeded=True)


def test_the_first_round_has_drafts_of_every_source() -> None:
    """Two drawn and three composed, each with a number and a seed of its own."""
    _, plan = begun()
    assert [one.source for one in plan.candidates] == ["drawn"] * 2 + ["art"] * 3
    assert [one.candidate for one in plan.candidates] == list(range(5))
    assert len({one.seed for one in plan.candidates}) == 5


def test_a_source_that_passes_ends_it() -> None:
    """Composed drafts that pass are taken, though all drawings fail."""
    state, plan = begun()
    state = REVISE.absorb(state, plan, reply(plan, {"drawn": 1, "art": 0}))
    assert state.best is not None and state.best.source == "art"
    assert isinstance(REVISE.next_round(state), Stop)


def test_the_best_source_is_repaired_in_its_own_body() -> None:
    """After art did best, its repairs change its call, and all candidates are of it."""
    state, plan = begun()
    repair = Revision(id="r", call="composed", changes={"variant": 3}, reason="another layout")
    state = REVISE.absorb(state, plan, reply(plan, {"drawn": 2, "art": 1}, repair))
    second = REVISE.next_round(state)
    assert isinstance(second, RoundPlan)
    assert second.body == (Call(id="composed", tool="compose", arguments={"variant": 3}),)
    assert second.source == "art"
    assert {one.source for one in second.candidates} == {"art"}


def test_another_source_follows_a_failed_one_once_and_says_why() -> None:
    """With no repair left the other source is tried in its place; it is not tried twice."""
    state, plan = begun()
    state = REVISE.absorb(state, plan, reply(plan, {"drawn": 1, "art": 2}))
    second = REVISE.next_round(state)
    assert isinstance(second, RoundPlan)
    assert second.source == "art"
    assert [one.tool for one in second.body] == ["compose"]
    assert "drawn" in second.reason and "art is tried instead" in second.reason
    state = REVISE.absorb(state, second, reply(second, {"art": 2}))
    assert state.best is not None and state.best.source == "drawn"
    third = REVISE.next_round(state)
    assert isinstance(third, RoundPlan)
    assert third.source == "drawn" and third.revision is None


def test_a_loop_without_sources_is_as_before() -> None:
    """Candidates of one source have none named."""
    plain = LOOP.model_copy(update={"source": None, "alternatives": ()})
    _, plan = begun(plain)
    assert [one.source for one in plan.candidates] == [None, None]
    assert "source" not in plan.candidates[0].told()
