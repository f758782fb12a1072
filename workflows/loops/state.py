"""What is known of a loop between rounds, and what every strategy shares. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from maquette.records.draft import Draft, Revision, better
from maquette.records.ids import candidate_seed, variation_seed
from maquette.records.plan import Call, Loop
from maquette.workflows.wire.messages import CandidatePlan, RoundReply

NEW_SEEDS = "new seeds"
NOT_ASKED = "nothing was asked to be checked"


@dataclass(frozen=True)
class RoundPlan:
    """A round to run: the body with the chosen revision applied, and its candidates."""

    number: int
    body: tuple[Call, ...]
    candidates: tuple[CandidatePlan, ...]
    revision: Revision | None
    reason: str
    source: str | None = None
    """The way of the loop that the body belongs to; None: its own."""


@dataclass(frozen=True)
class Stop:
    """The loop is over; ``passed`` says whether no criterion failed."""

    passed: bool
    reason: str


@dataclass(frozen=True)
class LoopState:
    """What is known of a loop between rounds. ``body``, ``source`` and ``proposals`` belong to
    ``best``."""

    loop: Loop
    seed: int
    body: tuple[Call, ...]
    rounds_done: int = 0
    best: Draft | None = None
    drafts: tuple[Draft, ...] = ()
    proposals: tuple[Revision, ...] = ()
    tried: frozenset[str] = frozenset()
    seeded: bool = True
    source: str | None = None

    @classmethod
    def begin(cls, loop: Loop, seed: int) -> LoopState:
        """Nothing done yet. ``seed`` is the task's."""
        seed = variation_seed(seed, loop.variation)
        return cls(loop=loop, seed=seed, body=loop.body, source=loop.source)


def kept(state: LoopState, plan: RoundPlan, reply: RoundReply) -> LoopState:
    """The state after a round: every draft kept, the best of all rounds on top, with the body
    that made it and the repairs proposed for it."""
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
    body = plan.body if leader.source == plan.source else state.loop.way(leader.source).body
    return replace(state, best=leader, body=body, source=leader.source, proposals=reply.proposals)


def settled(state: LoopState) -> Stop | None:
    """Why no further round follows, whatever the strategy: nothing failed, or all rounds used."""
    best = state.best
    if best is not None and best.failed == 0:
        return Stop(True, passed_reason(best))
    if state.rounds_done >= state.loop.rounds:
        return Stop(False, f"all {state.loop.rounds} rounds are used; {failing(best)}")
    return None


def best_of(drafts: tuple[Draft, ...]) -> Draft | None:
    """The best draft by ``records.draft.better``, or None of none."""
    best: Draft | None = None
    for draft in drafts:
        best = draft if best is None else better(best, draft)
    return best


def fresh(state: LoopState, number: int, *, parent: str | None = None) -> tuple[CandidatePlan, ...]:
    """Candidates of round ``number`` that all have seeds of their own; one if no tool of the
    body is seeded, since equal pictures are not made twice. In the first round those of every
    other source follow them."""
    change = NEW_SEEDS if number > 1 else ""
    sources: list[str | None] = [state.source] * (state.loop.candidates if state.seeded else 1)
    if number == 1:
        for one in state.loop.alternatives:
            sources += [one.source] * one.candidates
    return tuple(
        CandidatePlan(
            candidate=index,
            seed=candidate_seed(state.seed, number, index),
            parent=parent,
            change=change,
            source=source,
        )
        for index, source in enumerate(sources)
    )


def other_source(state: LoopState) -> str | None:
    """A source of drafts that was not tried by itself yet, to try in place of the best one's.

    Only of a loop with alternatives; each is tried once.
    """
    names = [state.loop.source, *(one.source for one in state.loop.alternatives)]
    others = (name for name in names if name and name != state.source)
    return next((name for name in others if source_id(name) not in state.tried), None)


def source_id(source: str) -> str:
    """The id under which a change to another source is remembered as tried."""
    return f"source:{source}"


def checks(number: int) -> str:
    """So many checks, in words."""
    return "1 check" if number == 1 else f"{number} checks"


def passed_reason(best: Draft) -> str:
    """Why a draft of which no criterion failed is taken, in words."""
    if best.unjudged and best.passed:
        return f"{checks(best.passed)} passed, {best.unjudged} not judged"
    if best.unjudged:
        return f"nothing was judged of {checks(best.unjudged)}"
    if best.passed:
        return "the check passed" if best.passed == 1 else f"all {best.passed} checks passed"
    return "there was nothing to check"


def failing(best: Draft | None) -> str:
    """What the best draft lacks, in words."""
    if best is None:
        return "no draft was finished"
    return f"the best draft still fails {best.failed} of {best.passed + best.failed} judged checks"
