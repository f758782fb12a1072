"""A generation role under test: started over a store in memory, with short ways to use it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.generation.adapters.contract import RowAdapter
from maquette.model_servers.generation.role import GenerationRole
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.generation import Row, RowState, StartRequest, StepRequest
from maquette.records.artifact import ArtifactRef

STEPS = 5
OWNER = "local"


class Bench:
    """A started role. Rows are drawn small, whatever the model's default size."""

    def __init__(
        self, model: Path, *, store: MemoryArtifactStore | None = None, **options: Any
    ) -> None:
        self.model = model
        self.store = store or MemoryArtifactStore()
        self.role = GenerationRole(ModelConfig(model=str(model), options=options), self.store, 1)

    async def __aenter__(self) -> Bench:
        await self.role.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.role.stop()

    @property
    def adapter(self) -> RowAdapter:
        """The loaded model."""
        return self.role.loaded.service.adapter

    def row(self, row_id: str = "a", **fields: Any) -> Row:
        """A row of STEPS steps."""
        if self.adapter.facts.size_multiple_px:
            fields = {"width_px": 32, "height_px": 32, **fields}
        defaults = {"prompt": "a red circle", "seed": 11, "steps": STEPS}
        return Row(row_id=row_id, **{**defaults, **fields})

    async def start(self, *rows: Row) -> str:
        """Open a session; its id."""
        return (await self.role.open(StartRequest(owner=OWNER, rows=rows))).session

    async def step(self, session: str, steps: int = 200, **extra: Any) -> dict[str, RowState]:
        """Step a session; its rows' states by id."""
        reply = await self.role.step(StepRequest(session=session, steps=steps, **extra))
        return {row.row_id: row for row in reply.rows}

    async def draw(self, *rows: Row) -> dict[str, RowState]:
        """Rows from start to picture."""
        return await self.step(await self.start(*rows))

    async def steps_run(self) -> int:
        """Denoising steps run since the role started."""
        return (await self.role.describe(DescribeRequest())).steps_run

    async def pixels(self, ref: ArtifactRef | None) -> np.ndarray:
        """A stored picture as (H, W, 3) integers."""
        assert ref is not None
        data = await self.store.get(ref.sha256, owner=OWNER)
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.int16)
