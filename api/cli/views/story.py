"""What is going on right now in a task, kept from its events. Pure: no clock, no output."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from maquette.records.event import Event, EventType

StepKey = tuple[str, str, int | None, int | None]

_ENDS = frozenset({EventType.STEP_COMPLETED, EventType.STEP_CACHED, EventType.STEP_FAILED})


@dataclass
class Step:
    """One step that runs: a call of a tool, for one candidate of one round in a loop."""

    node: str
    call: str
    tool: str
    candidate: int | None
    started_at: float
    fraction: float | None = None
    message: str = ""

    @property
    def label(self) -> str:
        """``draw`` or, in a round, ``draw 2`` for its second candidate."""
        return self.tool if self.candidate is None else f"{self.tool} {self.candidate + 1}"


@dataclass
class Story:
    """The running steps, the round, and what was said last."""

    running: dict[StepKey, Step] = field(default_factory=dict)
    phase: str = "planning"
    round: int | None = None
    rounds: int | None = None
    ended: bool = False
    waiting_for: str | None = None

    def take(self, event: Event) -> None:
        """Move on by one event."""
        data = event.data
        match event.type:
            case EventType.STEP_STARTED | EventType.STEP_PROGRESS:
                self._step(event)
            case kind if kind in _ENDS:
                self.running.pop(_key(data), None)
                self.phase = "working"
            case EventType.PLAN_CREATED:
                self.phase = "working"
            case EventType.ITERATION_STARTED:
                self.round, self.rounds = data.get("round"), data.get("rounds")
                self.phase = "working"
            case EventType.CANDIDATE_SCORED | EventType.ITERATION_DECIDED:
                self.running.clear()
            case EventType.FEEDBACK_REQUESTED:
                self.waiting_for = data.get("request_id")
                self.phase = "waiting for an answer"
            case EventType.FEEDBACK_RECEIVED:
                self.waiting_for = None
                self.phase = "working"
            case kind if kind.value.startswith("task.") and kind is not EventType.TASK_CREATED:
                self.running.clear()
                self.ended = True

    def _step(self, event: Event) -> None:
        data = event.data
        self.phase = "working"
        step = self.running.setdefault(
            _key(data),
            Step(
                node=str(data.get("node", "")),
                call=str(data.get("call", "")),
                tool=str(data.get("tool", data.get("call", "step"))),
                candidate=data.get("candidate"),
                started_at=event.created_at,
            ),
        )
        if event.type is EventType.STEP_PROGRESS:
            step.fraction = data.get("fraction", step.fraction)
            step.message = str(data.get("message", step.message))


def _key(data: dict[str, Any]) -> StepKey:
    return (
        str(data.get("node", "")),
        str(data.get("call", "")),
        data.get("round"),
        data.get("candidate"),
    )
