"""The guard's network: a few convolutions and the picture's statistics, one number out.

Notation: ``B`` batch, ``S`` side in pixels (128), ``C`` channels, ``K`` statistics, ``F``
features (64).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from maquette.model_servers.guard.statistics import NAMES

SIDE_PX = 128
FEATURES = 64
WIDTHS = (24, 48, 96, 128)


class _Stage(nn.Module):
    """Halve the sides, then add a convolution to what came out."""

    def __init__(self, fan_in: int, width: int) -> None:
        super().__init__()
        self.halve = nn.Conv2d(fan_in, width, 3, stride=2, padding=1)
        self.norm = nn.GroupNorm(8, width)
        self.more = nn.Conv2d(width, width, 3, padding=1)
        self.more_norm = nn.GroupNorm(8, width)

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.silu(self.norm(self.halve(x)))
        return x + nn.functional.silu(self.more_norm(self.more(x)))


class GuardNetwork(nn.Module):
    """Features of a picture, and how surely it is an outsider.

    Attributes:
        centre, whiten: mean (F,) and whitening matrix (F, F) of the features of the world's
            pictures; the length of a whitened feature is its Mahalanobis distance.
        statistics_mean, statistics_deviation: (K,), what makes the statistics comparable.
    """

    centre: Tensor
    whiten: Tensor
    statistics_mean: Tensor
    statistics_deviation: Tensor

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        fans = (3, *widths[:-1])
        self.stages = nn.Sequential(*(_Stage(a, b) for a, b in zip(fans, widths, strict=True)))
        self.join = nn.Linear(2 * widths[-1] + len(NAMES), FEATURES)
        self.head = nn.Linear(FEATURES, 1)
        self.register_buffer("centre", torch.zeros(FEATURES))
        self.register_buffer("whiten", torch.eye(FEATURES))
        self.register_buffer("statistics_mean", torch.zeros(len(NAMES)))
        self.register_buffer("statistics_deviation", torch.ones(len(NAMES)))

    def features(self, pixels: Tensor, statistics: Tensor) -> Tensor:
        """Describe pictures.

        Args:
            pixels: float (B, 3, S, S) in [0, 1].
            statistics: float (B, K), as ``picture_statistics`` measures them.
        Returns: (B, F).
        """
        seen = self.stages(2 * pixels - 1)  # (B, C, S/16, S/16)
        pooled = torch.cat([seen.mean(dim=(2, 3)), seen.amax(dim=(2, 3))], dim=1)  # (B, 2C)
        told = (statistics - self.statistics_mean) / self.statistics_deviation
        return nn.functional.silu(self.join(torch.cat([pooled, told.clamp(-6, 6)], dim=1)))

    def forward(self, pixels: Tensor, statistics: Tensor) -> tuple[Tensor, Tensor]:
        """Judge pictures. Returns: logit of being an outsider and distance from the world: (B,)."""
        found = self.features(pixels, statistics)
        distance = ((found - self.centre) @ self.whiten).norm(dim=1)
        return self.head(found)[:, 0], distance
