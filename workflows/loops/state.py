"""A loop's decisions, pure: which round comes next, what it changes, when to stop.

The best draft of all rounds is kept and revised further (hill climbing), so a bad round can
never make the result worse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from maquette.records.draft import Draft, Revision, better
from maquette.records.ids import candidate_seed
from maquette.records.plan import Call, Loop
from maquette.workflows.wire.messages import CandidatePlan, RoundReply

NEW_SEEDS = "new seeds"


@dataclass(frozen=True)
class RoundPlan:
    """A round to run: the body with the chosen revision applied, and its candidates."""

    number: int
    body: tuple[Call, ...]
    candidates: tuple[CandidatePlan, ...]
    revision: Revision | None
    reason: str


@dataclass(frozen=True)
class Stop:
    """The loop is over; ``passed`` says whether no criterion failed."""

    passed: bool
    reason: str


@dataclass(frozen=True)
class LoopState:
    """What is known of a loop between rounds. ``body`` and ``proposals`` belong to ``best``."""

    loop: Loop
    seed: int
    body: tuple[Call, ...]
    rounds_done: int = 0
    best: Draft | None = None
    drafts: tuple[Draft, ...] = ()
    proposals: tuple[Revision, ...] = ()
    tried: frozenset[str] = frozenset()
    seeded: bool = True

    @classmethod
    def begin(cls, loop: Loop, seed: int) -> LoopState:
        return cls(loop=loop, seed=seed, body=loop.body)


def revise(body: tuple[Call, ...], revision: Revision) -> tuple[Call, ...]:
    """The body with the revision's changes laid over the arguments of its call."""
    return tuple(
        call.model_copy(update={"arguments": {**call.arguments, **revision.changes}})
        if call.id == revision.call
        else call
        for call in body
    )


def next_round(state: LoopState) -> RoundPlan | Stop:
    """Decide what follows. Rules, in order: nothing failed, rounds used up, an untried
    revision, new seeds when a tool of the body is seeded, else nothing is left to try."""
    number = state.rounds_done + 1
    best = state.best
    if best is None and state.rounds_done == 0:
        return RoundPlan(number, state.body, _fresh(state, number), None, "first drafts")
    if best is not None and best.failed == 0:
        return Stop(True, _passed_reason(best))
    if state.rounds_done >= state.loop.rounds:
        return Stop(False, f"all {state.loop.rounds} rounds are used; {_failing(best)}")
    revision = next((one for one in state.proposals if one.id not in state.tried), None)
    if best is not None and revision is not None:
        return RoundPlan(
            number,
            revise(state.body, revision),
            _revised(state, number, best, revision.reason),
            revision,
            revision.reason,
        )
    if state.seeded:
        reason = "no untried repair is known, so other seeds are tried"
        return RoundPlan(number, state.body, _fresh(state, number), None, reason)
    return Stop(False, f"nothing is left to try; {_failing(best)}")


def absorb(state: LoopState, plan: RoundPlan, reply: RoundReply) -> LoopState:
    """The state after a round: every draft kept, the best of all rounds on top."""
    tried = state.tried | ({plan.revision.id} if plan.revision else frozenset())
    state = replace(
        state,
        rounds_done=plan.number,
        drafts=state.drafts + reply.drafts,
        tried=tried,
        seeded=reply.seeded,
    )
    leader = best_of(reply.drafts)
    if leader is None or (state.best is not None and better(state.best, leader) is state.best):
        return state
    return replace(state, best=leader, body=plan.body, proposals=reply.proposals)


def best_of(drafts: tuple[Draft, ...]) -> Draft | None:
    """The best draft by ``records.draft.better``, or None of none."""
    best: Draft | None = None
    for draft in drafts:
        best = draft if best is None else better(best, draft)
    return best


def _fresh(state: LoopState, number: int) -> tuple[CandidatePlan, ...]:
    """Candidates that all have seeds of their own."""
    change = NEW_SEEDS if number > 1 else ""
    return tuple(
        CandidatePlan(
            candidate=index,
            seed=candidate_seed(state.seed, number, index),
            parent=state.best.id if state.best else None,
            change=change,
        )
        for index in range(state.loop.candidates if state.seeded else 1)
    )


def _revised(state: LoopState, number: int, best: Draft, change: str) -> tuple[CandidatePlan, ...]:
    """The first candidate keeps the parent's seed, so that only the revision differs (and its
    unchanged steps are found in the step cache); the others look elsewhere, too."""
    first = CandidatePlan(candidate=0, seed=best.seed, parent=best.id, change=change)
    others = (
        CandidatePlan(
            candidate=index,
            seed=candidate_seed(state.seed, number, index),
            parent=best.id,
            change=f"{change}; {NEW_SEEDS}"[:400],
        )
        for index in range(1, state.loop.candidates if state.seeded else 1)
    )
    return (first, *others)


def checks(number: int) -> str:
    """So many checks, in words."""
    return "1 check" if number == 1 else f"{number} checks"


def _passed_reason(best: Draft) -> str:
    if best.unjudged and best.passed:
        return f"{checks(best.passed)} passed, {best.unjudged} had no judge"
    if best.unjudged:
        return f"nothing was judged: no judge yet for {checks(best.unjudged)}"
    if best.passed:
        return "the check passed" if best.passed == 1 else f"all {best.passed} checks passed"
    return "there was nothing to check"


def _failing(best: Draft | None) -> str:
    if best is None:
        return "no draft was finished"
    return f"the best draft still fails {best.failed} of {best.passed + best.failed} judged checks"
