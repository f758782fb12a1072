"""The list of an owner's tasks: running ones from Temporal, ended ones from their records.

There is no second database of tasks. Ids sort by time, so the newest come first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

from temporalio.client import Client

from maquette.infra.store.contract import ArtifactStore, DocumentKind
from maquette.records.errors import NotFound, RecordDamaged
from maquette.records.task import Task, TaskPage, TaskStatus
from maquette.workflows.wire.finished import damaged_task
from maquette.workflows.wire.names import OWNER_ATTRIBUTE, TASK_WORKFLOW
from maquette.workflows.wire.rpc import rpc_errors

ReadTask = Callable[[str], Awaitable[Task]]

UNSEEN_S = 5.0
"""A task started this lately may not be in Temporal's list yet."""
STORED_PAGE = 50
AT_ONCE = 8


class TaskList:
    """Pages of tasks. ``started`` makes a task of this process visible at once."""

    def __init__(self, client: Client, store: ArtifactStore) -> None:
        self._client = client
        self._store = store
        self._recent: dict[str, tuple[str, float]] = {}

    def started(self, task_id: str, owner: str) -> None:
        now = time.monotonic()
        self._recent = {
            name: (whose, at) for name, (whose, at) in self._recent.items() if now - at < UNSEEN_S
        }
        self._recent[task_id] = (owner, now)

    async def page(
        self,
        read: ReadTask,
        *,
        owner: str,
        limit: int,
        after: str | None,
        status: TaskStatus | None,
    ) -> TaskPage:
        """Tasks below ``after``, newest first, those of one status if given."""
        unrecorded = {
            name for name in await self._unrecorded(owner) if after is None or name < after
        }
        found: list[Task] = []
        async for names in self._batches(owner, after, unrecorded):
            for task in await _read_all(read, names, owner):
                if status is None or task.status is status:
                    found.append(task)
            if len(found) > limit:
                break
        return TaskPage(data=tuple(found[:limit]), has_more=len(found) > limit)

    async def _batches(
        self, owner: str, after: str | None, unrecorded: set[str]
    ) -> AsyncIterator[list[str]]:
        """Ids in descending order, batch by batch, stored and unrecorded ones merged."""
        place = after
        while True:
            stored = await self._store.list_documents(
                DocumentKind.TASK, owner=owner, after=place, limit=STORED_PAGE
            )
            last = len(stored) < STORED_PAGE
            mixed = {name for name in unrecorded if last or name > stored[-1]}
            unrecorded -= mixed
            yield sorted(mixed | set(stored), reverse=True)
            if last:
                return
            place = stored[-1]

    async def _unrecorded(self, owner: str) -> set[str]:
        """Tasks that Temporal knows and that may have no record: not ended in an orderly way."""
        query = (
            f"WorkflowType = '{TASK_WORKFLOW}' AND {OWNER_ATTRIBUTE} = '{owner}' "
            "AND ExecutionStatus != 'Completed' AND ExecutionStatus != 'Canceled'"
        )
        now = time.monotonic()
        names = {
            name
            for name, (whose, at) in self._recent.items()
            if whose == owner and now - at < UNSEEN_S
        }
        with rpc_errors("list of tasks"):
            async for run in self._client.list_workflows(query, rpc_timeout=timedelta(seconds=5)):
                names.add(run.id)
        return names


async def _read_all(read: ReadTask, names: list[str], owner: str) -> list[Task]:
    """Read tasks a few at a time; one that vanished meanwhile is left out, and one that cannot
    be read is shown as damaged."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> Task | None:
        async with places:
            try:
                return await read(name)
            except NotFound:
                return None
            except RecordDamaged as error:
                return damaged_task(name, owner, error)

    tasks = await asyncio.gather(*(one(name) for name in names))
    return [task for task in tasks if task is not None]
