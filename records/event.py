"""Events: what happened in a task, in order. The page, the CLI and the API read one stream."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from maquette.records.base import Document


class EventType(StrEnum):
    TASK_CREATED = "task.created"
    PLAN_CREATED = "plan.created"
    STEP_STARTED = "step.started"
    STEP_PROGRESS = "step.progress"
    STEP_CACHED = "step.cached"
    STEP_COMPLETED = "step.completed"
    STEP_FAILED = "step.failed"
    ITERATION_STARTED = "iteration.started"
    CANDIDATE_SCORED = "candidate.scored"
    ITERATION_DECIDED = "iteration.decided"
    FEEDBACK_REQUESTED = "feedback.requested"
    FEEDBACK_RECEIVED = "feedback.received"
    TASK_COMPLETED = "task.completed"
    TASK_INCOMPLETE = "task.incomplete"
    TASK_UNVERIFIED = "task.unverified"
    TASK_UNJUDGED = "task.unjudged"
    TASK_FAILED = "task.failed"
    TASK_CANCELLED = "task.cancelled"


TERMINAL = frozenset(
    {
        EventType.TASK_COMPLETED,
        EventType.TASK_INCOMPLETE,
        EventType.TASK_UNVERIFIED,
        EventType.TASK_UNJUDGED,
        EventType.TASK_FAILED,
        EventType.TASK_CANCELLED,
    }
)


class Event(Document):
    """One thing that happened. ``offset`` is its place in the task's stream, given by the log."""

    type: EventType
    task_id: str
    created_at: float = Field(description="Unix seconds")
    data: dict[str, Any] = Field(default_factory=dict)
    offset: int | None = Field(default=None, ge=0)
