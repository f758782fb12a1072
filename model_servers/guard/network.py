"""The guard's network: a small CLIP tower and the picture's statistics, one number out.

Notation: ``B`` batch, ``S`` side in pixels, ``P`` patches, ``D`` width, ``K`` statistics, ``F``
features (64).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import CLIPVisionConfig, CLIPVisionModel

from maquette.model_servers.guard.statistics import NAMES

FEATURES = 64


class GuardNetwork(nn.Module):
    """Features of a picture, and how surely it is an outsider.

    Args:
        settings: keyword arguments of ``CLIPVisionConfig``.

    Attributes:
        centre, whiten: mean (F,) and whitening matrix (F, F) of the features of the world's
            pictures; the length of a whitened feature is its Mahalanobis distance.
        statistics_mean, statistics_deviation: (K,), what makes the statistics comparable.
    """

    centre: Tensor
    whiten: Tensor
    statistics_mean: Tensor
    statistics_deviation: Tensor

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__()
        self.settings = settings
        config = CLIPVisionConfig(**settings)
        self.tower = CLIPVisionModel(config)
        self.norm = nn.LayerNorm(config.hidden_size)
        self.join = nn.Linear(2 * config.hidden_size + len(NAMES), FEATURES)
        self.head = nn.Linear(FEATURES, 1)
        self.register_buffer("centre", torch.zeros(FEATURES))
        self.register_buffer("whiten", torch.eye(FEATURES))
        self.register_buffer("statistics_mean", torch.zeros(len(NAMES)))
        self.register_buffer("statistics_deviation", torch.ones(len(NAMES)))

    @property
    def side_px(self) -> int:
        """S."""
        return int(self.settings["image_size"])

    def look(self, pixels: Tensor) -> Tensor:
        """The tower's states (B, P, D) of the patches of pictures (B, 3, S, S) in [-1, 1]."""
        states: Tensor = self.tower(pixels).last_hidden_state
        return states[:, 1:]

    def features(self, states: Tensor, statistics: Tensor) -> Tensor:
        """Describe pictures.

        Args:
            states: float (B, P, D), the tower's of each patch.
            statistics: float (B, K), as ``picture_statistics`` measures them.
        Returns: (B, F).
        """
        seen = self.norm(states)
        pooled = torch.cat([seen.mean(1), seen.amax(1)], dim=1)  # (B, 2 D)
        told = (statistics - self.statistics_mean) / self.statistics_deviation
        return nn.functional.silu(self.join(torch.cat([pooled, told.clamp(-6, 6)], dim=1)))

    def judge(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logit of being an outsider and distance from the world, (B,) each, of (B, F)."""
        distance = ((features - self.centre) @ self.whiten).norm(dim=1)
        return self.head(features)[:, 0], distance

    def forward(self, pixels: Tensor, statistics: Tensor) -> tuple[Tensor, Tensor]:
        """Judge pictures, float (B, 3, S, S) in [-1, 1], and their statistics (B, K)."""
        return self.judge(self.features(self.look(pixels), statistics))
