"""The history law on real histories."""

from __future__ import annotations

import asyncio
import base64
import json

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.contrib.workflow_streams import _stream
from workflow_parts import WIDER, WIDEST, Ledger, ScriptedCritic, make_engine, png, poster
from workflow_server import opener

from maquette.records.artifact import ArtifactRef
from maquette.records.event import EventType
from maquette.records.plan import Call, Plan
from maquette.records.task import TaskRequest, TaskStatus
from maquette.workflows.events.stream import PAGE_BYTES
from maquette.workflows.wire.history_law import check_history, history_bytes


def history_with(data: bytes) -> WorkflowHistory:
    event = HistoryEvent(event_id=7)
    event.workflow_execution_signaled_event_attributes.input.payloads.append(Payload(data=data))
    return WorkflowHistory("task", [event])


def stream_batch(data: bytes) -> bytes:
    inner = base64.b64encode(Payload(data=data).SerializeToString()).decode()
    return json.dumps({"items": [{"topic": "events", "data": inner}]}).encode()


@pytest.mark.parametrize("wrap", [lambda data: data, stream_batch], ids=["plain", "in a batch"])
@pytest.mark.parametrize(
    "planted",
    [
        png((1, 2, 3)),
        b'{"image": "' + base64.b64encode(png((1, 2, 3), 40, 5)) + b'"}',
        b'{"image": "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD"}',
    ],
    ids=["bytes", "base64 png", "base64 jpeg"],
)
def test_a_planted_picture_is_found(planted: bytes, wrap) -> None:
    """The checker finds a picture in a payload, as bytes or base64, nested or not."""
    breaches = check_history(history_with(wrap(planted)))
    assert breaches and "picture" in breaches[0].what


def test_a_large_payload_and_a_large_reference_are_found() -> None:
    """The checker finds payloads above 64 KB and references above 512 bytes."""
    assert check_history(history_with(b'"' + b"x " * 40_000 + b'"'))
    ref = {"sha256": "0" * 64, "media_type": "x" * 500}
    assert check_history(history_with(json.dumps({"a": [ref]}).encode()))
    assert not check_history(history_with(b'{"fine": 1}'))


def test_the_largest_reference_fits() -> None:
    """The longest reference that the record allows is at most 512 bytes."""
    ref = ArtifactRef(
        sha256="f" * 64,
        media_type="a" * 80,
        size_bytes=2**63,
        width_px=2**31,
        height_px=2**31,
    )
    assert len(ref.model_dump_json().encode()) <= 512


async def run_one(run_with, *, side_px: int, watchers: int) -> WorkflowHistory:
    """A task of two rounds with pictures of a size, watched by some; its history, which keeps
    the law."""
    ledger = Ledger()
    critic = ScriptedCritic(
        lambda nth, image: (0.4, False) if nth < 1 else (1.0, True), ledger, (WIDER, WIDEST)
    )
    noisy = poster(rounds=3, candidates=1, side_px=side_px, noisy=True)
    engine = make_engine(ledger=ledger, critic=critic, plan=noisy, pace_s=0.4, steps=2)
    async with run_with(engine) as running:
        task = await running.gateway.submit(TaskRequest(text="poster"), owner="local")

        async def watch() -> int:
            return len([e async for e in running.gateway.events(task.id, owner="local")])

        seen = await asyncio.gather(*(watch() for _ in range(watchers)))
        assert len(set(seen)) == 1
        assert running.gateway.fan_out.subscriptions == 1
        done = await running.gateway.get(task.id, owner="local", wait_s=90)
        assert done.status is TaskStatus.COMPLETED
        handle = running.client.get_workflow_handle(task.id)
        async with asyncio.timeout(60):
            await handle.result()
        history = await handle.fetch_history()
    assert check_history(history, opener(running.client, task.id)) == []
    return history


@pytest.mark.slow
async def test_a_real_history_keeps_the_law(run_with) -> None:
    """A task with 2000 x 2000 pictures keeps its history clean and no larger than one with
    64 x 64 pictures."""
    small = await run_one(run_with, side_px=64, watchers=1)
    large = await run_one(run_with, side_px=2000, watchers=1)
    # How events are batched depends on the clock; 12 MB of pixels would show at any clock.
    assert abs(history_bytes(large) - history_bytes(small)) < 12_000


@pytest.mark.slow
async def test_watchers_do_not_grow_the_history(run_with) -> None:
    """Fifty watchers of one process cost the history of one."""
    one = await run_one(run_with, side_px=8, watchers=1)
    fifty = await run_one(run_with, side_px=8, watchers=50)
    # Fifty readers of their own would add at least two events each and reading.
    assert abs(len(fifty.events) - len(one.events)) < 50


@pytest.mark.slow
async def test_a_burst_of_events_reaches_a_watcher_in_pages(
    run_with, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers to a watcher, which are history, are bounded well below the law's 64 KB; a smaller
    bound holds as well, and every event still arrives once and in order."""
    assert _stream._MAX_POLL_RESPONSE_BYTES == PAGE_BYTES < 48_000
    monkeypatch.setattr(_stream, "_MAX_POLL_RESPONSE_BYTES", 4_000)
    names = [f"call_{k}" for k in range(60)]
    calls = tuple(Call(id=name, tool="say", arguments={"text": "hello"}) for name in names)
    plan = Plan(nodes=calls, outputs=(f"{names[-1]}.text",), planner="scripted")
    async with run_with(make_engine(plan=lambda _: plan)) as running:
        task = await running.gateway.submit(TaskRequest(text="go"), owner="local")
        told = [event async for event in running.gateway.events(task.id, owner="local")]
        handle = running.client.get_workflow_handle(task.id)
        await handle.result()
        history = await handle.fetch_history()
    assert [event.offset for event in told] == list(range(len(told)))
    done = [event.data["node"] for event in told if event.type is EventType.STEP_COMPLETED]
    assert sorted(done) == sorted(names)
    answers = [
        len(event.workflow_execution_update_completed_event_attributes.SerializeToString())
        for event in history.events
        if event.HasField("workflow_execution_update_completed_event_attributes")
    ]
    assert answers and max(answers) < 8_000
