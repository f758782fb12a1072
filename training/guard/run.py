"""The state of the guard's training: network, average, optimizer and checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from maquette.model_servers.guard.guard import small_pixels
from maquette.model_servers.guard.network import GuardNetwork
from maquette.model_servers.guard.statistics import picture_statistics
from maquette.training.guard.examples.augment import augment
from maquette.training.recipes.averaging import Average
from maquette.training.recipes.runs.averaged import AveragedRun, begun_slower
from maquette.training.vision.tower import (
    BUNDLED,
    TowerSize,
    begin_from,
    compiled_look,
    look,
    tower_settings,
)

KEPT = 400
"""Pictures of each side kept from training, for the score and the limits."""


@dataclass(frozen=True)
class GuardRecipe:
    """All numbers of the training."""

    batch: int = 48
    peak_rate: float = 6e-4
    tower_share: float = 0.3
    """Of the rate, for a tower that was trained before."""
    weight_decay: float = 0.02
    seed: int = 17


class GuardRun(AveragedRun):
    """Tell the world's pictures from outsiders.

    Args:
        work: folder of checkpoints; this run's is ``guard``.
        world, outside: uint8 (n, 256, 256, 3); the last of each are kept from training.
        device: where to train; matrix products run in bfloat16.
        compiled: compile the tower; needs a C++ compiler on a CPU.
        start: a trained ``tower`` to begin with.
    """

    name = "guard"

    def __init__(
        self,
        work: Path,
        world: np.ndarray,
        outside: np.ndarray,
        device: torch.device,
        recipe: GuardRecipe | None = None,
        size: TowerSize = BUNDLED,
        compiled: bool = False,
        start: nn.ModuleDict | None = None,
    ) -> None:
        self.folder = work / self.name
        self.world, self.outside, self.device = world, outside, device
        self.recipe = recipe or GuardRecipe()
        self.kept = min(KEPT, len(world) // 4, len(outside) // 4)
        torch.manual_seed(self.recipe.seed)
        self.model = GuardNetwork(tower_settings(size)).to(device)
        tower = self.model.tower
        begin_from(start, tower)
        self.look = compiled_look(tower) if compiled else look
        self._set_statistics()
        self.average = Average(self.model, decay=0.998)
        self.parameters = list(self.model.parameters())
        self.optimizer = torch.optim.AdamW(
            begun_slower(self.model, tower, self.recipe.tower_share if start else 1.0),
            self.recipe.peak_rate,
            betas=(0.9, 0.98),
            weight_decay=self.recipe.weight_decay,
        )

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """Share told right at logit 0, of pictures kept from training, as they are."""
        right = []
        for pictures, outside in ((self.world, False), (self.outside, True)):
            kept = [np.asarray(one) for one in pictures[-min(self.kept, 100) :]]
            small = [small_pixels_of(one, self.model.side_px) for one in kept]
            pixels, told = measured(small, self.device)
            logits, _ = self.average.module(pixels, told)
            right.append(float(((logits > 0) == outside).float().mean()))
        return {"world_right": right[0], "outside_right": right[1]}

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        half = self.recipe.batch // 2
        pictures = []
        for source in (self.world, self.outside):
            rows = rng.integers(0, len(source) - self.kept, half)
            side_px = self.model.side_px
            pictures += [small_pixels(augment(source[row], rng), side_px) for row in rows]
        pixels, told = measured(pictures, self.device)
        truth = torch.cat([torch.zeros(half), torch.ones(half)]).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            states = self.look(self.model.tower, pixels)[-1][:, 1:]
            logits, _ = self.model.judge(self.model.features(states, told))
        return {"cross_entropy": F.binary_cross_entropy_with_logits(logits.float(), truth)}

    def _set_statistics(self) -> None:
        """Mean and deviation of the statistics over some pictures of both sides."""
        rows = range(min(64, len(self.world), len(self.outside)))
        told = np.stack(
            [
                picture_statistics(small_pixels_of(source[row], self.model.side_px))
                for source in (self.world, self.outside)
                for row in rows
            ]
        )
        self.model.statistics_mean.copy_(torch.from_numpy(told.mean(0)))
        self.model.statistics_deviation.copy_(torch.from_numpy(told.std(0) + 1e-4))


def small_pixels_of(picture: np.ndarray, side_px: int) -> np.ndarray:
    """A uint8 picture as the guard sees it: float32 (side_px, side_px, 3)."""
    from PIL import Image

    return small_pixels(Image.fromarray(np.asarray(picture)), side_px)


def measured(pictures: list[np.ndarray], device: torch.device) -> tuple[Tensor, Tensor]:
    """Pictures (B, 3, S, S) in [-1, 1], and their statistics (B, K)."""
    told = np.stack([picture_statistics(one) for one in pictures])
    pixels = 2 * torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2) - 1
    return pixels.to(device), torch.from_numpy(told).to(device)
