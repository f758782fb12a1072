"""The link to the engine is a gateway like the one behind it, and waits for it to come up."""

from __future__ import annotations

import pytest

from maquette.api.desk.link import GatewayLink
from maquette.contracts.task_gateway import TaskGatewayContract, ask_first
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.errors import EngineUnavailable
from maquette.records.event import EventType
from maquette.workflows.desk.memory import MemoryGateway


async def approved(gateway: MemoryGateway, task_id: str) -> None:
    """Asks where approval is wanted, and completes."""
    await gateway.emit(task_id, EventType.PLAN_CREATED)
    if gateway.tasks[task_id].request.options.approve == "plan":
        await gateway.ask(task_id, "plan")
    await gateway.end(task_id)


def link_to(gateway: MemoryGateway) -> GatewayLink:
    async def connect() -> MemoryGateway:
        return gateway

    return GatewayLink(connect)


class TestGatewayLink(TaskGatewayContract):
    """In front of the fake."""

    @pytest.fixture
    def store(self) -> MemoryArtifactStore:
        return MemoryArtifactStore()

    @pytest.fixture
    async def gateway(self, store: MemoryArtifactStore):
        link = link_to(MemoryGateway(store, approved))
        yield link
        await link.close()

    @pytest.fixture
    async def narrow(self, store: MemoryArtifactStore):
        link = link_to(MemoryGateway(store, approved, max_concurrent_tasks=1))
        yield link
        await link.close()


async def test_an_engine_that_comes_later_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the engine is there every call is EngineUnavailable; then the same link works."""
    monkeypatch.setattr("maquette.api.desk.link.PAUSE_S", 0.0)
    tries = 0

    async def connect() -> MemoryGateway:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OSError("connection refused")
        return MemoryGateway(MemoryArtifactStore())

    link = GatewayLink(connect)
    for _ in range(2):
        with pytest.raises(EngineUnavailable) as caught:
            await link.active()
        assert caught.value.hint
    await link.submit(ask_first(), owner="ann")
    assert await link.active() == 1
    assert tries == 3
