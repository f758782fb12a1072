"""What the adapters of diffusers pipelines share: placement, noise, guidance, a row's step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from maquette.model_servers.generation.adapters.contract import ActiveRow, Prediction, RowSpec
from maquette.model_servers.generation.adapters.rows import rms


class PipelineAdapter:
    """A loaded pipeline on one device, in one dtype."""

    def __init__(self, pipeline: Any, *, device: torch.device, dtype: torch.dtype) -> None:
        self.pipeline = pipeline.to(device)
        self.device = device
        self.dtype = dtype

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Standard normal numbers, drawn on the CPU so that a seed means the same everywhere."""
        noise = torch.randn(shape, generator=generator, dtype=self.dtype)
        return noise.to(self.device)

    def hold(self, row: ActiveRow) -> Tensor:
        """The row's latent as it is: the model itself sees what must stay."""
        return row.latent


def timesteps(rows: Sequence[ActiveRow]) -> Tensor:
    """The current timestep of each row, (B,)."""
    return torch.stack([row.schedule.timestep(row.step) for row in rows])


def inputs(rows: Sequence[ActiveRow]) -> Tensor:
    """The latents of the rows as the model wants to see them, (B, ...)."""
    return torch.cat([row.schedule.scaled(row.latent, row.step) for row in rows])


def unguided(output: Tensor) -> list[Prediction]:
    """One prediction for each row of (B, ...)."""
    return [Prediction(row) for row in output.split(1)]


def guided(
    unconditional: Tensor, conditional: Tensor, specs: Sequence[RowSpec]
) -> list[Prediction]:
    """Classifier-free guidance row by row: ``u + scale (c - u)``; scale 1 is unguided.

    Args:
        unconditional, conditional: (B, ...) model outputs.
        specs: B rows, each with its own scale.
    Source: Ho and Salimans, "Classifier-Free Diffusion Guidance"; scale here = 1 + its w.
    """
    predictions = []
    pairs = zip(unconditional.split(1), conditional.split(1), specs, strict=True)
    for none, some, spec in pairs:
        gap = some - none
        predictions.append(Prediction(none + spec.guidance * gap, rms(gap)))
    return predictions
