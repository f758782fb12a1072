"""Looking at a run: what is told of it, with and without a worker, and however it ended."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from client_alone import ClientAlone, RunRow, away
from temporalio.client import (
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.exceptions import ApplicationError

from maquette.records.errors import EngineUnavailable
from maquette.records.task import Task, TaskRequest, TaskStatus
from maquette.workflows.desk import runs as runs_module
from maquette.workflows.desk.runs import Run, RunClosed, Runs
from maquette.workflows.wire.messages import TaskInput
from maquette.workflows.wire.sealing import FOREIGN_PAYLOAD

NAME = "task_1"
HASH = "0" * 64
REQUEST = TaskRequest(text="a poster")
GIVEN = TaskInput(owner="ann", request=REQUEST, request_hash=HASH, created_at=5.0)
RUNNING = WorkflowExecutionStatus.RUNNING


def looked_at(**more: Any) -> tuple[Runs, ClientAlone]:
    """Runs of a client that knows one, of ann."""
    client = ClientAlone()
    memo = more.pop("memo", {"owner": "ann", "request_hash": HASH})
    client.rows[NAME] = RunRow(GIVEN, memo, **more)
    return Runs(client), client  # type: ignore[arg-type]


def seen(status: TaskStatus = TaskStatus.IN_PROGRESS) -> Task:
    """The task as its workflow tells it."""
    return Task(id=NAME, owner="ann", status=status, request=REQUEST, created_at=5.0)


async def described(runs: Runs) -> Run:
    run = await runs.describe(NAME)
    assert run is not None
    return run


async def test_a_run_is_told_with_its_owner_and_its_stage() -> None:
    """Owner and identity come from the memo, the stage from what the workflow last published;
    before that it is queued."""
    runs, client = looked_at()
    run = await described(runs)
    assert (run.owner, run.request_hash, run.open) == ("ann", HASH, True)
    assert run.stage is TaskStatus.QUEUED
    client.rows[NAME].stage = "input_required"
    client.rows[NAME].status = WorkflowExecutionStatus.TERMINATED
    run = await described(runs)
    assert (run.stage, run.open) == (TaskStatus.INPUT_REQUIRED, False)
    assert not await runs.is_open(NAME)


async def test_what_is_not_ours_is_not_there() -> None:
    """An unknown id and a run whose memo somebody else wrote are none; an engine that is away is
    an error, never none."""
    runs, client = looked_at(memo=ApplicationError("no", type=FOREIGN_PAYLOAD))
    assert await runs.describe("task_2") is None
    assert await runs.describe(NAME) is None
    client.failure = away()
    with pytest.raises(EngineUnavailable):
        await runs.describe(NAME)


async def test_a_crowd_asks_once_and_whoever_leaves_takes_nothing_along() -> None:
    """Twenty watchers at once are one question to the engine; one that gives up does not spoil
    the answer of the others, and who asks later asks anew."""
    runs, client = looked_at()
    client.gate = asyncio.Event()
    crowd = [asyncio.create_task(runs.described(NAME)) for _ in range(20)]
    await asyncio.sleep(0)
    crowd[0].cancel()
    await asyncio.sleep(0)
    client.gate.set()
    answers = await asyncio.gather(*crowd, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert {answer.owner for answer in answers[1:] if isinstance(answer, Run)} == {"ann"}
    assert client.described == [NAME]
    await runs.described(NAME)
    assert client.described == [NAME, NAME]


async def test_a_workflow_that_answers_is_believed() -> None:
    """An open run tells its own task, and is asked only while it is open."""
    runs, client = looked_at(answers=[seen()])
    run = await described(runs)
    assert await runs.snapshot(run) == seen()
    assert client.queried[0]["reject_condition"] is not None


@pytest.mark.parametrize(
    "failure", [away(), WorkflowQueryFailedError("no"), ApplicationError("no")]
)
async def test_without_a_worker_the_run_itself_tells_the_request(failure: Exception) -> None:
    """What was asked, by whom and since when is in the first event of its history."""
    runs, _ = looked_at(answers=[failure], stage="queued")
    task = await runs.snapshot(await described(runs))
    assert (task.id, task.owner, task.request, task.created_at) == (NAME, "ann", REQUEST, 5.0)
    assert (task.status, task.metadata) == (TaskStatus.QUEUED, {"request_hash": HASH})
    assert "worker" in task.progress.message


async def test_a_run_that_closes_while_it_is_asked_is_told_as_closed() -> None:
    """Then its record is there, and a snapshot would be older than that."""
    completed = WorkflowExecutionStatus.COMPLETED
    runs, _ = looked_at(answers=[WorkflowQueryRejectedError(completed)])
    with pytest.raises(RunClosed):
        await runs.snapshot(await described(runs))


@pytest.mark.parametrize("worker", [True, False])
@pytest.mark.parametrize(
    ("status", "told", "code"),
    [
        (WorkflowExecutionStatus.TERMINATED, TaskStatus.FAILED, "stopped"),
        (WorkflowExecutionStatus.TIMED_OUT, TaskStatus.FAILED, "stopped"),
        (WorkflowExecutionStatus.CANCELED, TaskStatus.CANCELLED, None),
    ],
)
async def test_a_run_stopped_from_outside_has_ended(
    worker: bool, status: WorkflowExecutionStatus, told: TaskStatus, code: str | None
) -> None:
    """However far it says it was: an ended run is never told as going on, and a failure names
    its problem."""
    answer = seen() if worker else away()
    runs, _ = looked_at(answers=[answer], status=status, stage="in_progress")
    task = await runs.snapshot(await described(runs))
    assert task.status is told
    assert (task.problem.code if task.problem else None) == code


async def test_an_ending_that_the_workflow_told_stands() -> None:
    """A closed run whose task was completed is completed, however the run was closed."""
    runs, _ = looked_at(
        answers=[seen(TaskStatus.COMPLETED)], status=WorkflowExecutionStatus.TERMINATED
    )
    assert await runs.snapshot(await described(runs)) == seen(TaskStatus.COMPLETED)


async def test_waiting_for_the_end_outlasts_an_engine_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An engine that does not answer is asked again; a run that failed has closed, too."""
    monkeypatch.setattr(runs_module, "RECONNECT_S", 0.0)
    failed = WorkflowFailureError(cause=ApplicationError("stopped"))
    runs, client = looked_at(results=[away(), away(), failed])
    async with asyncio.timeout(2):
        await runs.closed(NAME, within_s=60)
    assert client.rows[NAME].results == [failed]


async def test_waiting_for_the_end_is_over_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits so long at most is back by then, without an error; a run that nobody knows is
    not waited for."""
    monkeypatch.setattr(runs_module, "RECONNECT_S", 0.01)
    runs, _ = looked_at(results=[away()])
    async with asyncio.timeout(2):
        await runs.closed(NAME, within_s=0.05)
        await runs.closed("task_2", within_s=60)
