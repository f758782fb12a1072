"""The state of a layout prior's training: model, average, optimizer and checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from maquette.training.recipes.averaging import Average
from maquette.training.recipes.components import (
    BUNDLED,
    GeneratorSize,
    build_prior,
    build_tokenizer,
)
from maquette.training.recipes.prior import PriorRecipe, prior_batch, prior_losses
from maquette.training.recipes.runs.averaged import AveragedRun
from maquette.training.recipes.wordbook import all_words
from maquette.training.world.scene import Scene

_PROBE_STEPS = range(10**9, 10**9 + 4)


class PriorRun(AveragedRun):
    """Train a layout prior on scenes; no picture is needed.

    Args:
        work: folder of checkpoints; this run's is ``prior``.
        scenes: training scenes; the last 512 are kept for the score.
        device: where to train.
        size: dimensions.
        recipe: all other numbers.
    """

    name = "prior"

    def __init__(
        self,
        work: Path,
        scenes: list[Scene],
        device: torch.device,
        size: GeneratorSize = BUNDLED,
        recipe: PriorRecipe | None = None,
    ) -> None:
        self.folder = work / self.name
        self.scenes, self.device = scenes, device
        self.recipe = recipe or PriorRecipe()
        self.kept = min(512, len(scenes) // 10)
        self.tokenizer: Any = build_tokenizer(all_words())
        self.model = build_prior(size, len(self.tokenizer), self.recipe.seed).to(device)
        self.average = Average(self.model, decay=0.998)
        self.parameters = list(self.model.parameters())
        self.optimizer = torch.optim.AdamW(
            self.parameters, self.recipe.peak_rate, betas=(0.9, 0.98), weight_decay=0.02
        )

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """Measure the loss on scenes that are kept from training."""
        kept = self.scenes[-self.kept :]
        errors = [float(self._losses(self.average.module, s, kept)["token"]) for s in _PROBE_STEPS]
        return {"held_out": sum(errors) / len(errors)}

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        return self._losses(self.model, step, self.scenes[: len(self.scenes) - self.kept])

    def _losses(self, model: Any, step: int, scenes: list[Scene]) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        tokens, wanted = prior_batch(model, self.tokenizer, scenes, self.recipe, rng)
        with torch.autocast(self.device.type, torch.bfloat16):
            return prior_losses(model, tokens.to(self.device), wanted.to(self.device))
