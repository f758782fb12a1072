"""A generator without a model: rows drift from noise to the colour that their prompt names."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from maquette.model_servers.generation.adapters.contract import (
    ActiveRow,
    ModelFacts,
    Prediction,
    RowSpec,
)
from maquette.model_servers.generation.adapters.flow_schedule import FlowSchedule
from maquette.model_servers.loading.plain_colours import COLOURS, colours_in

if TYPE_CHECKING:
    from maquette.model_servers.generation.pack import ModelPack

CELL_PX = 8
"""Side of the square of pixels that a cell of the latent is drawn as."""
GRAIN = 0.05
"""How much of a row's own noise stays in its picture."""


class _Config:
    num_train_timesteps = 1000


class FakeAdapter:
    """Deterministic, on any machine, from no files. Latents are (1, 3, h, w) in [-1, 1]."""

    def __init__(
        self,
        pack: ModelPack | None = None,
        *,
        device: torch.device | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """Takes what the role gives; no files are read."""
        self.device = device or torch.device("cpu")
        self.facts = ModelFacts(
            default_steps=4,
            default_guidance=1.0,
            width_px=64,
            height_px=64,
            size_multiple_px=CELL_PX,
        )

    def encode(self, spec: RowSpec) -> Tensor:
        """The finished latent but for its grain: 1 in the channels of named colours, else -1."""
        named = colours_in(spec.prompt)
        levels = [1.0 if colour in named else -1.0 for colour in COLOURS]
        return torch.tensor(levels, device=self.device).reshape(1, 3, 1, 1)

    def schedule(self, spec: RowSpec) -> FlowSchedule:
        """Equal steps from time 1, which is noise, to 0."""
        even = [1 - step / spec.steps for step in range(spec.steps + 1)]
        return FlowSchedule(_Config(), even, "euler", self.device)

    def noise(self, spec: RowSpec, generator: torch.Generator) -> Tensor:
        """Standard normal numbers (1, 3, h, w)."""
        shape = (1, 3, spec.height_px // CELL_PX, spec.width_px // CELL_PX)
        return torch.randn(shape, generator=generator).to(self.device)

    def batch_key(self, row: ActiveRow) -> Hashable:
        """Rows of one size go together."""
        return row.latent.shape

    def predict(self, rows: Sequence[ActiveRow]) -> list[Prediction]:
        """The velocity that leads straight to the row's colour, with its seed's grain."""
        predictions = []
        for row in rows:
            generator = torch.Generator("cpu").manual_seed(row.spec.seed)
            goal = row.conditioning + GRAIN * self.noise(row.spec, generator)
            moment = row.schedule.timestep(row.step) / _Config.num_train_timesteps
            predictions.append(Prediction((row.latent - goal) / moment))
        return predictions

    def hold(self, row: ActiveRow) -> Tensor:
        """The latent as it is: nothing must stay put."""
        return row.latent

    def decode(self, latent: Tensor, spec: RowSpec) -> Image.Image:
        """Each cell as a square of its colour."""
        levels = ((latent[0].clamp(-1, 1) + 1) * 127.5).round().to("cpu", torch.uint8)
        cells = Image.fromarray(np.ascontiguousarray(levels.permute(1, 2, 0).numpy()))
        return cells.resize((spec.width_px, spec.height_px), Image.Resampling.NEAREST)
