"""Read a workflow's state by query: nothing of it enters the history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.common import QueryRejectCondition

from maquette.records.task import Task
from maquette.workflows.wire.names import SNAPSHOT_QUERY

Handle = WorkflowHandle[Any, Any]


async def read_snapshot(
    handle: Handle,
    *,
    timeout_s: float = 10.0,
    reject: QueryRejectCondition | None = None,
) -> Task:
    """The task as the workflow sees it now. Needs a worker."""
    task: Task = await handle.query(
        SNAPSHOT_QUERY,
        result_type=Task,
        reject_condition=reject,
        rpc_timeout=timedelta(seconds=timeout_s),
    )
    return task
