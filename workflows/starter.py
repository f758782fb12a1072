"""Start the workflow of a task, once for an id."""

from __future__ import annotations

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
from maquette.records.errors import Conflict
from maquette.records.task import Progress, Task, TaskRequest, TaskStatus
from maquette.workflows.admission import Admission
from maquette.workflows.connect import ensure_search_attributes
from maquette.workflows.finished import read_finished
from maquette.workflows.messages import metadata_of
from maquette.workflows.names import (
    MEMO_OWNER,
    MEMO_REQUEST_HASH,
    OWNER_ATTRIBUTE,
    TASK_WORKFLOW,
)
from maquette.workflows.rpc import rpc_errors
from maquette.workflows.runs import RPC_TIMEOUT, Runs
from maquette.workflows.submission import prepare, request_hash

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

        Returns: None if a run of this id has already ended.

        Raises: InvalidInput. Overloaded. EngineUnavailable, StoreUnavailable: nothing was
            started.
        """
        await self._register()
        await self.admission.admit()
        given = await prepare(request, owner=owner, store=self.store)
        given = given.model_copy(update={"heartbeat_timeout_s": self.heartbeat_timeout_s})
        try:
            with rpc_errors(f"task {task_id}"):
                await self.client.start_workflow(
                    TASK_WORKFLOW,
                    given,
                    id=task_id,
                    task_queue=self.task_queue,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    memo={MEMO_OWNER: owner, MEMO_REQUEST_HASH: given.request_hash},
                    search_attributes=TypedSearchAttributes(
                        [SearchAttributePair(OWNER_KEY, owner)]
                    ),
                    rpc_timeout=RPC_TIMEOUT,
                )
        except WorkflowAlreadyStartedError:
            return None
        return Task(
            id=task_id,
            owner=owner,
            status=TaskStatus.QUEUED,
            request=request.model_copy(update={"inputs": given.request.inputs}),
            created_at=given.created_at,
            progress=Progress(message="waiting to start"),
            metadata=metadata_of(given),
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
            with rpc_errors("search attribute"):
                await ensure_search_attributes(self.client)
            self._registered = True


def _id_taken(task_id: str) -> Conflict:
    return Conflict(
        f"the task id {task_id} is taken by another request",
        hint="Choose another id, or leave it out to get one.",
    )
