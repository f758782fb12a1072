"""Tasks in memory keep what every gateway promises, and are played by a script."""

from __future__ import annotations

import pytest

from maquette.contracts.task_gateway import TaskGatewayContract, ask
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.errors import EngineUnavailable
from maquette.records.event import EventType
from maquette.records.task import FeedbackAction, TaskStatus
from maquette.workflows.desk.memory import MemoryGateway


async def plain(gateway: MemoryGateway, task_id: str) -> None:
    """Asks where approval is wanted, and completes."""
    await gateway.change(task_id, status=TaskStatus.IN_PROGRESS)
    await gateway.emit(task_id, EventType.PLAN_CREATED)
    if gateway.tasks[task_id].request.options.approve == "plan":
        answer = await gateway.ask(task_id, "plan")
        if answer.action is not FeedbackAction.APPROVE:
            await gateway.end(task_id, TaskStatus.FAILED)
            return
    await gateway.end(task_id)


class TestMemoryGateway(TaskGatewayContract):
    """The fake."""

    @pytest.fixture
    def store(self) -> MemoryArtifactStore:
        return MemoryArtifactStore()

    @pytest.fixture
    async def gateway(self, store: MemoryArtifactStore):
        gateway = MemoryGateway(store, plain)
        yield gateway
        await gateway.close()

    @pytest.fixture
    async def narrow(self, store: MemoryArtifactStore):
        gateway = MemoryGateway(store, plain, max_concurrent_tasks=1)
        yield gateway
        await gateway.close()


async def test_a_story_is_told_alike_twice() -> None:
    """The same script under the same ids gives the same tasks and events, times included."""
    told = []
    for _ in range(2):
        gateway = MemoryGateway(MemoryArtifactStore(), plain)
        name = "task_01890a5d-ac96-774b-bcce-b302099a8057"
        await gateway.submit(ask(), owner="ann", task_id=name)
        events = [event async for event in gateway.events(name, owner="ann")]
        told.append((gateway.tasks[name], events))
    assert told[0] == told[1]


async def test_a_failure_is_raised_until_it_is_over() -> None:
    """A gateway that was told to fail does so in every call, and then works again."""
    gateway = MemoryGateway(MemoryArtifactStore())
    task = await gateway.submit(ask(), owner="ann")
    gateway.failure = EngineUnavailable("away")
    for call in (
        gateway.submit(ask(), owner="ann"),
        gateway.get(task.id, owner="ann"),
        gateway.list(owner="ann"),
        gateway.active(),
        gateway.cancel(task.id, owner="ann"),
    ):
        with pytest.raises(EngineUnavailable):
            await call
    gateway.failure = None
    assert (await gateway.get(task.id, owner="ann")).id == task.id


async def test_a_script_that_breaks_off_fails_its_task() -> None:
    """A task whose script raises ends as failed, so that nobody waits for it."""

    async def broken(gateway: MemoryGateway, task_id: str) -> None:
        raise RuntimeError("a mistake in the story")

    gateway = MemoryGateway(MemoryArtifactStore(), broken)
    task = await gateway.submit(ask(), owner="ann")
    assert (await gateway.get(task.id, owner="ann", wait_s=5)).status is TaskStatus.FAILED
