"""What short steps cost, counted in the history: activities, workflow tasks and events."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from temporalio.api.enums.v1 import EventType as Kind
from workflow_parts import Ledger, Words, make_engine
from workflow_server import opener

from maquette.infra.store.contract import DocumentKind
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.errors import ModelUnavailable, StoreUnavailable
from maquette.records.event import EventType
from maquette.records.plan import Call, Plan
from maquette.records.task import TaskRequest, TaskStatus
from maquette.tools.contract import ToolContext
from maquette.tools.registry import Registry
from maquette.tools.spec import tool
from maquette.workflows.wire import faults
from maquette.workflows.wire.finished import read_finished, read_finished_events
from maquette.workflows.wire.history_law import check_history

OWNER = "local"
STEPS = 50


def chain(tool: str, steps: int = STEPS) -> Plan:
    first = Call(id="s0", tool=tool, arguments={"text": "hello"})
    rest = [
        Call(id=f"s{i}", tool=tool, arguments={"text": {"$ref": f"s{i - 1}.text"}})
        for i in range(1, steps)
    ]
    return Plan(nodes=(first, *rest), outputs=(f"s{steps - 1}.text",), planner="scripted")


def fan(tool: str, steps: int = STEPS) -> Plan:
    first = Call(id="s0", tool=tool, arguments={"text": "hello"})
    rest = [
        Call(id=f"s{i}", tool=tool, arguments={"text": {"$ref": "s0.text"}})
        for i in range(1, steps)
    ]
    return Plan(nodes=(first, *rest), outputs=(f"s{steps - 1}.text",), planner="scripted")


async def run(run_with, plan: Plan, *, text: str) -> Counter[str]:
    """Run a plan, unwatched, to the text it gives; how many events of each kind its history
    has."""
    ledger = Ledger()
    async with run_with(make_engine(ledger=ledger, plan=lambda _: plan)) as running:
        task = await running.gateway.submit(TaskRequest(text="go"), owner=OWNER)
        task = await running.gateway.get(task.id, owner=OWNER, wait_s=40)
        assert task.status is TaskStatus.COMPLETED
        assert task.result is not None and task.result.text == text
        told = [event async for event in running.gateway.events(task.id, owner=OWNER)]
        handle = running.client.get_workflow_handle(task.id)
        await handle.result()
        history = await handle.fetch_history()
    steps = [event for event in told if event.type.value.startswith("step.")]
    for node in plan.nodes:
        mine = [event.type for event in steps if event.data["node"] == node.id]
        assert mine == [EventType.STEP_STARTED, EventType.STEP_COMPLETED]
    assert check_history(history, opener(running.client, task.id)) == []
    assert len(ledger.read()) == STEPS
    return Counter(Kind.Name(event.event_type) for event in history.events)


@pytest.mark.parametrize("shape", [chain, fan])
async def test_light_calls_share_one_local_activity(run_with, shape) -> None:
    """Fifty light calls, one after the other or side by side, are one marker in the history
    and take no workflow task of their own; each runs once and is told of."""
    kinds = await run(run_with, shape("say"), text="hello")
    markers = kinds["EVENT_TYPE_MARKER_RECORDED"]
    assert markers == 3  # the version of the workflow, the batch of calls, the finished record
    assert kinds["EVENT_TYPE_ACTIVITY_TASK_SCHEDULED"] == 1  # planning
    assert kinds["EVENT_TYPE_WORKFLOW_TASK_COMPLETED"] == 2
    assert kinds["EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED"] == 0
    assert sum(kinds.values()) <= 20


async def test_quick_calls_share_activities(run_with) -> None:
    """Fifty calls with a stored, shared result take a few activities, not fifty: a new one is
    begun only when half a second has passed or the reply has grown."""
    kinds = await run(run_with, chain("note"), text="hello" + "." * STEPS)
    assert kinds["EVENT_TYPE_ACTIVITY_TASK_SCHEDULED"] <= 6
    assert kinds["EVENT_TYPE_WORKFLOW_TASK_COMPLETED"] <= 8


@pytest.mark.slow
async def test_a_store_away_at_the_end_is_waited_for(run_with) -> None:
    """If the finished record cannot be stored beside the workflow, an activity goes on trying;
    the task is there afterwards with all its events."""

    class AwayOnce(MemoryArtifactStore):
        refused = 0

        async def put_document(
            self, kind: DocumentKind, key: str, data: bytes, *, owner: str
        ) -> None:
            if kind is DocumentKind.TASK and self.refused < 2:
                self.refused += 1
                raise StoreUnavailable("the store is away")
            await super().put_document(kind, key, data, owner=owner)

    engine = make_engine(plan=lambda _: chain("say", 3), store=AwayOnce())
    async with run_with(engine) as running:
        task = await running.gateway.submit(TaskRequest(text="go"), owner=OWNER)
        task = await running.gateway.get(task.id, owner=OWNER, wait_s=40)
        record = await read_finished(engine.store, task.id, owner=OWNER)
        assert record is not None
        events = await read_finished_events(engine.store, record)
    assert record.task.status is TaskStatus.COMPLETED
    assert [event.offset for event in events] == list(range(len(events)))
    assert events[-1].type is EventType.TASK_COMPLETED


async def test_a_light_call_that_is_given_up_fails_the_task(
    run_with, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A light call whose error may pass is tried until its time is over; then the task fails
    with the call's own problem, as it does for any other call."""
    monkeypatch.setattr(faults, "TRY_AGAIN_FOR_S", 0.0)

    @tool("absent", version="1", cost_s=0.0, light=True)
    async def absent(ctx: ToolContext) -> Words:
        """Never there."""
        raise ModelUnavailable("the model is not there")

    plan = Plan(nodes=(Call(id="a", tool="absent"),), outputs=("a.text",), planner="scripted")
    tools = Registry([absent], origin="tests")
    async with run_with(replace(make_engine(plan=lambda _: plan), tools=tools)) as running:
        task = await running.gateway.submit(TaskRequest(text="go"), owner=OWNER)
        task = await running.gateway.get(task.id, owner=OWNER, wait_s=20)
    assert task.status is TaskStatus.FAILED
    assert task.problem is not None and task.problem.detail == "the model is not there"


@pytest.mark.slow
async def test_finished_quick_calls_are_not_repeated(run_with) -> None:
    """A call in the middle of a batch that fails twice and then works is tried again alone:
    those before it run once, and so do those behind it."""
    ledger = Ledger()
    calls = [
        Call(id="a", tool="note", arguments={"text": "hello"}),
        Call(id="b", tool="note", arguments={"text": {"$ref": "a.text"}}),
        Call(id="c", tool="flaky", arguments={"failures": 2, "text": {"$ref": "b.text"}}),
        Call(id="d", tool="note", arguments={"text": {"$ref": "c.text"}}),
    ]
    plan = Plan(nodes=tuple(calls), outputs=("d.text",), planner="scripted")
    async with run_with(make_engine(ledger=ledger, plan=lambda _: plan)) as running:
        task = await running.gateway.submit(TaskRequest(text="go"), owner=OWNER)
        task = await running.gateway.get(task.id, owner=OWNER, wait_s=40)
    assert task.status is TaskStatus.COMPLETED
    assert task.result is not None and task.result.text == "at last."
    assert (ledger.count("note"), ledger.count("flaky")) == (3, 3)
