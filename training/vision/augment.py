"""Wear and tear of pictures: what generators draw is softer and less clean than renders."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

SOFT_SHARE = 0.35
"""Of the pictures."""


def augment(pixels: Tensor, noise: float, rng: np.random.Generator) -> Tensor:
    """Blur about a third of some pictures and add noise to all.

    Args:
        pixels: float (B, 3, S, S) in [-1, 1].
        noise: largest deviation, in bytes; each picture has its own.
    """
    chosen = rng.random(len(pixels)) < SOFT_SHARE
    soft = torch.from_numpy(rng.uniform(0.3, 1, len(pixels)) * chosen)
    padded = F.pad(pixels, (1, 1, 1, 1), mode="replicate")
    pixels = pixels.lerp(F.avg_pool2d(padded, 3, 1), soft.float()[:, None, None, None])
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    level = torch.rand(len(pixels), 1, 1, 1, generator=generator) * noise / 127.5
    grain = torch.randn(pixels.shape, generator=generator) * level
    return (pixels + grain).clamp(-1, 1)
