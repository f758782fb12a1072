"""The arithmetic of rectified flow: ``t = 1`` is noise, ``t = 0`` is the picture.

A path is the straight line ``x_t = (1 - t) x_0 + t e`` with ``e`` standard normal, and its
velocity is ``dx/dt = e - x_0``.

Source: Liu et al., "Flow Straight and Fast" (2022), with time reversed so that it matches
the sigmas of diffusers' ``FlowMatchEulerDiscreteScheduler``.
"""

from __future__ import annotations

import torch
from torch import Tensor


def per_row(t: Tensor, like: Tensor) -> Tensor:
    """Shape times (B,) so that they multiply tensors (B, ...)."""
    return t.view(-1, *([1] * (like.ndim - 1))).to(like.dtype)


def interpolate(clean: Tensor, noise: Tensor, t: Tensor) -> Tensor:
    """Walk from the picture to noise: ``(1 - t) clean + t noise``; t (B,) in [0, 1]."""
    share = per_row(t, clean)
    return (1 - share) * clean + share * noise


def predicted_clean(latents: Tensor, t: Tensor, velocity: Tensor) -> Tensor:
    """Predict the finished latents from any step: ``x_t - t v``.

    Args:
        latents: (B, C, h, w) at time ``t``.
        t: float (B,) in [0, 1], 1 is noise.
        velocity: (B, C, h, w) at that time.
    """
    return latents - per_row(t, latents) * velocity


def euler(latents: Tensor, t: Tensor, t_next: Tensor, velocity: Tensor) -> Tensor:
    """Step each row from its ``t`` to its ``t_next`` (B,): ``x + (t_next - t) v``."""
    return latents + per_row(t_next - t, latents) * velocity


def guided(conditional: Tensor, unconditional: Tensor, scale: float | Tensor) -> Tensor:
    """Combine velocities with and without condition: ``u + scale (c - u)``.

    Args:
        conditional, unconditional: (B, C, h, w).
        scale: a number, or one a row (B,); 1 is unguided.
    Source: Ho and Salimans, "Classifier-Free Diffusion Guidance"; scale = 1 + its w.
    """
    weight = per_row(scale, conditional) if isinstance(scale, Tensor) else scale
    return unconditional + weight * (conditional - unconditional)


def times(steps: int, shift: float = 1.0) -> list[float]:
    """List ``steps + 1`` times from 1 (noise) to 0 (picture).

    Args:
        steps: number of Euler steps, at least 1.
        shift: above 1 spends more steps near noise; ``shift t / (1 + (shift - 1) t)``.
    Raises: ValueError: if ``steps`` is below 1.
    """
    if steps < 1:
        raise ValueError(f"steps is {steps}; expected at least 1")
    even = [1 - i / steps for i in range(steps + 1)]
    return [shift * t / (1 + (shift - 1) * t) for t in even]


def seeded_noise(seeds: list[int], shape: tuple[int, int, int]) -> Tensor:
    """Draw standard normal latents, one seed a row.

    A row depends on its own seed only. Drawn on the CPU, so equal on every device.

    Returns: float32 (len(seeds), *shape).
    """
    return torch.stack(
        [torch.randn(shape, generator=torch.Generator("cpu").manual_seed(s)) for s in seeds]
    )
