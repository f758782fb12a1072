"""Somebody who reaches the engine's gRPC but has no key: reads no prompt, starts nothing, and
breaks no task of ours."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from foreigner import foreign_client, forged_start
from places import SUPPORT
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    PollActivityTaskQueueRequest,
    RespondActivityTaskCompletedRequest,
)
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import RawValue
from temporalio.worker import Worker
from workflow_parts import Ledger, ScriptedCritic, make_engine
from workflow_server import DevServer, Running, closed, opener

from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.keys import stack_keys
from maquette.infra.store.contract import DocumentKind
from maquette.records.errors import NotFound
from maquette.records.event import EventType
from maquette.records.plan import Call, Plan
from maquette.records.task import Feedback, FeedbackAction, TaskOptions, TaskRequest, TaskStatus
from maquette.workflows.run.task_workflow import TaskWorkflow
from maquette.workflows.wire.names import FEEDBACK_UPDATE, SNAPSHOT_QUERY
from maquette.workflows.wire.sealing import sealed_converter
from maquette.workflows.worker import sandbox

OWNER = "local"
SECRET = "violet walrus"


async def finished(running: Running, request: TaskRequest) -> str:
    task = await running.gateway.submit(request, owner=OWNER)
    async with asyncio.timeout(90):
        async for event in running.gateway.events(task.id, owner=OWNER):
            if event.type is EventType.FEEDBACK_REQUESTED:
                answer = Feedback(request_id="plan", action=FeedbackAction.APPROVE, text=SECRET)
                await running.gateway.feedback(task.id, answer, owner=OWNER)
        await asyncio.wait([asyncio.create_task(closed_of(running, task.id))])
    return task.id


async def closed_of(running: Running, task_id: str) -> None:
    await closed(running.client.get_workflow_handle(task_id))


def traces(database: Path, words: str) -> int:
    """How often the words stand in the database, its log included, plain or in base64."""
    forms = {words.encode()}
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + words.encode() + b"\0\0")
        forms.add(coded[4 * (shift > 0) : len(words) // 3 * 4 - 4])
    data = b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
    return sum(data.count(form) for form in forms)


@pytest.mark.slow
async def test_the_database_holds_no_word_of_a_prompt(run_with, temporal: DevServer) -> None:
    """After a task that was approved with words, and one that failed, nothing of the words is
    in the engine's files; a run that is not sealed leaves them there."""

    def plan(request: TaskRequest) -> Plan:
        how = {"how": f"known {request.text}"} if "fail" in request.text else {}
        node = Call(id="a", tool="broken" if how else "paint", arguments=how or {"prompt": SECRET})
        return Plan(nodes=(node,), outputs=("a.image",), summary=request.text, planner="s")

    async with run_with(make_engine(plan=plan)) as running:
        await finished(running, TaskRequest(text=SECRET, options=TaskOptions(approve="plan")))
        await finished(running, TaskRequest(text=f"{SECRET} must fail"))
        assert traces(temporal.database, SECRET) == 0
        client = await foreign_client(temporal.address)
        handle = await forged_start(client, "nobody-listens", given={"text": SECRET})
        assert traces(temporal.database, SECRET) > 0
        await handle.terminate()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["plain", "other key", "nonsense"])
async def test_a_forged_start_ends_as_failed_and_does_nothing(
    run_with, temporal: DevServer, how: str
) -> None:
    """A run that somebody without the key has started fails at once; no tool runs, and our
    list and our lookup do not know it."""
    ledger = Ledger()
    client = await foreign_client(temporal.address)
    if how == "other key":
        config = client.config()
        config["data_converter"] = sealed_converter(bytes(32), {})
        client = Client(**config)
    async with run_with(make_engine(ledger=ledger)) as running:
        given = {"not": "ours"} if how == "nonsense" else None
        handle = await forged_start(client, running.queue, given=given)
        assert await closed(handle) is WorkflowExecutionStatus.FAILED
        page = await running.gateway.list(owner=OWNER, limit=50)
        assert handle.id not in [task.id for task in page.data]
        with pytest.raises(NotFound):
            await running.gateway.get(handle.id, owner=OWNER)
    assert ledger.read() == []


async def test_a_start_copied_from_a_history_is_not_done_again(
    run_with, temporal: DevServer
) -> None:
    """The sealed start of a task that has ended, sent again under its id, draws nothing and
    leaves the record as it is; under another id it is not even read."""
    ledger = Ledger()
    async with run_with(make_engine(ledger=ledger)) as running:
        name = await finished(running, TaskRequest(text="a poster"))
        store, work = running.engine.store, ledger.read()
        record = await store.get_document(DocumentKind.TASK, name, owner=OWNER)
        client = await foreign_client(temporal.address)
        history = await client.get_workflow_handle(name).fetch_history()
        begun = history.events[0].workflow_execution_started_event_attributes
        for task_id in (name, None):
            copied = RawValue(begun.input.payloads[0])
            again = await forged_start(client, running.queue, task_id=task_id, given=copied)
            assert await closed(again) is WorkflowExecutionStatus.FAILED
        assert ledger.read() == work
        assert await store.get_document(DocumentKind.TASK, name, owner=OWNER) == record
        task = await running.gateway.get(name, owner=OWNER)
    assert task.status is TaskStatus.COMPLETED


async def test_forged_messages_to_a_running_task_change_nothing(
    run_with, temporal: DevServer
) -> None:
    """A signal is dropped, an update rejected, a query refused; the task goes on to its end."""
    ledger = Ledger()
    critic = ScriptedCritic(lambda nth, image: (1.0, True), ledger)
    async with run_with(make_engine(critic=critic)) as running:
        request = TaskRequest(text="a poster", options=TaskOptions(approve="plan"))
        task = await running.gateway.submit(request, owner=OWNER)
        events = running.gateway.events(task.id, owner=OWNER)
        async for event in events:
            if event.type is EventType.FEEDBACK_REQUESTED:
                break
        client = await foreign_client(temporal.address)
        foreign = client.get_workflow_handle(task.id)
        batch = {"items": [{"topic": "events", "data": ""}], "publisher_id": "x", "sequence": 1}
        await foreign.signal("__temporal_workflow_stream_publish", batch)
        yes = Feedback(request_id="plan", action=FeedbackAction.REJECT)
        with pytest.raises(WorkflowUpdateFailedError):
            await foreign.execute_update(FEEDBACK_UPDATE, yes)
        with pytest.raises(WorkflowQueryFailedError):
            await foreign.query("__temporal_workflow_stream_poll", {"topics": ["events"]})
        # The answer to a query without arguments comes back sealed.
        with pytest.raises(KeyError):
            await foreign.query(SNAPSHOT_QUERY)
        approve = Feedback(request_id="plan", action=FeedbackAction.APPROVE)
        await running.gateway.feedback(task.id, approve, owner=OWNER)
        async with asyncio.timeout(60):
            ended = [event.type async for event in events]
        history = await running.client.get_workflow_handle(task.id).fetch_history()
    assert ended[-1] is EventType.TASK_COMPLETED
    unsealed = opener(running.client, task.id)(
        history.events[0].workflow_execution_started_event_attributes.input.payloads[0]
    )
    assert json.loads(unsealed.data)["request"]["text"] == "a poster"


@pytest.fixture
def key_folder() -> Iterator[StackFolders]:
    """A data directory with its keys, at a place that every user may look into."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        folders = StackFolders(Path(folder) / "data")
        folders.make()
        stack_keys(folders)
        yield folders


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
async def test_another_user_reads_no_prompt_and_starts_nothing(
    run_with, temporal: DevServer, key_folder: StackFolders
) -> None:
    """Another uid cannot read the keys or the database; through gRPC it reads histories without
    a word of a prompt, and the run that it starts fails before anything is drawn."""
    keys = key_folder.secrets / "keys.json"
    assert keys.stat().st_mode & 0o777 == 0o600
    ledger = Ledger()
    async with run_with(make_engine(ledger=ledger)) as running:
        task_id = await finished(running, TaskRequest(text=SECRET))
        work = ledger.read()
        script = SUPPORT / "workflows" / "foreigner.py"
        given = [temporal.address, running.queue, task_id, str(keys), str(temporal.database)]
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, str(script), *given],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        forged = running.client.get_workflow_handle(told["started"])
        assert await closed(forged) is WorkflowExecutionStatus.FAILED
    assert told["uid"] != 0
    assert set(told["read"].values()) == {"PermissionError"}
    assert task_id in told["listed"], "ids can be listed, and the documents say so"
    coded = base64.b64encode(SECRET.encode()).decode()[:16]
    assert SECRET not in told["history"] and coded not in told["history"]
    assert ledger.read() == work


@pytest.mark.slow
async def test_a_forged_result_of_an_activity_fails_the_run(run_with, temporal: DevServer) -> None:
    """Somebody takes an activity from the queue and answers it: the task does not go on with
    that answer, and does not hang."""
    async with run_with(make_engine(), worker=False) as running:
        task = await running.gateway.submit(TaskRequest(text=SECRET), owner=OWNER)
        foreign = (await foreign_client(temporal.address)).workflow_service
        deciding = Worker(
            running.client,
            task_queue=running.queue,
            workflows=[TaskWorkflow],
            workflow_runner=sandbox(),
        )
        async with deciding:
            taken = await foreign.poll_activity_task_queue(
                PollActivityTaskQueueRequest(
                    namespace="default", task_queue=TaskQueue(name=running.queue)
                ),
                timeout=timedelta(seconds=60),
            )
            assert taken.activity_type.name == "plan_task"
            assert SECRET.encode() not in taken.SerializeToString()
            forged = Payload(metadata={"encoding": b"json/plain"}, data=b'{"plan": {}}')
            await foreign.respond_activity_task_completed(
                RespondActivityTaskCompletedRequest(
                    task_token=taken.task_token, result=Payloads(payloads=[forged])
                )
            )
            handle = running.client.get_workflow_handle(task.id)
            assert await closed(handle) is WorkflowExecutionStatus.FAILED
            # Asked while a worker answers: the task as its owner sees it.
            told = await running.gateway.get(task.id, owner=OWNER)
    assert told.status is TaskStatus.FAILED and told.problem is not None
