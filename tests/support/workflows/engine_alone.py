"""The engine as the parts of a workflow see it, without a server: activities are answered by a
script, the clock is set by hand. And the small plans and drafts that such tests run."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from maquette.records.artifact import ArtifactRef
from maquette.records.draft import Draft
from maquette.records.event import EventType
from maquette.records.plan import Call
from maquette.records.task import Problem, TaskOptions, TaskRequest
from maquette.records.verdict import Outcome
from maquette.workflows.run.task_board import TaskBoard
from maquette.workflows.wire.messages import TaskInput

STARTED_AT = 1_000.0
PROBLEM = Problem(code="tool_failed", title="A tool failed", detail="the paint has run out")


@dataclass
class EngineAlone:
    """Answers what the workflow asks of the engine, and keeps what was asked and said."""

    answer: Callable[[Any], Awaitable[Any]]
    """Work -> reply of an activity, or an error."""
    now: float = STARTED_AT
    history_events: int = 0
    asked: list[tuple[str, Any]] = field(default_factory=list)
    """Name and work of each activity, as they were begun."""
    limits_s: list[float] = field(default_factory=list)
    """How long each was given."""
    beside: set[str] = field(default_factory=set)
    """Names of the activities that were run as local ones."""
    said: list[tuple[EventType, dict[str, Any]]] = field(default_factory=list)

    def take_over(self, patch: pytest.MonkeyPatch) -> EngineAlone:
        """Stand in the engine's place until the patch is undone."""

        def info() -> SimpleNamespace:
            return SimpleNamespace(get_current_history_length=lambda: self.history_events)

        patch.setattr(workflow, "execute_activity", self._run)
        patch.setattr(workflow, "execute_local_activity", self._run_beside)
        patch.setattr(workflow, "info", info)
        patch.setattr(workflow, "time", lambda: self.now)
        return self

    def say(self, kind: EventType, **data: Any) -> None:
        self.said.append((kind, data))

    def told(self, kind: EventType) -> list[dict[str, Any]]:
        """What was said under one kind, in order."""
        return [data for one, data in self.said if one is kind]

    async def _run(self, name: str, work: Any, **options: Any) -> Any:
        self.asked.append((name, work))
        self.limits_s.append(options["start_to_close_timeout"].total_seconds())
        return await self.answer(work)

    async def _run_beside(self, name: str, work: Any, **options: Any) -> Any:
        self.beside.add(name)
        return await self._run(name, work, **options)


def activity_failure(problem: Problem = PROBLEM) -> ActivityError:
    """The failure of an activity that carries a problem, as the workflow gets it."""
    error = ActivityError(
        "activity failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="worker",
        activity_type="any",
        activity_id="1",
        retry_state=RetryState.NON_RETRYABLE_FAILURE,
    )
    error.__cause__ = ApplicationError(problem.detail, problem.model_dump(mode="json"))
    return error


def new_board(**options: Any) -> TaskBoard:
    """The board of a task that has just started."""
    request = TaskRequest(text="a poster", options=TaskOptions(**options))
    given = TaskInput(owner="ann", request=request, request_hash="0" * 64, created_at=STARTED_AT)
    return TaskBoard("task_1", given, started_at=STARTED_AT)


def reading(name: str, *needs: str, tool: str = "say") -> Call:
    """A call that reads one value of each node that it needs."""
    return Call(id=name, tool=tool, arguments={one: {"$ref": f"{one}.text"} for one in needs})


def picture_ref(name: str) -> ArtifactRef:
    """The reference of a picture that nobody needs to look at."""
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    return ArtifactRef(sha256=sha256, media_type="image/png", size_bytes=1)


def new_draft(number: int, candidate: int, *, score: float, failed: int = 1, **more: Any) -> Draft:
    """A draft of a round; it passed if no check failed."""
    name = f"r{number}c{candidate}"
    return Draft(
        id=name,
        round=number,
        candidate=candidate,
        artifact=picture_ref(name),
        seed=more.pop("seed", 0),
        verdict=picture_ref(f"verdict of {name}"),
        score=score,
        outcome=Outcome.FAILED if failed else Outcome.PASSED,
        passed=0 if failed else 1,
        failed=failed,
        **more,
    )
