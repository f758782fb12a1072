"""One conformance suite for every event log: in memory, and over real Temporal streams."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from stream_host import StreamHost
from temporalio.worker import Worker
from workflow_server import connect

from maquette.contracts.event_log import EventLogContract
from maquette.workflows.events.log import MemoryEventLog
from maquette.workflows.events.stream import PAUSES_S, StreamEventLog, pause_at
from maquette.workflows.worker import sandbox


class TestMemoryEventLog(EventLogContract):
    @pytest.fixture
    def log(self) -> MemoryEventLog:
        return MemoryEventLog()

    @pytest.fixture
    async def task_id(self, log: MemoryEventLog) -> str:
        log.open("task")
        return "task"

    async def end(self, log: MemoryEventLog, task_id: str) -> None:
        await log.end(task_id)


class TestStreamEventLog(EventLogContract):
    @pytest.fixture
    async def log(self, temporal: Any) -> AsyncIterator[StreamEventLog]:
        client = await connect(temporal)
        self.client, self.queue = client, f"streams-{uuid.uuid4().hex[:8]}"
        async with Worker(
            client,
            task_queue=self.queue,
            workflows=[StreamHost],
            workflow_runner=sandbox(strict=True),
        ):
            yield StreamEventLog(client)

    @pytest.fixture
    async def task_id(self, log: StreamEventLog) -> str:
        handle = await self.client.start_workflow(
            "StreamHost", id=f"stream-{uuid.uuid4().hex}", task_queue=self.queue
        )
        return handle.id

    async def end(self, log: StreamEventLog, task_id: str) -> None:
        await self.client.get_workflow_handle(task_id).signal("end")


def test_polls_get_rarer_and_stay_far_below_the_engines_limit() -> None:
    """A day-long reader pauses longer and longer; a quarter of an hour costs under 900 polls
    of the 2,000 updates that a run may have."""
    pauses = [pause_at(age) for age in (0, 9, 11, 59, 61, 299, 301, 86_400)]
    assert pauses == sorted(pauses) and pauses[0] <= 0.1
    age, polls = 0.0, 0
    while age < 900:
        age += pause_at(age)
        polls += 1
    assert polls < 900
    assert PAUSES_S[-1][0] == float("inf")
