"""Admission: how many tasks may be in flight at once. More are refused with a time to wait.

The engine's list of runs lags behind, so a task that this process admitted counts from that
moment until the list shows it, or the engine says that it has ended.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio.client import Client

from maquette.records.errors import EngineUnavailable, Overloaded
from maquette.workflows.desk.pace import PAGE, Run, WaitingLine, pace_s
from maquette.workflows.wire.names import TASK_WORKFLOW
from maquette.workflows.wire.rpc import rpc_errors

RUNNING = f"WorkflowType = '{TASK_WORKFLOW}' AND ExecutionStatus = 'Running'"
ENDED = f"WorkflowType = '{TASK_WORKFLOW}' AND ExecutionStatus != 'Running'"
FRESH_S = 0.25
"""A list of runs this young is used again: what was started since is known here."""
UNSEEN_S = 2.0
"""A task that is not in the list so long after its start has probably ended already."""
PATIENCE = timedelta(seconds=5)

IsOpen = Callable[[str], Awaitable[bool]]


class Admission:
    """Places for tasks in flight, those that this process has just started included.

    Between the last look at the engine and the taking of a place nothing is awaited, so no
    two submissions of one process take the same place.
    """

    def __init__(self, client: Client, is_open: IsOpen, *, limit: int) -> None:
        self._client = client
        self._is_open = is_open
        self._limit = limit
        self._listed: dict[str, float] = {}
        self._unlisted: dict[str, float | None] = {}
        """Task -> when it was started; None while its start is under way."""
        self._listing = Shared(self._list)
        self._ended: list[Run] = []
        self._looking_back = Shared(self._look_back)
        self._line = WaitingLine()

    async def running(self) -> int:
        """Tasks in flight as the engine counts them."""
        with rpc_errors("count of tasks"):
            counted = await self._client.count_workflows(RUNNING, rpc_timeout=PATIENCE)
        return counted.count

    async def admit(self, task_id: str) -> None:
        """Take a place; ``started`` or ``release`` must follow.

        Raises: Overloaded: all places are taken. EngineUnavailable.
        """
        await self._listing.fresh()
        if self._take(task_id):
            return
        await self._looking_back.fresh()
        if self._take(task_id):
            return
        now = time.time()
        pace = pace_s(self._ended, self._listed.values(), now)
        raise Overloaded(
            f"{len(self._taken())} tasks are in flight; at most {self._limit} are taken at once",
            hint="Send the request again after the time named, or cancel a task.",
            retry_after_s=self._line.join(pace, now),
        )

    def started(self, task_id: str) -> None:
        """The task runs, or may run: it keeps its place until the engine knows better."""
        self._unlisted[task_id] = time.monotonic()

    def release(self, task_id: str) -> None:
        """Nothing was started: the place is free again."""
        if task_id in self._unlisted and self._unlisted[task_id] is None:
            del self._unlisted[task_id]

    def _taken(self) -> set[str]:
        return self._listed.keys() | self._unlisted.keys()

    def _take(self, task_id: str) -> bool:
        taken = self._taken()
        if task_id not in taken:
            if len(taken) >= self._limit:
                return False
            self._unlisted[task_id] = None
            self._line.leave()
        return True

    async def _list(self) -> None:
        listed: dict[str, float] = {}
        with rpc_errors("list of tasks"):
            async for run in self._client.list_workflows(RUNNING, rpc_timeout=PATIENCE):
                listed[run.id] = run.start_time.timestamp()
        old = time.monotonic() - UNSEEN_S
        doubtful = [
            name
            for name, since in self._unlisted.items()
            if since is not None and since < old and name not in listed
        ]
        still = await asyncio.gather(*(self._is_open(name) for name in doubtful))
        gone = {name for name, is_open in zip(doubtful, still, strict=True) if not is_open}
        self._listed = listed
        for name in gone | (listed.keys() & self._unlisted.keys()):
            self._unlisted.pop(name, None)

    async def _look_back(self) -> None:
        """Read the last endings; without them the wait is a guess, and no reason to fail."""
        ended: list[Run] = []
        try:
            with rpc_errors("list of tasks"):
                async for run in self._client.list_workflows(
                    ENDED, page_size=PAGE, limit=PAGE, rpc_timeout=PATIENCE
                ):
                    if run.close_time is not None:
                        ended.append(Run(run.start_time.timestamp(), run.close_time.timestamp()))
        except (EngineUnavailable, Overloaded):
            return
        self._ended = ended


class Shared:
    """Something read at most once at a time, and again only when what is known has aged."""

    def __init__(self, read: Callable[[], Awaitable[None]]) -> None:
        self._read = read
        self._reading: asyncio.Future[None] | None = None
        self._read_at = float("-inf")

    async def fresh(self) -> None:
        """Read, or wait for who reads. Raises: whatever the reading raised, to all who wait."""
        if time.monotonic() - self._read_at < FRESH_S:
            return
        if self._reading is None or self._reading.done():
            self._reading = asyncio.ensure_future(self._again())
        await asyncio.shield(self._reading)

    async def _again(self) -> None:
        await self._read()
        self._read_at = time.monotonic()
