"""Admission: how many tasks may be in flight at once. More are refused with a time to wait."""

from __future__ import annotations

import time
from collections import deque
from datetime import timedelta

from temporalio.client import Client

from maquette.records.errors import Overloaded
from maquette.workflows.names import TASK_WORKFLOW
from maquette.workflows.rpc import rpc_errors

RUNNING = f"WorkflowType = '{TASK_WORKFLOW}' AND ExecutionStatus = 'Running'"
UNSEEN_S = 1.0
"""Visibility is eventually consistent: a task started this lately may not be counted yet."""
RETRY_AFTER_S = 5.0


class Admission:
    """Counts tasks in flight, those that this process has just started included."""

    def __init__(self, client: Client, *, limit: int) -> None:
        self._client = client
        self._limit = limit
        self._started: deque[float] = deque()

    async def running(self) -> int:
        """Tasks in flight as the engine counts them."""
        with rpc_errors("count of tasks"):
            counted = await self._client.count_workflows(RUNNING, rpc_timeout=timedelta(seconds=5))
        return counted.count

    async def admit(self) -> None:
        """Take a place. Raises: Overloaded: all places are taken. EngineUnavailable."""
        running = await self.running()
        now = time.monotonic()
        while self._started and now - self._started[0] > UNSEEN_S:
            self._started.popleft()
        if running + len(self._started) >= self._limit:
            raise Overloaded(
                f"{running} tasks are in flight; at most {self._limit} are taken at once",
                hint="Send the request again a little later, or cancel a task.",
                retry_after_s=RETRY_AFTER_S,
            )
        self._started.append(now)
