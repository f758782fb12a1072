"""The state of a flow training: models, average, optimizer and checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from maquette.training.data.latents import LatentCache
from maquette.training.recipes.averaging import Average
from maquette.training.recipes.checkpoints import load_checkpoint, save_checkpoint
from maquette.training.recipes.components import (
    BUNDLED,
    GeneratorSize,
    build_text_encoder,
    build_tokenizer,
    build_transformer,
)
from maquette.training.recipes.flow import (
    FlowRecipe,
    encode_wordings,
    flow_losses,
    thing_cells,
    word,
)
from maquette.training.recipes.loop import Step, training_loop
from maquette.training.world.scene import Scene
from maquette.training.world.vocabulary import words

_PROBE_STEPS = range(10**9, 10**9 + 4)


class FlowRun:
    """Train a transformer and its text encoder on cached latents.

    Args:
        work: folder of checkpoints; this run's is ``flow``.
        cache: latents of ``scenes``, in order; the last 512 are kept for the score.
        scenes: the truth about each latent.
        device: where to train; matrix products run in bfloat16.
        size: dimensions.
        recipe: all other numbers.
        compiled: compile the transformer's inner layers; needs a C++ compiler on a CPU.
            Worth it from some hundred steps on: 0.56 s a step instead of 1.0 s on 2 cores.
    """

    name = "flow"

    def __init__(
        self,
        work: Path,
        cache: LatentCache,
        scenes: list[Scene],
        device: torch.device,
        size: GeneratorSize = BUNDLED,
        recipe: FlowRecipe | None = None,
        compiled: bool = False,
    ) -> None:
        self.folder = work / self.name
        self.cache, self.scenes, self.device = cache, scenes, device
        self.recipe, self.size = recipe or FlowRecipe(), size
        self.spent_s = 0.0
        self.kept = min(512, len(scenes) // 10)
        self.tokenizer = build_tokenizer(words())
        self.model = build_models(size, len(self.tokenizer), self.recipe.seed).to(device)
        self.average = Average(self.model, decay=0.998)
        if compiled:
            compile_layers(self.model["transformer"])
        self.parameters = list(self.model.parameters())
        self.optimizer = torch.optim.AdamW(
            self.parameters, self.recipe.peak_rate, betas=(0.9, 0.99), weight_decay=0.01
        )

    def restore(self) -> int:
        """Load the checkpoint if there is one; returns the next step's index."""
        modules = {"model": self.model, "average": self.average.module}
        state = load_checkpoint(self.folder, modules, self.optimizer)
        if state is None:
            return 0
        self.spent_s = state["elapsed_s"]
        return state["step"]

    def save(self, step: int, elapsed_s: float) -> None:
        """Write a checkpoint before step ``step``."""
        modules = {"model": self.model, "average": self.average.module}
        state = {"step": step, "elapsed_s": elapsed_s}
        save_checkpoint(self.folder, modules, self.optimizer, state)

    def steps(self, start: int, progress: Callable[[int], float]) -> Iterator[Step]:
        """Train, yielding each step."""
        losses = self._training_losses
        for step in training_loop(
            self.parameters, self.optimizer, losses, progress, self.recipe.peak_rate, start
        ):
            self.average.update(self.model, step.index)
            yield step

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """Measure the velocity error on scenes that are kept from training."""
        first = len(self.scenes) - self.kept
        errors = [
            float(self._losses(self.average.module, step, first, len(self.scenes))["velocity"])
            for step in _PROBE_STEPS
        ]
        return {"held_out": sum(errors) / len(errors)}

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        return self._losses(self.model, step, 0, len(self.scenes) - self.kept)

    def _losses(self, model: Any, step: int, first: int, end: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        rows = rng.integers(first, end, size=self.recipe.batch)
        scenes = [self.scenes[i] for i in rows]
        wordings = [word(scene, self.recipe, rng) for scene in scenes]
        clean = self.cache.normalised(rows).to(self.device)
        things = thing_cells(scenes, self.size.cells).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            cond = encode_wordings(
                wordings, self.tokenizer, model["text_encoder"], self.size.cells, self.device
            )
            return flow_losses(model["transformer"], clean, cond, things, self.recipe, step)


def compile_layers(transformer: Any) -> None:
    """Compile attention and networks of every block in place; parameters keep their names.

    Whole blocks stay as they are: compiled by torch 2.13 for a CPU they gave NaN.
    """
    for block in transformer.blocks:
        for layer in (block.attend_self, block.attend_text, block.mlp):
            layer.compile()


def build_models(size: GeneratorSize, vocabulary: int, seed: int) -> nn.ModuleDict:
    """Make a transformer and a text encoder that are trained together."""
    return nn.ModuleDict(
        {
            "transformer": build_transformer(size, seed),
            "text_encoder": build_text_encoder(size, vocabulary, seed),
        }
    )
