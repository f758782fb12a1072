"""The strategy ``revise``: repair the best draft so far (hill climbing).

The best draft of all rounds is kept and revised further, so a bad round can never make the
result worse.
"""

from __future__ import annotations

from dataclasses import replace

from maquette.records.draft import Draft, Revision
from maquette.records.ids import candidate_seed
from maquette.records.loop import REVISE
from maquette.records.plan import Call, Loop
from maquette.workflows.loops.state import (
    NEW_SEEDS,
    LoopState,
    RoundPlan,
    Stop,
    failing,
    fresh,
    kept,
    other_source,
    settled,
    source_id,
)
from maquette.workflows.wire.messages import CandidatePlan, RoundReply


class Revise:
    """Draft, judge, revise the best draft by the repairs proposed for it, keep the best."""

    name = REVISE
    steering = None

    def begin(self, loop: Loop, seed: int) -> LoopState:
        """Nothing done yet."""
        return LoopState.begin(loop, seed)

    def next_round(self, state: LoopState) -> RoundPlan | Stop:
        """Decide what follows. Rules, in order: nothing failed, rounds used up, an untried
        revision, another source of drafts, new seeds when a tool of the body is seeded, else
        nothing is left to try."""
        number = state.rounds_done + 1
        best = state.best
        if best is None and state.rounds_done == 0:
            first = fresh(state, number)
            return RoundPlan(number, state.body, first, None, "first drafts", state.source)
        if stop := settled(state):
            return stop
        revision = next((one for one in state.proposals if one.id not in state.tried), None)
        if best is not None and revision is not None:
            return RoundPlan(
                number,
                revised(state.body, revision),
                _candidates(state, number, best, revision.reason),
                revision,
                revision.reason,
                state.source,
            )
        if best is not None and (source := other_source(state)) is not None:
            return _elsewhere(state, number, best, source)
        if state.seeded:
            parent = best.id if best else None
            reason = "no untried repair is known, so other seeds are tried"
            candidates = fresh(state, number, parent=parent)
            return RoundPlan(number, state.body, candidates, None, reason, state.source)
        return Stop(False, f"nothing is left to try; {failing(best)}")

    def absorb(self, state: LoopState, plan: RoundPlan, reply: RoundReply) -> LoopState:
        """The state after a round: every draft kept, the best of all rounds on top."""
        return kept(state, plan, reply)


def revised(body: tuple[Call, ...], revision: Revision) -> tuple[Call, ...]:
    """The body with the revision's changes laid over the arguments of its call."""
    return tuple(
        call.model_copy(update={"arguments": {**call.arguments, **revision.changes}})
        if call.id == revision.call
        else call
        for call in body
    )


def _elsewhere(state: LoopState, number: int, best: Draft, source: str) -> RoundPlan:
    """A round from another source: what the best draft fails, that one may not."""
    reason = f"{failing(best)} ({best.source}); {source} is tried instead"[:400]
    way = replace(state, body=state.loop.way(source).body, source=source)
    revision = Revision(id=source_id(source), call=way.body[0].id, changes={}, reason=reason)
    candidates = tuple(
        one.model_copy(update={"change": reason}) for one in fresh(way, number, parent=best.id)
    )
    return RoundPlan(number, way.body, candidates, revision, reason, source)


def _candidates(
    state: LoopState, number: int, best: Draft, change: str
) -> tuple[CandidatePlan, ...]:
    """The first candidate keeps the parent's seed, so that only the revision differs (and its
    unchanged steps are found in the step cache); the others look elsewhere, too."""
    first = CandidatePlan(
        candidate=0, seed=best.seed, parent=best.id, change=change, source=state.source
    )
    others = (
        CandidatePlan(
            candidate=index,
            seed=candidate_seed(state.seed, number, index),
            parent=best.id,
            change=f"{change}; {NEW_SEEDS}"[:400],
            source=state.source,
        )
        for index in range(1, state.loop.candidates if state.seeded else 1)
    )
    return (first, *others)
