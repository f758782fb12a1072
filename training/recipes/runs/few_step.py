"""The state of a few-step training, which goes on from a finished flow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from maquette.training.data.items import ItemCache
from maquette.training.recipes.checkpoints import load_checkpoint
from maquette.training.recipes.components import BUNDLED, GeneratorSize
from maquette.training.recipes.few_step import StrideRecipe, stride_losses
from maquette.training.recipes.flow import FlowRecipe, encode_rows
from maquette.training.recipes.rows import TrainingRow, draw_row
from maquette.training.recipes.runs.flow import FlowRun
from maquette.training.recipes.wordings import NOTHING


class FewStepRun(FlowRun):
    """Teach the model of a finished ``FlowRun`` to take long strides.

    Args:
        work: folder of checkpoints; ``flow`` must be there, this run's is ``few_step``.
        strides: numbers of this training; the others are as in ``FlowRun``.
    Raises: FileNotFoundError: if there is no flow to go on from.
    """

    name = "few_step"

    def __init__(
        self,
        work: Path,
        cache: ItemCache,
        device: torch.device,
        size: GeneratorSize = BUNDLED,
        strides: StrideRecipe | None = None,
        compiled: bool = False,
    ) -> None:
        self.strides = strides or StrideRecipe()
        recipe = FlowRecipe(batch=self.strides.batch, peak_rate=self.strides.peak_rate, seed=14)
        super().__init__(work, cache, device, size, recipe, compiled)
        if load_checkpoint(work / FlowRun.name, {"average": self.model}) is None:
            raise FileNotFoundError(
                f"no flow checkpoint in {work}; run `maquette train flow --work {work}` first"
            )
        self.average.module.load_state_dict(self.model.state_dict())

    def _losses(self, model: Any, step: int, first: int, end: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        picked = rng.integers(first, end, size=self.recipe.batch)
        mixture, dropping = self.recipe.mixture, self.recipe.dropping
        rows = [draw_row(self.cache, int(i), mixture, dropping, rng) for i in picked]
        clean = torch.stack([row.clean for row in rows]).to(self.device)
        source = torch.Generator().manual_seed(self.recipe.seed * 1_000_003 + step)
        cells = self.size.cells
        with torch.autocast(self.device.type, torch.bfloat16):
            cond = encode_rows(rows, model, self.tokenizer, cells, self.device)
            bare = [_bare(row) for row in rows]
            with torch.no_grad():
                none = encode_rows(bare, model, self.tokenizer, cells, self.device)
            return stride_losses(
                model["transformer"],
                self.average.module["transformer"],
                clean,
                cond,
                none,
                self.strides,
                self.recipe,
                source,
            )


def _bare(row: TrainingRow) -> TrainingRow:
    """The row without words, letters and shown things; its source stays."""
    return replace(row, wording=NOTHING, ink=None, concepts=())
