"""Runs begun before there was a key go on; nobody may take their place."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path

import pytest
from foreigner import foreign_client, forged_start
from temporalio.client import Client, WorkflowExecutionStatus
from workflow_parts import Ledger, make_engine
from workflow_server import DevServer, closed, settings_of

from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.keys import stack_keys
from maquette.infra.stack.state.plain_runs import plain_runs
from maquette.records.event import EventType
from maquette.records.task import Feedback, FeedbackAction, TaskOptions, TaskRequest, TaskStatus
from maquette.workflows.desk.gateway import TemporalGateway
from maquette.workflows.wire.connect import wait_for_temporal
from maquette.workflows.worker import make_worker

OWNER = "local"


async def client_of(server: DevServer, **more: object) -> Client:
    async with asyncio.timeout(60):
        return await wait_for_temporal(settings_of(server, **more))


@pytest.mark.slow
async def test_a_run_from_before_the_key_goes_on_and_its_name_is_not_taken(
    tmp_path: Path,
) -> None:
    """A stack that gets its key over an existing database notes the runs there. They are worked
    on to their end and their new events are sealed; a plain run that is not among them fails,
    and so does another run under the name of one that is. Forgotten runs leave the note."""
    folders = StackFolders(tmp_path / "data")
    folders.make()
    server = DevServer(folders.database.parent)
    server.start()
    engine, queue = make_engine(ledger=Ledger()), f"test-{uuid.uuid4().hex[:8]}"
    try:
        old = await client_of(server, payload_key=None)
        gateway = TemporalGateway(old, engine.store, task_queue=queue)
        async with make_worker(old, engine, task_queue=queue, graceful_s=0.5):
            request = TaskRequest(text="a poster", options=TaskOptions(approve="plan"))
            tasks = [await gateway.submit(request, owner=OWNER) for _ in range(2)]
            for task in tasks:
                async for event in gateway.events(task.id, owner=OWNER):
                    if event.type is EventType.FEEDBACK_REQUESTED:
                        break
        await gateway.close()
        server.kill()

        stack_keys(folders)
        noted = plain_runs(folders)
        assert noted is not None and noted.stat().st_mode & 0o777 == 0o600
        assert set(json.loads(noted.read_text())) == {task.id for task in tasks}

        server.start()
        new = await client_of(server, plain_runs=noted)
        gateway = TemporalGateway(new, engine.store, task_queue=queue)
        first, second = (task.id for task in tasks)
        foreign = await foreign_client(server.address)
        await foreign.get_workflow_handle(second).terminate()
        async with make_worker(new, engine, task_queue=queue, graceful_s=0.5, strict=True):
            forged = [await forged_start(foreign, queue, task_id=name) for name in (second, None)]
            for handle in forged:
                assert await closed(handle) is WorkflowExecutionStatus.FAILED
            yes = Feedback(request_id="plan", action=FeedbackAction.APPROVE)
            await gateway.feedback(first, yes, owner=OWNER)
            done = await gateway.get(first, owner=OWNER, wait_s=60)
        assert done.status is TaskStatus.COMPLETED
        history = await new.get_workflow_handle(first).fetch_history()
        last = history.events[-1].workflow_execution_completed_event_attributes.result.payloads[0]
        assert last.metadata["encoding"] == b"binary/sealed"
        await gateway.close()
    finally:
        server.kill()

    noted.write_text(json.dumps({**json.loads(noted.read_text()), "task_gone": "run"}))
    assert plain_runs(folders) == noted
    assert "task_gone" not in json.loads(noted.read_text())
    for file in folders.database.parent.glob("temporal.db*"):
        file.unlink()
    assert plain_runs(folders) is None and not noted.exists()


def test_a_new_data_directory_has_no_plain_runs(tmp_path: Path) -> None:
    """Where the key is there from the beginning, nothing may be read unsealed."""
    folders = StackFolders(tmp_path / "data")
    folders.make()
    assert stack_keys(folders) == stack_keys(folders)
    assert plain_runs(folders) is None
