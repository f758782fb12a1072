"""What crosses between workflow and activities. Small on purpose: all of it is history.

Pictures, long texts and large values are references; see ``spill`` for the limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field, model_validator

from maquette.records.artifact import ArtifactRef
from maquette.records.base import Document, Fraction, Name, Record, Sha256
from maquette.records.draft import Draft, Revision
from maquette.records.loop import NAMED_VERSION, named_right
from maquette.records.plan import Call, Loop, Plan
from maquette.records.planning.question import Question
from maquette.records.task import Problem, Task, TaskRequest, TaskStatus

MAX_MESSAGE_BYTES = 48_000
"""Our own ceiling for one message, well below the 64 KB the history law allows."""
MAX_WARNINGS, MAX_WARNING = 8, 400
"""Warnings of one step, and the characters of each."""
MAX_ASKED = 2_000
"""Characters of a request up to which a round is told it."""


class TaskInput(Document):
    """What starts a task. A long text is shortened here; the whole is behind ``request_ref``."""

    owner: str
    request: TaskRequest
    request_ref: ArtifactRef | None = None
    request_hash: Sha256
    created_at: float
    heartbeat_timeout_s: float = Field(default=10.0, gt=0)
    steps_told_once: bool = False
    """Whether of each step one start and one end is kept, however often it is told of. Runs begun
    before that was so go on as they began; said here, it costs no event of the history."""
    answers: tuple[str, ...] = Field(
        default=(),
        exclude_if=lambda answers: not answers,
        description="what a person answered to the planner, in order",
    )


def metadata_of(given: TaskInput) -> dict[str, Any]:
    """What a task carries besides its fields: the identity of its request."""
    found = {"request_hash": given.request_hash}
    if given.request_ref is not None:
        found["request"] = given.request_ref.sha256
    return found


class PlanReply(Document):
    """A valid plan and what the workflow must know of its tools to schedule it, or what a person
    must answer first."""

    plan: Plan | None = None
    question: Question | None = None
    light: tuple[Name, ...] = Field(default=(), description="call nodes that run in place")
    quick: tuple[Name, ...] = Field(
        default=(), description="call nodes so short that they may share an activity"
    )
    timeouts_s: dict[Name, float] = Field(
        default_factory=dict, description="node -> longest time one run of it may take"
    )
    sampled: tuple[Name, ...] | None = Field(
        default=None,
        description="nodes whose pictures chance takes part in: without a criterion nobody knows "
        "whether they are right. None: planned before ends told what was not verified",
    )
    model_s: float = 0.0

    @model_validator(mode="after")
    def _plans_or_asks(self) -> PlanReply:
        if (self.plan is None) == (self.question is None):
            raise ValueError("a reply has either a plan or a question")
        return self


class Spent(Record):
    """What one activity cost, and its warnings. ``critical_model_s`` is its longest chain of
    model time."""

    model_s: float = 0.0
    critical_model_s: float = 0.0
    model_calls: int = 0
    cache_hits: int = 0
    warnings: tuple[str, ...] = Field(default=(), description="what the person must be told")

    def plus(self, other: Spent) -> Spent:
        """Sums; two costs one after the other add their critical times, too."""
        return Spent(
            model_s=self.model_s + other.model_s,
            critical_model_s=self.critical_model_s + other.critical_model_s,
            model_calls=self.model_calls + other.model_calls,
            cache_hits=self.cache_hits + other.cache_hits,
            warnings=kept_warnings((*self.warnings, *other.warnings)),
        )


def kept_warnings(sentences: Iterable[str]) -> tuple[str, ...]:
    """Each sentence once, as many and as long as a message may hold."""
    return tuple(one[:MAX_WARNING] for one in dict.fromkeys(sentences))[:MAX_WARNINGS]


class CallInput(Document):
    """Calls of tools for one activity. ``values`` maps each reference they read from outside
    to what it points to."""

    task_id: str
    owner: str
    call: Call
    more: tuple[Call, ...] = Field(default=(), description="calls to go on with")
    seed: int
    values: dict[str, Any] = Field(default_factory=dict)
    quiet: bool = Field(default=False, description="leave out progress events")


class Belief(Record):
    """How sure a model is of what was made, mostly of the words that it said, and why it may be
    wrong."""

    probability: Fraction | None = None
    doubt: str = Field(default="", max_length=400, description="empty: it is believed")


class CallDone(Record):
    """A finished call. ``values`` maps ``<node>.<port>`` to the output value."""

    call: str
    values: dict[str, Any]
    spent: Spent = Spent()
    cached: bool = False
    belief: Belief | None = Field(
        default=None,
        exclude_if=lambda belief: belief is None,  # most calls say nothing
        description="how sure the model is, where its text is what a model said",
    )


class CallFailed(Record):
    """A call that cannot be done."""

    call: Name
    problem: Problem


class CallReply(Document):
    """What came of the calls of one activity. Those not named were not done."""

    done: tuple[CallDone, ...] = ()
    failed: CallFailed | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_version_0_1(cls, value: Any) -> Any:
        """Runs begun under 0.1.0 hold replies of exactly one call, which they do not name."""
        if isinstance(value, dict) and "values" in value:
            version = value.get("version", 1)
            fields = {name: one for name, one in value.items() if name != "version"}
            return {"version": version, "done": ({"call": "", **fields},)}
        return value


class CandidatePlan(Record):
    """One candidate to make: its seed, the draft it comes from, and what differs from it."""

    candidate: int = Field(ge=0)
    seed: int = Field(ge=0)
    parent: str | None = None
    change: str = Field(default="", max_length=400)
    source: Name | None = Field(
        default=None, description="the alternative of the loop that makes it; None: its body"
    )

    def told(self) -> dict[str, Any]:
        """As JSON; without a source where it has none, as before there were sources."""
        left_out = {"source"} if self.source is None else None
        return self.model_dump(mode="json", exclude=left_out)


class RoundInput(Document):
    """One round of a loop. ``loop.body`` already carries the revisions chosen so far."""

    version: int = Field(default=NAMED_VERSION, ge=1, le=NAMED_VERSION, strict=True)
    task_id: str
    owner: str
    loop: Loop
    round: int = Field(ge=1)
    candidates: tuple[CandidatePlan, ...] = Field(min_length=1)
    tried: tuple[str, ...] = ()
    values: dict[str, Any] = Field(default_factory=dict)
    time_left_s: float = Field(gt=0, description="after this, deliver what is finished")
    quiet: bool = False
    asked: str = Field(
        default="",
        max_length=MAX_ASKED,
        exclude_if=lambda asked: not asked,
        description="the person's own words, where a second look holds the picture against them",
    )

    @model_validator(mode="before")
    @classmethod
    def _of_version_1(cls, value: Any) -> Any:
        return named_right(value, "loop")


class RoundReply(Document):
    """The drafts of a round, and the repairs proposed for its best one (best repair first)."""

    drafts: tuple[Draft, ...] = ()
    proposals: tuple[Revision, ...] = ()
    seeded: bool = Field(description="whether another seed would give another draft")
    complete: bool = Field(default=True, description="false when time ran out first")
    spent: Spent = Spent()
    belief: Belief | None = Field(
        default=None,
        exclude_if=lambda belief: belief is None,  # rounds run before there was a second look
        description="what a second look thinks of the best of these drafts",
    )


class RecordInput(Document):
    """What is kept of a finished task. It goes to a local activity, so it is not history."""

    task: Task
    events: tuple[str, ...] = Field(description="as they travel; the place is the offset")


class FinishInput(Document):
    task_id: str
    owner: str


class Ending(Document):
    """What the workflow returns: how the task ended. The task itself is the finished record."""

    status: TaskStatus
    reason: str = Field(default="", max_length=1_000)
