"""A run may have only so many updates; following a task must outlast them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from workflow_parts import Ledger, ScriptedCritic, make_engine
from workflow_server import DevServer, running

from maquette.records.event import EventType
from maquette.records.task import TaskOptions, TaskRequest, TaskStatus


@pytest.mark.slow
async def test_a_follower_outlasts_the_updates_of_a_run(tmp_path: Path) -> None:
    """On an engine that allows three updates a run, a follower still sees every event once."""
    server = DevServer(tmp_path, history__maxTotalUpdates=3)
    server.start()
    ledger = Ledger()
    critic = ScriptedCritic(lambda nth, image: (0.5, False), ledger)
    try:
        async with running(server, make_engine(critic=critic, pace_s=0.4)) as at:
            request = TaskRequest(text="x", options=TaskOptions(rounds=5, candidates=1))
            task = await at.gateway.submit(request, owner="local")
            async with asyncio.timeout(40):
                events = [event async for event in at.gateway.events(task.id, owner="local")]
            task = await at.gateway.get(task.id, owner="local")
            history = await at.client.get_workflow_handle(task.id).fetch_history()
    finally:
        server.kill()
    updates = sum(
        event.HasField("workflow_execution_update_accepted_event_attributes")
        for event in history.events
    )
    assert updates <= 3
    assert task.status is TaskStatus.INCOMPLETE
    assert [event.offset for event in events] == list(range(len(events)))
    assert sum(event.type is EventType.ITERATION_DECIDED for event in events) == 5
