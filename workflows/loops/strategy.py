"""The strategy protocol: how a loop decides. Pure, since it runs inside the workflow's sandbox:
no clock, no chance, no I/O; the same state gives the same decision for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from maquette.model_servers.schemas.generation import RowState
from maquette.records.plan import Loop
from maquette.tools.drawing.steering import Decision
from maquette.workflows.loops.state import LoopState, RoundPlan, Stop
from maquette.workflows.wire.messages import RoundInput, RoundReply


class Steering(Protocol):
    """What a strategy decides while the rows of a round denoise, in one drawing session."""

    @property
    def version(self) -> str:
        """Raised when other decisions are taken: stored rounds are found again by it."""
        ...

    @property
    def every_steps(self) -> int:
        """Denoising steps between two looks, at least 1."""
        ...

    @property
    def previews(self) -> bool:
        """Whether each look has the predicted pictures; each costs a decoding."""
        ...

    def steer(self, work: RoundInput, rows: Sequence[RowState]) -> Sequence[Decision]:
        """Decide of each row, from what ``work`` asks for and what the rows show.

        Args:
            rows: one for each candidate of the round, in their order, with free signals and,
                if ``previews``, the predicted picture. Those that have ended are among them.
        Returns: as many decisions as rows; ``Keep`` for those that have ended.
        """
        ...


class Strategy(Protocol):
    """Decides which round comes next, and what is kept of the last one."""

    @property
    def name(self) -> str:
        """The name by which a plan asks for it."""
        ...

    @property
    def steering(self) -> Steering | None:
        """Its part while rows denoise. None: each candidate is drawn on its own, to its end."""
        ...

    def begin(self, loop: Loop, seed: int) -> LoopState:
        """The state before the first round. ``seed`` is the task's, 0 to 2**31 - 1."""
        ...

    def next_round(self, state: LoopState) -> RoundPlan | Stop:
        """The round that follows, or that none does and why. At most ``loop.rounds`` in all."""
        ...

    def absorb(self, state: LoopState, plan: RoundPlan, reply: RoundReply) -> LoopState:
        """The state after a round. No draft is lost, and the best of all rounds stays on top."""
        ...
