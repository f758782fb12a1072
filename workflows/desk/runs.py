"""Look at a task's run in Temporal: who owns it, how it stands, even when no worker answers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.common import QueryRejectCondition, SearchAttributeKey
from temporalio.converter import WorkflowSerializationContext
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from maquette.records.errors import EngineUnavailable, IntegrityError, NotFound
from maquette.records.task import Problem, Progress, Task, TaskStatus
from maquette.workflows.wire.messages import TaskInput, metadata_of
from maquette.workflows.wire.names import (
    MEMO_OWNER,
    MEMO_REQUEST_HASH,
    SNAPSHOT_QUERY,
    STATUS_ATTRIBUTE,
)
from maquette.workflows.wire.rpc import rpc_errors

STATUS_KEY = SearchAttributeKey.for_keyword(STATUS_ATTRIBUTE)
QUERY_TIMEOUT_S = 3.0
RPC_TIMEOUT = timedelta(seconds=5)
RECONNECT_S = 0.5

_STOPPED = Problem(
    code="stopped",
    title="The task was stopped from outside",
    detail="The run was ended by an operator or a time limit before it could deliver.",
    hint="Submit it again; finished steps are found again.",
)


@dataclass(frozen=True)
class Run:
    """A run as Temporal describes it."""

    task_id: str
    owner: str
    request_hash: str
    open: bool
    status: WorkflowExecutionStatus | None
    stage: TaskStatus = TaskStatus.QUEUED
    record_damaged: bool = False
    """Its finished record is there and cannot be read."""


class RunClosed(Exception):
    """An open run has closed meanwhile: its record is there now."""


class Runs:
    """Reads runs. Nothing here changes one, or adds to its history."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._asked: dict[str, asyncio.Task[Run | None]] = {}

    def handle(self, task_id: str) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(task_id)

    async def described(self, task_id: str) -> Run | None:
        """As ``describe``, but all who ask at once share one answer: it may be a little older
        than the question. For crowds of watchers, not for what must see its own change."""
        asked = self._asked.get(task_id)
        if asked is None:
            asked = self._asked[task_id] = asyncio.create_task(self.describe(task_id))
            asked.add_done_callback(lambda _: self._asked.pop(task_id, None))
        return await asyncio.shield(asked)

    async def describe(self, task_id: str) -> Run | None:
        """The run, or None if Temporal knows none of ours. Raises: EngineUnavailable."""
        try:
            with rpc_errors(f"task {task_id}"):
                found = await self.handle(task_id).describe(rpc_timeout=RPC_TIMEOUT)
        except NotFound:
            return None
        try:
            memo = await found.memo()
        except ApplicationError:  # not sealed by us
            return None
        return Run(
            task_id=task_id,
            owner=str(memo.get(MEMO_OWNER, "")),
            request_hash=str(memo.get(MEMO_REQUEST_HASH, "")),
            open=found.status is WorkflowExecutionStatus.RUNNING,
            status=found.status,
            stage=TaskStatus(found.typed_search_attributes.get(STATUS_KEY, TaskStatus.QUEUED)),
        )

    async def is_open(self, task_id: str) -> bool:
        """Whether the run goes on, as far as is known. Raises: EngineUnavailable."""
        run = await self.describe(task_id)
        return run is not None and run.open

    async def closed(self, task_id: str, *, within_s: float) -> None:
        """Wait until the run has closed, at most so long; an engine away is waited for, too."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while True:
                    try:
                        with rpc_errors(f"task {task_id}"):
                            await self.handle(task_id).result()
                    except EngineUnavailable:
                        await asyncio.sleep(RECONNECT_S)
                        continue
                    except (NotFound, IntegrityError, WorkflowFailureError):
                        pass
                    return

    async def snapshot(self, run: Run) -> Task:
        """The task as its workflow sees it; without a worker, what the run itself tells.

        Raises: RunClosed: it was open when it was described.
        """
        try:
            task: Task = await self.handle(run.task_id).query(
                SNAPSHOT_QUERY,
                result_type=Task,
                reject_condition=QueryRejectCondition.NOT_OPEN if run.open else None,
                rpc_timeout=timedelta(seconds=QUERY_TIMEOUT_S),
            )
        except WorkflowQueryRejectedError as error:
            raise RunClosed(run.task_id) from error
        except (RPCError, ApplicationError, WorkflowQueryFailedError):
            return await self._from_history(run)
        if run.open or task.status.ended:
            return task
        return _stopped(task, run)

    async def _from_history(self, run: Run) -> Task:
        """What the first event of the run tells: the request. Needs no worker."""
        converter = self._client.data_converter.with_context(
            WorkflowSerializationContext(self._client.namespace, run.task_id)
        )
        with rpc_errors(f"task {run.task_id}"):
            history = self.handle(run.task_id).fetch_history_events(
                page_size=1, rpc_timeout=RPC_TIMEOUT
            )
            first = await anext(history)
            payloads = first.workflow_execution_started_event_attributes.input.payloads
            (given,) = await converter.decode(payloads, [TaskInput])
        task = Task(
            id=run.task_id,
            owner=given.owner,
            status=run.stage,
            request=given.request,
            created_at=given.created_at,
            progress=Progress(message="waiting for a worker to answer"),
            metadata=metadata_of(given),
        )
        return task if run.open or task.status.ended else _stopped(task, run)


def _stopped(task: Task, run: Run) -> Task:
    """A run that was closed from outside, as the person should see it."""
    if run.status is WorkflowExecutionStatus.CANCELED:
        return task.model_copy(update={"status": TaskStatus.CANCELLED})
    return task.model_copy(update={"status": TaskStatus.FAILED, "problem": _STOPPED})
