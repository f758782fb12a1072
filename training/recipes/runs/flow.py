"""The state of a flow training: models, average, optimizer and checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from maquette.training.data.items import ItemCache
from maquette.training.recipes.averaging import Average
from maquette.training.recipes.components import (
    BUNDLED,
    GeneratorSize,
    build_text_encoder,
    build_tokenizer,
    build_transformer,
)
from maquette.training.recipes.flow import FlowRecipe, encode_rows, flow_losses, marked_cells
from maquette.training.recipes.growth import grow_text_encoder, grow_transformer, open_start
from maquette.training.recipes.rows import draw_row
from maquette.training.recipes.runs.averaged import AveragedRun
from maquette.training.recipes.wordbook import all_words

_PROBE_STEPS = range(10**9, 10**9 + 4)


class FlowRun(AveragedRun):
    """Train a transformer and its text encoder on cached latents.

    With a pack in ``work/start`` a new training starts from its weights.

    Args:
        work: folder of checkpoints; this run's is ``flow``.
        cache: items; the last 512 are kept for the score.
        device: where to train; matrix products run in bfloat16.
        size: dimensions.
        recipe: all other numbers.
        compiled: compile the transformer's inner layers; needs a C++ compiler on a CPU.
            Worth it from some hundred steps on: about 1.7 times as fast on 2 cores.
    """

    name = "flow"

    def __init__(
        self,
        work: Path,
        cache: ItemCache,
        device: torch.device,
        size: GeneratorSize = BUNDLED,
        recipe: FlowRecipe | None = None,
        compiled: bool = False,
    ) -> None:
        self.folder = work / self.name
        self.cache, self.device = cache, device
        self.recipe, self.size = recipe or FlowRecipe(), size
        self.kept = min(512, len(cache.items) // 10)
        self.tokenizer = build_tokenizer(all_words())
        self.model = start_models(work, size, self.tokenizer, self.recipe.seed).to(device)
        self.average = Average(self.model, decay=0.998)
        if compiled:
            compile_layers(self.model["transformer"])
        self.parameters = list(self.model.parameters())
        self.optimizer = torch.optim.AdamW(
            self.parameters, self.recipe.peak_rate, betas=(0.9, 0.99), weight_decay=0.01
        )

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """Measure the velocity error on items that are kept from training."""
        count = len(self.cache.items)
        errors = [
            float(self._losses(self.average.module, s, count - self.kept, count)["velocity"])
            for s in _PROBE_STEPS
        ]
        return {"held_out": sum(errors) / len(errors)}

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        return self._losses(self.model, step, 0, len(self.cache.items) - self.kept)

    def _losses(self, model: Any, step: int, first: int, end: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        picked = rng.integers(first, end, size=self.recipe.batch)
        mixture, dropping = self.recipe.mixture, self.recipe.dropping
        rows = [draw_row(self.cache, int(i), mixture, dropping, rng) for i in picked]
        clean = torch.stack([row.clean for row in rows]).to(self.device)
        marked = marked_cells([row.marked for row in rows], self.size.cells).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            cond = encode_rows(rows, model, self.tokenizer, self.size.cells, self.device)
            return flow_losses(model["transformer"], clean, cond, marked, self.recipe, step)


def compile_layers(transformer: Any) -> None:
    """Compile attention and networks of every block in place; parameters keep their names.

    Whole blocks and the refiner's stay as they are: compiled by torch 2.13 for a CPU their
    gradients were NaN.
    """
    layers = [x for b in transformer.blocks for x in (b.attend_self, b.attend_text, b.mlp)]
    layers += [gate.attend for gate in getattr(transformer, "concept_gates", ())]
    for layer in layers:
        layer.compile()


def build_models(size: GeneratorSize, vocabulary: int, seed: int) -> nn.ModuleDict:
    """Make a transformer and a text encoder that are trained together."""
    return nn.ModuleDict(
        {
            "transformer": build_transformer(size, seed),
            "text_encoder": build_text_encoder(size, vocabulary, seed),
        }
    )


def start_models(work: Path, size: GeneratorSize, tokenizer: Any, seed: int) -> nn.ModuleDict:
    """Make the models of a new training, from the pack in ``work/start`` if there is one."""
    models: Any = build_models(size, len(tokenizer), seed)
    start = open_start(work)
    if start is not None:
        grow_transformer(models["transformer"], start.transformer)
        grow_text_encoder(models["text_encoder"], tokenizer, start.text_encoder, start.tokenizer)
    return models
