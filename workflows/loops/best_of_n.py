"""The strategy ``best_of_n``: independent candidates, no repair; the best is kept."""

from __future__ import annotations

from maquette.records.loop import BEST_OF_N
from maquette.records.plan import Loop
from maquette.workflows.loops.state import (
    LoopState,
    RoundPlan,
    Stop,
    failing,
    fresh,
    kept,
    settled,
)
from maquette.workflows.wire.messages import RoundReply


class BestOfN:
    """Draws as many candidates as the loop says, each from a seed of its own, and keeps the best.

    A loop of more than one round draws as many again, from other seeds, while its best draft
    fails a check. The body is never changed, and no draft has a parent.
    """

    name = BEST_OF_N
    steering = None

    def begin(self, loop: Loop, seed: int) -> LoopState:
        """Nothing done yet."""
        return LoopState.begin(loop, seed)

    def next_round(self, state: LoopState) -> RoundPlan | Stop:
        """Decide what follows. Rules, in order: nothing failed, rounds used up, other seeds when
        a tool of the body is seeded, else nothing is left to try."""
        if stop := settled(state):
            return stop
        number = state.rounds_done + 1
        if not state.seeded:
            return Stop(False, f"another draft would be the same; {failing(state.best)}")
        candidates = fresh(state, number)
        reason = "first drafts" if number == 1 else "no draft passed, so other seeds are drawn"
        body = state.loop.way(state.source).body
        return RoundPlan(number, body, candidates, None, reason, state.source)

    def absorb(self, state: LoopState, plan: RoundPlan, reply: RoundReply) -> LoopState:
        """The state after a round: every draft kept, the best of all rounds on top."""
        return kept(state, plan, reply)
