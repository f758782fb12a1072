"""The app of the tests of the front doors, over what is in memory behind it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from words_read import reader

from maquette.agents.planning.seam import Planner
from maquette.api.app import create_app
from maquette.api.http.front_doors import FrontDoor
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.store.contract import ArtifactStore
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.work import Work
from maquette.records.errors import ModelUnavailable
from maquette.records.task import Feedback
from maquette.tools.registry import load_registry
from maquette.workflows.desk.memory import MemoryGateway


class FakeGateway(MemoryGateway):
    """Remembers what it was told, and is as busy as a test says (``active_tasks``)."""

    def __init__(self, store: ArtifactStore) -> None:
        super().__init__(store, clock=time.time)
        self.active_tasks: int | None = None
        self.cancelled: list[str] = []
        self.answers: list[Feedback] = []

    @property
    def submissions(self) -> int:
        return len(self.tasks)

    async def active(self) -> int:
        found = await super().active()
        return found if self.active_tasks is None else self.active_tasks

    async def cancel(self, task_id: str, *, owner: str) -> None:
        await super().cancel(task_id, owner=owner)
        self.cancelled.append(task_id)

    async def feedback(self, task_id: str, feedback: Feedback, *, owner: str) -> None:
        self.answers.append(feedback)
        await super().feedback(task_id, feedback, owner=owner)


class FakeModels:
    """Tells its digest, or fails as told, and how busy it is."""

    label = "fake"

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.busy = Work()
        self.asked = 0
        """How often it was asked for its work."""

    async def digest(self, role: Any) -> str:
        if self.failure is not None:
            raise self.failure
        return "0" * 64

    async def call(self, role: Any, method: str, request: Any, response: Any) -> Any:
        """Only the reader of requests answers here, the bundled one."""
        if method == "read_request":
            return reader().read(request.text, request.attached)
        raise ModelUnavailable(f"no model server answers for {role}.{method}", hint="start one")

    async def work(self) -> Work:
        self.asked += 1
        return self.busy

    async def close(self) -> None: ...


TOKEN = "a-token-for-tests"
BASE = "http://127.0.0.1:8420"


@dataclass
class Bench:
    """The app and everything a test may want to reach into."""

    app: Any
    settings: Settings
    gateway: FakeGateway
    store: MemoryArtifactStore
    models: FakeModels
    http: httpx2.AsyncClient


def settings_for(tmp_path: Path, overrides: dict[str, Any]) -> Settings:
    return load_settings(
        "test",
        overrides={
            "data_dir": str(tmp_path),
            "api.token": TOKEN,
            "api.port": 8420,
            "serve.placement": "colocated",
        }
        | overrides,
    )


def build(
    tmp_path: Path,
    more_doors: Sequence[FrontDoor] = (),
    planner: Planner | None = None,
    **overrides: Any,
) -> tuple[Any, Settings, FakeGateway, Any, FakeModels]:
    settings = settings_for(tmp_path, overrides)
    store, models = MemoryArtifactStore(), FakeModels()
    gateway = FakeGateway(store)
    app = create_app(
        settings,
        gateway,
        store,
        load_registry(entries=()),
        models,
        more_doors=more_doors,
        planner=None if planner is None else lambda: planner,
    )
    return app, settings, gateway, store, models
