"""A strategy of loops: one round, whatever comes of it."""

from __future__ import annotations

from maquette.records.plan import Loop
from maquette.workflows.loops.state import LoopState, RoundPlan, Stop, failing, fresh, kept, settled
from maquette.workflows.wire.messages import RoundReply


class Once:
    """Draws the candidates of one round, and keeps the best."""

    name = "once"
    steering = None

    def begin(self, loop: Loop, seed: int) -> LoopState:
        """Nothing done yet."""
        return LoopState.begin(loop, seed)

    def next_round(self, state: LoopState) -> RoundPlan | Stop:
        """The first round, and no other."""
        if stop := settled(state):
            return stop
        if state.rounds_done:
            return Stop(False, f"one round was asked for; {failing(state.best)}")
        return RoundPlan(1, state.loop.body, fresh(state, 1), None, "the only round")

    def absorb(self, state: LoopState, plan: RoundPlan, reply: RoundReply) -> LoopState:
        """The state after the round."""
        return kept(state, plan, reply)


ONCE = Once()
