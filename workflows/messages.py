"""What crosses between workflow and activities. Small on purpose: all of it is history.

Pictures, long texts and large values are references; see ``spill`` for the limit.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from maquette.records.artifact import ArtifactRef
from maquette.records.base import Document, Name, Record, Sha256
from maquette.records.draft import Draft, Revision
from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import TaskRequest, TaskStatus

MAX_MESSAGE_BYTES = 48_000
"""Our own ceiling for one message, well below the 64 KB the history law allows."""


class TaskInput(Document):
    """What starts a task. A long text is shortened here; the whole is behind ``request_ref``."""

    owner: str
    request: TaskRequest
    request_ref: ArtifactRef | None = None
    request_hash: Sha256
    created_at: float
    heartbeat_timeout_s: float = Field(default=10.0, gt=0)


def metadata_of(given: TaskInput) -> dict[str, Any]:
    """What a task carries besides its fields: the identity of its request."""
    found = {"request_hash": given.request_hash}
    if given.request_ref is not None:
        found["request"] = given.request_ref.sha256
    return found


class PlanReply(Document):
    """A valid plan, and what the workflow must know of its tools to schedule it."""

    plan: Plan
    light: tuple[Name, ...] = Field(default=(), description="call nodes that run in place")
    timeouts_s: dict[Name, float] = Field(
        default_factory=dict, description="node -> longest time one run of it may take"
    )
    model_s: float = 0.0


class Spent(Record):
    """What one activity cost. ``critical_model_s`` is its longest chain of model time."""

    model_s: float = 0.0
    critical_model_s: float = 0.0
    model_calls: int = 0
    cache_hits: int = 0

    def plus(self, other: Spent) -> Spent:
        """Sums; two costs one after the other add their critical times, too."""
        return Spent(
            model_s=self.model_s + other.model_s,
            critical_model_s=self.critical_model_s + other.critical_model_s,
            model_calls=self.model_calls + other.model_calls,
            cache_hits=self.cache_hits + other.cache_hits,
        )


class CallInput(Document):
    """One call of a tool. ``values`` maps each reference it reads to what it points to."""

    task_id: str
    owner: str
    call: Call
    seed: int
    values: dict[str, Any] = Field(default_factory=dict)
    quiet: bool = Field(default=False, description="leave out progress events")


class CallReply(Document):
    """``values`` maps ``<node>.<port>`` to the output value."""

    values: dict[str, Any]
    spent: Spent = Spent()
    cached: bool = False


class CandidatePlan(Record):
    """One candidate to make: its seed, the draft it comes from, and what differs from it."""

    candidate: int = Field(ge=0)
    seed: int = Field(ge=0)
    parent: str | None = None
    change: str = Field(default="", max_length=400)


class RoundInput(Document):
    """One round of a loop. ``loop.body`` already carries the revisions chosen so far."""

    task_id: str
    owner: str
    loop: Loop
    round: int = Field(ge=1)
    candidates: tuple[CandidatePlan, ...] = Field(min_length=1)
    tried: tuple[str, ...] = ()
    values: dict[str, Any] = Field(default_factory=dict)
    time_left_s: float = Field(gt=0, description="after this, deliver what is finished")
    quiet: bool = False


class RoundReply(Document):
    """The drafts of a round, and the repairs proposed for its best one (best repair first)."""

    drafts: tuple[Draft, ...] = ()
    proposals: tuple[Revision, ...] = ()
    seeded: bool = Field(description="whether another seed would give another draft")
    complete: bool = Field(default=True, description="false when time ran out first")
    spent: Spent = Spent()


class FinishInput(Document):
    task_id: str
    owner: str


class Ending(Document):
    """What the workflow returns: how the task ended. The task itself is the finished record."""

    status: TaskStatus
    reason: str = Field(default="", max_length=1_000)
