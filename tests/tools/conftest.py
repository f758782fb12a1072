"""A context for running tools: a memory store, a scripted model client, a noting reporter."""

from __future__ import annotations

from typing import Any

import pytest

from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.artifact import ArtifactRef
from maquette.tools.contract import ToolContext


class NotingReporter:
    """Keeps everything a tool reports."""

    def __init__(self) -> None:
        self.fractions: list[float] = []
        self.previews: list[ArtifactRef] = []
        self.checkpoints: list[dict[str, Any]] = []

    async def progress(
        self, fraction: float, message: str, preview: ArtifactRef | None = None
    ) -> None:
        self.fractions.append(fraction)
        if preview is not None:
            self.previews.append(preview)

    async def checkpoint(self, state: dict[str, Any]) -> None:
        self.checkpoints.append(state)


@pytest.fixture
def store() -> MemoryArtifactStore:
    return MemoryArtifactStore()


@pytest.fixture
def ctx(store: MemoryArtifactStore) -> ToolContext:
    return ToolContext(
        owner="local",
        seed=7,
        store=store,
        models=ScriptedModelClient({}),
        reporter=NotingReporter(),
        task_id="task_x",
        node="art",
    )
