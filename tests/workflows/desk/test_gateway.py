"""The gateway: one door for every front end, safe to knock at twice."""

from __future__ import annotations

import asyncio
import time

import pytest
from workflow_parts import Ledger, make_engine, png
from workflow_server import FORGETFUL, Running, free_port, opener, until

from maquette.contracts.task_gateway import TaskGatewayContract
from maquette.infra.settings.schema import TemporalSettings
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import (
    Conflict,
    EngineUnavailable,
    InvalidInput,
    NotFound,
    Overloaded,
    StoreUnavailable,
)
from maquette.records.event import TERMINAL, EventType
from maquette.records.ids import new_task_id
from maquette.records.plan import Plan
from maquette.records.task import Feedback, FeedbackAction, TaskOptions, TaskRequest, TaskStatus
from maquette.workflows.desk.gateway import TemporalGateway
from maquette.workflows.wire.connect import temporal_client
from maquette.workflows.wire.history_law import check_history

OWNER = "local"


def ask(text: str = "a poster", **options: object) -> TaskRequest:
    return TaskRequest(text=text, options=TaskOptions(**options))


@pytest.mark.slow
class TestTemporalGateway(TaskGatewayContract):
    """The real one, over a real Temporal server with a worker of small real tools."""

    @pytest.fixture
    def store(self) -> MemoryArtifactStore:
        return MemoryArtifactStore()

    @pytest.fixture
    async def gateway(self, run_with, store: MemoryArtifactStore):
        async with run_with(make_engine(store=store)) as running:
            yield running.gateway

    @pytest.fixture
    async def narrow(self, run_with, store: MemoryArtifactStore):
        async with run_with(make_engine(store=store)) as running:
            busy = await running.gateway.active()
        async with run_with(make_engine(store=store), limit=busy + 1) as running:
            yield running.gateway


async def forgetful(running: Running) -> TemporalGateway:
    """A gateway to the same store and to a Temporal namespace that has forgotten every run."""
    settings = TemporalSettings(
        address=running.client.service_client.config.target_host, namespace=FORGETFUL
    )
    return TemporalGateway(await temporal_client(settings), running.engine.store)


async def ended(running: Running, request: TaskRequest, owner: str = OWNER) -> str:
    """A task that has ended, its run closed."""
    task = await running.gateway.submit(request, owner=owner)
    await running.gateway.get(task.id, owner=owner, wait_s=30)
    async with asyncio.timeout(15):
        await running.client.get_workflow_handle(task.id).result()
    return task.id


@pytest.mark.slow
async def test_twenty_equal_submissions_start_one_task(run_with) -> None:
    """The same id and request, sent twenty times at once, is one task; later repeats answer
    it too, running, ended or forgotten."""
    ledger = Ledger()
    async with run_with(make_engine(ledger=ledger, pace_s=0.3)) as running:
        name = new_task_id()
        tasks = await asyncio.gather(
            *(running.gateway.submit(ask(), owner=OWNER, task_id=name) for _ in range(20))
        )
        assert {task.id for task in tasks} == {name}
        await running.gateway.get(name, owner=OWNER, wait_s=30)
        await running.client.get_workflow_handle(name).result()
        repeated = await running.gateway.submit(ask(), owner=OWNER, task_id=name)
        assert repeated.status is TaskStatus.COMPLETED
        later = await forgetful(running)
        repeated = await later.submit(ask(), owner=OWNER, task_id=name)
        assert repeated.status is TaskStatus.COMPLETED
        with pytest.raises(Conflict):
            await later.submit(ask("another"), owner=OWNER, task_id=name)
    assert ledger.count("paint.start") == 2


@pytest.mark.slow
async def test_an_id_with_another_request_is_a_conflict(run_with) -> None:
    """Two requests under one id: whichever the engine took first stays, the other is told."""
    async with run_with(make_engine(pace_s=0.3)) as running:
        name = new_task_id()
        results = await asyncio.gather(
            running.gateway.submit(ask("one"), owner=OWNER, task_id=name),
            running.gateway.submit(ask("two"), owner=OWNER, task_id=name),
            return_exceptions=True,
        )
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "Task"]
        with pytest.raises(Conflict):
            await running.gateway.submit(ask("three"), owner=OWNER, task_id=name)
        with pytest.raises(Conflict):
            await running.gateway.submit(ask("one"), owner="someone", task_id=name)
        with pytest.raises(InvalidInput, match="not a task id"):
            await running.gateway.submit(ask("one"), owner=OWNER, task_id="task_1")


async def test_other_owners_find_nothing(run_with) -> None:
    """A task of another owner cannot be read, listed, followed, answered or cancelled."""
    async with run_with(make_engine()) as running:
        gateway = running.gateway
        open_id = (await gateway.submit(ask("open", approve="plan"), owner=OWNER)).id
        for name in (open_id, await ended(running, ask("done"))):
            yes = Feedback(request_id="plan", action=FeedbackAction.APPROVE)
            with pytest.raises(NotFound):
                await gateway.get(name, owner="someone")
            with pytest.raises(NotFound):
                await gateway.cancel(name, owner="someone")
            with pytest.raises(NotFound):
                await gateway.feedback(name, yes, owner="someone")
            with pytest.raises(NotFound):
                async for _ in gateway.events(name, owner="someone"):
                    pass
        assert (await gateway.list(owner="someone")).data == ()
        assert (await gateway.get(open_id, owner=OWNER)).status is not TaskStatus.CANCELLED
        await gateway.cancel(open_id, owner=OWNER)
        await gateway.get(open_id, owner=OWNER, wait_s=10)


async def test_unknown_tasks_are_not_found(run_with) -> None:
    """An id that was never given, or that is none, is NotFound with a next step."""
    async with run_with(make_engine(), worker=False) as running:
        for name in (new_task_id(), "nonsense", ""):
            with pytest.raises(NotFound) as caught:
                await running.gateway.get(name, owner=OWNER)
            assert caught.value.hint


async def test_a_finished_task_outlives_its_run(run_with) -> None:
    """Once Temporal has forgotten a run, its task, list entry and events read as before."""
    async with run_with(make_engine()) as running:
        gateway = running.gateway
        name = await ended(running, ask())
        task = await gateway.get(name, owner=OWNER)
        events = [event async for event in gateway.events(name, owner=OWNER)]
        gateway = await forgetful(running)
        assert await gateway.get(name, owner=OWNER) == task
        assert [event async for event in gateway.events(name, owner=OWNER)] == events
        assert task in (await gateway.list(owner=OWNER)).data
        tail = [event async for event in gateway.events(name, owner=OWNER, after=3)]
        assert tail == events[4:]
        await gateway.cancel(name, owner=OWNER)
    assert task.usage.wall_s > 0
    assert events[-1].type in TERMINAL


async def test_the_record_tells_what_the_live_stream_told(run_with) -> None:
    """Events followed live and events read from the finished record are the same."""
    async with run_with(make_engine(pace_s=0.3)) as running:
        task = await running.gateway.submit(ask(), owner=OWNER)
        live = [event async for event in running.gateway.events(task.id, owner=OWNER)]
        await running.client.get_workflow_handle(task.id).result()
        stored = [event async for event in running.gateway.events(task.id, owner=OWNER)]
    assert stored == live


@pytest.mark.slow
async def test_events_resume_without_gap_or_repetition(run_with) -> None:
    """A follower that breaks off after every third event and comes back sees all of them."""
    async with run_with(make_engine(pace_s=0.5)) as running:
        task = await running.gateway.submit(ask(), owner=OWNER)
        whole = asyncio.create_task(collect(running, task.id))
        seen = []
        while not seen or seen[-1].type not in TERMINAL:
            after = seen[-1].offset if seen else None
            async for event in running.gateway.events(task.id, owner=OWNER, after=after):
                seen.append(event)
                if len(seen) % 3 == 0:
                    break
        assert seen == await whole
    assert [event.offset for event in seen] == list(range(len(seen)))


async def collect(running: Running, task_id: str) -> list:
    return [event async for event in running.gateway.events(task_id, owner=OWNER)]


@pytest.mark.slow
async def test_lists_are_merged_paged_and_filtered(run_with) -> None:
    """Running and ended tasks come in one list, newest first, page by page."""
    owner = f"lister-{time.time_ns()}"
    async with run_with(make_engine()) as running:
        gateway = running.gateway
        names = [await ended(running, ask(str(i)), owner) for i in range(4)]
        names.append((await gateway.submit(ask("5", approve="plan"), owner=owner)).id)
        names.append((await gateway.submit(ask("6", approve="plan"), owner=owner)).id)
        newest = sorted(names, reverse=True)
        stored = await (await forgetful(running)).list(owner=owner)
        assert [task.id for task in stored.data] == newest[2:]
        page = await gateway.list(owner=owner)
        assert [task.id for task in page.data] == newest
        assert not page.has_more
        first = await gateway.list(owner=owner, limit=4)
        assert first.has_more
        second = await gateway.list(owner=owner, limit=4, after=first.data[-1].id)
        assert [task.id for task in first.data + second.data] == newest
        assert not second.has_more
        for name in names[4:]:
            async for event in gateway.events(name, owner=owner):
                if event.type is EventType.FEEDBACK_REQUESTED:
                    break
        waiting = await gateway.list(owner=owner, status=TaskStatus.INPUT_REQUIRED)
        assert {task.id for task in waiting.data} == set(names[4:])
        done = await gateway.list(owner=owner, status=TaskStatus.COMPLETED, limit=2)
        assert [task.id for task in done.data] == newest[2:4]
        assert done.has_more
        assert await gateway.active() >= 2
        for name in names[4:]:
            await gateway.cancel(name, owner=owner)
            assert (await gateway.get(name, owner=owner, wait_s=10)).status is TaskStatus.CANCELLED


async def test_too_many_tasks_are_refused_with_a_time(run_with) -> None:
    """Above the limit a task is refused, nothing is started, and a time to wait is named."""
    async with run_with(make_engine()) as running:
        busy = await running.gateway.active()
    async with run_with(make_engine(), limit=busy + 1) as running:
        first = await running.gateway.submit(ask("1", approve="plan"), owner=OWNER)
        with pytest.raises(Overloaded) as caught:
            await running.gateway.submit(ask("2"), owner=OWNER)
        assert caught.value.retry_after_s > 0
        await running.gateway.cancel(first.id, owner=OWNER)
        await running.gateway.get(first.id, owner=OWNER, wait_s=10)


async def test_a_long_request_goes_by_reference(run_with) -> None:
    """A text of 20,000 letters reaches the planner and comes back whole, and never enters the
    history."""
    heard: list[str] = []

    def plan(request: TaskRequest) -> Plan:
        heard.append(request.text)
        return Plan(nodes=(), outputs=(), planner="scripted")

    text = "ä" * 20_000
    async with run_with(make_engine(plan=plan)) as running:
        name = await ended(running, ask(text))
        task = await running.gateway.get(name, owner=OWNER)
        history = await running.client.get_workflow_handle(name).fetch_history()
    assert heard == [text]
    assert task.request.text == text
    assert check_history(history, opener(running.client, name)) == []
    assert max(event.ByteSize() for event in history.events) < 16_000


async def test_attached_artifacts_must_be_there_and_are_not_misstated(run_with) -> None:
    """An input that is not in the owner's store is refused before anything starts; the size
    and type of one that is there are the store's, not the caller's."""
    engine = make_engine(plan=lambda request: Plan(nodes=(), outputs=("inputs.0",)))
    async with run_with(engine) as running:
        missing = ArtifactRef(sha256="0" * 64, media_type="image/png", size_bytes=1)
        with pytest.raises(InvalidInput, match="is not there"):
            await running.gateway.submit(TaskRequest(text="x", inputs=(missing,)), owner=OWNER)
        ref = await engine.store.put(png((1, 2, 3)), owner=OWNER)
        lie = ref.model_copy(update={"size_bytes": 7, "media_type": "text/html"})
        request = TaskRequest(text="x", inputs=(lie,))
        with pytest.raises(InvalidInput):
            await running.gateway.submit(request, owner="someone")
        task = await running.gateway.submit(request, owner=OWNER)
        task = await running.gateway.get(task.id, owner=OWNER, wait_s=20)
    assert task.result is not None and task.result.artifacts == (ref,)


class StoreDown(MemoryArtifactStore):
    async def check(self) -> None:
        raise StoreUnavailable("the store does not answer")


async def test_a_store_that_is_down_refuses_before_anything_starts(run_with) -> None:
    """Submitting while the store is away fails clearly; no run exists afterwards."""
    async with run_with(make_engine(store=StoreDown()), worker=False) as running:
        name = new_task_id()
        with pytest.raises(StoreUnavailable):
            await running.gateway.submit(ask(), owner=OWNER, task_id=name)
        with pytest.raises(NotFound):
            await running.gateway.get(name, owner=OWNER)


async def test_an_engine_that_is_down_is_told_within_seconds() -> None:
    """With no Temporal server every call says so, with a next step and nothing written; a
    finished task can still be read."""
    client = await temporal_client(TemporalSettings(address=f"127.0.0.1:{free_port()}"))
    store = MemoryArtifactStore()
    gateway = TemporalGateway(client, store)
    began = time.monotonic()
    with pytest.raises(EngineUnavailable) as caught:
        await gateway.submit(ask(), owner=OWNER)
    assert caught.value.hint
    assert "127.0.0.1" not in caught.value.message
    with pytest.raises(EngineUnavailable):
        await gateway.get(new_task_id(), owner=OWNER)
    with pytest.raises(EngineUnavailable):
        await gateway.active()
    assert time.monotonic() - began < 20
    assert store.objects == {}
    await gateway.close()


@pytest.mark.slow
async def test_without_a_worker_a_task_waits_and_can_be_read_and_cancelled(run_with) -> None:
    """A submitted task is accepted and shown as queued while no worker is there."""
    async with run_with(make_engine(), worker=False) as running:
        task = await running.gateway.submit(ask("patience"), owner=OWNER)
        assert task.status is TaskStatus.QUEUED
        seen = await running.gateway.get(task.id, owner=OWNER)
        assert seen.status is TaskStatus.QUEUED
        assert seen.request.text == "patience"
        await running.gateway.cancel(task.id, owner=OWNER)
        await running.client.get_workflow_handle(task.id).terminate()
        gone = await running.gateway.get(task.id, owner=OWNER)
        assert gone.status is TaskStatus.FAILED
        assert gone.problem is not None and gone.problem.hint
        listed = await running.gateway.list(owner=OWNER)
        assert gone.id in {one.id for one in listed.data}


@pytest.mark.slow
async def test_a_run_stopped_from_outside_ends_its_watchers(run_with) -> None:
    """When an operator terminates a run, its followers get a last event and stop."""
    async with run_with(make_engine(pace_s=20)) as running:
        task = await running.gateway.submit(ask(), owner=OWNER)
        watching = asyncio.create_task(collect(running, task.id))
        await until(lambda: running.gateway.fan_out.subscriptions == 1)
        await asyncio.sleep(0.5)
        await running.client.get_workflow_handle(task.id).terminate()
        async with asyncio.timeout(15):
            events = await watching
    assert events[-1].type is EventType.TASK_FAILED
    assert [event.offset for event in events] == list(range(len(events)))
