"""Start the workflow of a task, once for an id."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from temporalio.client import Client
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from maquette.infra.store.contract import ArtifactStore
from maquette.records.errors import Conflict, NotFound, TryAgain, Unsettled
from maquette.records.task import Progress, Task, TaskRequest, TaskStatus
from maquette.workflows.desk.admission import Admission
from maquette.workflows.desk.runs import RPC_TIMEOUT, Runs
from maquette.workflows.desk.submission import prepare, request_hash
from maquette.workflows.wire.connect import ensure_search_attributes
from maquette.workflows.wire.finished import read_finished
from maquette.workflows.wire.messages import TaskInput, metadata_of
from maquette.workflows.wire.names import (
    MEMO_OWNER,
    MEMO_REQUEST_HASH,
    OWNER_ATTRIBUTE,
    TASK_WORKFLOW,
)
from maquette.workflows.wire.rpc import engine_unavailable, rpc_errors

SETTLE_S = 20.0
"""How long a start without an answer is sent again; front doors are waited for a little longer."""
SETTLE_PAUSE_S = 0.3

OWNER_KEY = SearchAttributeKey.for_keyword(OWNER_ATTRIBUTE)


@dataclass
class Starter:
    """Starts runs on one task queue. A start needs no worker: the task waits for one."""

    client: Client
    store: ArtifactStore
    runs: Runs
    admission: Admission
    task_queue: str
    heartbeat_timeout_s: float
    _registered: bool = False

    async def start(self, request: TaskRequest, *, owner: str, task_id: str) -> Task | None:
        """Start the run, unless one of this id is there, and answer the task as queued.

        Returns: None if the id was taken already.

        Raises: Overloaded, EngineUnavailable, StoreUnavailable: nothing was
            started. Unsettled: it may have been started.
        """
        await self._register()
        await self.admission.admit(task_id)
        try:
            given = await prepare(request, owner=owner, store=self.store)
        except BaseException:
            self.admission.release(task_id)
            raise
        given = given.model_copy(update={"heartbeat_timeout_s": self.heartbeat_timeout_s})
        try:
            new = await self._settled(task_id, given)
        finally:
            self.admission.started(task_id)
        if not new:
            return None
        return Task(
            id=task_id,
            owner=owner,
            status=TaskStatus.QUEUED,
            request=request,
            created_at=given.created_at,
            progress=Progress(message="waiting to start"),
            metadata=metadata_of(given),
        )

    async def _settled(self, task_id: str, given: TaskInput) -> bool:
        """Start the run, asked for again until the engine has said whether there is one.

        A start without an answer may have arrived, and sending it again is harmless.

        Returns: False if a run of this id was there, perhaps by an earlier try.

        Raises: Unsettled.
        """
        until = time.monotonic() + SETTLE_S
        while True:
            try:
                await self._send(task_id, given)
            except WorkflowAlreadyStartedError:
                return False
            except (TryAgain, NotFound) as error:
                if time.monotonic() > until:
                    raise unsettled(task_id) from error
                await asyncio.sleep(SETTLE_PAUSE_S)
            else:
                return True

    async def _send(self, task_id: str, given: TaskInput) -> None:
        with rpc_errors(f"task {task_id}"):
            await self.client.start_workflow(
                TASK_WORKFLOW,
                given,
                id=task_id,
                task_queue=self.task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                memo={MEMO_OWNER: given.owner, MEMO_REQUEST_HASH: given.request_hash},
                search_attributes=TypedSearchAttributes(
                    [SearchAttributePair(OWNER_KEY, given.owner)]
                ),
                rpc_timeout=RPC_TIMEOUT,
            )

    async def holds(self, task_id: str, request: TaskRequest, *, owner: str) -> bool:
        """Whether the id belongs to this very request, running, ended or forgotten.

        Raises: Conflict: it belongs to another request, or to somebody else.
        """
        wanted = request_hash(request, owner)
        run = await self.runs.describe(task_id)
        if run is not None:
            if run.owner != owner or run.request_hash != wanted:
                raise _id_taken(task_id)
            return True
        record = await read_finished(self.store, task_id, owner=owner)
        if record is None:
            return False
        if record.task.metadata.get("request_hash") != wanted:
            raise _id_taken(task_id)
        return True

    async def _register(self) -> None:
        if not self._registered:
            try:
                with rpc_errors("search attribute"):
                    async with asyncio.timeout(RPC_TIMEOUT.total_seconds()):
                        await ensure_search_attributes(self.client)
            except TimeoutError as error:
                raise engine_unavailable() from error
            self._registered = True


def unsettled(task_id: str) -> Unsettled:
    return Unsettled(
        f"the workflow engine does not answer; {task_id} may have been started",
        hint="Ask for this id once the engine is back, or send the same request under it again: "
        "it is started once.",
        task_id=task_id,
    )


def _id_taken(task_id: str) -> Conflict:
    return Conflict(
        f"the task id {task_id} is taken by another request",
        hint="Choose another id, or leave it out to get one.",
    )
