"""The state of the guard's training: network, average, optimizer and checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from maquette.model_servers.guard.guard import small_pixels
from maquette.model_servers.guard.network import SIDE_PX, WIDTHS, GuardNetwork
from maquette.model_servers.guard.statistics import picture_statistics
from maquette.training.guard.augment import augment
from maquette.training.recipes.averaged_run import AveragedRun
from maquette.training.recipes.averaging import Average

KEPT = 400
"""Pictures of each side kept from training, for the score and the limits."""


@dataclass(frozen=True)
class GuardRecipe:
    """All numbers of the training."""

    batch: int = 48
    peak_rate: float = 2e-3
    weight_decay: float = 0.02
    seed: int = 17


class GuardRun(AveragedRun):
    """Tell the world's pictures from outsiders.

    Args:
        work: folder of checkpoints; this run's is ``guard``.
        world, outside: uint8 (n, 256, 256, 3); the last of each are kept from training.
    """

    name = "guard"

    def __init__(
        self,
        work: Path,
        world: np.ndarray,
        outside: np.ndarray,
        device: torch.device,
        recipe: GuardRecipe | None = None,
        widths: tuple[int, ...] = WIDTHS,
    ) -> None:
        self.folder = work / self.name
        self.world, self.outside, self.device = world, outside, device
        self.recipe = recipe or GuardRecipe()
        self.kept = min(KEPT, len(world) // 4, len(outside) // 4)
        torch.manual_seed(self.recipe.seed)
        self.model = GuardNetwork(widths).to(device)
        self._set_statistics()
        self.average = Average(self.model, decay=0.998)
        self.parameters = list(self.model.parameters())
        self.optimizer = torch.optim.AdamW(
            self.parameters, self.recipe.peak_rate, weight_decay=self.recipe.weight_decay
        )

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """Share told right at logit 0, of pictures kept from training, as they are."""
        right = []
        for pictures, outside in ((self.world, False), (self.outside, True)):
            kept = [np.asarray(one) for one in pictures[-min(self.kept, 100) :]]
            pixels, told = measured([small_pixels_of(one) for one in kept], self.device)
            logits, _ = self.average.module(pixels, told)
            right.append(float(((logits > 0) == outside).float().mean()))
        return {"world_right": right[0], "outside_right": right[1]}

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        half = self.recipe.batch // 2
        pictures = []
        for source in (self.world, self.outside):
            rows = rng.integers(0, len(source) - self.kept, half)
            pictures += [small_pixels(augment(source[row], rng), SIDE_PX) for row in rows]
        pixels, told = measured(pictures, self.device)
        truth = torch.cat([torch.zeros(half), torch.ones(half)]).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            logits, _ = self.model(pixels, told)
        return {"cross_entropy": F.binary_cross_entropy_with_logits(logits.float(), truth)}

    def _set_statistics(self) -> None:
        """Mean and deviation of the statistics over some pictures of both sides."""
        rows = range(min(64, len(self.world), len(self.outside)))
        told = np.stack(
            [
                picture_statistics(small_pixels_of(source[row]))
                for source in (self.world, self.outside)
                for row in rows
            ]
        )
        self.model.statistics_mean.copy_(torch.from_numpy(told.mean(0)))
        self.model.statistics_deviation.copy_(torch.from_numpy(told.std(0) + 1e-4))


def small_pixels_of(picture: np.ndarray) -> np.ndarray:
    """A uint8 picture as the guard sees it: float32 (128, 128, 3)."""
    from PIL import Image

    return small_pixels(Image.fromarray(np.asarray(picture)), SIDE_PX)


def measured(pictures: list[np.ndarray], device: torch.device) -> tuple[Tensor, Tensor]:
    """Pictures (B, 3, S, S) and their statistics (B, K)."""
    told = np.stack([picture_statistics(one) for one in pictures])
    pixels = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    return pixels.to(device), torch.from_numpy(told).to(device)
