"""Somebody else on the machine: reaches the engine's gRPC, has no key.

``python foreigner.py ADDRESS QUEUE TASK_ID FILE...`` gives up root's rights, then tries what an
unprivileged user can; prints what came of it as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.contrib.pydantic import pydantic_data_converter

from maquette.records.ids import new_task_id
from maquette.records.task import TaskRequest
from maquette.workflows.wire.messages import TaskInput
from maquette.workflows.wire.names import (
    MEMO_OWNER,
    MEMO_REQUEST_HASH,
    OWNER_ATTRIBUTE,
    TASK_WORKFLOW,
)

NOBODY = 65_534
OWNER_KEY = SearchAttributeKey.for_keyword(OWNER_ATTRIBUTE)


async def foreign_client(address: str) -> Client:
    return await Client.connect(address, data_converter=pydantic_data_converter)


async def forged_start(
    client: Client, queue: str, *, task_id: str | None = None, given: Any = None
) -> WorkflowHandle[Any, Any]:
    """Starts a run that looks like one of ours in all that is not sealed."""
    if given is None:
        given = TaskInput(
            owner="local",
            request=TaskRequest(text="a forged poster"),
            request_hash="0" * 64,
            created_at=0.0,
        )
    return await client.start_workflow(
        TASK_WORKFLOW,
        given,
        id=task_id or new_task_id(),
        task_queue=queue,
        memo={MEMO_OWNER: "local", MEMO_REQUEST_HASH: "0" * 64},
        search_attributes=TypedSearchAttributes([SearchAttributePair(OWNER_KEY, "local")]),
    )


async def attempts(address: str, queue: str, task_id: str, files: list[str]) -> dict[str, Any]:
    read: dict[str, str] = {}
    for file in files:
        try:
            read[file] = Path(file).read_text(errors="replace")
        except OSError as error:
            read[file] = type(error).__name__
    client = await foreign_client(address)
    history = await client.get_workflow_handle(task_id).fetch_history()
    forged = await forged_start(client, queue)
    listed = [run.id async for run in client.list_workflows()]
    return {
        "uid": os.getuid(),
        "read": read,
        "history": history.to_json(),
        "started": forged.id,
        "listed": listed,
    }


if __name__ == "__main__":
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    print(json.dumps(asyncio.run(attempts(*sys.argv[1:4], sys.argv[4:]))))
