"""The app on a real port over a real workflow engine, with a worker of small real tools."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from api_fakes import FakeModels, settings_for
from api_live import LiveServer
from workflow_parts import make_engine
from workflow_server import DevServer, connect

from maquette.api.app import create_app
from maquette.api.desk.link import GatewayLink
from maquette.tools.registry import load_registry
from maquette.workflows.desk.gateway import TemporalGateway
from maquette.workflows.worker import make_worker

QUEUE = "doors"


@dataclass
class EngineServer(LiveServer):
    """A LiveServer whose gateway is the real one. ``engine`` is what its worker works with."""

    temporal: DevServer = field(kw_only=True)
    engine: Any = None
    limit: int = 64

    def make(self) -> Any:
        settings = settings_for(self.data_dir, self.overrides)
        self.engine = self.engine or make_engine()
        self.store, self.models = self.engine.store, FakeModels()
        self.gateway = GatewayLink(self._gateway)
        return create_app(
            settings, self.gateway, self.store, load_registry(entries=()), self.models
        )

    async def _gateway(self) -> TemporalGateway:
        client = await connect(self.temporal)
        return TemporalGateway(
            client, self.store, task_queue=QUEUE, max_concurrent_tasks=self.limit
        )

    async def work(self) -> Any:
        """Run a worker in the server's own loop; answers how to end it."""
        worker = make_worker(
            await connect(self.temporal), self.engine, task_queue=QUEUE, graceful_s=0.5
        )
        await worker.__aenter__()
        return worker
