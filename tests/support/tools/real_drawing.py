"""The real generation role over a tiny pipeline, behind a client that notes and disturbs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from generation_models import save_layout_flow

from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import ResponseT, RoleName
from maquette.model_servers.client.work import Work
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.generation import (
    GenerationDescription,
    StartRequest,
    StepReply,
    StepRequest,
)
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.records.base import Record

OWNER = "local"


class NotingClient:
    """A ModelClient that keeps what it is asked, and can raise or change an answer.

    ``fail`` maps the number of a step call, from 1, to the error it raises once, in place of
    asking the role. ``alter`` is given each step reply.
    """

    label = "noting"

    def __init__(self, inner: DirectClient) -> None:
        self._inner = inner
        self.starts: list[StartRequest] = []
        self.steps: list[StepRequest] = []
        self.cancels = 0
        self.fail: dict[int, Exception] = {}
        self.alter: Callable[[StepReply], StepReply] = lambda reply: reply
        self.wait_s = 0.0

    async def call(
        self, role: RoleName, method: str, request: Record, response: type[ResponseT]
    ) -> ResponseT:
        self.cancels += method == "cancel"
        if isinstance(request, StartRequest):
            self.starts.append(request)
        if isinstance(request, StepRequest):
            self.steps.append(request)
            await asyncio.sleep(self.wait_s)
            error = self.fail.pop(len(self.steps), None)
            if error is not None:
                raise error
        reply = await self._inner.call(role, method, request, response)
        return self.alter(reply) if isinstance(reply, StepReply) else reply  # type: ignore[return-value]

    async def digest(self, role: RoleName) -> str:
        return await self._inner.digest(role)

    async def work(self) -> Work:
        return await self._inner.work()

    async def close(self) -> None:
        await self._inner.close()

    async def rows_held(self) -> int:
        """Rows that hold a place in the generator."""
        held = (await self.work()).roles["generation"].rows
        return held or 0

    async def steps_run(self) -> int:
        """Denoising steps run since the role started, one for each row and step."""
        told = await self.call(
            RoleName.GENERATION, "describe", DescribeRequest(), GenerationDescription
        )
        return told.steps_run


@asynccontextmanager
async def real_drawing(
    store: MemoryArtifactStore, home: Path, **options: Any
) -> AsyncIterator[NotingClient]:
    """A client of a started role that draws 64 pixels, over ``store``."""
    from maquette.model_servers.generation.role import GenerationRole

    config = ModelConfig(model=str(save_layout_flow(home / "tiny")), options=options)
    inner = DirectClient(RoleHost({RoleName.GENERATION: lambda: GenerationRole(config, store, 1)}))
    yield NotingClient(inner)
    await inner.close()
