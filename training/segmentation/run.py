"""The state of a segmenter's training: model, average, optimizer and checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from maquette.training.data.shards import Shard
from maquette.training.recipes.averaging import Average
from maquette.training.recipes.runs.averaged import AveragedRun, begun_slower
from maquette.training.segmentation.batches import make_batch
from maquette.training.segmentation.components import (
    BUNDLED,
    SegmenterSize,
    build_segmenter,
    build_tokenizer,
)
from maquette.training.segmentation.leading import lead_decoder
from maquette.training.segmentation.losses import (
    Batch,
    answer,
    ask,
    intersection_over_union,
    segmentation_losses,
)
from maquette.training.vision.augment import augment
from maquette.training.vision.lessons import Lessons
from maquette.training.vision.tower import begin_from, compiled_look, look


@dataclass(frozen=True)
class SegmentationRecipe:
    """Everything that decides how a segmenter is trained."""

    pictures: int = 16
    """Pictures a step."""
    phrases: int = 5
    """Phrases a picture; they share its pass through the vision tower."""
    aligned_steps: int = 500
    """Steps before the decoder joins: phrases and patches first learn to agree, which is cheap."""
    peak_rate: float = 6e-4
    tower_share: float = 0.3
    """Of the rate, for a tower that was trained before."""
    warmup: int = 300
    noise: float = 4.0
    """Largest deviation, in bytes, of noise added to pixels: drawn pictures are not as clean."""
    seed: int = 31
    """Decides rows and phrases, with the step index, and the first weights."""
    decay: float = 0.998
    """Of the weights' average."""


class SegmentationRun(AveragedRun):
    """Train a CLIPSeg model on rendered scenes.

    Args:
        work: folder of checkpoints; this run's is ``segmentation``.
        shard: rendered training scenes; the last ones are kept for the score.
        owners: uint8 (count, S, S), whose each pixel of the shard is.
        device: where to train; matrix products run in bfloat16.
        size: dimensions; the shard's pictures have its side.
        compiled: compile the inner layers; needs a C++ compiler on a CPU.
        start: a trained ``tower`` and its ``lessons`` to begin with.
    """

    name = "segmentation"

    def __init__(
        self,
        work: Path,
        shard: Shard,
        owners: np.ndarray,
        device: torch.device,
        size: SegmenterSize = BUNDLED,
        recipe: SegmentationRecipe | None = None,
        compiled: bool = False,
        start: nn.ModuleDict | None = None,
    ) -> None:
        self.folder = work / self.name
        self.shard, self.owners, self.device = shard, owners, device
        self.size, self.recipe = size, recipe or SegmentationRecipe()
        self.warmup = self.recipe.warmup
        self.kept = min(96, max(1, len(shard.scenes) // 10))
        self.tokenizer = build_tokenizer()
        self.model = build_models(size, len(self.tokenizer), self.recipe.seed).to(device)
        tower = self.model["segmenter"].clip.vision_model
        begin_from(start, tower, self.model["lessons"])
        self.average = Average(self.model, self.recipe.decay)
        self.look = compiled_look(tower) if compiled else look
        if compiled:
            compile_decoder(self.model["segmenter"])
        self.parameters = list(self.model.parameters())
        self.optimizer = torch.optim.AdamW(
            begun_slower(self.model, tower, self.recipe.tower_share if start else 1.0),
            self.recipe.peak_rate,
            betas=(0.9, 0.98),
            weight_decay=0.02,
        )

    @torch.no_grad()
    def score(self) -> dict[str, float]:
        """Mean overlap of present phrases, and share of absent ones left empty, on scenes kept
        from training."""
        rng = np.random.default_rng((self.recipe.seed, 10**9))
        model: Any = self.average.module["segmenter"]
        overlaps, empties = [], []
        last = len(self.shard.scenes)
        for at in range(last - self.kept, last, 16):
            batch = self._batch(np.arange(at, min(at + 16, last)), rng)
            with torch.autocast(self.device.type, torch.bfloat16):
                states = look(model.clip.vision_model, batch.whole.pixels.to(self.device))
                logits = answer(model, states, ask(model, batch.ids, batch.attended))
            found, truth = logits > 0, batch.truth > 0.5
            present = truth.flatten(1).any(1)
            overlaps += intersection_over_union(found, truth)[present].tolist()
            empties += (~found.flatten(1).any(1))[~present].tolist()
        return {
            "held_out_iou": float(np.mean(overlaps)),
            "held_out_absent": float(np.mean(empties)) if empties else 1.0,
        }

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self.recipe.seed, step))
        rows = rng.integers(0, len(self.shard.scenes) - self.kept, size=self.recipe.pictures)
        batch = self._batch(rows, rng)
        pixels = augment(batch.whole.pixels, self.recipe.noise, rng).to(self.device)
        model, lessons = self.model["segmenter"], self.model["lessons"]
        if step == self.recipe.aligned_steps:
            with torch.no_grad():
                last = look(model.clip.vision_model, pixels)[-1]
                asked = ask(model, batch.ids, batch.attended)
            lead_decoder(model, last, asked, self.recipe.seed)
        with torch.autocast(self.device.type, torch.bfloat16):
            states = self.look(model.clip.vision_model, pixels)
            masks = step >= self.recipe.aligned_steps
            return segmentation_losses(model, lessons, states, batch, masks)

    def _batch(self, rows: np.ndarray, rng: np.random.Generator) -> Batch:
        phrases, grid = self.recipe.phrases, self.size.tower.grid
        batch = make_batch(self.shard, self.owners, rows, self.tokenizer, rng, phrases, grid)
        ids, attended = batch.ids.to(self.device), batch.attended.to(self.device)
        return Batch(batch.whole, ids, attended, batch.truth.to(self.device))


def compile_decoder(model: Any) -> None:
    """Compile attention and networks of its layers in place; parameters keep their names."""
    for layer in model.decoder.layers:
        layer.self_attn.compile()
        layer.mlp.compile()


def build_models(size: SegmenterSize, vocabulary: int, seed: int) -> nn.ModuleDict:
    """Make a segmenter and the heads that help to train it."""
    return nn.ModuleDict(
        {
            "segmenter": build_segmenter(size, vocabulary, seed),
            "lessons": Lessons(size.tower.width, size.tower.patch_px**2),
        }
    )
