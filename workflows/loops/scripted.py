"""A strategy that plays a script: the deterministic fake of the seam, for tests and trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maquette.model_servers.schemas.generation import RowState, RowStatus
from maquette.records.plan import Loop
from maquette.tools.drawing.steering import Cancel, Decision, Keep, Resample
from maquette.workflows.loops.state import LoopState, RoundPlan, Stop, failing, fresh, kept, settled
from maquette.workflows.loops.strategy import Steering
from maquette.workflows.wire.messages import RoundInput, RoundReply


@dataclass(frozen=True)
class ScriptedSteering:
    """Decides by a table: step -> row -> what is done with it. All other rows are kept."""

    script: Mapping[int, Mapping[int, Resample | Cancel]]
    every_steps: int = 1
    previews: bool = False
    version: str = "1"

    def steer(self, work: RoundInput, rows: Sequence[RowState]) -> Sequence[Decision]:
        """What the script says of each row at its step; rows that have ended are left alone."""
        return tuple(
            self.script.get(row.step, {}).get(index, Keep())
            if row.status is RowStatus.RUNNING
            else Keep()
            for index, row in enumerate(rows)
        )


@dataclass(frozen=True)
class ScriptedStrategy:
    """Plays a fixed number of rounds of new seeds, however they turn out, but for a pass.

    Args:
        most_rounds: rounds after which it stops; the loop's own number still holds.
        steering: what it does while rows denoise; None: nothing.
    """

    name: str = "scripted"
    most_rounds: int = 2
    steering: Steering | None = None

    def begin(self, loop: Loop, seed: int) -> LoopState:
        """Nothing done yet."""
        return LoopState.begin(loop, seed)

    def next_round(self, state: LoopState) -> RoundPlan | Stop:
        """The next round of the script."""
        if stop := settled(state):
            return stop
        number = state.rounds_done + 1
        if number > self.most_rounds:
            return Stop(False, f"the script has {self.most_rounds} rounds; {failing(state.best)}")
        candidates = fresh(state, number)
        return RoundPlan(number, state.body, candidates, None, f"round {number}", state.source)

    def absorb(self, state: LoopState, plan: RoundPlan, reply: RoundReply) -> LoopState:
        """The state after a round: every draft kept, the best of all rounds on top."""
        return kept(state, plan, reply)
