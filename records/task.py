"""Tasks: what a person submits, how it stands, and what it delivered."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from maquette.records.artifact import ArtifactRef
from maquette.records.base import Document, Fraction, Name, Record
from maquette.records.draft import Draft
from maquette.records.plan import Plan
from maquette.records.planning.question import Question

MAX_PROMPT_CHARACTERS = 20_000

Approve = Literal["never", "plan", "final"]
Source = Literal["auto", "art", "drawn"]
"""Where a picture comes from: things of art packs composed, or a generator that draws. ``auto``
leaves it to the planner: with the bundled generator both where both can, with any other that."""


class TaskOptions(Record):
    """How a task should be carried out. ``None`` leaves the choice to the planner."""

    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    candidates: int | None = Field(default=None, ge=1, le=16)
    rounds: int | None = Field(default=None, ge=1, le=16)
    budget_s: float = Field(default=900.0, gt=0, le=86_400, description="seconds of wall time")
    approve: Approve = "never"
    source: Source = "auto"
    strategy: Name | None = Field(
        default=None, description="how loops decide, such as revise or best_of_n"
    )
    assume: bool = Field(
        default=False,
        exclude_if=lambda assume: not assume,  # as options were told before questions were asked
        description="take the best guess where the planner would ask back",
    )

    def told(self) -> dict[str, Any]:
        """As JSON; without the source and the strategy where none was chosen, as before there was
        a choice."""
        left_out = {"source"} if self.source == "auto" else set()
        left_out |= {"strategy"} if self.strategy is None else set()
        return self.model_dump(mode="json", exclude=left_out)


class TaskRequest(Document):
    """A request in plain words, with attached artifacts and options."""

    text: str = Field(min_length=1, max_length=MAX_PROMPT_CHARACTERS)
    inputs: tuple[ArtifactRef, ...] = Field(default=(), max_length=16)
    options: TaskOptions = TaskOptions()


class TaskStatus(StrEnum):
    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    INPUT_REQUIRED = "input_required"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    UNVERIFIED = "unverified"
    UNJUDGED = "unjudged"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self not in (TaskStatus.QUEUED, TaskStatus.IN_PROGRESS, TaskStatus.INPUT_REQUIRED)

    @property
    def delivered(self) -> bool:
        """Whether all of the plan was done and nothing that was judged failed."""
        return self in (TaskStatus.COMPLETED, TaskStatus.UNVERIFIED, TaskStatus.UNJUDGED)


Verification = Literal["verified", "unverified", "unjudged", "failed"]
"""How far a result was checked: everything passed, something was not judged or is doubted, nothing
could be judged, or a check failed."""


def door_status(status: TaskStatus) -> tuple[TaskStatus, Verification | None]:
    """The status for a door whose statuses are a closed set, and its ``verification`` field.

    Returns: ``completed`` for all that was delivered with no failed check. None: no result was
        verified, since the task has not ended or has failed.
    """
    match status:
        case TaskStatus.COMPLETED:
            return status, "verified"
        case TaskStatus.UNVERIFIED:
            return TaskStatus.COMPLETED, "unverified"
        case TaskStatus.UNJUDGED:
            return TaskStatus.COMPLETED, "unjudged"
        case TaskStatus.INCOMPLETE:
            return status, "failed"
        case _:
            return status, None


class Problem(Record):
    """An error as people meet it: what is wrong, and what to do next."""

    code: str
    title: str
    detail: str
    hint: str = ""


class Progress(Record):
    fraction: Fraction = 0.0
    message: str = ""


class Usage(Record):
    """What a task cost. Times are seconds."""

    wall_s: float = 0.0
    model_s: float = Field(default=0.0, description="model time, summed over all calls")
    critical_model_s: float = Field(default=0.0, description="model time on the critical path")
    model_calls: int = 0
    cache_hits: int = 0

    @property
    def loop_efficiency(self) -> float:
        """Critical-path model time over wall time, 0 to 1."""
        return min(1.0, self.critical_model_s / self.wall_s) if self.wall_s > 0 else 0.0


class Answer(Record):
    """An answer or a caption in words, and how sure it is."""

    text: str = Field(max_length=4_000)
    probability: Fraction | None = Field(
        default=None, description="of these very words, by the model itself"
    )
    doubt: str = Field(
        default="", max_length=400, description="why it may be wrong; empty: it is believed"
    )


class TaskResult(Record):
    """What was delivered: the best draft of all rounds, and every other one."""

    artifacts: tuple[ArtifactRef, ...] = ()
    text: str | None = Field(default=None, max_length=4_000)
    best: Draft | None = None
    drafts: tuple[Draft, ...] = ()
    score: Fraction | None = None
    reason: str = Field(default="", description="why it ended as it did, in one sentence")
    warnings: tuple[str, ...] = Field(
        default=(), description="what to keep in mind, such as a picture no bundled model knows"
    )
    answers: tuple[Answer, ...] = Field(
        default=(),
        exclude_if=lambda answers: not answers,  # as results were told before
        description="what of the text a model said, and how sure it is",
    )
    not_judged: tuple[str, ...] = Field(
        default=(),
        exclude_if=lambda sentences: not sentences,
        description="what nobody could check of the pictures, in words",
    )


class FeedbackAction(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


class Feedback(Record):
    """A person's answer to ``feedback.requested``."""

    request_id: str
    action: FeedbackAction
    text: str = Field(default="", max_length=4_000)


RECORD_DAMAGED = "record_damaged"
"""In a task's metadata: what is kept of it cannot be read, and the engine told it, which still
knows the run. Once it has forgotten, the task is lost."""


class Task(Document):
    """A task as it stands. Task id = Temporal workflow id."""

    id: str
    owner: str
    status: TaskStatus
    request: TaskRequest
    created_at: float
    completed_at: float | None = None
    progress: Progress = Progress()
    plan: Plan | None = None
    result: TaskResult | None = None
    problem: Problem | None = None
    usage: Usage = Usage()
    waiting_for: str | None = Field(default=None, description="request id of an open question")
    question: Question | None = Field(
        default=None,
        exclude_if=lambda question: question is None,
        description="what is asked, where it is the planner that asks",
    )
    metadata: dict[str, Any] = Field(default_factory=dict)


class TaskPage(Record):
    """One page of a list of tasks, newest first. ``after`` the last id gives the next page."""

    data: tuple[Task, ...]
    has_more: bool = False
