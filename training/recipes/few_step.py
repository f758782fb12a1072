"""Teach a trained flow to draw in few steps, with guidance put into them.

Notation: ``B`` rows, ``C h w`` latents. Time ``t = 1`` is noise; a stride ``d`` leads from ``t``
to ``t - d``, and the velocity of a stride is the mean velocity along it.

Two thirds of a batch learn strides: the target of ``2 d`` is the mean of two steps of ``d``
by the averaged model, where the shortest stride's own target is the averaged model's guided
velocity. The rest goes on with plain flow matching, so that ordinary drawing stays as it is.

Source: Frans et al., "One Step Diffusion via Shortcut Models" (2024). Guidance inside the
shortest step follows their section on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from maquette.model_servers.generation.layout_flow.conditioning import Conditioning
from maquette.model_servers.generation.layout_flow.flow import euler, guided, interpolate
from maquette.training.recipes.flow import FlowRecipe, drawn_times

SHORTEST = 1 / 32
STRIDES = (1 / 32, 1 / 16, 1 / 8, 1 / 4)
"""Strides that are learned; drawing in 4, 8 or 16 steps uses the last three."""


@dataclass(frozen=True)
class StrideRecipe:
    """Everything that decides how strides are trained, beside the flow recipe."""

    batch: int = 32
    """Rows a step."""
    guidance: float = 3.0
    """Put into the shortest stride."""
    stride_share: float = 0.66
    """Share of a batch that learns strides."""
    peak_rate: float = 1.5e-4
    """Learning rate after warm-up."""


def velocity(
    transformer: Any, latents: Tensor, t: Tensor, cond: Conditioning, stride: Tensor | None
) -> Tensor:
    """Ask a transformer for float32 velocities."""
    return transformer(
        latents, t, cond.text_states, cond.text_mask, cond.layout_map, cond.ports, stride
    ).float()


@torch.no_grad()
def stride_targets(
    teacher: Any,
    noisy: Tensor,
    t: Tensor,
    stride: Tensor,
    cond: Conditioning,
    none: Conditioning,
    guidance: float,
) -> Tensor:
    """Compute the mean velocity over each row's stride, from two halves of it.

    Args:
        teacher: the averaged transformer.
        noisy: (B, C, h, w) at ``t``.
        t, stride: float (B,), with ``t >= stride``.
        cond, none: B rows with and without words.
        guidance: of strides at the shortest.
    Returns: (B, C, h, w).
    """
    half = stride / 2
    first = _halves(teacher, noisy, t, half, cond, none, guidance)
    middle = euler(noisy, t, t - half, first)
    second = _halves(teacher, middle, t - half, half, cond, none, guidance)
    return (first + second) / 2


def stride_losses(
    transformer: Any,
    teacher: Any,
    clean: Tensor,
    cond: Conditioning,
    none: Conditioning,
    recipe: StrideRecipe,
    flow: FlowRecipe,
    source: torch.Generator,
) -> dict[str, Tensor]:
    """Compute the losses of one step.

    Args:
        transformer: in training.
        teacher: its average.
        clean: normalised latents (B, C, h, w).
        cond, none: B rows with and without words.
        recipe: numbers.
        flow: draws the times of rows that learn no stride.
        source: of times, strides and noise.
    """
    rows = len(clean)
    taught = max(1, round(recipe.stride_share * rows))
    noise = torch.randn(clean.shape, generator=source).to(clean.device)
    which = torch.randint(len(STRIDES), (rows,), generator=source)
    stride = torch.tensor(STRIDES)[which].to(clean.device)
    steps = (1 / stride).round()
    t = ((torch.rand(rows, generator=source).to(clean.device) * steps).floor() + 1) / steps
    plain = torch.arange(rows, device=clean.device) >= taught
    t = torch.where(plain, drawn_times(rows, source, flow).to(clean.device), t)
    told = torch.where(plain, torch.zeros_like(stride), stride)
    noisy = interpolate(clean, noise, t)
    wanted = noise - clean
    picked = torch.arange(taught)
    wanted = wanted.clone()
    wanted[:taught] = stride_targets(
        teacher,
        noisy[:taught],
        t[:taught],
        stride[:taught],
        cond.select(picked),
        none.select(picked),
        recipe.guidance,
    )
    error = (velocity(transformer, noisy, t, cond, told) - wanted).square().mean((1, 2, 3))
    return {
        "stride": error[:taught].sum() / rows,
        "velocity": error[taught:].sum() / rows,
    }


def _halves(
    teacher: Any,
    latents: Tensor,
    t: Tensor,
    half: Tensor,
    cond: Conditioning,
    none: Conditioning,
    guidance: float,
) -> Tensor:
    """Velocity over half strides: learned ones, or guided where they are below the shortest."""
    instant = half < SHORTEST
    told = torch.where(instant, torch.zeros_like(half), half)
    some = velocity(teacher, latents, t, cond, told)
    if not bool(instant.any()):
        return some
    where = instant.nonzero().flatten()
    bare = velocity(teacher, latents[where], t[where], none.select(where), None)
    some = some.clone()
    some[where] = guided(some[where], bare, guidance)
    return some
